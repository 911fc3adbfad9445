"""What a bed's tile, its table row and its sentence say, worked out when data change. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from ui.formats import (
    age,
    day_of_stay,
    duration_text,
    moment_text,
    person_name,
    sex_word,
    short_date_text,
)
from ward_app.board import rules
from ward_app.board.types import BoardBed, Trend
from ward_app.observations.types import Risk
from ward_app.patients.types import AllergyStatus, FlagKind
from ward_app.rooms.types import Availability, BlockReason, Readiness

READINESS_WORDS = {
    Readiness.CLEAN: "Free, clean",
    Readiness.DIRTY: "To be cleaned",
    Readiness.CLEANING: "Being cleaned",
    Readiness.DELAYED: "Cleaning delayed",
    Readiness.SUSPENDED: "Cleaning stopped",
    Readiness.NEEDS_DEEP_CLEAN: "To be deep cleaned",
    Readiness.AWAITING_INSPECTION: "To be inspected",
}
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
BLOCK_WORDS = {
    BlockReason.STAFFING: "not enough staff",
    BlockReason.ISOLATION: "isolation",
    BlockReason.INFECTION: "infection",
    BlockReason.MAINTENANCE: "maintenance",
    BlockReason.EQUIPMENT: "equipment",
    BlockReason.ESCALATION_BED: "escalation bed, not opened",
    BlockReason.BAY_CLOSED: "bay closed",
    BlockReason.END_OF_LIFE: "end-of-life dignity",
    BlockReason.COURTESY: "courtesy",
}
_FLAG_WORDS = {
    FlagKind.ISOLATION: ("Isolation", "Isol"),
    FlagKind.FALLS: ("Falls risk", "Falls"),
    FlagKind.RESUSCITATION: ("Resuscitation", "Resus"),
    FlagKind.NIL_BY_MOUTH: ("Nil by mouth", "NBM"),
    FlagKind.PRIVACY: ("Privacy", "Priv"),
}
_FLAG_ORDER = tuple(_FLAG_WORDS)
_TREND_GLYPHS = {Trend.RISING: "↑", Trend.STEADY: "→", Trend.FALLING: "↓"}
_TREND_WORDS = {
    Trend.RISING: "rising from",
    Trend.STEADY: "the same as before:",
    Trend.FALLING: "falling from",
}
_RISK_WORDS = {
    Risk.LOW: "low risk",
    Risk.LOW_MEDIUM: "low to medium risk",
    Risk.MEDIUM: "medium risk",
    Risk.HIGH: "high risk",
}


_A_MINUTE = timedelta(minutes=1)


class Face(StrEnum):
    """Which of the four looks a tile has."""

    PATIENT = "patient"
    EMPTY = "empty"
    UNAVAILABLE = "unavailable"
    WITHHELD = "withheld"


class Tone(StrEnum):
    """How loud a chip is: filled, outlined, outlined with dashes, or words only."""

    LOUD = "loud"
    PLAIN = "plain"
    UNKNOWN = "unknown"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Moment:
    """The present as the board tells it: `now` aware, shown in `zone`."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The calendar day in the zone."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Chip:
    """One flag: the words where there is room, the short form where there is not."""

    words: str
    short: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFace:
    """The badge: what it shows and says.

    Attributes:
        text: "5"; "≥5" for an incomplete set, "?" without any set.
        points: what colour and glyph stand for; None without any set.
        complete: false = the text is a lower limit and no score.
        watch: three points in one parameter, though the total is low (RCP: low-medium).
        trend: an arrow, or empty where the course is not known.
        words: "NEWS2 5, medium risk, rising from 3".
    """

    text: str
    points: int | None
    complete: bool
    watch: bool
    trend: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BedCard:
    """One bed as shown, every text ready.

    Attributes:
        key: stays the same while the bed's content changes.
        name: the patient, or in one or two words the state of an empty bed.
        about / stay: the two lines below the name.
        due: countdown to the next set, or the readiness of a bed that is blocked.
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
    due: str
    overdue: bool = False
    alike: bool = False
    chips: tuple[Chip, ...] = ()
    score: ScoreFace | None = None
    icon: str | None = None
    said: str

    @property
    def sentence(self) -> str:
        """Everything the tile shows, for a screen reader."""
        return f"{self.said} {self.due}." if self.due else self.said


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
    due = due_words(card.bed, moment.now)
    if due == card.due:
        return card
    return replace(card, due=due, overdue=rules.is_overdue(card.bed, moment.now))


def place_words(bed: BoardBed) -> str:
    """Return "Bed 12, Bay A", or "No bed"."""
    if bed.bed_label is None:
        return "No bed"
    return ", ".join(part for part in (f"Bed {bed.bed_label}", bed.room_name) if part)


def patient_name(bed: BoardBed, *, with_title: bool = False) -> str:
    """Return "SURNAME, Given", with "(Title)" where wanted."""
    return person_name(bed.family_name, bed.given_name, bed.title if with_title else None)


def due_words(bed: BoardBed, now: datetime) -> str:
    """Return the countdown to the next set of observations, by elapsed time."""
    left = rules.time_left(bed, now)
    if left is None:
        return "No observations planned" if bed.observed_at else "No observations yet"
    if rules.is_overdue(bed, now):
        return f"Overdue {duration_text(left)}"
    return "Next obs now" if left < _A_MINUTE else f"Next obs in {duration_text(left)}"


def allergy_chip(bed: BoardBed) -> Chip:
    """Return what is known of allergies; "none known" and "not recorded" differ."""
    if bed.allergies:
        return Chip(f"Allergy: {', '.join(bed.allergies)}", "Allergy", Tone.LOUD)
    if bed.allergy_status == AllergyStatus.PRESENT:
        return Chip("Allergy", "Allergy", Tone.LOUD)
    if bed.allergy_status == AllergyStatus.NONE_KNOWN:
        return Chip("No known allergies", "NKA", Tone.QUIET)
    return Chip("Allergies not recorded", "Allergies?", Tone.UNKNOWN)


def flag_chips(bed: BoardBed) -> tuple[Chip, ...]:
    """Return the flags in force in their fixed order."""
    found = ((kind, bed.flag(kind)) for kind in _FLAG_ORDER)
    return tuple(_flag_chip(kind, flag.detail) for kind, flag in found if flag)


def score_face(bed: BoardBed) -> ScoreFace:
    """Return the badge of the latest set in force."""
    points = rules.points_known(bed)
    complete = bed.news2_total is not None
    if points is None:
        text, words = "?", "No NEWS2 yet"
    else:
        text = str(points) if complete else f"≥{points}"
        words = ", ".join(_score_words(bed, points))
    course = rules.trend(bed)
    return ScoreFace(
        text=text,
        points=points,
        complete=complete,
        watch=bed.news2_risk == Risk.LOW_MEDIUM,
        trend=_TREND_GLYPHS[course] if course else "",
        words=words,
    )


def _score_words(bed: BoardBed, points: int) -> Iterator[str]:
    if bed.news2_total is None:
        yield f"NEWS2 incomplete, at least {points}"
    else:
        yield f"NEWS2 {points}"
    if bed.news2_risk is not None:
        yield _RISK_WORDS[Risk(bed.news2_risk)]
    course = rules.trend(bed)
    if course is not None:
        yield f"{_TREND_WORDS[course]} {bed.news2_previous_total}"


def _flag_chip(kind: FlagKind, detail: str | None) -> Chip:
    words, short = _FLAG_WORDS[kind]
    if kind is FlagKind.RESUSCITATION and detail:
        return Chip(detail, detail if len(detail) <= len("DNACPR") else short, Tone.LOUD)
    tone = Tone.LOUD if kind is FlagKind.ISOLATION else Tone.PLAIN
    return Chip(f"{words}: {detail}" if detail else words, short, tone)


def _patient_card(bed: BoardBed, moment: Moment) -> BedCard:
    score, chips = score_face(bed), (allergy_chip(bed), *flag_chips(bed))
    name, stay = patient_name(bed), _dotted(*_stay_parts(bed, moment))
    about, due = _about(bed, moment), due_words(bed, moment.now)
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
        due=due,
        overdue=rules.is_overdue(bed, moment.now),
        alike=bed.alike_name,
        chips=chips,
        score=score,
        said=_sentence(*said, *(chip.words for chip in chips)),
    )


def _about(bed: BoardBed, moment: Moment) -> str:
    age_text = age(bed.born_on, moment.today)
    return _dotted(age_text, sex_word(bed.sex), bed.specialty or bed.consultant)


def _stay_parts(bed: BoardBed, moment: Moment) -> Iterator[str]:
    since = bed.arrived_at or bed.admitted_at
    if since is not None:
        yield f"Day {day_of_stay(since, moment.now, moment.zone)}"
    leaves_on = bed.expected_discharge_on
    if leaves_on is None:
        yield "no leaving date"
    elif leaves_on == moment.today:
        yield "leaves today"
    else:
        verb = "leaves" if leaves_on > moment.today else "was to leave"
        yield f"{verb} {short_date_text(leaves_on)}"


def _empty_card(bed: BoardBed, moment: Moment) -> BedCard:
    readiness = Readiness(bed.readiness) if bed.readiness else None
    name = READINESS_WORDS[readiness] if readiness else "Free, cleaning not recorded"
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
    due = READINESS_WORDS[Readiness(bed.readiness)] if bed.readiness else ""
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
    return BedCard(
        bed=bed,
        face=Face.WITHHELD,
        key=bed.bed_id,
        label=bed.bed_label or "",
        name="Occupied",
        about="",
        stay="",
        due="",
        icon="bed-occupied",
        said=_sentence(place_words(bed), "occupied", "the patient is not on your ward"),
    )


def _since(bed: BoardBed, moment: Moment) -> str:
    if bed.readiness_since is None:
        return ""
    return f"Since {moment_text(bed.readiness_since, moment.zone, moment.now)}"


def _block_words(reason: str | None) -> str:
    try:
        return BLOCK_WORDS[BlockReason(reason or "")]
    except ValueError:
        return reason or "no reason given"


def _dotted(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _sentence(*parts: str) -> str:
    return ". ".join(part for part in parts if part) + "."
