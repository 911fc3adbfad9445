"""The words of bedside measurements: kinds, their fields, and what is said about values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

Value = Decimal | str | bool
Values = Mapping[str, Value]


class FieldType(Enum):
    """How the value of a field is typed and stored."""

    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    TEXT = "text"


class Formula(Enum):
    """How a derived value follows from fields, see `rules.derive`."""

    SUM = "sum"
    DROP = "drop"
    BODY_MASS_INDEX = "body_mass_index"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: `value` is stored, `key` is typed, `words` are shown."""

    value: str
    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualRange:
    """The usual range of a number at an age, all ends included but `to_months`.

    Attributes:
        from_months: youngest age in completed months.
        to_months: first age in months that is too old; None = no end.
    """

    from_months: int
    to_months: int | None
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a kind.

    Attributes:
        label: the word before the value, as it begins a sentence.
        unit: as shown after a value; empty = none.
        decimals: decimal places that are charted; of a number.
        possible: lowest and highest value a human being can have, at any age; of a number.
        usual: outside it one question is asked; no range at an age = no question.
        choices: the answers; of a choice.
    """

    name: str
    label: str
    type: FieldType
    required: bool = False
    unit: str = ""
    decimals: int = 0
    possible: tuple[Decimal, Decimal] | None = None
    usual: tuple[UsualRange, ...] = ()
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A value that follows from fields; None where they do not suffice."""

    name: str
    label: str
    unit: str
    decimals: int
    formula: Formula
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of bedside measurement, as its data file declares it.

    Attributes:
        name: the file's name without its ending; what records keep.
        hash: SHA-256 of the file, hexadecimal.
        key: the letter that chooses the kind.
        summary: parts of the one line; a part stands when all its values are known.
        source: where the numbers come from.
        needs_sign_off: what a clinician of the site must confirm; empty = nothing.
        reassess_minutes: after which the same is due again; None = no source says so.
    """

    name: str
    version: str
    hash: str
    key: str
    title: str
    fields: tuple[Field, ...]
    derived: tuple[Derived, ...]
    summary: tuple[str, ...]
    source: str
    needs_sign_off: str
    reassess_minutes: int | None

    def field(self, name: str) -> Field:
        """Return the field of that name; KeyError when the kind has none."""
        by_name = {field.name: field for field in self.fields}
        return by_name[name]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a value: the field's name and a sentence."""

    field: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeasurement:
    """One measurement to be stored, or a correction of an earlier one.

    Attributes:
        id: made by the client; a repeat with it is the same write.
        kind: the name of the kind.
        values: by the field's name, as `rules` takes them; without what was not measured.
        occurred_at: when it was measured, with a zone.
        supersedes_id: the measurement that this corrects; None = a new one.
        change_reason: why it is corrected; of a correction.
    """

    id: UUID
    admission_id: UUID
    kind: str
    values: Mapping[str, Any]
    occurred_at: datetime
    note: str | None
    supersedes_id: UUID | None = None
    change_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementStrikeOut:
    """A mark that a measurement was entered in error; the original stays readable."""

    id: UUID
    admission_id: UUID
    struck_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedMeasurement:
    """What a save came to: when the database recorded it, and its one line."""

    id: UUID
    recorded_at: datetime
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedMeasurement:
    """One stored measurement, with what became of it.

    Attributes:
        kind_version: of the kind's file when it was stored; the hash is its SHA-256.
        values: by the field's name, as `rules` takes them.
        derived: as stored then; without what the values did not suffice for.
        recorded_by: the name to show; "imported" where nobody of the staff did.
        source: the device, or "manual entry".
        supersedes_id: the measurement that this corrects or strikes out.
        superseded_by: the correction or strike-out of this one; None = in force.
        struck_out: this row is a strike-out mark.
        corrected_by: who corrected or struck out this one, at `corrected_at`, and why.
    """

    id: UUID
    kind: str
    kind_version: str
    kind_hash: str
    values: Mapping[str, Any]
    derived: Mapping[str, Decimal]
    summary: str
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: str
    note: str | None
    source: str
    supersedes_id: UUID | None
    superseded_by: UUID | None
    struck_out: bool
    corrected_by: str | None
    corrected_at: datetime | None
    change_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementChart:
    """All measurements of a stay, oldest first, with the time they were read."""

    admission_id: UUID
    sets: tuple[RecordedMeasurement, ...]
    read_at: datetime
