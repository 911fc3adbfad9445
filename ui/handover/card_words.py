"""How a patient reads on a pocket sheet: the most urgent first, short. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator

from ui.formats import age, is_overdue, time_text
from ui.handover.decision_words import beside_target
from ui.handover.words import (
    Reading,
    call_short,
    due_title,
    name_text,
    score_short,
    set_short,
    signs_of,
    state_text,
)
from ui.patients.banner import FLAG_WORDS
from ward_app.devices.pack import device_pack
from ward_app.handover.rules import due_within, new_since
from ward_app.handover.types import AnswerKind, Facts, HandoverLine
from ward_app.patients.types import FlagKind


def card_head(line: HandoverLine, reading: Reading) -> tuple[str, str]:
    """Return "4  OKAFOR, Ada", which may be cut, and "78 y  score 5 ↗  3 new", which may not."""
    facts = line.facts
    today = reading.now.astimezone(reading.zone).date()
    new = new_since(facts, reading.since)
    known = [age(facts.born_on, today), f"score {score_short(facts)}"]
    if new:
        known.append(f"{new} new")
    return f"{facts.bed or 'No bed'}  {name_text(facts)}", "  ".join(known)


def card_lines(line: HandoverLine, reading: Reading) -> tuple[tuple[str, bool], ...]:
    """Return lines with whether they are loud, the most urgent first."""
    return tuple(_lines(line, reading))


def _lines(line: HandoverLine, reading: Reading) -> Iterator[tuple[str, bool]]:
    facts = line.facts
    if facts.call is not None:
        yield f"{call_short(facts)} since {reading.at(facts.call.opened_at)}", True
    beware = _beware(facts)
    if beware:
        yield beware, True
    if line.draft:
        yield f"“{line.draft}”", True
    yield from _given(line, reading)
    yield facts.reason or "Reason not recorded", False
    if facts.sets:
        last = facts.sets[0]
        target = beside_target(facts.decisions, signs_of(last))
        yield f"{reading.at(last.measured_at)} {set_short(last)}{target}", False
    due = "; ".join(
        f"{'▲ ' if is_overdue(one.due_at, reading.now) else ''}"
        f"{time_text(one.due_at, reading.zone)} {due_title(one)}"
        for one in due_within(facts, reading.now)
    )
    if due:
        yield f"Due: {due}", False
    devices = _devices(facts)
    if devices:
        yield devices, False
    for found in facts.measured:
        if found.kind == "pain":
            yield f"Pain: {found.summary}", False


def _given(line: HandoverLine, reading: Reading) -> Iterator[tuple[str, bool]]:
    """Yield the giver's words, and who gave or took the patient over, from or for whom."""
    given = line.given
    if given is None or given.ended is AnswerKind.WITHDRAWN:
        return
    if given.own_words:
        yield f"“{given.own_words}” ({given.by})", True
    yield f"Handover {state_text(line, reading)}", False


def _beware(facts: Facts) -> str:
    parts = [
        " ".join(part for part in (FLAG_WORDS[FlagKind(flag.kind)], flag.detail) if part)
        for flag in facts.flags
    ]
    if facts.allergy_status == "present":
        substances = ", ".join(one.substance or "see record" for one in facts.allergies)
        parts.insert(0, f"Allergy: {substances}")
    elif facts.allergy_status != "none_known":
        parts.insert(0, "Allergies not recorded")
    return "▲ " + " · ".join(parts) if parts else ""


def _devices(facts: Facts) -> str:
    titles = {kind.name: kind.title for kind in device_pack().kinds}
    return "; ".join(
        ", ".join(part for part in (titles.get(one.kind, one.kind), one.side, one.site) if part)
        for one in facts.devices
    )
