"""How a patient and her handover read in a few words. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from ui.formats import (
    moment_text,
    person_name,
)
from ui.level_words import LEVEL_GLYPHS, LEVEL_TOKENS, STATE_WORDS
from ui.observations.words import short_signs_text
from ui.score_words import score_name
from ward_app.devices.pack import device_pack
from ward_app.escalations.types import Level
from ward_app.escalations.types import State as CallState
from ward_app.handover.rules import (
    has_changed,
    is_for_reader,
    is_taken_by_another,
    state_of,
    trend,
)
from ward_app.handover.types import (
    Answer,
    AnswerKind,
    Due,
    Facts,
    Given,
    HandoverLine,
    State,
    Trend,
    VitalSet,
)
from ward_app.observations.rules import further_signs
from ward_app.observations.types import Consciousness, VitalSigns

TOPIC = "handover"
TREND_WORDS = {Trend.RISING: "↗ rising", Trend.STEADY: "→ steady", Trend.FALLING: "↘ falling"}
STATE_WORDS_OF = {
    State.NOT_GIVEN: "not given",
    State.GIVEN: "given",
    State.ACCEPTED: "accepted",
    State.DECLINED: "declined",
    State.WITHDRAWN: "taken back",
}
ANSWERED = {
    AnswerKind.ACCEPTED: "accepted",
    AnswerKind.DECLINED: "declined",
    AnswerKind.WITHDRAWN: "took it back",
    AnswerKind.QUESTION: "asks",
    AnswerKind.REPLY: "replies",
}
RISK_TOKENS = {
    "low": "risk_low",
    "low_medium": "risk_medium",
    "medium": "risk_medium",
    "high": "risk_high",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """From where a handover is read.

    Attributes:
        since: when the reader accepted the patient last; None = never, and nothing is marked.
        now: the present, aware.
        zone: of the ward.
    """

    since: datetime | None
    now: datetime
    zone: tzinfo

    def at(self, moment: datetime | None) -> str:
        """Return a time as it reads today."""
        return moment_text(moment, self.zone, self.now)


def name_text(facts: Facts) -> str:
    """Return "SURNAME, Given (Title)"."""
    return person_name(facts.family_name, facts.given_name, facts.title)


def place_text(facts: Facts) -> str:
    """Return "Bed 4, Bay A", or "No bed"."""
    if facts.bed is None:
        return "No bed"
    return ", ".join(part for part in (f"Bed {facts.bed}", facts.room) if part)


def score_short(facts: Facts) -> str:
    """Return "NEWS2 5 ↗", "≥3" of an incomplete set, "—" without any."""
    if not facts.sets:
        return "—"
    last = facts.sets[0]
    number = str(last.total) if last.total is not None else at_least(last)
    way = trend(facts.sets)
    return f"{number} {TREND_WORDS[way][0]}" if way else number


def score_token(facts: Facts) -> str | None:
    """Return the colour token of the newest score; None = the usual one."""
    return RISK_TOKENS.get(facts.sets[0].risk or "") if facts.sets else None


def call_short(facts: Facts) -> str:
    """Return "◆ Not answered" of an open escalation, empty without one."""
    call = facts.call
    if call is None:
        return ""
    return f"{LEVEL_GLYPHS[Level(call.level)]} {STATE_WORDS[CallState(call.state)]}"


def call_token(facts: Facts) -> str | None:
    """Return the colour token of the open escalation."""
    return LEVEL_TOKENS[Level(facts.call.level)] if facts.call else None


def state_text(line: HandoverLine, reading: Reading) -> str:
    """Return "given 14:02 by Bo Both to Nora Nurse", "accepted 14:05 by Nora Nurse"."""
    given, state = line.given, state_of(line)
    words = STATE_WORDS_OF[state]
    if given is None:
        return words
    if given.ended is None:
        changed = " · record changed since" if has_changed(line) else ""
        return f"{words} {reading.at(given.at)} by {given.by}{to_text(given)}{changed}"
    return f"{words} {reading.at(given.ended_at)} by {given.ended_by}{_expected(given)}"


def to_text(given: Given) -> str:
    """Return " to Bo Both", " to Bo Both (you)"; empty for whoever takes over."""
    return f" to {given.to_name}{' (you)' if given.to_me else ''}" if given.to_name else ""


def _expected(given: Given) -> str:
    """Return who gave it to whom where somebody was named, and that another one took it."""
    if given.to_name is None:
        return ""
    if is_taken_by_another(given):
        return f" instead of {given.to_name}, given by {given.by}"
    return f", given by {given.by} to {given.to_name}"


def state_short(line: HandoverLine, reading: Reading) -> str:
    """Return "given 14:02", "for you 14:02", "▲" of a record changed since, or "not given"."""
    given, words = line.given, STATE_WORDS_OF[state_of(line)]
    if given is None:
        return words
    changed = "▲ " if has_changed(line) else ""
    words = "for you" if is_for_reader(line) else words
    return f"{changed}{words} {reading.at(given.ended_at or given.at)}"


def answer_text(answer: Answer, reading: Reading) -> str:
    """Return "Nora Nurse asks: Since when?"."""
    said = f": {answer.words}" if answer.words else ""
    read_back = ""
    if answer.kind is AnswerKind.ACCEPTED:
        read_back = ", read back" if answer.read_back else ", not read back"
    return f"{reading.at(answer.at)}  {answer.by} {ANSWERED[answer.kind]}{read_back}{said}"


def set_short(one: VitalSet) -> str:
    """Return one set: score, then what was measured."""
    measured = short_signs_text(signs_of(one))
    if one.at_least is None:
        return f"Not scored: {measured}"
    number = str(one.total) if one.total is not None else at_least(one)
    return f"{score_name(one.pack)} {number}: {measured}"


def signs_of(one: VitalSet) -> VitalSigns:
    """Return the values of a set as the chart's words take them."""
    return VitalSigns(
        respiratory_rate_per_min=one.respiratory_rate,
        spo2_percent=one.spo2,
        spo2_scale=one.scale,
        on_oxygen=one.on_oxygen,
        oxygen_flow_l_per_min=_decimal(one.flow),
        systolic_bp_mmhg=one.systolic,
        diastolic_bp_mmhg=one.diastolic,
        pulse_per_min=one.pulse,
        consciousness=Consciousness(one.consciousness) if one.consciousness else None,
        temperature_celsius=_decimal(one.temperature),
        further=further_signs(one.further),
    )


def due_title(due: Due) -> str:
    """Return what is due: "Observations", a checklist, the look at a device, "Weigh (Day)"."""
    if due.source == "observations":
        return "Observations"
    if due.source == "device":
        title = _device_title(due.title or "")
        return f"{title} is to come out" if due.reason == "out" else f"Look at {title.lower()}"
    title = due.title or due.source
    return f"{title} ({due.shift})" if due.shift else title


def _device_title(name: str) -> str:
    kinds = {kind.name: kind.title for kind in device_pack().kinds}
    return kinds.get(name, name)


def at_least(one: VitalSet) -> str:
    """Return "≥3" of an incomplete set, a dash where nothing was scored."""
    return "—" if one.at_least is None else f"≥{one.at_least}"


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
