"""Mapped classes of bedside observations (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB, SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, plausible


class VitalSignRow(Table):
    """One set of vital signs with its score; append-only, corrections supersede.

    Values are held against physiological extremes: what cannot be, not what is unusual. Zero is
    a value (a pulse of 0); null is "not measured". All but the times are checked by the trigger
    `follow` (report.follow_set), not by CHECKs: PostgreSQL prepares those anew for each statement.
    """

    __tablename__ = "vital_signs"
    __table_args__ = (
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(
            "next_due_at >= occurred_at AND next_due_at - occurred_at <= INTERVAL '168 hours'",
            name="next_due_at_plausible",
        ),
        Index("ix_vital_signs_admission_id_occurred_at", "admission_id", text("occurred_at DESC")),
        Index(
            "ix_vital_signs_strike_out_id",
            "strike_out_id",
            postgresql_where=text("strike_out_id IS NOT NULL"),
        ),
        Index(
            "uq_vital_signs_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {"schema": "report", "comment": "Vital signs with their score, append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger, access does not follow it"
    )
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(comment="null: imported")
    respiratory_rate_per_min: Mapped[int | None] = mapped_column(SMALLINT)
    spo2_percent: Mapped[int | None] = mapped_column(SMALLINT)
    spo2_scale: Mapped[int] = mapped_column(SMALLINT, server_default="1")
    on_oxygen: Mapped[bool | None]
    oxygen_flow_l_per_min: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    oxygen_device: Mapped[str | None] = mapped_column(comment="what the patient breathes through")
    inspired_oxygen_percent: Mapped[int | None] = mapped_column(
        SMALLINT, comment="as set on the device, 21-100"
    )
    further_signs: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="signs that only some packs score, by name"
    )
    systolic_bp_mmhg: Mapped[int | None] = mapped_column(SMALLINT)
    diastolic_bp_mmhg: Mapped[int | None] = mapped_column(SMALLINT)
    pulse_per_min: Mapped[int | None] = mapped_column(SMALLINT)
    consciousness: Mapped[str | None]
    temperature_celsius: Mapped[Decimal | None] = mapped_column(Numeric(4, 1))
    incomplete_reason: Mapped[str | None]
    note: Mapped[str | None]
    device_source: Mapped[str] = mapped_column(server_default="manual entry")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.vital_signs.id"))
    change_reason: Mapped[str | None]
    score_pack: Mapped[str | None]
    score_version: Mapped[str | None]
    score_hash: Mapped[str | None]
    score_total: Mapped[int | None] = mapped_column(SMALLINT, comment="null: incomplete")
    score_at_least: Mapped[int | None] = mapped_column(SMALLINT)
    score_points: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    score_missing: Mapped[list[Any] | None] = mapped_column(JSONB)
    risk: Mapped[str | None]
    interval_minutes: Mapped[int | None] = mapped_column(
        SMALLINT, comment="longest time to the next set; 0: continuous monitoring"
    )
    next_due_at: Mapped[datetime | None]
    strike_out_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.group_strike_outs.id"),
        comment="the group strike-out, or reinstatement, that added this row",
    )


class SpO2ScaleDecisionRow(Table):
    """A recorded decision on the SpO2 scale of a stay; the newest is in force."""

    __tablename__ = "spo2_scale_decisions"
    __table_args__ = (
        CheckConstraint("scale IN (1, 2)", name="scale_known"),
        CheckConstraint("decided_by <> '' AND reason <> ''", name="decided_with_reason"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_spo2_scale_decisions_admission_id_seq", "admission_id", text("seq DESC")),
        {"schema": "report", "comment": "Decisions on the SpO2 scale, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    scale: Mapped[int] = mapped_column(SMALLINT)
    decided_by: Mapped[str] = mapped_column(comment="the clinical decision maker, by name")
    reason: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class OxygenTargetRow(Table):
    """A prescribed oxygen saturation of a stay, or its end; the newest is in force."""

    __tablename__ = "oxygen_targets"
    __table_args__ = (
        CheckConstraint(
            "num_nulls(low_percent, high_percent) = 2 OR coalesce(low_percent >= 70"
            " AND high_percent <= 100 AND low_percent < high_percent, false)",
            name="range_possible",
        ),
        CheckConstraint(
            "btrim(decided_by) <> '' AND length(decided_by) <= 200", name="decided_by_somebody"
        ),
        CheckConstraint("btrim(reason) <> '' AND length(reason) <= 500", name="reason_fits"),
        CheckConstraint(
            "reason IS NOT NULL"
            " OR coalesce((low_percent, high_percent) IN ((88, 92), (94, 98)), false)",
            name="unusual_with_reason",
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_oxygen_targets_admission_id_seq", "admission_id", text("seq DESC")),
        Index(
            "uq_oxygen_targets_first",
            "admission_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        Index(
            "uq_oxygen_targets_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {
            "schema": "report",
            "comment": "Oxygen saturations prescribed for a stay, append-only; the newest is in"
            " force.",
        },
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    low_percent: Mapped[int | None] = mapped_column(
        SMALLINT, comment="lowest saturation wanted, itself in the range; null: the target ended"
    )
    high_percent: Mapped[int | None] = mapped_column(
        SMALLINT, comment="highest saturation wanted on oxygen; null: the target ended"
    )
    decided_by: Mapped[str] = mapped_column(comment="the prescriber, by name and role")
    reason: Mapped[str | None] = mapped_column(
        comment="asked for where it ended, and of a range that is not one of the two usual"
    )
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now] = mapped_column(comment="set by trigger")
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="set by trigger"
    )
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.oxygen_targets.id"),
        comment="the decision this one replaces; null: the first of the stay",
    )
