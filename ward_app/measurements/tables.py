"""Mapped classes of bedside measurements (schema `report`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, corrections, plausible


class MeasurementKindRow(Table):
    """One version of a kind of measurement, as its data file declares it."""

    __tablename__ = "measurement_kinds"
    __table_args__ = (
        CheckConstraint(
            "jsonb_typeof(fields) = 'array' AND jsonb_typeof(derived) = 'array'"
            " AND jsonb_typeof(summary) = 'array'",
            name="fields_shaped",
        ),
        UniqueConstraint("name", "version"),
        {"schema": "report", "comment": "Registered kinds of measurement; append-only."},
    )

    id: Mapped[Id]
    name: Mapped[str]
    version: Mapped[str]
    hash: Mapped[str] = mapped_column(comment="SHA-256 of the data file, hexadecimal")
    fields: Mapped[list[Any]] = mapped_column(JSONB, comment="as the data file declares them")
    derived: Mapped[list[Any]] = mapped_column(JSONB, comment="what follows from them")
    summary: Mapped[list[Any]] = mapped_column(JSONB, comment="parts of the one line")


class MeasurementRow(Table):
    """One measurement of a kind; append-only, corrections supersede."""

    __tablename__ = "measurements"
    __table_args__ = (
        CheckConstraint(
            "jsonb_typeof(values) = 'object' AND jsonb_typeof(derived) = 'object'",
            name="values_shaped",
        ),
        *corrections("measurements"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index(
            "ix_measurements_admission_id_occurred_at", "admission_id", text("occurred_at DESC")
        ),
        {"schema": "report", "comment": "Bedside measurements of any kind; append-only."},
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    patient_id: Mapped[UUID] = mapped_column(comment="of the admission; set by trigger")
    ward_id: Mapped[UUID | None] = mapped_column(
        comment="where the patient was at the time; set by trigger, access does not follow it"
    )
    kind: Mapped[str]
    kind_version: Mapped[str]
    kind_hash: Mapped[str] = mapped_column(comment="SHA-256 of the data file, hexadecimal")
    values: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="by the field's name; numbers as text, in the unit of the field"
    )
    derived: Mapped[dict[str, Any]] = mapped_column(
        JSONB,
        server_default="{}",
        comment="what followed from the values, numbers as text; set by trigger",
    )
    summary: Mapped[str] = mapped_column(
        server_default="", comment="the values in one line; empty: a strike-out; set by trigger"
    )
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(comment="null: imported")
    note: Mapped[str | None]
    device_source: Mapped[str] = mapped_column(server_default="manual entry")
    status: Mapped[str] = mapped_column(server_default="final")
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("report.measurements.id"))
    change_reason: Mapped[str | None]
