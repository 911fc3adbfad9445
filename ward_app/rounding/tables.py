"""Mapped classes of rounds and the tasks they open (schema `rounding`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, corrections, plausible


class TemplateRow(Table):
    """One version of a checklist; the newest version of a name is in force."""

    __tablename__ = "templates"
    __table_args__ = (
        UniqueConstraint("facility_id", "name", "version"),
        CheckConstraint("name ~ '^[a-z][a-z0-9_]{0,39}$'", name="name_short"),
        CheckConstraint("version > 0", name="version_counts"),
        {"schema": "rounding", "comment": "Versions of checklists; append-only."},
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.facilities.id"), comment="null: shipped with the program"
    )
    name: Mapped[str] = mapped_column(comment="the same in every version")
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="items, intervals in minutes, reasons to put it off"
    )
    hash: Mapped[str] = mapped_column(
        Computed("md5(content::text)", persisted=True), comment="of the content"
    )
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class RoundRow(Table):
    """One round: what was answered and put off in one go, for a bay or for one patient."""

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_rounds_ward_id_occurred_at", "ward_id", text("occurred_at DESC")),
        {
            "schema": "rounding",
            "comment": "What was answered and put off in one go; append-only.",
        },
    )

    id: Mapped[Id]
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"), comment="where it began")
    occurred_at: Mapped[datetime] = mapped_column(comment="of its first record")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )


class RoundRecordRow(Table):
    """What was answered for one patient, or for the ward, or why it was put off."""

    __tablename__ = "round_records"
    __table_args__ = (
        CheckConstraint("outcome IN ('done', 'deferred')", name="outcome_known"),
        *corrections("round_records"),
        CheckConstraint(
            "jsonb_typeof(answers) = 'object' AND jsonb_typeof(words) = 'object'",
            name="answers_shaped",
        ),
        CheckConstraint(
            "(outcome = 'deferred') = (reason IS NOT NULL AND deferred_until IS NOT NULL)"
            " OR status <> 'final'",
            name="deferred_with_reason",
        ),
        CheckConstraint(
            "(admission_id IS NULL) = (patient_id IS NULL)", name="patient_of_the_stay"
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("deferred_until"), name="deferred_until_plausible"),
        Index(
            "ix_round_records_admission_id_occurred_at", "admission_id", text("occurred_at DESC")
        ),
        Index(
            "ix_round_records_latest",
            "admission_id",
            "template_id",
            text("occurred_at DESC"),
            text("id DESC"),
        ),
        Index("ix_round_records_ward_id_occurred_at", "ward_id", text("occurred_at DESC")),
        Index(
            "ix_round_records_answers",
            "answers",
            postgresql_using="gin",
            postgresql_ops={"answers": "jsonb_path_ops"},
        ),
        {"schema": "rounding", "comment": "Answered and deferred checklists; append-only."},
    )

    id: Mapped[Id]
    round_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("rounding.rounds.id"),
        index=True,
        comment="records saved together are one round",
    )
    template_id: Mapped[UUID] = mapped_column(ForeignKey("rounding.templates.id"), index=True)
    ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), comment="where it was done; set by trigger"
    )
    subject_ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), index=True, comment="the ward a ward's checklist is about"
    )
    bed_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.beds.id"), index=True, comment="where the patient lay; set by trigger"
    )
    admission_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.admissions.id"), comment="null: a checklist of the ward"
    )
    patient_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("patient.patients.id"), index=True, comment="of the admission; set by trigger"
    )
    outcome: Mapped[str] = mapped_column(server_default="done")
    answers: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="by the item's name; numbers as text"
    )
    words: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="what was said to an answer, by the item's name"
    )
    reason: Mapped[str | None] = mapped_column(comment="why it was put off")
    deferred_until: Mapped[datetime | None]
    note: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("rounding.round_records.id"))
    change_reason: Mapped[str | None]


class TaskRow(Table):
    """Something to be done; it belongs to the bed and the shift, not to a person."""

    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("title <> ''", name="says_what"),
        CheckConstraint(
            "(admission_id IS NULL) = (patient_id IS NULL)", name="patient_of_the_stay"
        ),
        CheckConstraint(plausible("due_at"), name="due_at_plausible"),
        Index("ix_tasks_ward_id_due_at", "ward_id", "due_at"),
        {"schema": "rounding", "comment": "Tasks of beds and wards; append-only."},
    )

    id: Mapped[Id]
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), comment="where it was opened; set by trigger"
    )
    subject_ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), index=True, comment="of a task of the ward itself"
    )
    bed_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.beds.id"), index=True, comment="null: a task of the ward"
    )
    admission_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.admissions.id"), index=True
    )
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient.patients.id"), index=True)
    title: Mapped[str]
    due_at: Mapped[datetime]
    record_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("rounding.round_records.id"), index=True, comment="the answer that asked for it"
    )
    item: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class TaskEventRow(Table):
    """What became of a task; the first end of it counts."""

    __tablename__ = "task_events"
    __table_args__ = (
        CheckConstraint("kind IN ('done', 'deferred', 'cancelled')", name="kind_known"),
        CheckConstraint(
            "(kind = 'deferred') = (deferred_until IS NOT NULL)", name="deferred_until_when"
        ),
        CheckConstraint("kind = 'done' OR reason <> ''", name="with_reason"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("deferred_until"), name="deferred_until_plausible"),
        Index(
            "uq_task_events_ended",
            "task_id",
            unique=True,
            postgresql_where=text("kind IN ('done', 'cancelled')"),
        ),
        {"schema": "rounding", "comment": "What became of tasks; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("rounding.tasks.id"), index=True)
    kind: Mapped[str]
    reason: Mapped[str | None]
    deferred_until: Mapped[datetime | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
