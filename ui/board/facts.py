"""What the peek pane says of a bed: captions with values, in full. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ui.bed_calls import bed_acceptance, bed_call
from ui.board.badges import flag_chips
from ui.board.cards import BedCard, Face, Moment
from ui.due_words import due_reason_text, leave_text
from ui.formats import (
    age,
    date_text,
    day_of_stay,
    duration_text,
    mates_text,
    moment_text,
    mrn_text,
    sex_word,
)
from ui.score_words import score_name
from ward_app.board.types import BoardBed
from ward_app.patients.alerts import AllergyStatus

SCALE_2 = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. `loud`: it warns, and is set apart."""

    caption: str
    value: str
    loud: bool = False


def facts(card: BedCard, moment: Moment) -> tuple[Fact, ...]:
    """Return what is known of the bed and its patient, what endangers first."""
    if card.face is Face.PATIENT:
        return tuple(fact for fact in _patient_facts(card, moment) if fact.value)
    return tuple(_bed_facts(card))


def _patient_facts(card: BedCard, moment: Moment) -> Iterator[Fact]:
    bed = card.bed
    if card.alike:
        yield Fact(
            "Like name", "Another patient on this ward has a like name. Check twice.", loud=True
        )
    call = bed_call(bed, moment.now, moment.zone)
    accepted = bed_acceptance(bed, moment.now, moment.zone)
    yield Fact("Alert", call.line if call else "", loud=True)
    yield Fact("Shares bed", mates_text(bed.mates), loud=True)
    yield Fact("Allergies", _allergies(bed), loud=bed.allergy_status != AllergyStatus.NONE_KNOWN)
    yield Fact("Alerts", "\n".join(chip.words for chip in flag_chips(bed)), loud=True)
    yield Fact("Born", f"{_born(bed, moment)}, {sex_word(bed.sex)}")
    yield Fact("Patient no.", mrn_text(bed.mrn))
    yield Fact(score_name(card.bed.score_pack), _score(card, moment))
    yield Fact("Next obs", _due(card, moment), loud=card.overdue)
    yield Fact("Next round", card.round.line, loud=card.round.is_overdue)
    yield Fact(
        "Agreed", accepted.line if accepted else "", loud=bool(accepted and accepted.is_past)
    )
    yield Fact("Stay", _stay(bed, moment))
    yield Fact("Leaves", _leaves(bed, moment))
    yield Fact("Consultant", _consultant(bed))
    yield Fact("Reason", bed.admission_reason or "")


def _bed_facts(card: BedCard) -> Iterator[Fact]:
    if card.face is Face.WITHHELD:
        yield Fact("Patient", "Not shown: the patient is not on one of your wards.")
        return
    yield Fact("State", card.name)
    if card.face is Face.UNAVAILABLE:
        yield Fact("Why", card.about)
        yield Fact("How long", card.stay)
        yield Fact("Cleaning", card.due or "not recorded")
        return
    yield Fact("Since", card.about.removeprefix("Since "))
    yield Fact("Next", card.stay)


def _allergies(bed: BoardBed) -> str:
    if bed.allergies:
        return "\n".join(bed.allergies)
    if bed.allergy_status == AllergyStatus.NONE_KNOWN:
        return "No known allergies"
    return "Recorded, open the patient" if bed.allergy_status == "present" else "Not recorded"


def _born(bed: BoardBed, moment: Moment) -> str:
    if bed.born_on is None:
        return "not known"
    return f"{date_text(bed.born_on)} ({age(bed.born_on, moment.today)})"


def _score(card: BedCard, moment: Moment) -> str:
    bed, score = card.bed, card.score
    if score is None or bed.observed_at is None:
        return "No set of observations yet"
    if score.unscored:
        return "Not scored: no score calls for this patient. Who is worried calls (W)."
    name = score_name(bed.score_pack)
    lines = [_capital(score.words.removeprefix(f"{name} "))]
    if bed.observed_at is not None:
        at = moment_text(bed.observed_at, moment.zone, moment.now)
        lines.append(f"{at}, {duration_text(moment.now - bed.observed_at)} ago")
    if bed.spo2_scale == SCALE_2:
        lines.append("SpO₂ scale 2")
    return "\n".join(lines)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _due(card: BedCard, moment: Moment) -> str:
    """Return the countdown and why the set is due then, or who is on leave until when."""
    bed = card.bed
    if bed.next_due_at is None:
        return f"{leave_text(bed.back_by, moment.now, moment.zone)}. Observations are paused."
    why = due_reason_text(bed, moment.now, moment.zone)
    return ", ".join(part for part in (card.due.removeprefix("Next obs "), why) if part)


def _stay(bed: BoardBed, moment: Moment) -> str:
    since = bed.arrived_at or bed.admitted_at
    if since is None:
        return "not known"
    day = day_of_stay(since, moment.now, moment.zone)
    return f"Day {day}, since {moment_text(since, moment.zone, moment.now)}"


def _consultant(bed: BoardBed) -> str:
    consultant = bed.consultant or "not recorded"
    return f"{consultant}, {bed.specialty}" if bed.specialty else consultant


def _leaves(bed: BoardBed, moment: Moment) -> str:
    leaves_on = bed.expected_discharge_on
    if leaves_on is None:
        return "No expected discharge date"
    if leaves_on == moment.today:
        return f"Today, {date_text(leaves_on)}"
    return f"{date_text(leaves_on)}{' (past)' if leaves_on < moment.today else ''}"
