"""One row of the bay grid: what is typed for one patient, and what it comes to. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from uuid import UUID

from ui.formats import at_local, read_time, time_text
from ui.observations.colours import shade_of
from ui.observations.grid_fields import GridField
from ui.observations.target_words import SATURATION, outside_text, short_range
from ui.observations.words import choice_text, missing_text
from ui.score_words import score_name
from ward_app.board.types import BoardBed
from ward_app.core.ids import new_id
from ward_app.observations.age_limits import limits_on
from ward_app.observations.limits import (
    Finding,
    Limits,
    impossible,
    likely_meant,
    unusual,
)
from ward_app.observations.oxygen_target import Side, TargetRange, side_of
from ward_app.observations.pack_choice import PackChoice, ScoredPerson, choose_pack
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.packs import live_packs
from ward_app.observations.rules import score
from ward_app.observations.types import (
    IncompleteReason,
    NewObservations,
    Risk,
    Score,
    VitalSigns,
)
from ward_app.observations.ward_charting import LastSet

# of a row whose patient no score in use fits
UNSCORED = Score(
    pack="", version="", pack_hash="", total=None, at_least=0, risk=Risk.LOW, interval_minutes=0
)
FUTURE_TOLERANCE = timedelta(minutes=1)
TYPED_UP_TO = timedelta(hours=12)


class Look(Enum):
    """What kind of thing the last column says: glyph, and the token of its colour."""

    PLAIN = ("", "dim")
    SAVED = ("✓", "success")
    CAUTION = ("▲", "caution")
    PROBLEM = ("◆", "problem")


@dataclass(slots=True)
class RowEntry:
    """What is typed for one patient and not saved; kept until it is, also over a lock.

    Attributes:
        texts: as typed, one for each column.
        kept: the unusual texts that were confirmed, by column.
        measured: the time as typed; empty = `begun_at`.
        begun_at: when the first key of the set was pressed, aware.
        set_id: of the set that will be saved; a save repeated is the same set.
    """

    texts: list[str]
    kept: dict[int, str] = field(default_factory=dict)
    measured: str = ""
    begun_at: datetime | None = None
    set_id: UUID = field(default_factory=new_id)
    reason: IncompleteReason | None = None

    @property
    def is_typed(self) -> bool:
        """Whether anything is typed."""
        return any(self.texts) or bool(self.measured)


@dataclass(frozen=True, slots=True)
class GridRules:
    """What every row of a grid is read and scored by."""

    fields: tuple[GridField, ...]
    limits: Limits
    zone: tzinfo
    clock: Callable[[], datetime]

    def choice_of(self, bed: BoardBed) -> PackChoice:
        """Return which score applies as far as the board knows; its chart knows it better."""
        person = ScoredPerson(born_on=bed.born_on)
        return choose_pack(person, live_packs(), self.clock().astimezone(UTC).date())

    def limits_of(self, bed: BoardBed) -> Limits:
        """Return the limits of the patient's age; what is possible is the same at every age."""
        return limits_on(bed.born_on, self.clock().astimezone(self.zone).date())


class GridRow:
    """One patient: typed texts, their score, the set before, and what is to be said.

    Attributes:
        busy: a save is under way; nothing can be typed.
        asks_reason: the next key says why the set is incomplete.
        gone: she is no longer on the ward shown; the row stays for what was typed.
        closed: the chart is private and not open: nothing is known of sets before.
        saved_id: the set saved last from here.
    """

    def __init__(self, bed: BoardBed, rules: GridRules, entry: RowEntry | None = None) -> None:
        self.bed = bed
        self.rules = rules
        self.entry = entry or RowEntry([""] * len(rules.fields))
        self.last: LastSet | None = None
        self.target: TargetRange | None = None
        self.busy = self.asks_reason = self.gone = self.closed = False
        self.saved_id: UUID | None = None
        self.message, self.look = "", Look.PLAIN
        self.stopped_at: tuple[int, str] | None = None
        self.signs = VitalSigns()
        self.problems: tuple[str | None, ...] = ()
        self.choice = rules.choice_of(bed)
        self.basis: ScoringBasis | None = None
        self.score = UNSCORED
        self.recount()
        if self.entry.is_typed:
            self.say("Not saved yet.", Look.CAUTION)

    @property
    def admission_id(self) -> UUID:
        """The stay that is charted."""
        if self.bed.admission_id is None:
            raise ValueError("a row of the grid is a patient")
        return self.bed.admission_id

    @property
    def is_typed(self) -> bool:
        """Whether anything is typed that is not saved."""
        return self.entry.is_typed

    def say(self, message: str, look: Look) -> None:
        """Say something in the last column."""
        self.message, self.look = message, look

    def set_text(self, place: int, text: str, now: datetime) -> None:
        """Type a value; the first of a set makes its time."""
        self.entry.begun_at = self.entry.begun_at or now
        self.entry.texts[place] = text
        self.asks_reason = False
        self.recount()
        self._say_typed()
        if not self.is_typed:
            self.entry.begun_at = None

    def set_measured(self, text: str) -> None:
        """Type the time of measuring; empty = when the first key was pressed."""
        self.entry.measured = text
        self._say_typed()

    @property
    def scale(self) -> int:
        """The SpO2 scale in force as the board knows it."""
        return self.bed.spo2_scale or 1

    def wanted(self, place: int) -> str:
        """Return "88-92" of a saturation for which a target is prescribed, else empty."""
        is_saturation = self.rules.fields[place].scored == SATURATION
        return short_range(self.target) if self.target and is_saturation else ""

    def outside(self) -> Side | None:
        """Return on which side of its target the typed saturation lies; None = not outside."""
        return side_of(self.target, self.signs) if self.target else None

    def show_target(self, target: TargetRange | None) -> None:
        """Show what is prescribed from now on, and say it where what is typed lies outside."""
        if target != self.target:
            self.target = target
            if self.outside() and not self.message:
                self._say_typed()

    def before(self, place: int) -> str:
        """Return the previous value of a column, short; empty when there is none."""
        return self.rules.fields[place].before(self.last.vital_signs) if self.last else ""

    def repeat(self, place: int) -> str:
        """Return what would have been typed for the previous value; empty when there is none."""
        if self.last is None:
            return ""
        return self.rules.fields[place].reading.text(self.last.vital_signs)

    def question(self, place: int) -> Finding | None:
        """Return what must be asked about an unusual value and was not answered yet."""
        text = self.entry.texts[place]
        if not text or self.problems[place] or self.entry.kept.get(place) == text:
            return None
        signs = VitalSigns(**self.rules.fields[place].reading.signs(text))
        found = unusual(signs, self.rules.limits_of(self.bed))
        return found[0] if found else None

    def meant(self, place: int) -> str:
        """Return what was likely meant by an unusual value, as typed; empty = nothing likely."""
        question = self.question(place)
        limits = self.rules.limits_of(self.bed)
        limit = limits.by_name.get(question.field) if question else None
        if limit is None or question is None or question.field == "diastolic_bp_mmhg":
            return ""
        meant = likely_meant(limit, getattr(self.signs, question.field))
        if meant is None:
            return ""
        typed = self.rules.fields[place].reading.signs(self.entry.texts[place])
        value = meant if limit.decimals else int(meant)
        return self.rules.fields[place].reading.text(
            VitalSigns(**{**typed, question.field: value})
        )

    def question_text(self, place: int) -> str:
        """Return the question with its keys: "9 → 90? Enter keeps 9, U takes 90."."""
        question, meant = self.question(place), self.meant(place)
        if question is None:
            return ""
        if meant:
            text = self.entry.texts[place]
            return f"{text} → {meant}? Enter keeps {text}, U takes {meant}."
        return f"{question.text} Enter keeps it."

    def keep(self, place: int) -> None:
        """Accept an unusual value as it stands."""
        self.entry.kept[place] = self.entry.texts[place]

    def stop(self) -> int | None:
        """Return the first column that stands in the way of saving; None when none does.

        A refusal stops every time. A question stops once; saving again takes it as answered.
        """
        for place, text in enumerate(self.entry.texts):
            if self.problems[place] is not None:
                return place
            if self.question(place) is not None:
                if self.stopped_at != (place, text):
                    self.stopped_at = (place, text)
                    return place
                self.keep(place)
        return None

    def use(self, basis: ScoringBasis) -> None:
        """Score by the pack that applies to the patient from now on."""
        self.basis = basis
        if basis.choice != self.choice:
            self.choice = basis.choice
            self.recount()

    def sheet_needed(self) -> str:
        """Return why this patient is charted in the single sheet; empty when she is not."""
        pack = self.choice.pack
        if pack is None:
            return f"{choice_text(self.choice)} Enter opens the single sheet."
        if any(one.further for one in pack.parameters):
            return f"{score_name(pack.name)} asks for more. Enter opens the single sheet."
        return ""

    def shade(self, points: int) -> int:
        """Return the shade, 0 to 3, of points of the pack that applies."""
        pack = self.choice.pack
        return shade_of(points, pack.scoring) if pack else 0

    def moment(self, now: datetime) -> tuple[datetime | None, str]:
        """Return when the set was measured, and what is wrong with the time (empty = nothing)."""
        if not self.entry.measured:
            return self.entry.begun_at or now, ""
        return read_moment(self.entry.measured, self.rules.zone, now)

    def new_observations(self, occurred_at: datetime) -> NewObservations:
        """Return what will be saved; `stop` and `moment` come first."""
        return NewObservations(
            id=self.entry.set_id,
            admission_id=self.admission_id,
            occurred_at=occurred_at,
            vital_signs=self.signs,
            incomplete_reason=None if self.score.complete else self.entry.reason,
        )

    def is_news(self, last: LastSet, before: LastSet | None) -> bool:
        """Whether a set came from elsewhere; one that an undo brought back is none."""
        return (
            before is not None
            and last.id != self.saved_id
            and last.occurred_at >= before.occurred_at
        )

    def missing(self) -> str:
        """Return the names of what is not measured."""
        return missing_text(self.score)

    def clear(self) -> RowEntry:
        """Begin a new set and return its entry."""
        self.entry = RowEntry([""] * len(self.rules.fields))
        self.asks_reason, self.stopped_at = False, None
        self.recount()
        return self.entry

    def recount(self) -> None:
        """Read and score what is typed; a value that is refused counts as not measured."""
        self.problems = tuple(
            self._problem(field, text)
            for field, text in zip(self.rules.fields, self.entry.texts, strict=True)
        )
        typed: dict[str, object] = {}
        for place, grid_field in enumerate(self.rules.fields):
            if self.problems[place] is None:
                typed |= grid_field.reading.signs(self.entry.texts[place])
        self.signs = VitalSigns(spo2_scale=self.scale, **typed)  # type: ignore[arg-type] # by name
        pack = self.choice.pack
        self.score = UNSCORED if pack is None else score(self.signs, pack)

    def _say_typed(self) -> None:
        """Say what is to be said of what is typed: that a saturation lies outside its target."""
        if not self.is_typed:
            self.say(self.message, Look.PLAIN)
            return
        outside = outside_text(self.target, self.signs)
        self.say(outside, Look.CAUTION if outside else Look.PLAIN)

    def _problem(self, grid_field: GridField, text: str) -> str | None:
        if not text:
            return None
        typed = grid_field.reading.signs(text)
        if not typed:
            return f"{grid_field.label}: this cannot be read."
        found = impossible(VitalSigns(**typed), self.rules.limits)
        return found[0].text if found else None


def read_moment(text: str, zone: tzinfo, now: datetime) -> tuple[datetime | None, str]:
    """Return the newest moment at which the ward's clock showed a time, and what is wrong.

    Reads "14:05", "1405", "905" within the last 12 hours, also before midnight. A time that
    is not plain (in the future, long ago, shown twice as the clocks went back) is refused with
    the way to say it.
    """
    typed = read_time(text)
    if typed is None:
        return None, f"The time {text} cannot be read: type it as 14:05 or 1405."
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        shown = at_local(day, typed, zone, now)
        if shown is None or shown.astimezone(UTC) > now + FUTURE_TOLERANCE:
            continue
        moment = shown.astimezone(UTC)
        if now - moment > TYPED_UP_TO:
            break
        if shown.replace(fold=1 - shown.fold).utcoffset() != shown.utcoffset():
            return None, "The clock showed this time twice. F2 opens the sheet, which asks which."
        return moment, ""
    at = time_text(now, zone)
    return None, f"It is {at}: {text} is not within the last 12 hours. F2 takes any time."
