"""The value columns of the bay grid: the lines of the single form, one cell each. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ui.observations.entry_fields import EntryLineOfForm, entry_lines
from ui.observations.reading import OXYGEN_LETTERS, NumberReading, Reading
from ward_app.observations.limits import Limits
from ward_app.observations.types import VitalSigns

_HEADERS = {
    "respiratory_rate_per_min": ("Resp", 68),
    "spo2_percent": ("SpO₂", 68),
    "on_oxygen": ("Air / O₂", 84),
    "systolic_bp_mmhg": ("BP", 92),
    "pulse_per_min": ("Pulse", 68),
    "consciousness": ("ACVPU", 68),
    "temperature_celsius": ("Temp", 72),
}


@dataclass(frozen=True, slots=True)
class OxygenReading:
    """Air or oxygen with its flow in one cell: "A", "O", "O2" or "O2.5" litres a minute."""

    flow: NumberReading

    def rewritten(self, text: str) -> str:
        """Return the last letter typed that means something, and after O the litres."""
        letters = [letter for letter in text.upper() if letter in OXYGEN_LETTERS]
        if not letters:
            return ""
        digits = text[text.upper().rindex(letters[-1]) + 1 :]
        return letters[-1] + (self.flow.rewritten(digits) if letters[-1] == "O" else "")

    def is_settled(self, text: str) -> bool:
        """Whether it is air, or the litres are all there."""
        return text == "A" or (text[:1] == "O" and self.flow.is_settled(text[1:]))

    def signs(self, text: str) -> dict[str, Any]:
        """Return air or oxygen, and the flow if it was typed."""
        if text[:1] not in OXYGEN_LETTERS:
            return {}
        return {"on_oxygen": OXYGEN_LETTERS[text[:1]], **self.flow.signs(text[1:])}

    def text(self, signs: VitalSigns) -> str:
        """Return "A" or "O2" as typed, empty when not recorded."""
        if signs.on_oxygen is None:
            return ""
        return f"O{self.flow.text(signs)}" if signs.on_oxygen else "A"


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
    flow = others[0].reading if others else None
    if isinstance(flow, NumberReading):
        reading = OxygenReading(flow)
        key_help = "A air, O oxygen, O2 oxygen 2 L/min, . as before"
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


def sheet_texts(fields: tuple[GridField, ...], texts: list[str]) -> tuple[str, ...]:
    """Return what is typed in a row as the lines of the single form take it."""
    return tuple(
        f"{text[:1]}|{text[1:]}" if isinstance(field.reading, OxygenReading) else text
        for field, text in zip(fields, texts, strict=True)
    )
