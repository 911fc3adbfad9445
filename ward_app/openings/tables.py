"""Mapped classes of openings (schema `audit`): written by the database's own functions alone."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of
from ward_app.openings.types import FEWEST_LETTERS, ClosingCause, Decision, OpeningKind

_LONGEST = 1000


class OpeningRow(Table):
    """One opening that is to be reviewed."""

    __tablename__ = "openings"
    __table_args__ = (
        CheckConstraint(one_of("kind", OpeningKind), name="kind_known"),
        CheckConstraint(
            "kind NOT IN ('break_glass', 'privacy')"
            f" OR length(btrim(coalesce(reason, ''))) >= {FEWEST_LETTERS}",
            name="with_reason",
        ),
        CheckConstraint("(kind = 'many_charts') = (patient_id IS NULL)", name="of_a_patient"),
        CheckConstraint("(kind = 'many_charts') = (charts IS NOT NULL)", name="charts_counted"),
        UniqueConstraint("access_id"),
        Index("ix_openings_ward_id_at", "ward_id", text("at DESC")),
        Index("ix_openings_session_id_patient_id", "session_id", "patient_id"),
        {"schema": "audit", "comment": "Charts opened with a reason or in a mass; append-only."},
    )

    id: Mapped[Id]
    kind: Mapped[str]
    at: Mapped[Now]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(comment="null: loaded")
    workstation: Mapped[str]
    patient_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("patient.patients.id"), index=True, comment="null: many charts"
    )
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), comment="where the patient was; whose leader reviews"
    )
    reason: Mapped[str | None]
    access_id: Mapped[int | None] = mapped_column(
        BigInteger, comment="the entry that opened the chart; archived before this row"
    )
    valid_until: Mapped[datetime | None]
    charts: Mapped[int | None] = mapped_column(comment="patients opened in ten minutes")


class OpeningNoticeRow(Table):
    """That a person was told of an opening when it happened."""

    __tablename__ = "opening_notices"
    __table_args__ = (
        UniqueConstraint("opening_id", "user_id"),
        {"schema": "audit", "comment": "Who was told of which opening; append-only."},
    )

    id: Mapped[Id]
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("audit.openings.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)
    recorded_at: Mapped[Now]


class OpeningReviewRow(Table):
    """What somebody decided about an opening; the latest but a question counts."""

    __tablename__ = "opening_reviews"
    __table_args__ = (
        CheckConstraint(one_of("decision", Decision), name="decision_known"),
        CheckConstraint(
            f"btrim(words) <> '' AND length(words) <= {_LONGEST}", name="says_something"
        ),
        Index("ix_opening_reviews_opening_id_recorded_at", "opening_id", "recorded_at"),
        {"schema": "audit", "comment": "Reviews of openings; append-only."},
    )

    id: Mapped[Id]
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("audit.openings.id"))
    decision: Mapped[str]
    words: Mapped[str]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)


class ChartClosingRow(Table):
    """That an open chart was closed before its time."""

    __tablename__ = "chart_closings"
    __table_args__ = (
        CheckConstraint(one_of("cause", ClosingCause), name="cause_known"),
        UniqueConstraint("access_id"),
        {"schema": "audit", "comment": "Openings that ended before their time; append-only."},
    )

    id: Mapped[Id]
    access_id: Mapped[int] = mapped_column(BigInteger)
    closed_at: Mapped[Now]
    cause: Mapped[str]
