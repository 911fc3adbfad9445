"""The value columns of the bay grid: the lines of the single form, one cell each. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ui.observations.entry_fields import EntryLineOfForm, entry_lines
from ui.observations.oxygen_keys import FLOW, PERCENT, OxygenReading
from ui.observations.reading import NumberReading, Reading
from ward_app.observations.limits import Limits
from ward_app.observations.types import VitalSigns

_HEADERS = {
    "respiratory_rate_per_min": ("Resp", 68),
    "spo2_percent": ("SpO₂", 92),
    "on_oxygen": ("Air / O₂", 84),
    "systolic_bp_mmhg": ("BP", 92),
    "pulse_per_min": ("Pulse", 68),
    "consciousness": ("ACVPU", 68),
    "temperature_celsius": ("Temp", 72),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GridField:
    """One value column.

    Attributes:
        scored: the field of `VitalSigns` whose points stand under the value.
        label: as it begins a sentence; `header` is short.
        before: how the previous set reads here; empty = was not measured.
        repeats: "." repeats the previous value.
        key_help: the keys, as a tooltip of the header.
    """

    scored: str
    label: str
    header: str
    width_px: int
    reading: Reading
    before: Callable[[VitalSigns], str]
    repeats: bool
    key_help: str


def grid_fields(limits: Limits) -> tuple[GridField, ...]:
    """Return the columns of a full NEWS2 set, in the order in which a nurse takes it."""
    return tuple(_field(line) for line in entry_lines(limits))


def _field(line: EntryLineOfForm) -> GridField:
    first, *others = line.fields
    header, width_px = _HEADERS[line.scored]
    reading, key_help = first.reading, first.key_help
    if others:
        reading = OxygenReading(
            {one.name: one.reading for one in others if isinstance(one.reading, NumberReading)}
        )
        key_help = f"{key_help}. N2: cannula, 2 L/min; V28: Venturi mask, 28 %"
    return GridField(
        scored=line.scored,
        label=first.label,
        header=header,
        width_px=width_px,
        reading=reading,
        before=line.before,
        repeats=first.repeats,
        key_help=f"{first.label}: {key_help}",
    )


def sheet_texts(fields: tuple[GridField, ...], texts: list[str]) -> dict[str, str]:
    """Return what is typed in a row as the lines of the single form take it."""
    typed = zip(fields, texts, strict=True)
    return {field.scored: _sheet_text(field, text) for field, text in typed if text}


def _sheet_text(field: GridField, text: str) -> str:
    if not isinstance(field.reading, OxygenReading):
        return text
    parts = field.reading.parts(text)
    return "|".join((text[:1], parts.get(PERCENT, ""), parts.get(FLOW, "")))
