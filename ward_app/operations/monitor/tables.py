"""Mapped classes of the report on the server (schema `public`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Table


class MonitorSnapshotRow(Table):
    """What was counted at one moment; append-only."""

    __tablename__ = "monitor_snapshots"
    __table_args__ = (
        Index("ix_monitor_snapshots_taken_at", "taken_at"),
        {
            "schema": "public",
            "comment": "What the server counted about itself, to see what grows; no patient is in "
            "it.",
        },
    )

    id: Mapped[Id]
    taken_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    database_role: Mapped[str] = mapped_column(server_default=text("SESSION_USER"))
    machine: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="of the server's computer; null: not known"
    )
    figures: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="by kind, as the report has them"
    )
