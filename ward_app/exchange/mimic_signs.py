"""One row of `derived/obs_sets` as a set of vital signs, with what could not be taken over.

Consciousness is never filled in: ACVPU was not charted, and the coma scale is not the same.
Coma scale and pain become measurements of their own kinds; a coma scale with a part missing, and
sedation, have no place of their own and go into the set's note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from ward_app.exchange.mimic_records import SetRecord
from ward_app.exchange.report import ImportReport, SourceRow
from ward_app.observations.limits import Limits, impossible_text, number_text
from ward_app.observations.types import VitalSigns

_VITAL_SIGNS = {
    "hr": "pulse_per_min",
    "rr": "respiratory_rate_per_min",
    "spo2": "spo2_percent",
    "sbp_nibp": "systolic_bp_mmhg",
    "dbp_nibp": "diastolic_bp_mmhg",
    "sbp_art": "systolic_bp_mmhg",
    "dbp_art": "diastolic_bp_mmhg",
    "temp_c": "temperature_celsius",
    "o2_flow_lpm": "oxygen_flow_l_per_min",
}
# room air has 21 % oxygen; coma scale: Teasdale 1974; sedation: Richmond (RASS); pain: 0 to 10
_OTHER_RANGES = {
    "fio2_pct": (21, 100),
    "gcs_eye": (1, 4),
    "gcs_verbal": (1, 5),
    "gcs_motor": (1, 6),
    "rass": (-5, 4),
    "pain": (0, 10),
}
_COMA_PARTS = (("eye", "gcs_eye"), ("verbal", "gcs_verbal"), ("motor", "gcs_motor"))
_STEPS_OF_A_SCALE = frozenset({"gcs_eye", "gcs_verbal", "gcs_motor", "rass", "pain"})
_ROOM_AIR_PERCENT = 21
_PRESSURES = (("sbp_nibp", "dbp_nibp", "cuff"), ("sbp_art", "dbp_art", "arterial line"))
SOURCE = "MIMIC-IV import"

Values = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ImportedSigns:
    """A set as it can be stored.

    Attributes:
        signs: None = no vital sign is left, but there are measurements.
        measurements: kind and values of each.
        note: what has no field of its own, and which values are unusual; None = nothing.
        device_source: where the set is from, and how its blood pressure was measured.
    """

    signs: VitalSigns | None
    note: str | None
    device_source: str
    measurements: tuple[tuple[str, Mapping[str, str]], ...] = ()


def imported_signs(
    record: SetRecord, *, limits: Limits, report: ImportReport
) -> ImportedSigns | None:
    """Return the set of a row, None when nothing is left of it.

    Impossible values are left out (never changed) and reported; unusual ones are kept,
    reported, and named in the note.
    """
    values = dict(_possible(record.row, limits=limits, report=report))
    pressures = _pressures(record.row, values, report=report)
    on_oxygen, flow = _oxygen(values)
    signs = VitalSigns(
        respiratory_rate_per_min=_whole(values, "rr"),
        spo2_percent=_whole(values, "spo2"),
        on_oxygen=on_oxygen,
        oxygen_flow_l_per_min=flow,
        inspired_oxygen_percent=_whole(values, "fio2_pct"),
        systolic_bp_mmhg=pressures[0].systolic if pressures else None,
        diastolic_bp_mmhg=pressures[0].diastolic if pressures else None,
        pulse_per_min=_whole(values, "hr"),
        temperature_celsius=_to(values.get("temp_c"), Decimal("0.1")),
    )
    measurements = tuple(_measurements(values))
    if signs == VitalSigns() and not measurements:
        reason = "nothing is left (all impossible, or only sedation or parts of a coma scale)"
        report.refuse_row(record.row, reason)
        return None
    unusual = list(_unusual(record.row, values, limits=limits, report=report))
    return ImportedSigns(
        signs=None if signs == VitalSigns() else signs,
        note="; ".join([*_notes(values), *map(str, pressures[1:]), *unusual]) or None,
        device_source=f"{SOURCE}, BP by {pressures[0].device}" if pressures else SOURCE,
        measurements=measurements,
    )


@dataclass(frozen=True, slots=True)
class _Pressure:
    systolic: int | None
    diastolic: int | None
    device: str

    def __str__(self) -> str:
        both = ("?" if value is None else value for value in (self.systolic, self.diastolic))
        return f"BP by {self.device} {'/'.join(map(str, both))} mmHg"


def _possible(
    row: SourceRow, *, limits: Limits, report: ImportReport
) -> Iterator[tuple[str, Decimal]]:
    """Yield the values that a human being can have, by column."""
    for column in (*_VITAL_SIGNS, *_OTHER_RANGES):
        text = row.values[column]
        if not text:
            continue
        value = _number(text)
        reason = "not a number" if value is None else _impossible(column, value, limits=limits)
        if reason:
            report.refuse_value(row, column, reason=reason)
        elif value is not None:
            yield column, value


def _impossible(column: str, value: Decimal, *, limits: Limits) -> str | None:
    if column in _VITAL_SIGNS:
        limit = limits.by_name[_VITAL_SIGNS[column]]
        return None if limit.is_possible(value) else impossible_text(limit, value)
    lowest, highest = _OTHER_RANGES[column]
    if column in _STEPS_OF_A_SCALE and value != value.to_integral_value():
        return f"{number_text(value)} is between two steps of the scale."
    if lowest <= value <= highest:
        return None
    return f"{number_text(value)} is not possible: it lies between {lowest} and {highest}."


def _pressures(
    row: SourceRow, values: dict[str, Decimal], *, report: ImportReport
) -> list[_Pressure]:
    """Return the blood pressures, that of the cuff first; systolic and diastolic never mixed."""
    found = []
    for systolic, diastolic, device in _PRESSURES:
        if systolic in values and diastolic in values and values[diastolic] > values[systolic]:
            for column in (systolic, diastolic):
                reason = "diastolic above systolic: neither can be trusted"
                report.refuse_value(row, column, reason=reason)
                del values[column]
        if systolic in values or diastolic in values:
            found.append(_Pressure(_whole(values, systolic), _whole(values, diastolic), device))
    return sorted(found, key=lambda pressure: pressure.systolic is None)


def _oxygen(values: Values) -> tuple[bool | None, Decimal | None]:
    """Return whether the patient was on oxygen as far as it is documented, and the flow.

    More than 21 % or a flow means oxygen; 21 %, or a flow of 0 alone, means air; a flow of gas
    with 21 % says both, so neither is taken.
    """
    fraction, flow = values.get("fio2_pct"), values.get("o2_flow_lpm")
    if fraction is None:
        on_oxygen = None if flow is None else flow > 0
    elif fraction > _ROOM_AIR_PERCENT:
        on_oxygen = True
    else:
        on_oxygen = None if flow else False
    return on_oxygen, _to(flow, Decimal("0.1")) if on_oxygen and flow else None


def _measurements(values: Values) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield what has a kind of its own: a whole coma scale, and pain."""
    if all(column in values for _, column in _COMA_PARTS):
        yield "gcs", {part: number_text(values[column]) for part, column in _COMA_PARTS}
    if "pain" in values:
        yield "pain", {"score": number_text(values["pain"])}


def _notes(values: Values) -> Iterator[str]:
    parts = [
        f"{part[0].upper()}{number_text(values[column])}"
        for part, column in _COMA_PARTS
        if column in values
    ]
    if 0 < len(parts) < len(_COMA_PARTS):
        yield f"GCS {' '.join(parts)}"
    if "rass" in values:
        yield f"RASS {number_text(values['rass'])}"


def _unusual(
    row: SourceRow, values: Values, *, limits: Limits, report: ImportReport
) -> Iterator[str]:
    """Yield the unusual vital signs in words, and report each."""
    for column, name in _VITAL_SIGNS.items():
        limit = limits.by_name[name]
        if column in values and not limit.is_usual(values[column]):
            text = f"unusual: {limit.label} {number_text(values[column])} {limit.unit}"
            report.keep(row, column, reason=text)
            yield text


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _whole(values: Values, column: str) -> int | None:
    number = _to(values.get(column), Decimal(1))
    return None if number is None else int(number)


def _to(number: Decimal | None, step: Decimal) -> Decimal | None:
    return None if number is None else number.quantize(step, rounding=ROUND_HALF_UP)
