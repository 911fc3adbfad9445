"""Mapped classes of the handover (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.handover.sheet_types import Paper, SheetEnd
from ward_app.handover.types import AnswerKind


class HandoverRow(Table):
    """A patient given, with what the record said then; giving anew is another row."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint("length(own_words) <= 2000", name="own_words_fit"),
        CheckConstraint("jsonb_typeof(facts) = 'object'", name="facts_shaped"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint("to_user_id IS NULL OR to_role IS NULL", name="to_one"),
        Index("ix_handovers_admission_id", "admission_id", text("recorded_at DESC")),
        Index(
            "uq_handovers_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {"schema": "report", "comment": "Patients given to a colleague; append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID] = mapped_column(comment="where the patient lies; set by trigger")
    bed_id: Mapped[UUID | None] = mapped_column(comment="set by trigger; null: no bed")
    own_words: Mapped[str | None] = mapped_column(comment="of the giver; null: none")
    facts: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="what the record said when given; set by trigger"
    )
    facts_hash: Mapped[str] = mapped_column(
        comment="SHA-256 of the facts, hexadecimal; the program sends what it showed"
    )
    occurred_at: Mapped[datetime] = mapped_column(comment="when it was given; set by trigger")
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.handovers.id"), comment="the giving that still waited"
    )
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who gave; null: imported"
    )
    to_user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: no person in particular"
    )
    to_role: Mapped[str | None] = mapped_column(comment="name of a role; null: no role")


class HandoverAnswerRow(Table):
    """An answer to a handover; one of them brings it to an end."""

    __tablename__ = "handover_answers"
    __table_args__ = (
        CheckConstraint(one_of("kind", AnswerKind), name="kind_known"),
        CheckConstraint("length(words) <= 2000", name="words_fit"),
        CheckConstraint(
            "kind IN ('accepted', 'withdrawn') OR btrim(coalesce(words, '')) <> ''",
            name="says_something",
        ),
        CheckConstraint(
            "(kind = 'accepted') = (read_back IS NOT NULL)", name="read_back_on_acceptance"
        ),
        Index("ix_handover_answers_handover_id", "handover_id"),
        Index("ix_handover_answers_admission_id", "admission_id", "recorded_by"),
        Index(
            "uq_handover_answers_handover_id",
            "handover_id",
            unique=True,
            postgresql_where=text("kind IN ('accepted', 'declined', 'withdrawn')"),
        ),
        {"schema": "report", "comment": "Answers to handovers; append-only."},
    )

    id: Mapped[Id]
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("report.handovers.id"))
    admission_id: Mapped[UUID] = mapped_column(
        ForeignKey("admission.admissions.id"), comment="set by trigger"
    )
    patient_id: Mapped[UUID] = mapped_column(comment="set by trigger")
    ward_id: Mapped[UUID] = mapped_column(comment="of the giving; set by trigger")
    kind: Mapped[str]
    words: Mapped[str | None] = mapped_column(comment="of the one who answers")
    read_back: Mapped[bool | None] = mapped_column(
        comment="whether an acceptance was read back to the giver"
    )
    facts_hash: Mapped[str | None] = mapped_column(
        comment="of the reading an acceptance was shown, SHA-256, hexadecimal"
    )
    facts: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="that reading, where it is not the one given; set by trigger"
    )
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )


class HandoverDraftRow(Table):
    """Own words for a patient that are not given yet; read by their author alone."""

    __tablename__ = "handover_drafts"
    __table_args__ = (
        CheckConstraint("btrim(words) <> '' AND length(words) <= 2000", name="words_fit"),
        {"schema": "report", "comment": "Own words not given yet; their author's alone."},
    )

    author_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.users.id"), primary_key=True, comment="set by function"
    )
    admission_id: Mapped[UUID] = mapped_column(
        ForeignKey("admission.admissions.id"), primary_key=True, index=True
    )
    words: Mapped[str]
    saved_at: Mapped[datetime] = mapped_column(comment="set by function")


class PocketSheetRow(Table):
    """A handover on paper, to be returned or shredded."""

    __tablename__ = "pocket_sheets"
    __table_args__ = (
        CheckConstraint(one_of("paper", Paper), name="paper_known"),
        CheckConstraint("cardinality(patient_ids) BETWEEN 1 AND 40", name="about_somebody"),
        CheckConstraint(plausible("expires_at"), name="expires_at_plausible"),
        {"schema": "report", "comment": "Handovers printed to carry along; append-only."},
    )

    id: Mapped[Id]
    serial: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), unique=True, comment="printed on the sheet"
    )
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), index=True, comment="of the first patient; set by trigger"
    )
    paper: Mapped[str]
    as_file: Mapped[bool] = mapped_column(
        server_default=false(), comment="saved as a PDF, not sent to a printer"
    )
    patient_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), comment="whose names are on it")
    expires_at: Mapped[datetime] = mapped_column(comment="to be returned or shredded by then")
    recorded_at: Mapped[Now] = mapped_column(comment="when it was printed")
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who printed it; null: imported"
    )


class PocketSheetEndRow(Table):
    """What became of a pocket sheet."""

    __tablename__ = "pocket_sheet_ends"
    __table_args__ = (
        CheckConstraint(one_of("kind", SheetEnd), name="kind_known"),
        CheckConstraint(
            "kind <> 'lost' OR btrim(coalesce(words, '')) <> ''", name="lost_explained"
        ),
        CheckConstraint("length(words) <= 500", name="words_fit"),
        {"schema": "report", "comment": "Pocket sheets returned, shredded or lost; append-only."},
    )

    id: Mapped[Id]
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("report.pocket_sheets.id"), unique=True)
    ward_id: Mapped[UUID] = mapped_column(comment="of the sheet; set by trigger")
    kind: Mapped[str]
    words: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )
