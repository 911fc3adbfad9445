"""What a wall screen says of a bed: four facts at most, and no more of a name than allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from ui.board.badges import ScoreFace, score_face
from ui.board.cards import Face, Moment
from ui.escalations.board_words import bed_call
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

    `called`: colour token of an open escalation, whose level and minutes stand in the line.
    """

    face: Face
    label: str
    name: str
    line: str
    score: ScoreFace | None = None
    overdue: bool = False
    called: str | None = None


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
    if counts.without_bed:
        texts.append(f"{counts.without_bed} without a bed")
    return "  ·  ".join(texts)


def _patient_card(bed: BoardBed, moment: Moment, privacy: str) -> WallCard:
    short = initials(bed.family_name, bed.given_name)
    named = rules.shows_initials(bed, privacy) and bool(short)
    call = bed_call(bed, moment.now, moment.zone)
    overdue = call is None and rules.is_overdue(bed, moment.now)
    return WallCard(
        face=Face.PATIENT,
        label=_label(bed),
        name=f"{'≈ ' if bed.alike_name else ''}{short}" if named else HIDDEN_NAME,
        line=call.wall if call else _due(bed, moment, overdue=overdue),
        score=score_face(bed),
        overdue=overdue,
        called=call.token if call else None,
    )


def _label(bed: BoardBed) -> str:
    """Return the bed's label; of a shared bed with how many cards it has, "4 x2"."""
    label = bed.bed_label or "No bed"
    return f"{label} {_TIMES}{len(bed.mates) + 1}" if bed.mates else label


def _due(bed: BoardBed, moment: Moment, *, overdue: bool) -> str:
    left = rules.time_left(bed, moment.now)
    if left is None:
        return "On leave"  # nothing is due only then
    return duration_text(left) if overdue else f"Obs in {duration_text(left)}"


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
