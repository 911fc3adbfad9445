"""What a wall screen says of a bed: four facts at most, and no more of a name than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from ui.bed_calls import BedAcceptance, bed_acceptance, bed_call
from ui.board.badges import ScoreFace, score_face
from ui.board.cards import Face, Moment, is_late
from ui.board.round_due import RoundDue, round_due
from ui.due_words import is_late_back
from ui.formats import duration_text, initials, moment_text
from ui.rooms.words import WALL_WORDS
from ward_app.board import rules
from ward_app.board.types import BoardBed, BoardCounts
from ward_app.rooms.types import Availability, Readiness

HIDDEN_NAME = "Occupied"
_PRIVATE = "hidden"
_TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallCard:
    """Bed, initials or state, score, countdown. `score` None where there is no patient.

    `short`: the line where there is no room for it. `called`: colour token of an open escalation,
    whose level and minutes stand in the line, and `alarm` the short form of them. `aside` stands
    beside the name: what is overdue while the line tells of a call, a score that is accepted, or
    an overdue round; `aside_short` where that does not fit, `aside_loud`: it warns.
    """

    face: Face
    label: str
    name: str
    line: str
    short: str = ""
    score: ScoreFace | None = None
    overdue: bool = False
    called: str | None = None
    alarm: str = ""
    aside: str = ""
    aside_short: str = ""
    aside_loud: bool = False


def wall_card(bed: BoardBed, moment: Moment, privacy: Mapping[UUID, str]) -> WallCard:
    """Return a bed for the wall.

    `privacy` maps ward ids to "initials" or "hidden"; a ward it does not know hides names.
    """
    if rules.has_patient(bed):
        return _patient_card(bed, moment, privacy.get(bed.ward_id, _PRIVATE))
    label = bed.bed_label or ""
    if bed.occupied:
        label = _label(bed)
        return WallCard(face=Face.WITHHELD, label=label, name=HIDDEN_NAME, line="")
    if rules.is_unavailable(bed):
        return _unavailable_card(bed, moment)
    return WallCard(face=Face.EMPTY, label=label, name=_readiness(bed), line="")


def wall_counts(counts: BoardCounts) -> str:
    """Return the counts for the line above the beds."""
    texts = [
        f"{counts.occupied} in",
        f"{counts.free} free",
        f"{counts.in_today} in today",
        f"{counts.out_today} out",
        f"{counts.overdue} overdue",
    ]
    if counts.rounds_overdue:
        texts.append(f"{counts.rounds_overdue} with a round overdue")
    if counts.without_bed:
        texts.append(f"{counts.without_bed} without a bed")
    return "  ·  ".join(texts)


def _patient_card(bed: BoardBed, moment: Moment, privacy: str) -> WallCard:
    short = initials(bed.family_name, bed.given_name)
    named = rules.shows_initials(bed, privacy) and bool(short)
    call = bed_call(bed, moment.now, moment.zone)
    accepted = bed_acceptance(bed, moment.now, moment.zone)
    late = is_late(bed, moment.now)
    due, due_short = _due(bed, moment)
    rounds = round_due(bed, moment.now)
    aside = (due, due_short) if call and late else _beside(accepted, rounds)
    return WallCard(
        face=Face.PATIENT,
        label=_label(bed),
        name=f"{'≈ ' if bed.alike_name else ''}{short}" if named else HIDDEN_NAME,
        line=call.wall if call else due,
        short=call.wall if call else due_short,
        score=score_face(bed),
        overdue=late and call is None,
        called=call.token if call else None,
        alarm=call.short if call else "",
        aside=aside[0],
        aside_short=aside[1],
        aside_loud=(late and call is not None)
        or (accepted is not None and accepted.is_past)
        or (accepted is None and rounds.is_overdue),
    )


def _beside(accepted: BedAcceptance | None, rounds: RoundDue) -> tuple[str, str]:
    if accepted is not None:
        return accepted.wall, accepted.wall.partition(" to ")[0]
    return (rounds.wall, "Round") if rounds.is_overdue else ("", "")


def _label(bed: BoardBed) -> str:
    """Return the bed's label; of a shared bed with how many cards it has, "4 x2"."""
    label = bed.bed_label or "No bed"
    return f"{label} {_TIMES}{len(bed.mates) + 1}" if bed.mates else label


def _due(bed: BoardBed, moment: Moment) -> tuple[str, str]:
    """Return when the next set is due, or until when somebody is on leave, and that in short."""
    left = rules.time_left(bed, moment.now)
    if left is None:
        words = _leave(bed, moment)  # nothing is due only then
        return words, words.replace("Leave to", "To")
    if abs(left) < timedelta(minutes=1):
        return "Obs now", "Obs now"
    time = duration_text(left)
    overdue = rules.is_overdue(bed, moment.now)
    return (f"Overdue {time}", time) if overdue else (f"Obs in {time}", f"Obs in {time}")


def _leave(bed: BoardBed, moment: Moment) -> str:
    if bed.back_by is None:
        return "On leave"
    at = moment_text(bed.back_by, moment.zone, moment.now)
    return f"Due back {at}" if is_late_back(bed.back_by, moment.now) else f"Leave to {at}"


def _unavailable_card(bed: BoardBed, moment: Moment) -> WallCard:
    closed = bed.availability == Availability.CLOSED.value
    until = bed.availability_until
    return WallCard(
        face=Face.UNAVAILABLE,
        label=bed.bed_label or "",
        name="Closed" if closed else "Blocked",
        line=f"Until {moment_text(until, moment.zone, moment.now)}" if until else "",
    )


def _readiness(bed: BoardBed) -> str:
    return WALL_WORDS[Readiness(bed.readiness or Readiness.CLEAN)]
