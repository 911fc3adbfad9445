"""Mapped classes of stays (schema `admission`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.admissions.types import AdmissionSource, Destination, LeaveKind
from ward_app.core.tables import Id, Now, Table, one_of, plausible


class AdmissionRow(Table):
    """One stay in hospital, from arrival until the patient has left."""

    __tablename__ = "admissions"
    __table_args__ = (
        CheckConstraint(one_of("source", AdmissionSource), name="source_known"),
        CheckConstraint("discharged_at >= admitted_at", name="discharged_after_admitted"),
        CheckConstraint(
            "cancelled_at IS NULL OR cancel_reason <> ''", name="cancelled_with_reason"
        ),
        CheckConstraint(plausible("admitted_at"), name="admitted_at_plausible"),
        UniqueConstraint("id", "patient_id"),
        UniqueConstraint("facility_id", "external_id"),
        Index(
            "uq_admissions_one_open_per_patient",
            "patient_id",
            unique=True,
            postgresql_where=text("discharged_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index("ix_admissions_patient_id", "patient_id"),
        Index("ix_admissions_discharged_at", "discharged_at"),
        {"schema": "admission", "comment": "Stays in hospital."},
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.patients.id"))
    external_id: Mapped[str | None]
    source: Mapped[str]
    specialty: Mapped[str | None]
    consultant: Mapped[str | None]
    reason: Mapped[str | None]
    admitted_at: Mapped[datetime]
    discharged_at: Mapped[datetime | None] = mapped_column(comment="when the patient left")
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
    cancel_reason: Mapped[str | None]
    insurance_authorization: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
    updated_at: Mapped[Now]


class BedStayRow(Table):
    """Where a patient was, from when until when; the only source of bed occupancy."""

    __tablename__ = "bed_stays"
    __table_args__ = (
        ForeignKeyConstraint(
            ["admission_id", "patient_id"],
            ["admission.admissions.id", "admission.admissions.patient_id"],
        ),
        CheckConstraint("NOT isempty(during) AND lower_inc(during)", name="during_not_empty"),
        ExcludeConstraint(
            ("bed_id", "="),
            ("share_group", "<>"),
            ("during", "&&"),
            name="bed_stays_one_patient_per_bed",
            using="gist",
            where=text("voided_at IS NULL AND bed_id IS NOT NULL"),
            deferrable=True,
            initially="IMMEDIATE",
        ),
        ExcludeConstraint(
            ("patient_id", "="),
            ("during", "&&"),
            name="bed_stays_one_place_per_patient",
            using="gist",
            where=text("voided_at IS NULL"),
            deferrable=True,
            initially="IMMEDIATE",
        ),
        Index(
            "ix_bed_stays_ward_id_open",
            "ward_id",
            "admission_id",
            postgresql_where=text("upper_inf(during) AND voided_at IS NULL"),
        ),
        Index(
            "ix_bed_stays_ward_id_ended",
            "ward_id",
            text("upper(during)"),
            postgresql_where=text("NOT upper_inf(during) AND voided_at IS NULL"),
        ),
        Index("ix_bed_stays_admission_id", "admission_id", "patient_id"),
        Index("ix_bed_stays_bed_id", "bed_id"),
        {
            "schema": "admission",
            "comment": "Where a patient was and when; occupancy derives here.",
        },
    )

    id: Mapped[Id]
    admission_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"))
    bed_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("room.beds.id"), comment="null: on the ward without a bed"
    )
    during: Mapped[Range[Any]] = mapped_column(TSTZRANGE)
    ward_arrived_at: Mapped[datetime] = mapped_column(
        comment="when the patient came to this ward; bed moves inside it keep it"
    )
    share_group: Mapped[UUID] = mapped_column(
        comment="its own id; the id of the first stay where a bed is shared on purpose"
    )
    share_reason: Mapped[str | None]
    voided_at: Mapped[datetime | None] = mapped_column(comment="the move was cancelled")
    xact: Mapped[int] = mapped_column(
        BigInteger,
        server_default=text("pg_current_xact_id()::text::bigint"),
        comment="transaction that opened it; shows nobody anything before commit",
    )
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class TransferRow(Table):
    """One move between beds or wards, or its cancellation; append-only."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("kind IN ('transfer', 'swap', 'cancellation')", name="kind_known"),
        CheckConstraint(
            "(kind = 'cancellation') = (cancels_id IS NOT NULL)",
            name="cancellation_names_transfer",
        ),
        CheckConstraint("kind <> 'cancellation' OR reason <> ''", name="cancelled_with_reason"),
        Index("ix_transfers_admission_id_seq", "admission_id", "seq"),
        {"schema": "admission", "comment": "Moves between beds and wards, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    kind: Mapped[str]
    from_ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"), index=True)
    from_bed_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.beds.id"), index=True)
    to_ward_id: Mapped[UUID] = mapped_column(ForeignKey("room.wards.id"), index=True)
    to_bed_id: Mapped[UUID | None] = mapped_column(ForeignKey("room.beds.id"), index=True)
    from_stay_id: Mapped[UUID] = mapped_column(ForeignKey("admission.bed_stays.id"), index=True)
    to_stay_id: Mapped[UUID] = mapped_column(ForeignKey("admission.bed_stays.id"), index=True)
    swapped_with_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.transfers.id", deferrable=True, initially="DEFERRED"), index=True
    )
    cancels_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.transfers.id"), unique=True
    )
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class DischargeRow(Table):
    """A patient left, or that was cancelled; append-only."""

    __tablename__ = "discharges"
    __table_args__ = (
        CheckConstraint(
            f"destination IS NULL OR {one_of('destination', Destination)}",
            name="destination_known",
        ),
        CheckConstraint(
            "(cancels_id IS NULL) = (destination IS NOT NULL)", name="cancellation_or_destination"
        ),
        CheckConstraint("cancels_id IS NULL OR note <> ''", name="cancelled_with_reason"),
        Index("ix_discharges_admission_id_seq", "admission_id", "seq"),
        {"schema": "admission", "comment": "Discharges and their cancellations, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    destination: Mapped[str | None]
    from_stay_id: Mapped[UUID] = mapped_column(ForeignKey("admission.bed_stays.id"), index=True)
    cancels_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("admission.discharges.id"), unique=True
    )
    note: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class ExpectedDischargeRow(Table):
    """One statement of when the patient is expected to leave; the newest is in force."""

    __tablename__ = "expected_discharges"
    __table_args__ = (
        CheckConstraint(plausible("expected_on", "DATE"), name="expected_on_plausible"),
        Index("ix_expected_discharges_admission_id_seq", "admission_id", text("seq DESC")),
        {"schema": "admission", "comment": "Expected discharge dates; never overwritten."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    expected_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class LeaveRow(Table):
    """A patient went on leave or came back; the bed stays hers. Append-only."""

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint(one_of("kind", LeaveKind), name="kind_known"),
        CheckConstraint(
            "(kind = 'left') = (expected_back_at IS NOT NULL)", name="leave_says_until_when"
        ),
        CheckConstraint("expected_back_at > occurred_at", name="back_after_leaving"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        CheckConstraint(plausible("expected_back_at"), name="expected_back_at_plausible"),
        Index("ix_leaves_admission_id_occurred_at", "admission_id", text("occurred_at DESC")),
        {"schema": "admission", "comment": "Leave and return (HL7 A21, A22); append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    admission_id: Mapped[UUID] = mapped_column(ForeignKey("admission.admissions.id"))
    kind: Mapped[str]
    expected_back_at: Mapped[datetime | None] = mapped_column(comment="null: a return")
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
