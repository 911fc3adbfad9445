"""How a handover reads: situation, background, assessment, recommendation. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from ui.call_words import LEVEL_GLYPHS, LEVEL_TOKENS, LEVEL_WORDS, ROLE_WORDS, STATE_WORDS
from ui.devices.words import device_text, score_text
from ui.formats import (
    age,
    date_text,
    day_of_stay,
    due_text,
    duration_text,
    is_overdue,
    moment_text,
    person_name,
    sex_word,
)
from ui.handover.decision_words import beside_target, decision_words
from ui.observations.words import further_text, short_signs_text
from ui.patients.banner import FLAG_WORDS
from ui.score_words import score_name
from ward_app.devices.pack import device_pack
from ward_app.escalations.types import Level, ResponderRole
from ward_app.escalations.types import State as CallState
from ward_app.handover.rules import due_within, has_changed, is_new, state_of, trend
from ward_app.handover.types import (
    Answer,
    AnswerKind,
    Call,
    DeviceInPlace,
    Due,
    Facts,
    Given,
    HandoverLine,
    Holder,
    State,
    Trend,
    VitalSet,
)
from ward_app.measurements.kinds import kind_title
from ward_app.observations.rules import further_signs
from ward_app.observations.types import Consciousness, VitalSigns
from ward_app.patients.types import FlagKind

TOPIC = "handover"
NEW = "new"
PARTS = ("Situation", "Background", "Assessment", "Recommendation")
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
_RISK_TOKENS = {
    "low": "risk_low",
    "low_medium": "risk_medium",
    "medium": "risk_medium",
    "high": "risk_high",
}


@dataclass(frozen=True, slots=True)
class SbarLine:
    """One line of a handover.

    Attributes:
        when: the time it speaks of, in words; empty = none.
        new: it came after the reader accepted this patient last.
        tone: colour token of the words; None = the usual one. A glyph or word says it too.
    """

    text: str
    when: str = ""
    new: bool = False
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class SbarPart:
    """One of the four parts, with its lines in reading order."""

    title: str
    lines: tuple[SbarLine, ...]


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


def sbar(
    line: HandoverLine, reading: Reading, holder: Holder | None = None, *, as_given: bool = False
) -> tuple[SbarPart, ...]:
    """Return the four parts of one patient; `as_given` shows what was given instead of now.

    `holder` says who is responsible for the bed; None = the patient has none.
    """
    given = line.given
    facts = given.facts if as_given and given else line.facts
    lines = (
        _situation(facts, reading),
        _background(facts, reading),
        _assessment(facts, reading),
        _recommendation(line, facts, reading, holder),
    )
    return tuple(SbarPart(title, tuple(part)) for title, part in zip(PARTS, lines, strict=True))


def score_short(facts: Facts) -> str:
    """Return "NEWS2 5 ↗", "≥3" of an incomplete set, "—" without any."""
    if not facts.sets:
        return "—"
    last = facts.sets[0]
    number = str(last.total) if last.total is not None else _at_least(last)
    way = trend(facts.sets)
    return f"{number} {TREND_WORDS[way][0]}" if way else number


def score_token(facts: Facts) -> str | None:
    """Return the colour token of the newest score; None = the usual one."""
    return _RISK_TOKENS.get(facts.sets[0].risk or "") if facts.sets else None


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
    """Return "given 14:02 by Bo Both", "accepted 14:05 by Nora Nurse", "not given"."""
    given, state = line.given, state_of(line)
    words = STATE_WORDS_OF[state]
    if given is None:
        return words
    at, by = (given.ended_at, given.ended_by) if given.ended else (given.at, given.by)
    changed = " · record changed since" if has_changed(line) else ""
    return f"{words} {reading.at(at)} by {by}{changed}"


def state_short(line: HandoverLine, reading: Reading) -> str:
    """Return "given 14:02", "▲ given 14:02" of a record changed since, or "not given"."""
    given, words = line.given, STATE_WORDS_OF[state_of(line)]
    if given is None:
        return words
    changed = "▲ " if has_changed(line) else ""
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
    number = str(one.total) if one.total is not None else _at_least(one)
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


def _situation(facts: Facts, reading: Reading) -> Iterator[SbarLine]:
    today = reading.now.astimezone(reading.zone).date()
    born = f"born {date_text(facts.born_on)}, {age(facts.born_on, today)}"
    yield SbarLine(f"{place_text(facts)} · {name_text(facts)} · {born} · {sex_word(facts.sex)}")
    stay = day_of_stay(facts.arrived_at or facts.admitted_at, reading.now, reading.zone)
    yield SbarLine(f"{facts.reason or 'Reason not recorded'} · ward day {stay}")
    if facts.call is not None:
        yield _call_line(facts.call, reading)
    if facts.sets:
        last = facts.sets[0]
        way = trend(facts.sets)
        number = score_short(facts).split(" ")[0]
        words = "Not scored" if last.at_least is None else f"{score_name(last.pack)} {number}"
        if way is not None:
            earlier = ", ".join(str(one.total) for one in facts.sets[1:] if one.total is not None)
            words = f"{words}, {TREND_WORDS[way]} (before: {earlier})"
        new = is_new(last.at, reading.since)
        yield SbarLine(words, reading.at(last.measured_at), new, _RISK_TOKENS.get(last.risk or ""))
    else:
        yield SbarLine("▲ No observations yet", tone="caution")


def _background(facts: Facts, reading: Reading) -> Iterator[SbarLine]:
    admitted = [f"Admitted {reading.at(facts.admitted_at)}", facts.specialty, facts.consultant]
    if facts.expected_on is not None:
        admitted.append(f"expected discharge {date_text(facts.expected_on)}")
    yield SbarLine(" · ".join(part for part in admitted if part))
    yield from _allergies(facts, reading)
    for flag in facts.flags:
        words = FLAG_WORDS[FlagKind(flag.kind)]
        said = f"{words}: {flag.detail}" if flag.detail else words
        yield SbarLine(f"▲ {said}", "", is_new(flag.at, reading.since), "caution")
    for decision in facts.decisions:
        until = f", until {reading.at(decision.until)}" if decision.until else ""
        who = f" ({decision.by})" if decision.by else ""
        why = f": {decision.why}" if decision.why else ""
        words = f"{decision_words(decision)}{until}{who}{why}"
        yield SbarLine(words, reading.at(decision.at), is_new(decision.at, reading.since))
    for note in facts.notes:
        words = " ".join(note.text.split())
        yield SbarLine(
            f"{note.title} ({note.by or 'imported'}): {words}",
            reading.at(note.said_at),
            is_new(note.at, reading.since),
        )


def _allergies(facts: Facts, reading: Reading) -> Iterator[SbarLine]:
    if facts.allergy_status == "present":
        for one in facts.allergies:
            reaction = f" ({one.reaction})" if one.reaction else ""
            words = f"▲ Allergy: {one.substance}{reaction}"
            yield SbarLine(words, "", is_new(one.at, reading.since), "problem")
    elif facts.allergy_status == "none_known":
        yield SbarLine("No known allergies")
    else:
        yield SbarLine("? Allergies not recorded", tone="caution")


def _assessment(facts: Facts, reading: Reading) -> Iterator[SbarLine]:
    for one in facts.sets:
        new = is_new(one.at, reading.since)
        target = beside_target(facts.decisions, signs_of(one)) if one is facts.sets[0] else ""
        yield SbarLine(f"{set_short(one)}{target}", reading.at(one.measured_at), new)
    if facts.sets:
        last = facts.sets[0]
        further = further_text(signs_of(last), last.pack or "")
        for words in (further, last.note):
            if words:
                yield SbarLine(words, reading.at(last.measured_at), is_new(last.at, reading.since))
    for found in facts.measured:
        yield SbarLine(
            f"{kind_title(found.kind)}: {found.summary}",
            reading.at(found.measured_at),
            is_new(found.at, reading.since),
        )
    for done in facts.assessed:
        number = "" if done.score is None else f" {done.score:g}"
        outcome = f"{number}{f', {done.band}' if done.band else ''}"
        words = f"{done.title}:{outcome}" if done.complete else f"{done.title}: incomplete"
        yield SbarLine(words, reading.at(done.assessed_at), is_new(done.at, reading.since))
    for device in facts.devices:
        yield _device_line(device, reading)


def _recommendation(
    line: HandoverLine, facts: Facts, reading: Reading, holder: Holder | None
) -> Iterator[SbarLine]:
    given = line.given
    yield _responsible_line(holder, reading)
    yield SbarLine(f"Handover {state_text(line, reading)}")
    for words, who in _own_words(line, given):
        yield SbarLine(f"“{words}” {who}")
    dues = due_within(facts, reading.now)
    for due in dues:
        late = is_overdue(due.due_at, reading.now)
        tone = "problem" if late else None
        mark = "▲ " if late else ""
        when = f"{reading.at(due.due_at)}, {due_text(due.due_at, reading.now)}"
        yield SbarLine(f"{mark}{due_title(due)}", when, tone=tone)
    if not dues:
        yield SbarLine("Nothing is due in the next four hours.")
    for answer in given.answers if given else ():
        yield SbarLine(answer_text(answer, reading))


def _responsible_line(holder: Holder | None, reading: Reading) -> SbarLine:
    if holder is None:
        return SbarLine("▲ No bed: nobody is responsible by a bed", tone="caution")
    since = reading.at(holder.since) if holder.since else ""
    if holder.name is None:
        return SbarLine("▲ Nobody is responsible for this bed", since, tone="problem")
    return SbarLine(f"Responsible: {holder.name}", f"since {since}")


def _own_words(line: HandoverLine, given: Given | None) -> Iterator[tuple[str, str]]:
    if given is not None and given.own_words and given.ended is not AnswerKind.WITHDRAWN:
        yield given.own_words, f"({given.by})"
    if line.draft:
        yield line.draft, "(yours, not given yet)"


def _call_line(call: Call, reading: Reading) -> SbarLine:
    level = Level(call.level)
    role = f", {ROLE_WORDS[ResponderRole(call.role)]}" if call.role else ""
    points = "" if call.points is None else f", score {call.points}"
    who = f" by {call.answered_by}" if call.answered_by else ""
    open_for = duration_text(reading.now - call.opened_at)
    words = (
        f"{LEVEL_GLYPHS[level]} Open alert: {LEVEL_WORDS[level].lower()}{points}{role}."
        f" {STATE_WORDS[CallState(call.state)]}{who}, open {open_for}"
    )
    new = is_new(call.at, reading.since)
    return SbarLine(words, reading.at(call.opened_at), new, LEVEL_TOKENS[level])


def _device_line(device: DeviceInPlace, reading: Reading) -> SbarLine:
    kinds = {kind.name: kind for kind in device_pack().kinds}
    kind = kinds.get(device.kind)
    since = "since when not known"
    if device.inserted_at is not None:
        since = f"day {day_of_stay(device.inserted_at, reading.now, reading.zone)}"
    new = is_new(device.at, reading.since)
    if kind is None:
        return SbarLine(f"{device.kind}, {device.site}, {since}", "", new)
    what = device_text(kind, device.site, device.side, device.size)
    score = score_text(kind.scheme, device.score, device.at_least)
    return SbarLine(f"{what}, {since}: {score}", reading.at(device.looked_at), new)


def _device_title(name: str) -> str:
    kinds = {kind.name: kind.title for kind in device_pack().kinds}
    return kinds.get(name, name)


def _at_least(one: VitalSet) -> str:
    return "—" if one.at_least is None else f"≥{one.at_least}"


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
