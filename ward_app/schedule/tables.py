"""Mapped classes of the schedule of observations (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.schedule.types import DeferralReason


class ScheduleSettingRow(Table):
    """The hospital's own numbers of the schedule; the newest row is in force."""

    __tablename__ = "schedule_settings"
    __table_args__ = (
        CheckConstraint(
            "arrival_minutes BETWEEN 5 AND 1440 AND restart_minutes BETWEEN 5 AND 1440"
            " AND unknown_minutes BETWEEN 5 AND 1440 AND refusal_cap_minutes BETWEEN 5 AND 1440"
            " AND longest_deferral_minutes BETWEEN 5 AND 1440 AND shortest_minutes BETWEEN 5"
            " AND 60 AND grace_minutes BETWEEN 0 AND 240",
            name="minutes_plausible",
        ),
        CheckConstraint("source <> ''", name="with_source"),
        {"schema": "report", "comment": "Numbers of the schedule; newest row in force."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    arrival_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="first set after arrival on a ward"
    )
    restart_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="first set after leave or a discharge undone, at the latest"
    )
    unknown_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="between sets while no score says how often"
    )
    refusal_cap_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="longest wait after a refusal"
    )
    longest_deferral_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="longest a set may be put off at once"
    )
    shortest_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="no set is asked for more often"
    )
    grace_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="whole minutes after the due time that still are on time"
    )
    source: Mapped[str] = mapped_column(comment="where the numbers come from, who approved them")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class ObservationPlanRow(Table):
    """A decision on how often a patient is observed; the newest of a stay is in force."""

    __tablename__ = "observation_plans"
    __table_args__ = (
        CheckConstraint("interval_minutes BETWEEN 5 AND 10080", name="interval_plausible"),
        CheckConstraint("asked_minutes BETWEEN 5 AND 10080", name="asked_plausible"),
        CheckConstraint("decided_by <> ''", name="names_who_decided"),
        CheckConstraint(
            "reason <> '' OR coalesce(interval_minutes <= asked_minutes, false)",
            name="longer_or_stop_with_reason",
        ),
        CheckConstraint(
            "interval_minutes IS NULL OR interval_minutes <= asked_minutes"
            " OR expires_at IS NOT NULL",
            name="longer_expires",
        ),
        CheckConstraint(
            "expires_at > occurred_at AND (interval_minutes IS NOT NULL OR expires_at IS NULL)",
            name="expires_later",
        ),
        CheckConstraint(
            "review_at > occurred_at AND (interval_minutes IS NOT NULL OR review_at IS NULL)",
            name="reviewed_later",
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("expires_at"), name="expires_at_plausible"),
        CheckConstraint(plausible("review_at"), name="review_at_plausible"),
        Index(
            "ix_observation_plans_admission_id_occurred_at",
            "admission_id",
            text("occurred_at DESC"),
        ),
        {"schema": "report", "comment": "How often to observe, as decided; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    interval_minutes: Mapped[int | None] = mapped_column(
        SMALLINT, comment="longest time between sets; null: as the score asks again"
    )
    asked_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="what the score asked for when this was decided; set by trigger"
    )
    decided_by: Mapped[str] = mapped_column(comment="who decided, by name")
    reason: Mapped[str]
    review_at: Mapped[datetime | None] = mapped_column(comment="when to think about it again")
    expires_at: Mapped[datetime | None] = mapped_column(
        comment="until when it holds; null: until another is made"
    )
    occurred_at: Mapped[Now] = mapped_column(comment="since when it holds; set by trigger")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class ObservationDeferralRow(Table):
    """A set that was not taken when due, for a legitimate reason; append-only."""

    __tablename__ = "observation_deferrals"
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
            "ix_observation_deferrals_admission_id_occurred_at",
            "admission_id",
            text("occurred_at DESC"),
        ),
        Index(
            "uq_observation_deferrals_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {"schema": "report", "comment": "Sets put off for a reason; append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    due_at: Mapped[datetime] = mapped_column(comment="the due time it answers")
    reason: Mapped[str]
    note: Mapped[str | None]
    deferred_until: Mapped[datetime] = mapped_column(
        comment="when the set is due instead; after a refusal set by trigger"
    )
    occurred_at: Mapped[datetime] = mapped_column(comment="when it was decided or refused")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.observation_deferrals.id"), comment="the one that was a mistake"
    )
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
