"""What a bed's tile, its table row and its sentence say, worked out when data change. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from ui.bed_calls import bed_acceptance, bed_call
from ui.board.badges import (
    Chip,
    ScoreFace,
    Tone,
    allergy_chip,
    flag_chips,
    score_face,
    shared_chips,
)
from ui.board.round_due import NOTHING, RoundDue, round_due
from ui.due_words import is_late_back, short_leave_text
from ui.formats import (
    age,
    day_of_stay,
    duration_text,
    moment_text,
    person_name,
    sex_word,
    short_date_text,
)
from ui.rooms.words import BLOCK_WORDS, EMPTY_BED_WORDS
from ward_app.board import rules
from ward_app.board.types import BoardBed
from ward_app.rooms.types import Availability, BlockReason, Readiness

_WAITS_FOR = {
    Readiness.CLEAN: "ready for a patient",
    Readiness.DIRTY: "waits for cleaning",
    Readiness.CLEANING: "waits for the cleaner to finish",
    Readiness.DELAYED: "waits for a cleaner",
    Readiness.SUSPENDED: "waits for cleaning to go on",
    Readiness.NEEDS_DEEP_CLEAN: "waits for a deep clean",
    Readiness.AWAITING_INSPECTION: "waits for inspection or drying",
}
READINESS_ICONS = {
    Readiness.CLEAN: "bed-clean",
    Readiness.DIRTY: "bed-dirty",
    Readiness.CLEANING: "bed-cleaning",
    Readiness.DELAYED: "bed-waiting",
    Readiness.SUSPENDED: "bed-waiting",
    Readiness.NEEDS_DEEP_CLEAN: "bed-deep-clean",
    Readiness.AWAITING_INSPECTION: "bed-waiting",
}
_A_MINUTE = timedelta(minutes=1)


class Face(StrEnum):
    """Which of the four looks a tile has."""

    PATIENT = "patient"
    EMPTY = "empty"
    UNAVAILABLE = "unavailable"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Moment:
    """The present as the board tells it: `now` aware, shown in `zone`."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The calendar day in the zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class BedCard:
    """One bed as shown, every text ready. Two cards are the same only if they are one object.

    Attributes:
        key: stays the same while the bed's content changes.
        name: the patient, or in one or two words the state of an empty bed.
        about / stay: the two lines below the name.
        day: "D12", for where there is one line for both.
        brief: what that line says; its last part goes first where room is short.
        due: countdown to the next set, or the readiness of a bed that is blocked.
        round: the round that is due first, and how many are overdue.
        icon: name of the icon of an empty bed's state; None for a patient.
        said: everything but the countdown, for a screen reader.
    """

    bed: BoardBed
    face: Face
    key: UUID | None
    label: str
    name: str
    about: str
    stay: str
    day: str = ""
    brief: tuple[str, ...] = ()
    due: str
    overdue: bool = False
    round: RoundDue = NOTHING
    alike: bool = False
    chips: tuple[Chip, ...] = ()
    score: ScoreFace | None = None
    icon: str | None = None
    said: str

    @property
    def called(self) -> str:
        """What the chip of the open escalation says; empty when none is open."""
        return "" if self.bed.escalation_id is None else self.chips[1].words

    @property
    def sentence(self) -> str:
        """Everything the tile shows, for a screen reader."""
        due = (f"{part}." for part in (self.due, self.round.line) if part)
        return " ".join((self.said, *due))


def bed_card(bed: BoardBed, moment: Moment) -> BedCard:
    """Return the bed with every text it shows at that moment."""
    if rules.has_patient(bed):
        return _patient_card(bed, moment)
    if bed.occupied:
        return _withheld_card(bed)
    return (
        _unavailable_card(bed, moment) if rules.is_unavailable(bed) else _empty_card(bed, moment)
    )


def card_at(card: BedCard, moment: Moment) -> BedCard:
    """Return the card with its countdown as of another moment of the same day."""
    if card.face is not Face.PATIENT:
        return card
    due, chips = due_words(card.bed, moment), card.chips
    rounds = round_due(card.bed, moment.now)
    if card.bed.escalation_id is not None or card.bed.accepted_until is not None:
        chips = _chips(card.bed, moment)
    if (due, chips, rounds) == (card.due, card.chips, card.round):
        return card
    overdue = is_late(card.bed, moment.now)
    return replace(card, due=due, overdue=overdue, chips=chips, round=rounds)


def place_words(bed: BoardBed) -> str:
    """Return "Bed 12, Bay A", or "No bed"."""
    if bed.bed_label is None:
        return "No bed"
    return ", ".join(part for part in (f"Bed {bed.bed_label}", bed.room_name) if part)


def patient_name(bed: BoardBed, *, with_title: bool = False) -> str:
    """Return "SURNAME, Given", with "(Title)" where wanted."""
    return person_name(bed.family_name, bed.given_name, bed.title if with_title else None)


def due_words(bed: BoardBed, moment: Moment) -> str:
    """Return the countdown to the next set, by elapsed time, or until when a leave lasts."""
    now = moment.now
    left = rules.time_left(bed, now)
    if left is None:
        return short_leave_text(bed.back_by, now, moment.zone)  # nothing is due only then
    if rules.is_overdue(bed, now):
        return f"Overdue {duration_text(left)}"
    return "Next obs now" if left < _A_MINUTE else f"Next obs in {duration_text(left)}"


def is_late(bed: BoardBed, now: datetime) -> bool:
    """Whether the next set is overdue, or who is on leave should be back."""
    return rules.is_overdue(bed, now) or (
        rules.time_left(bed, now) is None and is_late_back(bed.back_by, now)
    )


def _patient_card(bed: BoardBed, moment: Moment) -> BedCard:
    score, chips = score_face(bed), _chips(bed, moment)
    name, stay = patient_name(bed), _dotted(*_stay_parts(bed, moment))
    about, due = _about(bed, moment), due_words(bed, moment)
    alike = "name like another patient's" if bed.alike_name else ""
    said = (place_words(bed), name, alike, about, stay, score.words)
    return BedCard(
        bed=bed,
        face=Face.PATIENT,
        key=bed.bed_id or bed.admission_id,
        label=bed.bed_label or "No bed",
        name=name,
        about=about,
        stay=stay,
        day=_day_letter(bed, moment),
        brief=_brief(bed, moment),
        due=due,
        overdue=is_late(bed, moment.now),
        round=round_due(bed, moment.now),
        alike=bed.alike_name,
        chips=chips,
        score=score,
        said=_sentence(*said, *(chip.words for chip in chips)),
    )


_KEPT_HERE = Chip("Kept here, not sent", "Kept here", Tone.PLAIN)


def _chips(bed: BoardBed, moment: Moment) -> tuple[Chip, ...]:
    """Return what is known of allergies, the open escalation, an agreement, and the flags.

    And whether something of the patient is kept at this station and not sent yet.
    """
    call = bed_call(bed, moment.now, moment.zone)
    called: tuple[Chip, ...] = ()
    if call is not None:
        called = (Chip(call.words, call.short, Tone.LOUD if call.is_loud else Tone.PLAIN),)
    accepted = bed_acceptance(bed, moment.now, moment.zone)
    if accepted is not None:
        tone = Tone.LOUD if accepted.is_past else Tone.PLAIN
        called = (*called, Chip(accepted.words, accepted.short, tone))
    kept = (_KEPT_HERE,) if bed.kept_here else ()
    return (allergy_chip(bed), *kept, *called, *shared_chips(bed), *flag_chips(bed))


def _about(bed: BoardBed, moment: Moment) -> str:
    age_text = age(bed.born_on, moment.today)
    return _dotted(age_text, sex_word(bed.sex), bed.specialty or bed.consultant)


def _stay_parts(bed: BoardBed, moment: Moment) -> Iterator[str]:
    day = _day(bed, moment)
    if day is not None:
        yield f"Day {day}"
    leaves_on = bed.expected_discharge_on
    if leaves_on is None:
        yield "no leaving date"
    elif leaves_on == moment.today:
        yield "leaves today"
    else:
        verb = "leaves" if leaves_on > moment.today else "was to leave"
        yield f"{verb} {short_date_text(leaves_on)}"


def _day_letter(bed: BoardBed, moment: Moment) -> str:
    day = _day(bed, moment)
    return "" if day is None else f"D{day}"


def _brief(bed: BoardBed, moment: Moment) -> tuple[str, ...]:
    person = f"{age(bed.born_on, moment.today)} {sex_word(bed.sex)}"
    parts = (person, _leaves(bed, moment), bed.specialty or bed.consultant)
    return tuple(part for part in parts if part)


def _leaves(bed: BoardBed, moment: Moment) -> str | None:
    leaves_on = bed.expected_discharge_on
    if leaves_on is None:
        return None
    if leaves_on == moment.today:
        return "out today"
    return f"{'out' if leaves_on > moment.today else 'was'} {short_date_text(leaves_on)}"


def _day(bed: BoardBed, moment: Moment) -> int | None:
    since = bed.arrived_at or bed.admitted_at
    return None if since is None else day_of_stay(since, moment.now, moment.zone)


def _empty_card(bed: BoardBed, moment: Moment) -> BedCard:
    readiness = Readiness(bed.readiness) if bed.readiness else None
    name = EMPTY_BED_WORDS[readiness] if readiness else "Free, cleaning not recorded"
    about = _since(bed, moment)
    stay = _WAITS_FOR[readiness].capitalize() if readiness else ""
    return BedCard(
        bed=bed,
        face=Face.EMPTY,
        key=bed.bed_id,
        label=bed.bed_label or "",
        name=name,
        about=about,
        stay=stay,
        due="",
        icon=READINESS_ICONS[readiness] if readiness else "bed-waiting",
        said=_sentence(place_words(bed), "empty", name, about, stay),
    )


def _unavailable_card(bed: BoardBed, moment: Moment) -> BedCard:
    closed = bed.availability == Availability.CLOSED.value
    until = moment_text(bed.availability_until, moment.zone, moment.now)
    name, about = "Closed" if closed else "Blocked", _block_words(bed.availability_reason)
    stay = f"Until {until}" if bed.availability_until else "No end set"
    due = EMPTY_BED_WORDS[Readiness(bed.readiness)] if bed.readiness else ""
    return BedCard(
        bed=bed,
        face=Face.UNAVAILABLE,
        key=bed.bed_id,
        label=bed.bed_label or "",
        name=name,
        about=about.capitalize(),
        stay=stay,
        due=due,
        icon="bed-closed" if closed else "bed-blocked",
        said=_sentence(place_words(bed), name, about, stay),
    )


def _withheld_card(bed: BoardBed) -> BedCard:
    about = "Shared bed" if bed.mates else ""
    return BedCard(
        bed=bed,
        face=Face.WITHHELD,
        key=bed.bed_id,
        label=bed.bed_label or "",
        name="Occupied",
        about=about,
        stay="",
        due="",
        icon="bed-occupied",
        said=_sentence(place_words(bed), "occupied", about, "the patient is not on your ward"),
    )


def _since(bed: BoardBed, moment: Moment) -> str:
    if bed.readiness_since is None:
        return ""
    return f"Since {moment_text(bed.readiness_since, moment.zone, moment.now)}"


def _block_words(reason: str | None) -> str:
    try:
        return BLOCK_WORDS[BlockReason(reason or "")].lower()
    except ValueError:
        return reason or "no reason given"


def _dotted(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _sentence(*parts: str) -> str:
    return ". ".join(part for part in parts if part) + "."
