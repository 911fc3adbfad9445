"""What a bed's tile, row and wall card say of the open escalation. Pure functions, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from ui.formats import duration_text, moment_text, time_text
from ui.level_words import LEVEL_GLYPHS, LEVEL_TOKENS, LEVEL_WORDS, ROLE_WORDS, STATE_WORDS
from ward_app.board.types import BoardBed
from ward_app.escalations.kinds import Level, ResponderRole, State

# a card read from afar has room for one short word beside the minutes
_WALL_WORDS = {Level.LOW_MEDIUM: "Low-med"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BedCall:
    """An open escalation as a bed shows it.

    Attributes:
        words / short: for a chip, with and without room.
        wall: level and minutes, all that may be read from afar.
        line: a whole sentence's worth, for banner and details.
        is_loud: nobody answered, or the answer is late.
        token: colour of its level.
    """

    words: str
    short: str
    wall: str
    line: str
    is_loud: bool
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BedAcceptance:
    """A score that is accepted, as a bed shows it.

    Attributes:
        words / short: for a chip, with and without room.
        wall: points and time, all that may be read from afar.
        line: a whole sentence's worth, for banner and details.
        is_past: its time is over: it is to be reviewed, and the score calls again.
    """

    words: str
    short: str
    wall: str
    line: str
    is_past: bool


def bed_acceptance(bed: BoardBed, now: datetime, zone: tzinfo) -> BedAcceptance | None:
    """Return what a bed shows of its accepted score at that moment; None when none is."""
    if bed.accepted_until is None or bed.accepted_points is None:
        return None
    points, until = bed.accepted_points, moment_text(bed.accepted_until, zone, now)
    by = f" by {bed.accepted_by}" if bed.accepted_by else ""
    if bed.accepted_until <= now:
        return BedAcceptance(
            words=f"Review due {until}",
            short=f"Review {time_text(bed.accepted_until, zone)}",
            wall="Review due",
            line=f"Score {points} was accepted until {until}{by}. Review it now: "
            "the next set calls again.",
            is_past=True,
        )
    return BedAcceptance(
        words=f"≤{points} agreed to {until}",
        short=f"≤{points} to {time_text(bed.accepted_until, zone)}",
        wall=f"≤{points} to {time_text(bed.accepted_until, zone)}",
        line=f"Score {points} accepted until {until}{by}. More calls again.",
        is_past=False,
    )


def bed_call(bed: BoardBed, now: datetime, zone: tzinfo) -> BedCall | None:
    """Return what a bed shows of its open escalation at that moment; None when none is open."""
    if bed.escalation_id is None or bed.escalation_opened_at is None:
        return None
    # whoever has an escalation has all of it
    level, state = Level(bed.escalation_level or ""), State(bed.escalation_state or "")
    role = ROLE_WORDS[ResponderRole(bed.escalation_role or "")]
    late = _late_by(bed, now)
    open_for = duration_text(_since(bed.escalation_opened_at, now))
    glyph = LEVEL_GLYPHS[level]
    told = f"Late {duration_text(late)}" if late else STATE_WORDS[state]
    opened = moment_text(bed.escalation_opened_at, zone, now)
    by = f", by {time_text(bed.escalation_respond_by, zone)}" if bed.escalation_respond_by else ""
    owed = "" if late is None else f" ({STATE_WORDS[state].lower()}{by})"
    return BedCall(
        words=f"{glyph} {told if late else f'{told}, {open_for}'}",
        short=f"{glyph} {open_for}",
        wall=f"{glyph} {_WALL_WORDS.get(level, LEVEL_WORDS[level])} {open_for}",
        line=f"{glyph} {LEVEL_WORDS[level]}: escalated {opened} to the {role}. {told}"
        f"{owed or by}.",
        is_loud=late is not None or state is State.UNANSWERED,
        token=LEVEL_TOKENS[level],
    )


def _late_by(bed: BoardBed, now: datetime) -> timedelta | None:
    """Return how long the answer that is owed is late, None when it is not."""
    if bed.escalation_respond_by is None:
        return None
    late = _since(bed.escalation_respond_by, now)
    return late if late > timedelta() else None


def _since(at: datetime, now: datetime) -> timedelta:
    return now.astimezone(UTC) - at.astimezone(UTC)
