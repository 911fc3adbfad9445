"""Mapped classes of the building (schema `room`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.rooms.types import Availability, BlockReason, Readiness, RoomKind


class BuildingRow(Table):
    """A building of a facility."""

    __tablename__ = "buildings"
    __table_args__ = {"schema": "room", "comment": "Buildings of a facility."}  # noqa: RUF012

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"), index=True)
    name: Mapped[str]


class FloorRow(Table):
    """A floor of a building."""

    __tablename__ = "floors"
    __table_args__ = {"schema": "room", "comment": "Floors of a building."}  # noqa: RUF012

    id: Mapped[Id]
    building_id: Mapped[UUID] = mapped_column(ForeignKey("room.buildings.id"), index=True)
    name: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)


class WardRow(Table):
    """A ward: the unit that access and schedules follow."""

    __tablename__ = "wards"
    __table_args__ = (
        CheckConstraint("wall_privacy IN ('initials', 'hidden')", name="wall_privacy_known"),
        Index("uq_wards_facility_id_code", "facility_id", "code", unique=True),
        {"schema": "room", "comment": "Wards: what access and schedules follow."},
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"))
    floor_id: Mapped[UUID] = mapped_column(ForeignKey("room.floors.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    specialty: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(comment="IANA zone in which schedules are made")
    wall_privacy: Mapped[str] = mapped_column(server_default="initials")


class RoomRow(Table):
    """A bay or side room."""

    __tablename__ = "rooms"
    __table_args__ = (
        CheckConstraint(one_of("kind", RoomKind), name="kind_known"),
        {"schema": "room", "comment": "Bays and side rooms."},
    )

    id: Mapped[Id]
    floor_id: Mapped[UUID] = mapped_column(ForeignKey("room.floors.id"), index=True)
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"), index=True)
    name: Mapped[str]
    kind: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, comment="order of the room on its ward")


class BedRow(Table):
    """A bed place; whether it is occupied is derived from `admission.bed_stays`, never stored."""

    __tablename__ = "beds"
    __table_args__ = (
        Index("uq_beds_ward_id_label", "ward_id", "label", unique=True),
        {"schema": "room", "comment": "Bed places; occupancy is derived, never stored here."},
    )

    id: Mapped[Id]
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.rooms.id"), index=True)
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"))
    label: Mapped[str]
    position: Mapped[int] = mapped_column(
        Integer, comment="natural order on the ward: 2 before 10"
    )
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))


class BedReadinessRow(Table):
    """One change of a bed's readiness; the newest is in force."""

    __tablename__ = "bed_readiness"
    __table_args__ = (
        CheckConstraint(one_of("readiness", Readiness), name="readiness_known"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_bed_readiness_bed_id_seq", "bed_id", text("seq DESC")),
        {"schema": "room", "comment": "History of bed readiness; the newest row is in force."},
    )

    id: Mapped[Id]
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("room.beds.id"))
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    readiness: Mapped[str]
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: made by the system"
    )


class BedAvailabilityRow(Table):
    """One change of a bed's availability; the newest is in force."""

    __tablename__ = "bed_availability"
    __table_args__ = (
        CheckConstraint(one_of("availability", Availability), name="availability_known"),
        CheckConstraint(
            f"block_reason IS NULL OR {one_of('block_reason', BlockReason)}",
            name="block_reason_known",
        ),
        CheckConstraint(
            "(availability = 'open') = (block_reason IS NULL)", name="not_open_needs_reason"
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("expected_end_at"), name="expected_end_at_plausible"),
        Index("ix_bed_availability_bed_id_seq", "bed_id", text("seq DESC")),
        {"schema": "room", "comment": "History of bed availability; the newest row is in force."},
    )

    id: Mapped[Id]
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("room.beds.id"))
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    availability: Mapped[str]
    block_reason: Mapped[str | None]
    note: Mapped[str | None]
    expected_end_at: Mapped[datetime | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
