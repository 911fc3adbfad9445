"""Mapped classes of imports (schema `public`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, plausible


class ImportRow(Table):
    """A data set that was imported; append-only."""

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(plausible("anchor_at"), name="anchor_at_plausible"),
        UniqueConstraint("facility_id", "data_set"),
        {
            "schema": "public",
            "comment": "Data sets that were imported, and the moment their stays are anchored at.",
        },
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"))
    data_set: Mapped[str]
    anchor_at: Mapped[datetime] = mapped_column(
        comment="the moment before which its stays were moved"
    )
    recorded_at: Mapped[Now]
