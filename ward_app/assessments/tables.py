"""Mapped classes of instruments, their use, and assessments (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.assessments.types import Event
from ward_app.core.tables import Id, Now, Table, corrections, one_of, plausible
from ward_app.rounding.types import DeferralReason


class InstrumentRow(Table):
    """One version of an instrument; all but id, content and who loaded it set by trigger."""

    __tablename__ = "instruments"
    __table_args__ = (
        CheckConstraint(
            "hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="hash_of_content"
        ),
        CheckConstraint("name <> '' AND version <> '' AND title <> ''", name="named"),
        CheckConstraint(one_of("records", Event), name="records_known"),
        CheckConstraint("from_months < below_months", name="ages_forward"),
        CheckConstraint("loaded_by <> ''", name="loaded_by_somebody"),
        CheckConstraint("is_free OR coalesce(btrim(permission), '') <> ''", name="licensed"),
        CheckConstraint("work_minutes BETWEEN 1 AND 240", name="work_plausible"),
        UniqueConstraint("hash"),
        UniqueConstraint("name", "version"),
        {"schema": "report", "comment": "Instruments, shipped and loaded; append-only."},
    )

    id: Mapped[Id]
    name: Mapped[str]
    version: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="sha256 of the content, hexadecimal")
    title: Mapped[str]
    content: Mapped[str] = mapped_column(comment="the instrument's file, letter by letter")
    records: Mapped[str | None] = mapped_column(
        comment="the event that such an assessment tells of; null: none"
    )
    work_minutes: Mapped[int] = mapped_column(SMALLINT, comment="how long it takes")
    from_months: Mapped[int | None] = mapped_column(
        SMALLINT, comment="age in months from which it is due; null: open"
    )
    below_months: Mapped[int | None] = mapped_column(
        SMALLINT, comment="age in months below which it is due; null: open"
    )
    is_free: Mapped[bool] = mapped_column(comment="anybody may use it, as its file says")
    permission: Mapped[str | None] = mapped_column(
        comment="by which the site may use one that is not free, in words"
    )
    loaded_by: Mapped[str] = mapped_column(comment="who loaded it, by name")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class InstrumentUseRow(Table):
    """The use a ward makes of an instrument from then on; the newest of a name is in force."""

    __tablename__ = "instrument_uses"
    __table_args__ = (
        CheckConstraint("reason <> '' AND set_by <> ''", name="set_with_reason"),
        CheckConstraint(
            "reassess IS NULL OR jsonb_typeof(reassess) = 'object'", name="reassess_shaped"
        ),
        Index("ix_instrument_uses_ward_id_name", "ward_id", "name", text("seq DESC")),
        {"schema": "report", "comment": "Which wards use which instruments; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), comment="null: every ward that set nothing, as delivered"
    )
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("report.instruments.id"), index=True)
    name: Mapped[str] = mapped_column(comment="of the instrument; set by trigger")
    in_use: Mapped[bool]
    reassess: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="when it is due, in minutes, as the site set it; null: not by itself"
    )
    reason: Mapped[str]
    set_by: Mapped[str] = mapped_column(comment="who set it, by name")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class AssessmentRow(Table):
    """Answers to an instrument, with the score and band the database comes to."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(answers) = 'object'", name="answers_shaped"),
        CheckConstraint(
            "complete OR (score IS NULL AND band IS NULL)", name="incomplete_is_no_score"
        ),
        *corrections("assessments"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index(
            "ix_assessments_admission_id_instrument",
            "admission_id",
            "instrument",
            text("occurred_at DESC"),
        ),
        Index(
            "ix_assessments_answers",
            "answers",
            postgresql_using="gin",
            postgresql_ops={"answers": "jsonb_path_ops"},
        ),
        {"schema": "report", "comment": "Assessments by instruments; append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger"
    )
    instrument_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.instruments.id"), index=True, comment="by the hash; set by trigger"
    )
    instrument: Mapped[str] = mapped_column(comment="its name")
    version: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="SHA-256 of its file, hexadecimal")
    answers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="by the item's name, as text; what is missing is unknown"
    )
    complete: Mapped[bool] = mapped_column(
        comment="every item that is asked is known; set by trigger"
    )
    score: Mapped[Decimal | None] = mapped_column(
        Numeric, comment="what the database comes to as well; null: incomplete, or has none"
    )
    band: Mapped[str | None] = mapped_column(comment="name of the band; null: incomplete")
    note: Mapped[str | None]
    occurred_at: Mapped[datetime] = mapped_column(comment="when the patient was assessed")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.assessments.id"))
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )


class AssessmentDeferralRow(Table):
    """An assessment that was not made when due, for a legitimate reason; append-only."""

    __tablename__ = "assessment_deferrals"
    __table_args__ = (
        CheckConstraint(one_of("reason", DeferralReason), name="reason_known"),
        CheckConstraint(
            "(status = 'final' AND supersedes_id IS NULL) OR (status = 'entered_in_error'"
            " AND supersedes_id IS NOT NULL AND change_reason <> '')",
            name="struck_out_with_reason",
        ),
        CheckConstraint("deferred_until > occurred_at", name="deferred_forward"),
        CheckConstraint("reason <> 'other' OR note <> ''", name="other_explained"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("due_at"), name="due_at_plausible"),
        CheckConstraint(plausible("deferred_until"), name="deferred_until_plausible"),
        Index(
            "ix_assessment_deferrals_admission_id_instrument",
            "admission_id",
            "instrument",
            text("occurred_at DESC"),
        ),
        Index(
            "uq_assessment_deferrals_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {"schema": "report", "comment": "Assessments put off for a reason; append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    instrument: Mapped[str] = mapped_column(comment="its name")
    due_at: Mapped[datetime] = mapped_column(comment="the due time it answers")
    reason: Mapped[str]
    note: Mapped[str | None]
    deferred_until: Mapped[datetime] = mapped_column(comment="when it is due instead")
    occurred_at: Mapped[datetime] = mapped_column(comment="when it was decided")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.assessment_deferrals.id"), comment="the one that was a mistake"
    )
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )
