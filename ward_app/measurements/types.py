"""The words of bedside measurements: kinds, their fields, and what is said about values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

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
