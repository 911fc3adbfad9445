"""The four parts of a handover: situation, background, assessment, recommendation. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ui.devices.words import device_text, score_text
from ui.formats import age, date_text, day_of_stay, due_text, duration_text, is_overdue, sex_word
from ui.handover.decision_words import beside_target, decision_words
from ui.handover.words import (
    RISK_TOKENS,
    TREND_WORDS,
    Reading,
    answer_text,
    due_title,
    name_text,
    place_text,
    score_short,
    set_short,
    signs_of,
    state_text,
)
from ui.level_words import LEVEL_GLYPHS, LEVEL_TOKENS, LEVEL_WORDS, ROLE_WORDS, STATE_WORDS
from ui.observations.words import further_text
from ui.patients.banner import FLAG_WORDS
from ui.score_words import score_name
from ward_app.devices.pack import device_pack
from ward_app.escalations.types import Level, ResponderRole
from ward_app.escalations.types import State as CallState
from ward_app.handover.rules import due_within, is_new, is_taken_by_another, trend
from ward_app.handover.types import (
    AnswerKind,
    Call,
    DeviceInPlace,
    Facts,
    Given,
    HandoverLine,
    Holder,
)
from ward_app.measurements.kinds import kind_title
from ward_app.patients.types import FlagKind

NEW = "new"
_ENDS = (".", ",", ":", ";", "?", "!")
PARTS = ("Situation", "Background", "Assessment", "Recommendation")


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
        yield SbarLine(words, reading.at(last.measured_at), new, RISK_TOKENS.get(last.risk or ""))
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
        yield SbarLine(
            f"{note.title} ({note.by or 'imported'}): {on_one_line(note.text)}",
            reading.at(note.said_at),
            is_new(note.at, reading.since),
        )


def on_one_line(text: str) -> str:
    """Return a note on one line, a colon behind what heads a part of it: "Found: on the floor"."""
    parts, said = text.split("\n\n"), []
    for part in parts:
        head, *rest = part.splitlines() or [""]
        is_heading = len(parts) > 1 and rest and not head.rstrip().endswith(_ENDS)
        said += [f"{head}:" if is_heading else head, *rest]
    return " ".join(" ".join(said).split())


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
        number = None if done.score is None else f"{done.score:g}"
        came_to = ", ".join(part for part in (number, done.band) if part)
        outcome = came_to if done.complete else "incomplete"
        yield SbarLine(
            f"{done.title}: {outcome}",
            reading.at(done.assessed_at),
            is_new(done.at, reading.since),
        )
    for device in facts.devices:
        yield _device_line(device, reading)


def _recommendation(
    line: HandoverLine, facts: Facts, reading: Reading, holder: Holder | None
) -> Iterator[SbarLine]:
    given = line.given
    yield _responsible_line(holder, reading)
    tone = "caution" if is_taken_by_another(given) else None
    yield SbarLine(f"{'▲ ' if tone else ''}Handover {state_text(line, reading)}", tone=tone)
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
