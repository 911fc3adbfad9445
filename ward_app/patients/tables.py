"""Mapped classes of the patient (schema `patient`)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ward_app.core.tables import Id, Now, Table, one_of, plausible
from ward_app.patients.types import FlagKind, ProtectedField, Sex


class PatientRow(Table):
    """Who a patient is."""

    __tablename__ = "patients"
    __table_args__ = (
        CheckConstraint(one_of("sex", Sex), name="sex_known"),
        CheckConstraint("family_name <> '' AND given_name <> ''", name="named"),
        CheckConstraint(
            "born_on BETWEEN DATE '1880-01-01' AND DATE '2200-01-01'", name="born_on_plausible"
        ),
        UniqueConstraint("facility_id", "mrn"),
        UniqueConstraint("facility_id", "external_id"),
        Index(
            "ix_patients_name_trigrams",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "public.gin_trgm_ops"},
        ),
        Index("ix_patients_born_on", "born_on"),
        {"schema": "patient", "comment": "Who patients are; readable by ward, through admission."},
    )

    id: Mapped[Id]
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"))
    mrn: Mapped[str] = mapped_column(comment="ten digits: year, number, check digit")
    external_id: Mapped[str | None] = mapped_column(
        comment="number in the system that the record was imported from"
    )
    family_name: Mapped[str]
    given_name: Mapped[str]
    search_name: Mapped[str] = mapped_column(
        Computed("lower(family_name || ' ' || given_name)", persisted=True)
    )
    title: Mapped[str | None]
    sex: Mapped[str]
    born_on: Mapped[date | None]
    born_on_is_estimate: Mapped[bool] = mapped_column(server_default=text("false"))
    died_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    created_at: Mapped[Now]
    updated_at: Mapped[Now]


class PatientDetailsRow(Table):
    """What only an opened chart shows. Encrypted columns hold the client's ciphertext."""

    __tablename__ = "patient_details"
    __table_args__ = {  # noqa: RUF012
        "schema": "patient",
        "comment": "Details readable only after the chart was opened and that was logged.",
    }

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.patients.id"), primary_key=True)
    blood_type: Mapped[str | None]
    phone: Mapped[str | None]
    next_of_kin: Mapped[str | None]
    conditions: Mapped[str | None]
    insurance_provider: Mapped[str | None]
    insurance_member_id_encrypted: Mapped[bytes | None]
    national_id_encrypted: Mapped[bytes | None]
    national_id_index: Mapped[bytes | None] = mapped_column(
        index=True, comment="keyed blind index for exact search"
    )
    national_id_index_key: Mapped[int | None] = mapped_column(
        Integer, comment="number of the key the blind index was made with"
    )
    address_encrypted: Mapped[bytes | None]
    medical_history_encrypted: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    updated_at: Mapped[Now]


class DetailChangeRow(Table):
    """A protected detail as it was entered or corrected; append-only, the newest is in force.

    Only the encryption of `sealed` may change, when keys are rotated.
    """

    __tablename__ = "detail_changes"
    __table_args__ = (
        CheckConstraint(one_of("field", ProtectedField), name="field_known"),
        Index("ix_detail_changes_patient_id_field_version", "patient_id", "field", "version"),
        {"schema": "patient", "comment": "Protected details entered and corrected, encrypted."},
    )

    id: Mapped[Id]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.patients.id"))
    field: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, comment="of the details, once changed")
    sealed: Mapped[bytes | None] = mapped_column(comment="null: there is none any more")
    reason: Mapped[str | None] = mapped_column(comment="null: it was empty before")
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class PatientSequenceRow(Table):
    """The last patient number given, per facility and year."""

    __tablename__ = "patient_sequences"
    __table_args__ = {  # noqa: RUF012
        "schema": "patient",
        "comment": "Last patient number given, per facility and year.",
    }

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("public.facilities.id"), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)


class AllergyRow(Table):
    """One statement on an allergy; append-only, a later row supersedes."""

    __tablename__ = "allergies"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'none_known', 'refuted')", name="status_known"),
        CheckConstraint(
            "(status = 'none_known') = (substance IS NULL)", name="substance_unless_none_known"
        ),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        # a statement on one patient never takes another patient's out of force
        ForeignKeyConstraint(
            ["supersedes_id", "patient_id"],
            ["patient.allergies.id", "patient.allergies.patient_id"],
        ),
        UniqueConstraint("id", "patient_id"),
        Index("ix_allergies_patient_id_seq", "patient_id", "seq"),
        {"schema": "patient", "comment": "Statements on allergies, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.patients.id"))
    substance: Mapped[str | None]
    reaction: Mapped[str | None]
    status: Mapped[str]
    supersedes_id: Mapped[UUID | None] = mapped_column(unique=True)
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)


class PatientFlagRow(Table):
    """A flag put up or taken down; append-only, the newest of a kind is in force."""

    __tablename__ = "patient_flags"
    __table_args__ = (
        CheckConstraint(one_of("kind", FlagKind), name="kind_known"),
        CheckConstraint(plausible("occurred_at"), name="occurred_at_plausible"),
        Index("ix_patient_flags_patient_id_kind_seq", "patient_id", "kind", text("seq DESC")),
        {"schema": "patient", "comment": "Flags put up and taken down, append-only."},
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.patients.id"))
    kind: Mapped[str]
    active: Mapped[bool]
    detail: Mapped[str | None]
    reason: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[Now]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("public.users.id"), index=True)
