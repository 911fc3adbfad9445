"""Mapped class of strike-outs of many sets at once (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, plausible


class GroupStrikeOutRow(Table):
    """One decision on many sets of a ward: to strike them out, or to reinstate them.

    The sets themselves stay in `report.vital_signs`; what this decision added there carries its
    id in `strike_out_id`.
    """

    __tablename__ = "group_strike_outs"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(device_source, person_id, reinstates_id) = 1", name="one_thing_chosen"
        ),
        CheckConstraint(
            "(reinstates_id IS NULL) = (measured_from IS NOT NULL)"
            " AND (reinstates_id IS NULL) = (measured_until IS NOT NULL)",
            name="stretch_of_a_strike_out",
        ),
        CheckConstraint("measured_until >= measured_from", name="stretch_forward"),
        CheckConstraint("btrim(reason) <> ''", name="with_reason"),
        CheckConstraint("sets > 0", name="of_some_sets"),
        CheckConstraint(plausible("measured_from"), name="measured_from_plausible"),
        CheckConstraint(plausible("measured_until"), name="measured_until_plausible"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_group_strike_outs_ward_id_recorded_at", "ward_id", text("recorded_at DESC")),
        {
            "schema": "report",
            "comment": "Sets of a device or person struck out or reinstated as a group.",
        },
    )

    id: Mapped[Id]
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), comment="where the sets were measured"
    )
    device_source: Mapped[str | None] = mapped_column(comment="the device that measured them")
    person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who recorded them"
    )
    reinstates_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.group_strike_outs.id"),
        index=True,
        comment="null: a strike-out; else the one whose sets count again",
    )
    measured_from: Mapped[datetime | None]
    measured_until: Mapped[datetime | None]
    reason: Mapped[str]
    sets: Mapped[int] = mapped_column(comment="how many sets were struck out or reinstated")
    occurred_at: Mapped[Now]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"), index=True)
