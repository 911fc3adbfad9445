"""Mapped classes of shifts, allocation, responsibility and duty (schema `public`)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.shifts.types import Duty, How


class GradeRow(Table):
    """A grade of staff: registered nurse, healthcare assistant, student, ..."""

    __tablename__ = "grades"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(roles) = 'array'", name="roles_shaped"),
        {"schema": "public", "comment": "Grades of staff."},
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    position: Mapped[int] = mapped_column(SmallInteger, comment="order in lists")
    holds_beds: Mapped[bool] = mapped_column(comment="whether it may be responsible for beds")
    roles: Mapped[list[Any]] = mapped_column(
        JSONB, comment="roles whose people have it as long as no grade is recorded for them"
    )


class UserGradeRow(Table):
    """The grade of a person; the newest row is in force."""

    __tablename__ = "user_grades"
    __table_args__ = (
        Index("ix_user_grades_user_id_seq", "user_id", text("seq DESC")),
        {"schema": "public", "comment": "Grades of people; append-only, the newest in force."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"))
    grade: Mapped[str] = mapped_column(ForeignKey("public.grades.name"), index=True)
    source: Mapped[str] = mapped_column(comment="who decided it")
    recorded_at: Mapped[Now]


class WardShiftRow(Table):
    """The times of a ward's shift from a day on."""

    __tablename__ = "ward_shifts"
    __table_args__ = (
        CheckConstraint("name <> '' AND length(name) <= 30", name="name_short"),
        CheckConstraint("jsonb_typeof(wanted) = 'object'", name="wanted_shaped"),
        CheckConstraint("source <> ''", name="with_source"),
        CheckConstraint(plausible("in_force_from", "DATE"), name="in_force_from_plausible"),
        Index("ix_ward_shifts_ward_id_name", "ward_id", "name", text("in_force_from DESC")),
        {"schema": "public", "comment": "Shift times of wards, with what was before."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"))
    name: Mapped[str]
    starts_at: Mapped[time] = mapped_column(comment="by the ward's clock")
    ends_at: Mapped[time] = mapped_column(
        comment="by the ward's clock; not after starts_at: on the next day"
    )
    wanted: Mapped[dict[str, Any]] = mapped_column(
        JSONB, server_default="{}", comment="how many of each grade; missing: no target"
    )
    is_used: Mapped[bool] = mapped_column(
        server_default=text("true"), comment="false: not run from that day on"
    )
    in_force_from: Mapped[date] = mapped_column(comment="for starts on this day and later")
    source: Mapped[str] = mapped_column(comment="who decided it")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: made by the system or by IT"
    )


class ShiftAllocationRow(Table):
    """Who is to look after a bed in a shift; the newest row of bed and shift is in force."""

    __tablename__ = "shift_allocations"
    __table_args__ = (
        CheckConstraint("shift_from < shift_until", name="shift_lasts"),
        CheckConstraint(
            "occurred_at >= shift_from AND occurred_at < shift_until", name="within_the_shift"
        ),
        Index("ix_shift_allocations_bed_id_shift_from", "bed_id", text("shift_from DESC")),
        Index("ix_shift_allocations_ward_id_shift_on", "ward_id", "shift_on"),
        Index(
            "uq_shift_allocations_first",
            "bed_id",
            "shift_name",
            "shift_on",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        Index(
            "uq_shift_allocations_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
        {"schema": "public", "comment": "Beds allocated to nurses by shift; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), comment="of the bed; set by the database"
    )
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("room.beds.id"))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: nobody, after somebody was"
    )
    shift_name: Mapped[str]
    shift_on: Mapped[date] = mapped_column(comment="the ward's day on which the shift starts")
    shift_from: Mapped[datetime]
    shift_until: Mapped[datetime]
    occurred_at: Mapped[datetime] = mapped_column(comment="from when in the shift it counts")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("public.shift_allocations.id"))
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class BedResponsibilityRow(Table):
    """That a bed came to somebody who took it, or to nobody; the newest row is in force."""

    __tablename__ = "bed_responsibilities"
    __table_args__ = (
        CheckConstraint(one_of("how", How), name="how_known"),
        CheckConstraint(
            "(user_id IS NULL) = (how IN ('put_down', 'left'))", name="nobody_when_put_down"
        ),
        CheckConstraint("user_id IS NOT NULL OR from_user_id IS NOT NULL", name="about_somebody"),
        CheckConstraint(
            "handover_id IS NULL OR how = 'handed_over'", name="handed_over_by_handover"
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_bed_responsibilities_bed_id_seq", "bed_id", text("seq DESC")),
        Index("ix_bed_responsibilities_ward_id_occurred_at", "ward_id", "occurred_at"),
        {"schema": "public", "comment": "Who holds beds, from when; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    ward_id: Mapped[UUID] = mapped_column(
        ForeignKey("room.wards.id"), comment="of the bed; set by the database"
    )
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("room.beds.id"))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: nobody holds it from now on"
    )
    from_user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="who held it before; null: nobody"
    )
    how: Mapped[str]
    handover_id: Mapped[UUID | None] = mapped_column(comment="null: not by a handover")
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: made by the system"
    )


class DutySignRow(Table):
    """That somebody signed on to duty or off; the newest row of person, ward and duty counts."""

    __tablename__ = "duty_signs"
    __table_args__ = (
        CheckConstraint(one_of("duty", Duty), name="duty_known"),
        CheckConstraint("kind IN ('on', 'off')", name="kind_known"),
        CheckConstraint("(kind = 'on') = (until_at IS NOT NULL)", name="on_until_when"),
        CheckConstraint(plausible("until_at"), name="until_at_plausible"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint("length(works_as) <= 80", name="works_as_short"),
        Index("ix_duty_signs_user_id_ward_id", "user_id", "ward_id", "duty", text("seq DESC")),
        Index("ix_duty_signs_occurred_at", "occurred_at"),
        {"schema": "public", "comment": "Signs on to duty and off; append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("public.users.id"))
    duty: Mapped[str]
    kind: Mapped[str]
    works_as: Mapped[str | None] = mapped_column(comment="in words: medical registrar")
    until_at: Mapped[datetime | None] = mapped_column(comment="ends by itself; null: signed off")
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
