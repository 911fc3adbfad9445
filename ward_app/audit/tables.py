"""Mapped classes of the audit trail (schema `audit`): written by the database alone."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table

Era = Annotated[
    int,
    mapped_column(
        server_default="1", comment="which cluster's transaction numbers `xact` is one of"
    ),
]


class ChangeLogRow(Table):
    """One changed row: before and after, who, from where."""

    __tablename__ = "change_logs"
    __table_args__ = (
        CheckConstraint("action IN ('CREATE', 'UPDATE', 'DELETE')", name="action_known"),
        Index("ix_change_logs_row_id", "row_id"),
        Index("ix_change_logs_xact_id", "xact", "id"),
        Index("ix_change_logs_at_id", "at", "id"),
        Index("ix_change_logs_user_id_at", "user_id", "at"),
        Index(
            "ix_change_logs_patient_id_at",
            "patient_id",
            "at",
            postgresql_where=text("patient_id IS NOT NULL"),
        ),
        {
            "schema": "audit",
            "comment": "Every change: before, after, who, from where.",
            "postgresql_partition_by": "RANGE (at)",
        },
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Now] = mapped_column(primary_key=True)
    xact: Mapped[int] = mapped_column(BigInteger)
    schema_name: Mapped[str]
    table_name: Mapped[str]
    action: Mapped[str]
    row_id: Mapped[UUID | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    user_id: Mapped[UUID | None] = mapped_column(comment="null: no signed-in session")
    session_id: Mapped[UUID | None]
    database_role: Mapped[str]
    era: Mapped[Era]
    patient_id: Mapped[UUID | None] = mapped_column(comment="null: of nobody's record")
    ward_id: Mapped[UUID | None] = mapped_column(comment="where it was, null: on no ward")


class AccessLogRow(Table):
    """One opened record or search; a chart is readable only through a committed row here."""

    __tablename__ = "access_logs"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ward', 'break_glass', 'privacy', 'search', 'print', 'report', 'audit',"
            " 'copy')",
            name="kind_known",
        ),
        CheckConstraint(
            "kind NOT IN ('break_glass', 'privacy') OR length(btrim(coalesce(reason, ''))) >= 10",
            name="break_glass_with_reason",
        ),
        CheckConstraint(
            "kind IN ('search', 'report', 'audit', 'copy') OR patient_id IS NOT NULL",
            name="opened_patient_named",
        ),
        CheckConstraint("action IN ('VIEW', 'PRINT', 'EXPORT')", name="action_known"),
        Index("ix_access_logs_at_id", "at", "id"),
        Index("ix_access_logs_xact_id", "xact", "id"),
        Index("ix_access_logs_user_id_at", "user_id", "at"),
        Index(
            "ix_access_logs_break_glass",
            "at",
            "id",
            postgresql_where=text("kind = 'break_glass'"),
        ),
        Index("ix_access_logs_session_id_patient_id", "session_id", "patient_id"),
        Index("ix_access_logs_patient_id_at", "patient_id", "at"),
        {
            "schema": "audit",
            "comment": "Who opened which record, when, from where and why.",
            "postgresql_partition_by": "RANGE (at)",
        },
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Now] = mapped_column(primary_key=True)
    xact: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[UUID]
    session_id: Mapped[UUID]
    workstation: Mapped[str]
    patient_id: Mapped[UUID | None]
    kind: Mapped[str]
    reason: Mapped[str | None]
    valid_until: Mapped[datetime | None]
    era: Mapped[Era]
    ward_id: Mapped[UUID | None] = mapped_column(comment="where the patient lay then")
    action: Mapped[str] = mapped_column(server_default="VIEW")


class LoginHistoryRow(Table):
    """One attempt to sign in, or a sign-out."""

    __tablename__ = "login_history"
    __table_args__ = (
        CheckConstraint("action IN ('LOGIN', 'LOGOUT')", name="action_known"),
        Index("ix_login_history_user_id_at", "user_id", "at"),
        Index("ix_login_history_at_id", "at", "id"),
        Index("ix_login_history_xact_id", "xact", "id"),
        Index("ix_login_history_failed", "at", "id", postgresql_where=text("NOT succeeded")),
        {"schema": "audit", "comment": "Sign-ins, good and bad, and sign-outs."},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Now]
    action: Mapped[str]
    login: Mapped[str]
    user_id: Mapped[UUID | None]
    workstation: Mapped[str]
    succeeded: Mapped[bool]
    reason: Mapped[str | None]
    era: Mapped[Era]
    session_id: Mapped[UUID | None] = mapped_column(comment="null: of a sign-in")
    xact: Mapped[int] = mapped_column(
        BigInteger, server_default=text("pg_current_xact_id()::text::bigint")
    )


class RuleRow(Table):
    """Numbers of the trail; the newest row is in force."""

    __tablename__ = "rules"
    __table_args__ = (
        CheckConstraint("retention_years BETWEEN 6 AND 100", name="kept_six_years"),
        CheckConstraint("mass_charts > 0 AND mass_minutes > 0", name="some"),
        CheckConstraint("source <> ''", name="with_source"),
        {
            "schema": "audit",
            "comment": "How long the trail is kept and what stands out in it;"
            " newest row in force.",
        },
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    retention_years: Mapped[int] = mapped_column(SMALLINT)
    mass_charts: Mapped[int] = mapped_column(
        SMALLINT, comment="more charts than this, opened within mass_minutes, are many"
    )
    mass_minutes: Mapped[int] = mapped_column(SMALLINT)
    off_hours_from: Mapped[time] = mapped_column(comment="of the hospital's clock")
    off_hours_until: Mapped[time] = mapped_column(comment="of the hospital's clock")
    source: Mapped[str] = mapped_column(comment="who decided it, and where it is from")
    recorded_at: Mapped[Now]
    database_role: Mapped[str] = mapped_column(server_default=text("SESSION_USER"))


class EraRow(Table):
    """A cluster that the database was in."""

    __tablename__ = "eras"
    __table_args__ = {  # noqa: RUF012
        "schema": "audit",
        "comment": "Clusters the database was in: transaction numbers begin anew in each.",
    }

    id: Mapped[Id]
    era: Mapped[int] = mapped_column(unique=True)
    system_identifier: Mapped[str] = mapped_column(comment="of the cluster")
    reason: Mapped[str]
    recorded_at: Mapped[Now]
    database_role: Mapped[str] = mapped_column(server_default=text("SESSION_USER"))


class SealRow(Table):
    """One seal: a hash over the rows of finished transactions and the seal before."""

    __tablename__ = "seals"
    __table_args__ = (
        CheckConstraint("kind IN ('rows', 'cut')", name="kind_known"),
        CheckConstraint("(kind = 'cut') = (cut_k IS NOT NULL)", name="cut_known"),
        {
            "schema": "audit",
            "comment": "Chain of hashes over the logs: shows edits, deletions and missing seals.",
        },
    )

    k: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    format: Mapped[int] = mapped_column(SMALLINT, comment="how rows become a digest")
    era: Mapped[int]
    kind: Mapped[str] = mapped_column(comment="cut: what k <= cut_k sealed is gone")
    from_xact: Mapped[int] = mapped_column(BigInteger, comment="rows from here on")
    until_xact: Mapped[int] = mapped_column(BigInteger, comment="rows before this")
    changes: Mapped[int] = mapped_column(BigInteger, comment="rows of change_logs")
    accesses: Mapped[int] = mapped_column(BigInteger, comment="rows of access_logs")
    logins: Mapped[int] = mapped_column(BigInteger, comment="rows of login_history")
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    cut_k: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="of the rows, or of the archive")
    previous: Mapped[bytes] = mapped_column(LargeBinary, comment="hash of the seal before")
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime]
