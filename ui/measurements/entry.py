"""The entry of one measurement: fields, live totals and one line, all from the kind's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui import theme
from ui.measurements.key_choice import KeyChoice
from ui.plain_text import PlainLabel
from ui.widgets import form as forms
from ui.widgets.inputs import Clock, Range
from ward_app.measurements.rules import derive, impossible, number_text, unusual, usual_range
from ward_app.measurements.types import Choice, Field, FieldType, Finding, Kind, Value, Values

_YES_OR_NO = (Choice("yes", "Y", "yes"), Choice("no", "N", "no"))


class MeasurementEntry(QWidget):
    """Takes the values of one kind by keyboard; refuses and asks in place.

    Signals:
        changed: what is typed is another.
    """

    changed = Signal()

    def __init__(
        self, kind: Kind, *, age_months: int | None, clock: Clock, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.kind = kind
        self._age_months = age_months
        self._asked: dict[str, Value] = {}
        self.form = forms.Form([form_field(one, age_months) for one in kind.fields], clock, self)
        self.total = PlainLabel(parent=self)
        self.total.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        self.total.setVisible(bool(kind.derived))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addWidget(self.total)
        self.form.changed.connect(self._show_total)
        self._show_total()

    def values(self) -> dict[str, Value]:
        """Return what is typed and readable, by the field's name; ask `check` first."""
        typed = {one.name: _value(one, self.form.value(one.name)) for one in self.kind.fields}
        return {name: value for name, value in typed.items() if value is not None}

    def fill(self, values: Values) -> None:
        """Show recorded values as typed; nothing is asked about them again."""
        for field in self.kind.fields:
            if field.name in values:
                self.form.set_value(field.name, _as_choice(values[field.name]))
        self._asked = {one.field: values[one.field] for one in self._questions()}
        self.form.set_clean()

    def show_previous(self, values: Values) -> None:
        """Show the values measured before as ghosts where nothing is typed; none is taken over."""
        for field in self.kind.fields:
            line, value = self.form.input(field.name).target, values.get(field.name)
            if isinstance(line, QLineEdit) and value is not None:
                line.setPlaceholderText(ghost_text(field, value))

    def check(self) -> bool:
        """Show what stands in the way, go there, and return whether nothing does.

        What cannot be is refused; what is unusual is asked once, and checking again keeps it.
        """
        if not self.form.check():
            return False
        values = self.values()
        refused = impossible(self.kind, values)
        asked = [
            one for one in self._questions() if self._asked.get(one.field) != values[one.field]
        ]
        self._asked |= {one.field: values[one.field] for one in asked}
        again = [replace(one, text=f"{one.text} Save again and it is kept.") for one in asked]
        return self._say(refused or tuple(again))

    def typed(self) -> Mapping[str, Any]:
        """Return everything exactly as typed, for a draft."""
        return self.form.typed()

    def retype(self, typed: Mapping[str, Any]) -> None:
        """Put a draft back."""
        self.form.retype(typed)

    def focus_first(self) -> None:
        """Put the cursor where the entry begins."""
        self.form.focus_first()

    def _questions(self) -> tuple[Finding, ...]:
        return unusual(self.kind, self.values(), self._age_months)

    def _say(self, findings: tuple[Finding, ...]) -> bool:
        for one in findings:
            self.form.set_problem(one.field, one.text)
        if findings:
            self.form.input(findings[0].field).target.setFocus()
        return not findings

    def _show_total(self) -> None:
        self.total.setText(total_text(self.kind, self.values()))
        self.changed.emit()


def form_field(field: Field, age_months: int | None) -> forms.Field:
    """Return the form's field for a kind's field, its usual range at that age as the hint."""
    usual = usual_range(field, age_months)
    ends = (usual.lowest, usual.highest) if usual else ()
    return forms.Field(
        name=field.name,
        label=field.label,
        kind=_form_kind(field),
        required=field.required,
        hint=f"Usual: {' to '.join(map(number_text, ends))} {field.unit}" if ends else "",
    )


def ghost_text(field: Field, value: Value) -> str:
    """Return how a value from before stands in an empty field: "was 5.6"; of a choice its key."""
    if field.type in {FieldType.CHOICE, FieldType.FLAG}:
        stored = _as_choice(value)
        return next((one.key for one in _choices(field) if one.value == stored), "")
    return f"was {number_text(value) if isinstance(value, Decimal) else value}"


def total_text(kind: Kind, values: Values) -> str:
    """Return every derived value with its label: "GCS 15"; "GCS none" where parts are missing."""
    known = derive(kind, values)
    return ", ".join(
        f"{one.label} {number_text(known[one.name])} {one.unit}".rstrip()
        if one.name in known
        else f"{one.label} none"
        for one in kind.derived
    )


def _form_kind(field: Field) -> forms.Kind:
    if field.type is FieldType.NUMBER:
        # the limits are the kind's own to refuse, in its own words
        return forms.Number(Range(unit=field.unit, decimals=field.decimals))
    if field.type is FieldType.TEXT:
        return forms.Text("")
    return KeyChoice(_choices(field), field.label)


def _choices(field: Field) -> tuple[Choice, ...]:
    return _YES_OR_NO if field.type is FieldType.FLAG else field.choices


def _as_choice(value: Value) -> Value:
    """Return a flag as the choice that stands for it, anything else as it is."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _value(field: Field, read: Any) -> Value | None:
    if read is None:
        return None
    if field.type is FieldType.NUMBER:
        return Decimal(read)
    return bool(read == "yes") if field.type is FieldType.FLAG else str(read)
