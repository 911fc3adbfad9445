"""How observations read: names, units, values and scores in words. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, tzinfo
from decimal import Decimal

from ui.formats import date_time_text, time_text
from ui.score_words import score_name
from ward_app.observations.limits import number_text
from ward_app.observations.pack_choice import PackChoice
from ward_app.observations.packs import PACK_NAMES, pack_named
from ward_app.observations.rules import Parameter
from ward_app.observations.types import (
    Consciousness,
    IncompleteReason,
    OxygenDevice,
    RecordedObservations,
    Risk,
    Score,
    SetNotTaken,
    SpO2ScaleDecision,
    VitalSigns,
)

SCALE_RANGES = {1: "96 % and over", 2: "target 88 to 92 %"}
NOT_MEASURED = "not measured"
SHORT_NAMES = {
    "respiratory_rate_per_min": "Respirations",
    "spo2_percent": "SpO₂",
    "on_oxygen": "Air or oxygen",
    "systolic_bp_mmhg": "Systolic",
    "diastolic_bp_mmhg": "Diastolic",
    "pulse_per_min": "Pulse",
    "consciousness": "Consciousness",
    "temperature_celsius": "Temperature",
}
UNITS = {
    "respiratory_rate_per_min": "/min",
    "spo2_percent": "%",
    "systolic_bp_mmhg": "mmHg",
    "diastolic_bp_mmhg": "mmHg",
    "pulse_per_min": "/min",
    "temperature_celsius": "°C",
}
CONSCIOUSNESS_WORDS = {
    Consciousness.ALERT: "Alert",
    Consciousness.CONFUSION: "New confusion",
    Consciousness.VOICE: "Responds to voice",
    Consciousness.PAIN: "Responds to pain",
    Consciousness.UNRESPONSIVE: "Unresponsive",
}
DEVICE_WORDS = {
    OxygenDevice.ROOM_AIR: "room air",
    OxygenDevice.NASAL_CANNULA: "nasal cannula",
    OxygenDevice.SIMPLE_MASK: "simple mask",
    OxygenDevice.VENTURI_MASK: "Venturi mask",
    OxygenDevice.RESERVOIR_MASK: "reservoir mask",
    OxygenDevice.HIGH_FLOW: "high-flow nasal oxygen",
    OxygenDevice.CPAP: "CPAP",
    OxygenDevice.NON_INVASIVE: "non-invasive ventilation",
    OxygenDevice.TRACHEOSTOMY: "tracheostomy",
    OxygenDevice.OTHER: "other device",
}
# one key each; O is oxygen of which nobody said by what
DEVICE_LETTERS = {
    OxygenDevice.ROOM_AIR: "A",
    OxygenDevice.NASAL_CANNULA: "N",
    OxygenDevice.SIMPLE_MASK: "S",
    OxygenDevice.VENTURI_MASK: "V",
    OxygenDevice.RESERVOIR_MASK: "R",
    OxygenDevice.HIGH_FLOW: "H",
    OxygenDevice.CPAP: "C",
    OxygenDevice.NON_INVASIVE: "B",
    OxygenDevice.TRACHEOSTOMY: "T",
    OxygenDevice.OTHER: "X",
}
AIR_LETTER, OXYGEN_LETTER = "A", "O"
REASON_WORDS = {
    IncompleteReason.REFUSED: "Patient refused",
    IncompleteReason.ASLEEP: "Asleep and stable",
    IncompleteReason.NOT_TOLERATED: "Not tolerated",
    IncompleteReason.EQUIPMENT: "Equipment not available",
    IncompleteReason.PROCEDURE: "At a procedure",
    IncompleteReason.END_OF_LIFE: "End of life care",
    IncompleteReason.OTHER: "Other (say in the note)",
}
# one letter where a value is missing; none of A, C, V, P, U, which are levels of consciousness
REASON_LETTERS = {
    IncompleteReason.REFUSED: "R",
    IncompleteReason.ASLEEP: "Z",
    IncompleteReason.NOT_TOLERATED: "N",
    IncompleteReason.EQUIPMENT: "E",
    IncompleteReason.PROCEDURE: "T",
    IncompleteReason.END_OF_LIFE: "L",
    IncompleteReason.OTHER: "O",
}
LETTER_WORDS = {
    "R": "refused",
    "Z": "asleep",
    "N": "not tolerated",
    "E": "no equipment",
    "T": "at a procedure",
    "L": "end of life",
    "O": "other reason",
    "D": "put off",
}
NOT_TAKEN_WORDS = {
    "asleep_and_stable": "asleep and stable",
    "off_ward": "off the ward",
    "refused": "refused",
    "end_of_life": "end of life care",
    "procedure": "at a procedure",
    "workload": "too much to do",
    "equipment": "no equipment",
    "other": "other reason",
}
PUT_OFF_LETTER = "D"
RISK_WORDS = {
    Risk.LOW: "low",
    Risk.LOW_MEDIUM: "low-medium",
    Risk.MEDIUM: "medium",
    Risk.HIGH: "high",
}
POINT_GLYPHS = {0: "●", 1: "■", 2: "▲", 3: "◆"}
_SPOKEN_FIRST = ("respiratory_rate_per_min", "spo2_percent")
_SPOKEN_LAST = ("pulse_per_min", "consciousness", "temperature_celsius")


def value_text(signs: VitalSigns, name: str) -> str:
    """Return one value with its unit: "18 /min", "Oxygen 2 L/min", "not measured"."""
    value = getattr(signs, name)
    if name == "on_oxygen":
        return oxygen_and_device_text(signs)
    if value is None:
        return NOT_MEASURED
    if isinstance(value, Consciousness):
        return CONSCIOUSNESS_WORDS[value]
    return f"{number_text(value)} {UNITS[name]}"


def oxygen_text(signs: VitalSigns) -> str:
    """Return "Air", "Oxygen 2 L/min", "Oxygen" (flow not recorded) or "not measured"."""
    if signs.on_oxygen is None:
        return NOT_MEASURED
    if not signs.on_oxygen:
        return "Air"
    return f"Oxygen {flow_text(signs.oxygen_flow_l_per_min)}".strip()


def oxygen_and_device_text(signs: VitalSigns) -> str:
    """Return `oxygen_text` with the device: "Oxygen 4 L/min, Venturi mask, 28 %"."""
    parts = [oxygen_text(signs)]
    if signs.oxygen_device not in (None, OxygenDevice.ROOM_AIR):
        parts.append(DEVICE_WORDS[signs.oxygen_device])
    if signs.inspired_oxygen_percent is not None:
        parts.append(f"{signs.inspired_oxygen_percent} %")
    return ", ".join(parts)


def short_oxygen_text(signs: VitalSigns) -> str:
    """Return "Air", "2 L", "N 2 L", "V 28 %" or "O₂"; empty when nothing is recorded.

    The letter is the device's, and the number the one that is set on it: with a per cent, that.
    """
    if signs.on_oxygen is None and signs.oxygen_device is None:
        return ""
    device = signs.oxygen_device
    if device is OxygenDevice.ROOM_AIR or (device is None and not signs.on_oxygen):
        return "Air"
    parts = [] if device is None else [DEVICE_LETTERS[device]]
    if signs.inspired_oxygen_percent is not None:
        parts.append(f"{signs.inspired_oxygen_percent} %")
    elif signs.oxygen_flow_l_per_min is not None:
        parts.append(f"{number_text(signs.oxygen_flow_l_per_min)} L")
    elif signs.on_oxygen is False:
        parts.append("air")
    return " ".join(parts) or "O₂"


def device_letters_text(devices: Iterable[OxygenDevice]) -> str:
    """Return what the letters of these devices mean: "N nasal cannula, V Venturi mask"."""
    used = set(devices) - {OxygenDevice.ROOM_AIR}
    return ", ".join(
        f"{letter} {DEVICE_WORDS[device]}"
        for device, letter in DEVICE_LETTERS.items()
        if device in used
    )


def flow_text(flow: Decimal | None) -> str:
    """Return "2 L/min", empty when the flow was not recorded."""
    return "" if flow is None else f"{number_text(flow)} L/min"


def pressure_text(signs: VitalSigns) -> str:
    """Return "120/80 mmHg", "120/— mmHg" without a diastolic, or "not measured"."""
    if signs.systolic_bp_mmhg is None and signs.diastolic_bp_mmhg is None:
        return NOT_MEASURED
    return f"{_or_dash(signs.systolic_bp_mmhg)}/{_or_dash(signs.diastolic_bp_mmhg)} mmHg"


def short_signs_text(signs: VitalSigns) -> str:
    """Return what was measured, short: "RR 16 · SpO₂ 97 · P 75 · T 36.8 · BP 120/80 · A"."""
    numbers = {
        "RR": signs.respiratory_rate_per_min,
        "SpO₂": signs.spo2_percent,
        "P": signs.pulse_per_min,
        "T": signs.temperature_celsius,
    }
    parts = [
        f"{word} {number_text(value)}" for word, value in numbers.items() if value is not None
    ]
    if signs.systolic_bp_mmhg is not None or signs.diastolic_bp_mmhg is not None:
        parts.append(f"BP {pressure_text(signs).removesuffix(' mmHg')}")
    if signs.consciousness is not None:
        parts.append(signs.consciousness.value)
    if signs.on_oxygen:
        parts.append(oxygen_text(signs))
    return " · ".join(parts) or "nothing measured"


def score_number(score: Score | None) -> str:
    """Return "7", "≥3" for an incomplete set, "—" where nothing was scored."""
    if score is None:
        return "—"
    return f"≥{score.at_least}" if score.total is None else str(score.total)


def score_text(score: Score | None) -> str:
    """Return "NEWS2 5, medium", "NEWS2 incomplete, at least 3, low-medium" or "Not scored"."""
    if score is None:
        return "Not scored"
    risk, name = RISK_WORDS[score.risk], score_name(score.pack)
    if score.total is None:
        return f"{name} incomplete, at least {score.at_least}, {risk}"
    return f"{name} {score.total}, {risk}"


def scale_text(scale: int) -> str:
    """Return the SpO2 scale with the saturations that are well on it (RCP 2017)."""
    return f"SpO₂ scale {scale}, {SCALE_RANGES[scale]}"


def decision_text(decision: SpO2ScaleDecision, zone: tzinfo) -> str:
    """Return who decided on a scale, when and why."""
    at = date_time_text(decision.occurred_at, zone)
    return f"{decision.decided_by}, {at}: {decision.reason}"


def choice_text(choice: PackChoice) -> str:
    """Return "NEWS2: adult, not pregnant", or the sentence why no score applies."""
    if choice.pack is not None:
        return f"{score_name(choice.pack.name)}: {choice.why}"
    return choice.why if choice.why.startswith("No score") else f"No score. {choice.why}"


def missing_letter(recorded: RecordedObservations) -> str:
    """Return "R" for refused and so on; empty where no reason was recorded."""
    reason = recorded.incomplete_reason
    return REASON_LETTERS[reason] if reason else ""


def not_taken_letter(one: SetNotTaken) -> str:
    """Return "R" for a set refused as a whole, "D" for one that was put off."""
    return REASON_LETTERS[IncompleteReason.REFUSED] if one.reason == "refused" else PUT_OFF_LETTER


def not_taken_text(one: SetNotTaken, zone: tzinfo) -> str:
    """Return "whole set (off the ward), due 14:00, next by 15:00"."""
    why = NOT_TAKEN_WORDS.get(one.reason, "other reason")
    due, until = (time_text(at, zone) for at in (one.due_at, one.deferred_until))
    return f"whole set ({why}), due {due}, next by {until}"


def name_in(pack: str, name: str) -> str:
    """Return what a parameter of a stored score is called; its bare name in an unknown pack."""
    if name in SHORT_NAMES:
        return SHORT_NAMES[name]
    held = pack_named(pack).parameters if pack in PACK_NAMES else ()
    labels = {one.name: one.label for one in held}
    return labels.get(name, name.replace("_", " "))


def missing_text(score: Score) -> str:
    """Return the names of what is missing, as they stand in a sentence."""
    names = [name_in(score.pack, name) for name in score.missing]
    return ", ".join(
        name if name.startswith("SpO") else name[:1].lower() + name[1:] for name in names
    )


def sign_text(parameter: Parameter, signs: VitalSigns) -> str:
    """Return a value of a pack with its unit: "26 /min", "Yes", "4 s", "not measured"."""
    if parameter.further is None:
        return value_text(signs, parameter.name)
    value = signs.further.get(parameter.name)
    if value is None:
        return NOT_MEASURED
    if not isinstance(value, Decimal):
        return parameter.options[value].label
    return f"{number_text(value)} {parameter.unit}".strip()


def further_text(signs: VitalSigns, pack: str) -> str:
    """Return the signs that only some packs score: "Agitated Yes · Capillary refill 4 s"."""
    held = pack_named(pack).parameters if pack in PACK_NAMES else ()
    known = {one.name: one for one in held if one.further}
    parts = []
    for name, value in signs.further.items():
        if name in known:
            parts.append(f"{known[name].label} {sign_text(known[name], signs)}")
        else:
            parts.append(f"{name.replace('_', ' ')} {value}")
    return " · ".join(parts)


def set_text(recorded: RecordedObservations, zone: tzinfo) -> str:
    """Return one set in a line: time, every value, score; for hover and the screen reader."""
    return f"{time_text(recorded.occurred_at, zone)} · {values_text(recorded)}"


def values_text(recorded: RecordedObservations) -> str:
    """Return every value of a set and its score in a line."""
    signs = recorded.vital_signs
    parts = [f"{SHORT_NAMES[name]} {value_text(signs, name)}" for name in _SPOKEN_FIRST]
    parts += [_oxygen_spoken(signs), f"BP {pressure_text(signs)}"]
    parts += [f"{SHORT_NAMES[name]} {value_text(signs, name)}" for name in _SPOKEN_LAST]
    if recorded.score is not None:
        parts += filter(None, [_further_short(signs, recorded.score)])
        parts.append(score_text(recorded.score))
    return " · ".join(parts)


def due_by_text(next_due_at: datetime, zone: tzinfo) -> str:
    """Return "Next set by 15:07."."""
    return f"Next set by {time_text(next_due_at, zone)}."


def _further_short(signs: VitalSigns, score: Score) -> str:
    """Return the further signs that scored, and how many others did not."""
    told = {n: value for n, value in signs.further.items() if score.points.get(n)}
    text = further_text(replace(signs, further=told), score.pack)
    others = len(signs.further) - len(told)
    rest = f"{others} further signs without points" if others else ""
    return " · ".join(part for part in (text, rest) if part)


def _oxygen_spoken(signs: VitalSigns) -> str:
    return (
        "Air or oxygen not recorded" if signs.on_oxygen is None else oxygen_and_device_text(signs)
    )


def _or_dash(value: int | None) -> str:
    return "—" if value is None else str(value)
