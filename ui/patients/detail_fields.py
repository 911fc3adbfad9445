"""Fields of protected details: at registration, and to correct them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui.widgets.form import Field, Form, Note, Text
from ward_app.patients.detail_rules import LONGEST
from ward_app.patients.types import ProtectedDetails, ProtectedField, Unreadable

DETAIL_WORDS = {
    ProtectedField.NATIONAL_ID: "National id",
    ProtectedField.INSURANCE_NUMBER: "Insurance number",
    ProtectedField.ADDRESS: "Address",
    ProtectedField.MEDICAL_HISTORY: "Medical history",
}
NO_KEY = (
    "This workstation has no key for national id, insurance, address and medical history. IT can "
    "give it one (wardctl keys wrap); everything else works, and they can be added later."
)
_ONE_LINE = (ProtectedField.NATIONAL_ID, ProtectedField.INSURANCE_NUMBER)


def detail_fields(details: ProtectedDetails | None = None) -> tuple[Field, ...]:
    """Return a field for each detail that can be read, with what is on record of it."""
    on_record = details.values if details else {}
    return tuple(
        _field(name, on_record.get(name))
        for name in ProtectedField
        if not isinstance(on_record.get(name), Unreadable)
    )


def entered(form: Form) -> dict[ProtectedField, str | None]:
    """Return what stands in the fields; nothing typed is None."""
    values: Mapping[str, Any] = form.values()
    return {
        name: (values[name] or "").strip() or None for name in ProtectedField if name in values
    }


def changed(form: Form, details: ProtectedDetails) -> dict[ProtectedField, str | None]:
    """Return what differs from what is on record."""
    return {name: text for name, text in entered(form).items() if text != details.values.get(name)}


def _field(name: ProtectedField, value: object) -> Field:
    one_line = name in _ONE_LINE
    kind = Text(max_length=LONGEST[name]) if one_line else Note()
    return Field(name=name, label=DETAIL_WORDS[name], kind=kind, value=value, half=one_line)
