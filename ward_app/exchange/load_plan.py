"""Which rows go into which table, as plain tuples; no database here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

_NAMESPACE = UUID("5f3b7e0c-0d1d-5b7e-9a55-3f1f6a2c9e41")

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A table and the columns that an import fills. `key` recognises a row that is there."""

    table: str
    columns: tuple[str, ...]
    key: str = "id"


# in the order in which rows refer to each other
WARDS = Target("room.wards", ("id", "facility_id", "floor_id", "code", "name", "time_zone"))
ROOMS = Target("room.rooms", ("id", "floor_id", "ward_id", "name", "kind", "position"))
BEDS = Target("room.beds", ("id", "room_id", "ward_id", "label", "position"))
PATIENTS = Target(
    "patient.patients",
    (
        "id",
        "facility_id",
        "mrn",
        "external_id",
        "family_name",
        "given_name",
        "title",
        "sex",
        "born_on",
        "born_on_is_estimate",
        "died_at",
    ),
)
DETAILS = Target("patient.patient_details", ("patient_id",), key="patient_id")
ADMISSIONS = Target(
    "admission.admissions",
    (
        "id",
        "facility_id",
        "patient_id",
        "external_id",
        "source",
        "specialty",
        "reason",
        "admitted_at",
        "discharged_at",
    ),
)
STAYS = Target(
    "admission.bed_stays",
    (
        "id",
        "admission_id",
        "patient_id",
        "ward_id",
        "bed_id",
        "during",
        "ward_arrived_at",
        "share_group",
    ),
)
TRANSFERS = Target(
    "admission.transfers",
    (
        "id",
        "admission_id",
        "kind",
        "from_ward_id",
        "from_bed_id",
        "to_ward_id",
        "to_bed_id",
        "from_stay_id",
        "to_stay_id",
        "occurred_at",
    ),
)
DISCHARGES = Target(
    "admission.discharges",
    ("id", "admission_id", "destination", "from_stay_id", "note", "occurred_at"),
)
VITAL_SIGNS = Target(
    "report.vital_signs",
    (
        "id",
        "admission_id",
        "occurred_at",
        "respiratory_rate_per_min",
        "spo2_percent",
        "spo2_scale",
        "on_oxygen",
        "oxygen_flow_l_per_min",
        "inspired_oxygen_percent",
        "systolic_bp_mmhg",
        "diastolic_bp_mmhg",
        "pulse_per_min",
        "temperature_celsius",
        "note",
        "device_source",
        "score_pack",
        "score_version",
        "score_hash",
        "score_total",
        "score_at_least",
        "score_points",
        "score_missing",
        "risk",
        "interval_minutes",
        "next_due_at",
    ),
)
MEASUREMENTS = Target(
    "report.measurements",
    (
        "id",
        "admission_id",
        "kind",
        "kind_version",
        "kind_hash",
        "values",
        "occurred_at",
        "device_source",
    ),
)
TARGETS = (
    WARDS,
    ROOMS,
    BEDS,
    PATIENTS,
    DETAILS,
    ADMISSIONS,
    STAYS,
    TRANSFERS,
    DISCHARGES,
    VITAL_SIGNS,
    MEASUREMENTS,
)
MRN_PLACE = PATIENTS.columns.index("mrn")


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The rows of one import, by table, in the order in which they are to be written."""

    rows: dict[Target, list[Row]] = field(default_factory=lambda: {one: [] for one in TARGETS})

    def add(self, target: Target, **values: Any) -> None:
        """Add a row; every column of the target is named."""
        if values.keys() != set(target.columns):
            raise ValueError(f"{target.table}: columns {set(target.columns) ^ values.keys()}")
        self.rows[target].append(tuple(values[column] for column in target.columns))

    def counts(self) -> dict[str, int]:
        """Return how many rows there are, by table."""
        return {target.table: len(rows) for target, rows in self.rows.items()}

    def ward_ids(self) -> list[UUID]:
        """Return the wards of the plan."""
        return [row[0] for row in self.rows[WARDS]]


@dataclass(frozen=True, slots=True)
class SourceIds:
    """Ids made from the source's own keys, so that a second import writes the same rows."""

    facility_id: UUID
    data_set: str

    def __call__(self, kind: str, *key: object) -> UUID:
        """Return the id of a thing; the same words give the same id in the same hospital."""
        words = (self.facility_id, self.data_set, kind, *key)
        return uuid5(_NAMESPACE, " ".join(map(str, words)))
