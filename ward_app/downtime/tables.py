"""Mapped classes of what was charted without the database (schema `report`): append-only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.downtime.types import OfflineKind, SettledHow


class OfflineEntryRow(Table):
    """One thing charted without the database, proven to be its author's, as it was received."""

    __tablename__ = "offline_entries"
    __table_args__ = (
        CheckConstraint(one_of("kind", OfflineKind), name="kind_known"),
        CheckConstraint("verdict IN ('accepted', 'needs_a_person')", name="verdict_known"),
        CheckConstraint("(verdict = 'accepted') = (problem IS NULL)", name="problem_said"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("entered_at"), name="entered_at_plausible"),
        UniqueConstraint("mac"),
        Index("ix_offline_entries_admission_id", "admission_id"),
        Index(
            "ix_offline_entries_needing",
            "ward_id",
            postgresql_where=text("verdict = 'needs_a_person'"),
        ),
        {
            "schema": "report",
            "comment": "What was charted while the database was away, and what became of it;"
            " append-only.",
        },
    )

    id: Mapped[Id]
    command_id: Mapped[UUID] = mapped_column(comment="of the row it is, or would have been")
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("public.sessions.id"), index=True, comment="the sign-in it was charted under"
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)
    workstation: Mapped[str]
    kind: Mapped[str]
    admission_id: Mapped[UUID | None] = mapped_column(
        comment="as the author charted it; null: it is about a ward"
    )
    patient_id: Mapped[UUID | None] = mapped_column(comment="of the admission, if it is known")
    ward_id: Mapped[UUID | None] = mapped_column(comment="where it was, or what it is about")
    occurred_at: Mapped[datetime]
    entered_at: Mapped[datetime] = mapped_column(comment="when it was charted at the workstation")
    received_at: Mapped[Now]
    body: Mapped[str] = mapped_column(comment="what the author charted, byte for byte")
    mac: Mapped[bytes] = mapped_column(comment="HMAC-SHA256 of the body, by the offline key")
    verdict: Mapped[str]
    problem: Mapped[str | None] = mapped_column(comment="why it needs a person, as a sentence")


class OfflineSettlementRow(Table):
    """What a human did about an entry that needed one."""

    __tablename__ = "offline_settlements"
    __table_args__ = (
        CheckConstraint(one_of("how", SettledHow), name="how_known"),
        CheckConstraint(
            "btrim(reason) <> '' AND length(reason) <= 500", name="settled_with_reason"
        ),
        UniqueConstraint("entry_id"),
        {
            "schema": "report",
            "comment": "Decisions on entries of a downtime that needed a person; append-only.",
        },
    )

    id: Mapped[Id] = mapped_column(comment="recorded as meant: also of the row that it made")
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("report.offline_entries.id"))
    how: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)


class OfflineReplayRow(Table):
    """One replay: how much was given and what it came to."""

    __tablename__ = "offline_replays"
    __table_args__ = (
        Index("ix_offline_replays_replayed_at", "replayed_at"),
        {"schema": "report", "comment": "Replays of what was charted in a downtime; append-only."},
    )

    id: Mapped[Id]
    workstation: Mapped[str]
    session_id: Mapped[UUID] = mapped_column(comment="as claimed; refused ones may name any")
    replayed_at: Mapped[Now]
    accepted: Mapped[int]
    already_there: Mapped[int]
    needs_a_person: Mapped[int]
    refused: Mapped[int] = mapped_column(comment="not proven to be what their author charted")
