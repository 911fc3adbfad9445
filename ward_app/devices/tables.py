"""Mapped classes of the device register (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, SMALLINT
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, corrections, one_of, plausible
from ward_app.devices.types import RemovalReason, Side, Tip


class DevicePackRow(Table):
    """A version of the kinds of device that may be recorded with."""

    __tablename__ = "device_packs"
    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint(
            "jsonb_typeof(schemes) = 'array' AND jsonb_typeof(kinds) = 'array'", name="shaped"
        ),
        {"schema": "report", "comment": "Registered kinds of device; append-only."},
    )

    id: Mapped[Id]
    name: Mapped[str]
    version: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="SHA-256 of the data file, hexadecimal")
    schemes: Mapped[list[Any]] = mapped_column(JSONB, comment="as the data file declares them")
    kinds: Mapped[list[Any]] = mapped_column(JSONB, comment="as the data file declares them")


class DeviceSettingRow(Table):
    """The hospital's own numbers for a kind of device; the newest row of a kind is in force."""

    __tablename__ = "device_settings"
    __table_args__ = (
        CheckConstraint("check_minutes BETWEEN 15 AND 10080", name="check_plausible"),
        CheckConstraint("stay_hours BETWEEN 1 AND 17520", name="stay_plausible"),
        CheckConstraint("source <> ''", name="with_source"),
        {"schema": "report", "comment": "How often devices are looked at; newest in force."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    kind: Mapped[str]
    check_minutes: Mapped[int] = mapped_column(SMALLINT, comment="longest time between looks")
    stay_hours: Mapped[int | None] = mapped_column(
        SMALLINT, comment="longest time in place; null: none set"
    )
    source: Mapped[str] = mapped_column(comment="where the numbers come from, who approved them")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class DeviceRow(Table):
    """A device in a patient; a correction is another row of the same device."""

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint(one_of("side", Side), name="side_known"),
        CheckConstraint("btrim(site) <> '' AND length(site) <= 200", name="site_named"),
        *corrections("devices"),
        CheckConstraint("(supersedes_id IS NULL) = (device_id = id)", name="first_row_names_it"),
        CheckConstraint("due_out_at > inserted_at", name="out_after_insertion"),
        CheckConstraint(plausible("inserted_at"), name="inserted_at_plausible"),
        CheckConstraint(plausible("due_out_at"), name="due_out_at_plausible"),
        {"schema": "report", "comment": "Cannulas, catheters, drains in patients; append-only."},
    )

    id: Mapped[Id]
    device_id: Mapped[UUID] = mapped_column(
        ForeignKey("report.devices.id"),
        index=True,
        comment="the first row of this device; set by trigger",
    )
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was when it was put in; set by trigger"
    )
    pack_version: Mapped[str]
    pack_hash: Mapped[str] = mapped_column(comment="SHA-256 of the data file, hexadecimal")
    kind: Mapped[str]
    site: Mapped[str] = mapped_column(comment="where on the body, in words")
    side: Mapped[str | None] = mapped_column(comment="null: no sides there, or not said")
    size: Mapped[str | None] = mapped_column(comment="gauge or size with its unit, in words")
    inserted_at: Mapped[datetime | None] = mapped_column(
        comment="null: not known; may be before the admission"
    )
    inserted_by: Mapped[str | None] = mapped_column(comment="in words; null: not known")
    reason: Mapped[str | None] = mapped_column(comment="what it is for")
    due_out_at: Mapped[datetime | None] = mapped_column(
        comment="when it is to come out, as decided; null: not decided"
    )
    note: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.devices.id"))
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )


class DeviceCheckRow(Table):
    """A look at the site of a device, with the score the database made of it."""

    __tablename__ = "device_checks"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(signs) = 'object'", name="signs_shaped"),
        CheckConstraint(
            "at_least BETWEEN 0 AND 5 AND (score IS NULL OR score = at_least)",
            name="score_plausible",
        ),
        *corrections("device_checks"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_device_checks_device_id_occurred_at", "device_id", text("occurred_at DESC")),
        {"schema": "report", "comment": "Looks at the sites of devices; append-only."},
    )

    id: Mapped[Id]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("report.devices.id"))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger"
    )
    pack_version: Mapped[str]
    pack_hash: Mapped[str] = mapped_column(comment="SHA-256 of the data file, hexadecimal")
    scheme: Mapped[str] = mapped_column(comment="of the device's kind; set by trigger")
    signs: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="by name: there or not; a sign that is missing was not looked for"
    )
    score: Mapped[int | None] = mapped_column(
        SMALLINT,
        comment="VIP 0-5, or 0 well, 1 concern; set by trigger; null: the signs do not suffice",
    )
    at_least: Mapped[int] = mapped_column(
        SMALLINT, comment="what the signs seen come to; set by trigger"
    )
    note: Mapped[str | None]
    occurred_at: Mapped[datetime] = mapped_column(comment="when the site was looked at")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.device_checks.id"))
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )


class DeviceRemovalRow(Table):
    """That a device was taken out or lost; one line of rows for each device."""

    __tablename__ = "device_removals"
    __table_args__ = (
        CheckConstraint(one_of("reason", RemovalReason), name="reason_known"),
        CheckConstraint(one_of("tip", Tip), name="tip_known"),
        CheckConstraint("btrim(removed_by) <> ''", name="names_who_removed"),
        CheckConstraint("reason <> 'other' OR note <> ''", name="other_explained"),
        *corrections("device_removals"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_device_removals_device_id", "device_id"),
        Index(
            "uq_device_removals_device_id",
            "device_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        {"schema": "report", "comment": "Removals of devices; append-only."},
    )

    id: Mapped[Id]
    device_id: Mapped[UUID] = mapped_column(ForeignKey("report.devices.id"))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger"
    )
    reason: Mapped[str]
    tip: Mapped[str] = mapped_column(comment="how the tip looked")
    removed_by: Mapped[str] = mapped_column(comment="in words")
    note: Mapped[str | None]
    occurred_at: Mapped[datetime] = mapped_column(comment="when it came out")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("report.device_removals.id"),
        comment="the row before; a removal after one that was struck out names that, by trigger",
    )
    change_reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("public.users.id"), index=True, comment="null: imported"
    )
