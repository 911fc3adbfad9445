"""Mapped classes of score packs, their use at a site, and decisions about them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.observations.pack_choice import Pregnancy
from ward_app.observations.rules import PackStatus, PregnancyCondition
from ward_app.observations.types import Risk


class ScorePackRow(Table):
    """One version of a score as it was delivered; all but id and content set by trigger."""

    __tablename__ = "score_packs"
    __table_args__ = (
        CheckConstraint(
            "hash = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name="hash_of_content"
        ),
        CheckConstraint("name <> '' AND version <> '' AND title <> ''", name="named"),
        CheckConstraint(one_of("pregnancy", PregnancyCondition), name="pregnancy_known"),
        CheckConstraint("from_months < below_months", name="ages_forward"),
        CheckConstraint(
            "jsonb_typeof(responses) = 'array' AND jsonb_typeof(needs_sign_off) = 'array'",
            name="lists_shaped",
        ),
        CheckConstraint(
            "incomplete_interval_minutes BETWEEN 5 AND 10080", name="interval_plausible"
        ),
        UniqueConstraint("hash"),
        UniqueConstraint("name", "version"),
        {"schema": "report", "comment": "Score packs, registered; append-only."},
    )

    id: Mapped[Id]
    name: Mapped[str]
    version: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="sha256 of the content, hexadecimal")
    title: Mapped[str]
    content: Mapped[str] = mapped_column(comment="the pack's file, letter by letter")
    from_months: Mapped[int | None] = mapped_column(
        SMALLINT, comment="age in months from which it is made for; null: open"
    )
    below_months: Mapped[int | None] = mapped_column(
        SMALLINT, comment="age in months below which it is made for; null: open"
    )
    pregnancy: Mapped[str] = mapped_column(comment="whom it is made for")
    by_age: Mapped[bool] = mapped_column(comment="its bands depend on the age")
    parameters: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="as on the chart")
    responses: Mapped[list[Any]] = mapped_column(JSONB, comment="least urgent first")
    incomplete_interval_minutes: Mapped[int] = mapped_column(
        SMALLINT, comment="longest time to the next set after an incomplete one"
    )
    needs_sign_off: Mapped[list[Any]] = mapped_column(
        JSONB, comment="what needs a clinician's name before it scores patients"
    )
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class ScorePackPointsRow(Table):
    """The points of one band or choice of a pack; written by trigger from its content."""

    __tablename__ = "score_pack_points"
    __table_args__ = (
        CheckConstraint("num_nonnulls(lowest, highest, choice) > 0", name="says_what_it_is_for"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points_plausible"),
        {"schema": "report", "comment": "Bands and choices of score packs; append-only."},
    )

    pack_id: Mapped[UUID] = mapped_column(ForeignKey("report.score_packs.id"), primary_key=True)
    place: Mapped[int] = mapped_column(
        SMALLINT, primary_key=True, autoincrement=False, comment="of the parameter on the chart"
    )
    ordinal: Mapped[int] = mapped_column(
        SMALLINT, primary_key=True, autoincrement=False, comment="the first that holds counts"
    )
    parameter: Mapped[str]
    is_further: Mapped[bool] = mapped_column(comment="kept among the further signs")
    decimals: Mapped[int] = mapped_column(
        SMALLINT, comment="a number is rounded to so many before it is read"
    )
    choice: Mapped[Any | None] = mapped_column(JSONB, comment="of a choice; null: a band")
    lowest: Mapped[Decimal | None] = mapped_column(Numeric, comment="included; null: open")
    highest: Mapped[Decimal | None] = mapped_column(Numeric, comment="included; null: open")
    spo2_scale: Mapped[int | None] = mapped_column(SMALLINT, comment="null: on either")
    on_oxygen: Mapped[bool | None] = mapped_column(comment="null: on air and on oxygen")
    from_months: Mapped[int | None] = mapped_column(SMALLINT)
    below_months: Mapped[int | None] = mapped_column(SMALLINT)
    points: Mapped[int] = mapped_column(SMALLINT)


class ScorePackUseRow(Table):
    """The use a hospital makes of a pack from then on; the newest is in force."""

    __tablename__ = "score_pack_uses"
    __table_args__ = (
        CheckConstraint(one_of("use", PackStatus), name="use_known"),
        CheckConstraint("reason <> '' AND set_by <> ''", name="set_with_reason"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_score_pack_uses_pack_id_seq", "pack_id", text("seq DESC")),
        {"schema": "report", "comment": "Which score packs a hospital uses; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    facility_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.facilities.id"), index=True, comment="null: as delivered"
    )
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("report.score_packs.id"))
    use: Mapped[str]
    signed_off_by: Mapped[str | None] = mapped_column(comment="the clinician, by name")
    reason: Mapped[str]
    set_by: Mapped[str] = mapped_column(comment="who set it, by name")
    occurred_at: Mapped[Now]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class ScorePackDecisionRow(Table):
    """A recorded decision on the score of a stay; the newest is in force."""

    __tablename__ = "score_pack_decisions"
    __table_args__ = (
        CheckConstraint("decided_by <> '' AND reason <> ''", name="decided_with_reason"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_score_pack_decisions_admission_id_seq", "admission_id", text("seq DESC")),
        {"schema": "report", "comment": "Decisions on the score of a stay, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    pack: Mapped[str | None] = mapped_column(comment="name of the pack; null: automatic again")
    decided_by: Mapped[str] = mapped_column(comment="the clinical decision maker, by name")
    reason: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class TrialScoreRow(Table):
    """What a pack on trial would have said of a set; never shown as its score."""

    __tablename__ = "trial_scores"
    __table_args__ = (
        CheckConstraint(one_of("risk", Risk), name="risk_known"),
        Index("ix_trial_scores_pack_id", "pack_id"),
        {"schema": "report", "comment": "Scores by packs on trial; append-only."},
    )

    vital_sign_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.vital_signs.id"), primary_key=True
    )
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("report.score_packs.id"), primary_key=True)
    total: Mapped[int | None] = mapped_column(SMALLINT, comment="null: incomplete")
    at_least: Mapped[int] = mapped_column(SMALLINT)
    points: Mapped[dict[str, Any]] = mapped_column(JSONB)
    missing: Mapped[list[Any]] = mapped_column(JSONB)
    risk: Mapped[str]
    interval_minutes: Mapped[int] = mapped_column(SMALLINT)
    recorded_at: Mapped[Now]


class PregnancyRow(Table):
    """What is recorded of a pregnancy; the newest is in force, a correction supersedes."""

    __tablename__ = "pregnancies"
    __table_args__ = (
        CheckConstraint(one_of("status", Pregnancy), name="status_known"),
        CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name="end_has_a_day"),
        CheckConstraint(plausible("ended_on", "DATE"), name="ended_on_plausible"),
        CheckConstraint(
            "supersedes_id IS NULL OR change_reason <> ''", name="correction_with_reason"
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_pregnancies_patient_id_seq", "patient_id", text("seq DESC")),
        {"schema": "patient", "comment": "Pregnancy, as far as it matters here; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    patient_id: Mapped[UUID] = mapped_column(
        ForeignKey("patient.patients.id"), comment="of the admission; set by trigger"
    )
    admission_id: Mapped[UUID] = mapped_column(
        ForeignKey("admission.admissions.id"), index=True, comment="the stay it was recorded in"
    )
    status: Mapped[str]
    ended_on: Mapped[date | None]
    note: Mapped[str | None]
    occurred_at: Mapped[datetime] = mapped_column(comment="when it was found out")
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("patient.pregnancies.id"), index=True
    )
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
