"""Where encrypted values are: each column as one list of (row, patient, value) by primary key."""

from __future__ import annotations

from dataclasses import dataclass

from ward_app.patients.detail_rules import COLUMNS
from ward_app.patients.types import ProtectedField


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of one field: the value in force, or those that were entered over time."""

    field: ProtectedField
    table: str
    key: str
    column: str
    only: str

    @property
    def batch(self) -> str:
        """Rows after a key, locked: (key, patient, value)."""
        return (
            f"SELECT {self.key}, patient_id, {self.column} FROM {self.table}"
            f" WHERE {self.key} > %(after)s AND {self.only}"
            f" AND substring({self.column} FOR 3) <> %(head)s"
            f" ORDER BY {self.key} LIMIT %(size)s FOR UPDATE"
        )

    @property
    def every(self) -> str:
        """All values: (patient, value)."""
        return f"SELECT patient_id, {self.column} FROM {self.table} WHERE {self.only}"

    @property
    def replace(self) -> str:
        """Put a value in the place of another."""
        return (
            f"UPDATE {self.table} SET {self.column} = %(sealed)s"
            f" WHERE {self.key} = %(key)s AND {self.only}"
        )

    @property
    def counts(self) -> str:
        """How many values there are by the number of their key; null: not encrypted by us."""
        value = self.column
        return (
            f"SELECT CASE WHEN octet_length({value}) > 30 THEN"
            f" CASE WHEN get_byte({value}, 0) IN (1, 2)"
            f" THEN get_byte({value}, 1) * 256 + get_byte({value}, 2) END END, count(*)"
            f" FROM {self.table} WHERE {self.only} GROUP BY 1"
        )


def _of(field: ProtectedField) -> tuple[SealedColumn, SealedColumn]:
    in_force = SealedColumn(
        field, "patient.patient_details", "patient_id", COLUMNS[field], f"{COLUMNS[field]} <> ''"
    )
    entered = SealedColumn(
        field,
        "patient.detail_changes",
        "id",
        "sealed",
        f"field = '{field.value}' AND sealed IS NOT NULL",
    )
    return in_force, entered


SEALED_COLUMNS = tuple(column for field in ProtectedField for column in _of(field))
