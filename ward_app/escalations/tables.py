"""Mapped classes of escalation (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.escalations.types import (
    CloseReason,
    DeclineReason,
    EventKind,
    Level,
    Outcome,
    ResponderRole,
    SepsisAnswer,
)

_CODES = {
    EventKind.OUTCOME: Outcome,
    EventKind.NOT_ESCALATED: DeclineReason,
    EventKind.SEPSIS_ANSWERED: SepsisAnswer,
    EventKind.CLOSED: CloseReason,
}
_CODE_FITS = (
    "CASE kind "
    + " ".join(
        f"WHEN '{kind}' THEN coalesce({one_of('code', codes)}, false)"
        for kind, codes in _CODES.items()
    )
    + " ELSE code IS NULL END"
)


class EscalationRuleRow(Table):
    """One version of one step; the newest of its place and level is in force."""

    __tablename__ = "escalation_rules"
    __table_args__ = (
        CheckConstraint(one_of("level", Level), name="level_known"),
        CheckConstraint(one_of("role", ResponderRole), name="role_known"),
        CheckConstraint("step BETWEEN 1 AND 9", name="step_possible"),
        CheckConstraint(
            "acknowledge_minutes BETWEEN 1 AND 1440 AND arrive_minutes BETWEEN 1 AND 1440"
            " AND renotify_minutes BETWEEN 1 AND 1440 AND cascade_minutes BETWEEN 1 AND 1440",
            name="minutes_possible",
        ),
        CheckConstraint("arrive_minutes >= acknowledge_minutes", name="arrives_after_answer"),
        CheckConstraint("source <> '' AND set_by <> ''", name="said_by_whom"),
        CheckConstraint("ward_id IS NULL OR facility_id IS NOT NULL", name="ward_of_facility"),
        CheckConstraint("is_active OR step > 1 OR level = 'low'", name="somebody_is_called"),
        CheckConstraint(plausible("in_force_from"), name="in_force_from_plausible"),
        Index("ix_escalation_rules_level_seq", "level", "step", text("seq DESC")),
        {
            "schema": "report",
            "comment": "Whom to call at which risk, and how long to wait; the history is kept.",
        },
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    facility_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.facilities.id"), index=True, comment="null: what the program ships"
    )
    ward_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.wards.id"), index=True, comment="null: every ward of the facility"
    )
    level: Mapped[str]
    step: Mapped[int] = mapped_column(SMALLINT)
    role: Mapped[str]
    acknowledge_minutes: Mapped[int] = mapped_column(SMALLINT)
    arrive_minutes: Mapped[int] = mapped_column(SMALLINT)
    renotify_minutes: Mapped[int] = mapped_column(SMALLINT)
    cascade_minutes: Mapped[int | None] = mapped_column(
        SMALLINT, comment="unanswered for so long, the next step is called; null: the last"
    )
    is_active: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="false: the step is taken away"
    )
    source: Mapped[str] = mapped_column(comment="where roles and times come from")
    set_by: Mapped[str] = mapped_column(comment="who decided it, by name")
    in_force_from: Mapped[Now]


class EscalationRow(Table):
    """One escalation; what became of it is the tale of its events."""

    __tablename__ = "escalations"
    __table_args__ = (
        CheckConstraint(one_of("level", Level), name="level_known"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points_plausible"),
        CheckConstraint(
            "CASE WHEN vital_sign_id IS NULL THEN words <> '' AND level = 'concern'"
            " ELSE words IS NULL AND level <> 'concern' END",
            name="set_or_concern",
        ),
        CheckConstraint(plausible("opened_at"), name="opened_at_plausible"),
        Index("ix_escalations_admission_id_seq", "admission_id", text("seq DESC")),
        {"schema": "report", "comment": "Calls for help, by a score or a concern; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by the database")
    ward_id: Mapped[UUID] = mapped_column(
        comment="whose rules apply: where the patient was; access does not follow it"
    )
    vital_sign_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.vital_signs.id"), index=True, comment="null: a concern"
    )
    level: Mapped[str] = mapped_column(comment="reached when it was opened")
    points: Mapped[int | None] = mapped_column(
        SMALLINT, comment="points known of the set; null: a concern"
    )
    words: Mapped[str | None] = mapped_column(comment="the concern; null: a score opened it")
    asks_nurse: Mapped[bool] = mapped_column(
        server_default=text("false"), comment="recorded by somebody who may not answer it"
    )
    asks_sepsis: Mapped[bool] = mapped_column(server_default=text("false"))
    opened_at: Mapped[Now] = mapped_column(comment="the clock starts: when it was recorded")
    recorded_by: Mapped[UUID | None] = mapped_column(comment="null: imported")


class EscalationEventRow(Table):
    """One thing that happened to an escalation; the state is read from all of them."""

    __tablename__ = "escalation_events"
    __table_args__ = (
        CheckConstraint(one_of("kind", EventKind), name="kind_known"),
        CheckConstraint(one_of("role", ResponderRole), name="role_known"),
        CheckConstraint(one_of("level", Level), name="level_known"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points_plausible"),
        CheckConstraint(_CODE_FITS, name="code_fits_kind"),
        CheckConstraint(
            "(kind IN ('raised', 'lowered')) = (level IS NOT NULL)", name="level_of_change"
        ),
        CheckConstraint("(kind = 'informed') = (nurse_id IS NOT NULL)", name="informed_whom"),
        CheckConstraint(
            "kind NOT IN ('planned', 'concern') AND code IS DISTINCT FROM 'other'"
            " OR coalesce(words <> '', false)",
            name="said_in_words",
        ),
        CheckConstraint(
            "(kind IN ('re_notified', 'cascaded')) = (step IS NOT NULL)", name="step_of_call"
        ),
        CheckConstraint("silent_minutes BETWEEN 1 AND 60", name="silent_minutes_possible"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_escalation_events_escalation_id_seq", "escalation_id", "seq"),
        # whichever station comes first writes what fell due, and nobody writes it again
        Index(
            "uq_escalation_events_due_once",
            "escalation_id",
            "kind",
            "step",
            "occurred_at",
            unique=True,
            postgresql_where=text("kind IN ('re_notified', 'cascaded')"),
        ),
        Index(
            "uq_escalation_events_one_answer",
            "escalation_id",
            "round",
            "kind",
            unique=True,
            postgresql_where=text(
                "kind IN ('acknowledged', 'arrived', 'outcome', 'not_escalated', 'closed')"
            ),
        ),
        {"schema": "report", "comment": "What happened to each escalation; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("report.escalations.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the escalation; set by the database")
    kind: Mapped[str]
    round: Mapped[int] = mapped_column(
        SMALLINT, comment="how often it was raised before: a raise asks for answers anew"
    )
    step: Mapped[int | None] = mapped_column(SMALLINT, comment="of a repeat or a next call")
    role: Mapped[str | None] = mapped_column(comment="who was called or answered")
    person: Mapped[str | None] = mapped_column(comment="who that was, as given")
    nurse_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="the nurse who was informed"
    )
    vital_sign_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.vital_signs.id"), index=True, comment="the set behind a change"
    )
    level: Mapped[str | None] = mapped_column(comment="in force from here; of raised, lowered")
    points: Mapped[int | None] = mapped_column(SMALLINT)
    asks_sepsis: Mapped[bool] = mapped_column(server_default=text("false"))
    code: Mapped[str | None]
    words: Mapped[str | None]
    silent_minutes: Mapped[int | None] = mapped_column(SMALLINT)
    workstation: Mapped[str | None] = mapped_column(comment="whose sound was silenced")
    occurred_at: Mapped[datetime] = mapped_column(
        comment="of a repeat or a next call: when it fell due, however late it was written"
    )
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: by the passing of time"
    )


class AcceptedScoreRow(Table):
    """A score agreed to call nobody again until a time; the newest not taken back counts."""

    __tablename__ = "accepted_scores"
    __table_args__ = (
        CheckConstraint(one_of("level", Level), name="level_known"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points_plausible"),
        CheckConstraint(
            "btrim(decided_by) <> '' AND btrim(reason) <> ''", name="says_who_and_why"
        ),
        CheckConstraint(
            "until_at > occurred_at AND until_at <= occurred_at + interval '24 hours'",
            name="ends_within_a_day",
        ),
        CheckConstraint(
            "(status = 'final' AND supersedes_id IS NULL AND change_reason IS NULL)"
            " OR (status = 'entered_in_error' AND supersedes_id IS NOT NULL"
            " AND btrim(change_reason) <> '')",
            name="taken_back_with_reason",
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_accepted_scores_admission_id_seq", "admission_id", text("seq DESC")),
        Index("uq_accepted_scores_supersedes_id", "supersedes_id", unique=True),
        {
            "schema": "report",
            "comment": "Scores agreed to call nobody again for a while; append-only.",
        },
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by the database")
    vital_sign_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.vital_signs.id"), index=True, comment="the set whose score is accepted"
    )
    score_pack: Mapped[str] = mapped_column(comment="of that set")
    level: Mapped[str] = mapped_column(comment="risk of that set")
    points: Mapped[int] = mapped_column(SMALLINT, comment="known of that set; more calls again")
    until_at: Mapped[datetime] = mapped_column(
        comment="review by then; from then on the score calls again"
    )
    decided_by: Mapped[str] = mapped_column(comment="who agreed, by name")
    reason: Mapped[str] = mapped_column(comment="why, and what is planned")
    status: Mapped[str] = mapped_column(server_default=text("'final'"))
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.accepted_scores.id"), comment="what is taken back; else null"
    )
    change_reason: Mapped[str | None] = mapped_column(comment="why it is taken back")
    occurred_at: Mapped[Now] = mapped_column(comment="since when it holds; set by the database")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )
