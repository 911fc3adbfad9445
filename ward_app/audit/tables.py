"""Mapped classes of the audit trail (schema `audit`): written by the database alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Now, Table


class ChangeLogRow(Table):
    """One changed row: before and after, who, from where."""

    __tablename__ = "change_logs"
    __table_args__ = (
        CheckConstraint("action IN ('CREATE', 'UPDATE', 'DELETE')", name="action_known"),
        Index("ix_change_logs_row_id", "row_id"),
        Index("ix_change_logs_xact_id", "xact", "id"),
        Index("ix_change_logs_at", "at", postgresql_using="brin"),
        {"schema": "audit", "comment": "Every change: before, after, who, from where."},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Now]
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


class AccessLogRow(Table):
    """One opened record or search; a chart is readable only through a committed row here."""

    __tablename__ = "access_logs"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('ward', 'break_glass', 'search', 'print', 'report')", name="kind_known"
        ),
        CheckConstraint(
            "kind <> 'break_glass' OR length(btrim(reason)) >= 10", name="break_glass_with_reason"
        ),
        CheckConstraint(
            "kind IN ('search', 'report') OR patient_id IS NOT NULL", name="opened_patient_named"
        ),
        Index("ix_access_logs_session_id_patient_id", "session_id", "patient_id"),
        Index("ix_access_logs_patient_id_at", "patient_id", "at"),
        {"schema": "audit", "comment": "Who opened which record, when, from where and why."},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[Now]
    xact: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[UUID]
    session_id: Mapped[UUID]
    workstation: Mapped[str]
    patient_id: Mapped[UUID | None]
    kind: Mapped[str]
    reason: Mapped[str | None]
    valid_until: Mapped[datetime | None]


class LoginHistoryRow(Table):
    """One attempt to sign in, or a sign-out."""

    __tablename__ = "login_history"
    __table_args__ = (
        CheckConstraint("action IN ('LOGIN', 'LOGOUT')", name="action_known"),
        Index("ix_login_history_user_id_at", "user_id", "at"),
        Index("ix_login_history_at", "at", postgresql_using="brin"),
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
