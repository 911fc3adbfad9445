"""How what a downtime left reads in the list, and what each entry says. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

from ui.formats import duration_text, moment_text
from ui.observations.words import (
    DEVICE_WORDS,
    REASON_WORDS,
    further_text,
    short_signs_text,
)
from ui.patients.banner import patient_name, place_text
from ui.score_words import score_name
from ward_app.board.types import BoardBed
from ward_app.downtime.reconciliation import Line
from ward_app.downtime.types import EntryState, OfflineKind, SettledHow
from ward_app.measurements.kinds import kind_title, kinds
from ward_app.measurements.rules import measured_values, summary
from ward_app.observations.rules import further_signs
from ward_app.observations.types import (
    Consciousness,
    IncompleteReason,
    OxygenDevice,
    VitalSigns,
)

TOPIC = "downtime"
KIND_WORDS = {
    OfflineKind.OBSERVATIONS: "Observations",
    OfflineKind.MEASUREMENT: "Measurement",
    OfflineKind.ROUND_ANSWERS: "Round",
    OfflineKind.NOTE: "Note",
}
HOW_WORDS = {
    SettledHow.ENTERED_ANEW: "entered anew",
    SettledHow.AS_MEANT: "recorded as meant",
    SettledHow.SET_ASIDE: "set aside",
}
_STATES = {
    EntryState.WAITING: "○ waiting",
    EntryState.ACCEPTED: "✓ accepted",
    EntryState.ALREADY_THERE: "✓ already there",
    EntryState.NEEDS_A_PERSON: "▲ needs a person",
    EntryState.SETTLED: "settled",
}
_A_MINUTE = timedelta(minutes=1)
_COLOURS = {EntryState.NEEDS_A_PERSON: "risk_high", EntryState.SETTLED: "dim"}
NOT_PROVEN = "Not proven to be as its author charted it: enter it anew"
ELSEWHERE = "It waits for people of the ward it was charted on, which is not one of yours."
_SIGNS = (
    "respiratory_rate_per_min", "spo2_percent", "systolic_bp_mmhg", "diastolic_bp_mmhg",
    "pulse_per_min", "inspired_oxygen_percent", "on_oxygen",
)  # fmt: skip
_DECIMALS = ("temperature_celsius", "oxygen_flow_l_per_min")


def state_text(line: Line) -> str:
    """Return the mark and words of a line's state."""
    if line.is_elsewhere:
        return "△ another ward"
    queued = line.queued
    if queued is not None and queued.settled_how is not None:
        return HOW_WORDS[queued.settled_how].capitalize()
    return _STATES[line.state]


def state_colour(line: Line) -> str | None:
    """Return the colour token of a line's state, None = the usual one."""
    return None if line.is_elsewhere else _COLOURS.get(line.state)


def patient_text(line: Line, rows: Mapping[UUID, BoardBed]) -> str:
    """Return whose it is: her name and ward wherever she lies on the reader's wards."""
    if line.admission_id is None:
        return "The ward itself"
    row = rows.get(line.admission_id)
    return patient_name(row) if row else "On none of your wards now"


def place_of(line: Line, rows: Mapping[UUID, BoardBed]) -> str:
    """Return where the patient lies now, empty where that is not to be seen."""
    row = rows.get(line.admission_id) if line.admission_id else None
    return f"{row.ward_name}, {place_text(row)}" if row else ""


def why_short(line: Line) -> str:
    """Return why it needs a person, or what became of it, for the list: never cut there."""
    if line.queued is not None and line.queued.settled_how is not None:
        return f"Settled by {line.queued.settled_by}"
    if line.is_elsewhere:
        return "People of another ward settle it"
    return NOT_PROVEN if line.is_refused else line.problem or ""


def why_text(line: Line) -> str:
    """Return why it needs, or needed, a person, in full; empty where it never did."""
    if line.is_elsewhere:
        return f"{line.problem} {ELSEWHERE}"
    return line.problem or ""


def count_text(lines: Sequence[Line]) -> str:
    """Return how many need a person of the reader's, for the rail; empty for none."""
    many = sum(line.needs_a_person and not line.is_elsewhere for line in lines)
    return str(many) if many else ""


def summary_text(lines: Sequence[Line]) -> str:
    """Return the sentence above the list."""
    counted = (
        (sum(line.needs_a_person for line in lines), "needs a person", "need a person"),
        (sum(line.state is EntryState.WAITING for line in lines), "waits", "wait"),
        (sum(line.can_be_seen for line in lines), "accepted", "accepted"),
    )
    said = [f"{many} {one if many == 1 else more}" for many, one, more in counted if many]
    return f"{', '.join(said)}." if said else "Everything is settled."


def line_text(
    line: Line,
    rows: Mapping[UUID, BoardBed],
    said: Mapping[str, Any] | None,
    zone: tzinfo,
    now: datetime,
) -> str:
    """Return all of one line, to read; `said` is what was charted, None = not to be seen yet."""
    return "\n".join(_lines(line, rows, said, zone, now))


def _lines(
    line: Line,
    rows: Mapping[UUID, BoardBed],
    said: Mapping[str, Any] | None,
    zone: tzinfo,
    now: datetime,
) -> Iterator[str]:
    where = place_of(line, rows)
    yield f"{patient_text(line, rows)}{f', {where}' if where else ''}"
    by = line.author or "somebody at this computer"
    charted = moment_text(line.entered_at, zone, now)
    late = line.entered_at - line.occurred_at
    after = f", {duration_text(late)} later" if late >= _A_MINUTE else ""
    at = moment_text(line.occurred_at, zone, now)
    yield f"{KIND_WORDS[line.kind]} of {at}, charted at {charted}{after} by {by}"
    yield said_text(line.kind, said) if said is not None else "Enter shows what was charted."
    if why := why_text(line):
        yield why
    queued = line.queued
    if queued is not None and queued.settled_how is not None and queued.settled_at is not None:
        at = moment_text(queued.settled_at, zone, now)
        yield f"{HOW_WORDS[queued.settled_how].capitalize()} by {queued.settled_by}, {at}"


def said_text(kind: OfflineKind, row: Mapping[str, Any]) -> str:
    """Return what an entry says, in words; what was not measured is left out, which is not 0."""
    readers = {
        OfflineKind.OBSERVATIONS: _set_text,
        OfflineKind.MEASUREMENT: _measured_text,
        OfflineKind.ROUND_ANSWERS: _answers_text,
        OfflineKind.NOTE: _note_text,
    }
    note = row.get("note")
    text = readers[kind](row)
    return f"{text}\n{note}" if note else text


def signs_of(row: Mapping[str, Any]) -> VitalSigns:
    """Return the signs of an entry of a set."""
    level, device = row.get("consciousness"), row.get("oxygen_device")
    signs: dict[str, Any] = {name: row.get(name) for name in _SIGNS}
    signs |= {name: Decimal(str(row[name])) for name in _DECIMALS if row.get(name) is not None}
    return VitalSigns(
        **signs,
        spo2_scale=row.get("spo2_scale") or 1,
        oxygen_device=OxygenDevice(device) if device else None,
        consciousness=Consciousness(level) if level else None,
        further=further_signs(row.get("further_signs") or {}),
    )


def values_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an entry of a measurement, as rules and forms take them."""
    fields = [{"name": one.name, "type": one.type.value} for one in kinds()[row["kind"]].fields]
    return measured_values(fields, row["values"])


def _set_text(row: Mapping[str, Any]) -> str:
    signs = signs_of(row)
    total, least = row.get("score_total"), row.get("score_at_least")
    score = "Not scored"
    if least is not None:
        score = f"{score_name(row.get('score_pack'))} {f'≥{least}' if total is None else total}"
    reason = row.get("incomplete_reason")
    parts = (
        f"{score}: {short_signs_text(signs)}",
        _oxygen_text(signs),
        further_text(signs, row.get("score_pack") or ""),
        REASON_WORDS[IncompleteReason(reason)] if reason else "",
    )
    return " · ".join(part for part in parts if part)


def _oxygen_text(signs: VitalSigns) -> str:
    """Return what the short line of a set leaves out: air, or by what oxygen was given."""
    if signs.on_oxygen is False:
        return "Air"
    return DEVICE_WORDS[signs.oxygen_device] if signs.oxygen_device else ""


def _measured_text(row: Mapping[str, Any]) -> str:
    kind = kinds().get(row["kind"])
    if kind is None:
        return kind_title(row["kind"])
    return f"{kind.title}: {summary(kind, values_of(row))}"


def _note_text(row: Mapping[str, Any]) -> str:
    sections = row.get("sections") or ()
    texts = [
        ": ".join(part for part in (one.get("heading"), one.get("text")) if part)
        for one in sections
    ]
    return "\n".join([row["title"], *texts])


def _answers_text(row: Mapping[str, Any]) -> str:
    if row.get("outcome") == "deferred":
        return f"Put off: {str(row.get('reason') or 'no reason said').replace('_', ' ')}"
    answers = row.get("answers") or {}
    said = (f"{name.replace('_', ' ')}: {_plain(answer)}" for name, answer in answers.items())
    return "; ".join(said) or "No answers"


def _plain(answer: Any) -> str:
    return ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
