"""Mapped classes of nursing notes (schema `report`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, corrections, one_of, plausible
from ward_app.notes.types import NoteKind, Severity

# what is looked up; one language, for words are cut to their stems
_WORDS = (
    "to_tsvector('english'::regconfig, title || ' ' || coalesce(symptom, '') || ' '"
    " || coalesce(own_words, '') || ' ' || body)"
)


class NursingNoteRow(Table):
    """A signed note; a correction or strike-out is another row of the same note."""

    __tablename__ = "nursing_notes"
    __table_args__ = (
        CheckConstraint(one_of("kind", NoteKind), name="kind_known"),
        CheckConstraint(one_of("severity", Severity), name="severity_known"),
        CheckConstraint("btrim(title) <> '' AND length(title) <= 120", name="titled"),
        CheckConstraint("jsonb_typeof(sections) = 'array'", name="sections_shaped"),
        CheckConstraint(
            "body <> '' OR (kind = 'symptom' AND addendum_to_id IS NULL)", name="says_something"
        ),
        CheckConstraint(
            "CASE WHEN kind = 'symptom' AND addendum_to_id IS NULL"
            " THEN btrim(coalesce(symptom, '')) <> '' AND length(symptom) <= 120"
            " ELSE symptom IS NULL AND severity IS NULL AND since_on IS NULL"
            " AND own_words IS NULL END",
            name="symptom_named",
        ),
        CheckConstraint("length(own_words) <= 2000", name="own_words_fit"),
        *corrections("nursing_notes", reason_given="btrim(change_reason) <> ''"),
        CheckConstraint("(supersedes_id IS NULL) = (note_id = id)", name="first_row_names_it"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("since_on", "DATE"), name="since_on_plausible"),
        Index(
            "ix_nursing_notes_admission_id_occurred_at", "admission_id", text("occurred_at DESC")
        ),
        Index("ix_nursing_notes_words", "words", postgresql_using="gin"),
        {"schema": "report", "comment": "Signed nursing notes; append-only."},
    )

    id: Mapped[Id]
    note_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.nursing_notes.id"),
        index=True,
        comment="the first row of this note; set by trigger",
    )
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger"
    )
    kind: Mapped[str]
    addendum_to_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.nursing_notes.id"),
        index=True,
        comment="the note this adds to; null: a note of its own",
    )
    title: Mapped[str]
    sections: Mapped[list[Any]] = mapped_column(JSONB, comment="heading and text, in order")
    body: Mapped[str] = mapped_column(comment="the sections as one text; set by trigger")
    symptom: Mapped[str | None] = mapped_column(comment="what the patient reports")
    severity: Mapped[str | None] = mapped_column(comment="as the patient says; null: not said")
    since_on: Mapped[date | None] = mapped_column(
        comment="first day of the symptom, on the ward's calendar; null: not said"
    )
    own_words: Mapped[str | None] = mapped_column(comment="as the patient said it")
    template: Mapped[str | None] = mapped_column(comment="name and version; null: none")
    occurred_at: Mapped[datetime] = mapped_column(comment="what the note speaks of")
    signed_as: Mapped[str | None] = mapped_column(
        comment="name and profession as they were then; set by trigger; null: imported"
    )
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.nursing_notes.id"))
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now] = mapped_column(comment="when it was signed; set by trigger")
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who signed; null: imported"
    )
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed(_WORDS, persisted=True), comment="what is looked up"
    )


class NoteDraftRow(Table):
    """What somebody is writing and has not signed; read by its author alone."""

    __tablename__ = "note_drafts"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(content) = 'object'", name="content_shaped"),
        {"schema": "report", "comment": "Unsigned notes; their author's alone, gone once signed."},
    )

    id: Mapped[Id] = mapped_column(comment="of the note it will be")
    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="set by function"
    )
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="as the program typed it")
    saved_at: Mapped[datetime] = mapped_column(comment="set by function")
