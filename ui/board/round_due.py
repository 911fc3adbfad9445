"""What a bed's tile, row, pane and wall card say of the rounds that are due. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ui.formats import duration_text
from ward_app.board import rules
from ward_app.board.types import BoardBed

# what is due later than this is no news on a board
_SOON = timedelta(minutes=60)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundDue:
    """The rounds of a patient as a bed shows them.

    Attributes:
        words / short / sign: for a tile, with room, with less, with nearly none; empty when none
            is due soon.
        wall: what is overdue, beside a sign of its own; else empty.
        line: in full, for the pane and a screen reader.
    """

    words: str = ""
    short: str = ""
    sign: str = ""
    wall: str = ""
    line: str = ""
    is_overdue: bool = False


NOTHING = RoundDue()


def round_due(bed: BoardBed, now: datetime) -> RoundDue:
    """Return what a bed shows of its rounds at that moment."""
    left = rules.round_time_left(bed, now)
    if left is None:
        return NOTHING
    title, time = bed.round_title or "Round", duration_text(left)
    if rules.is_round_overdue(bed, now):
        count = rules.rounds_overdue(bed, now)
        what = f"{count} rounds" if count > 1 else "Round"
        more = f"; {count} checklists are overdue" if count > 1 else ""
        return RoundDue(
            words=f"▲ {what} {time}",
            short=f"▲ {what}",
            sign="▲",
            wall=f"{what} {time}",
            line=f"▲ {title} overdue {time}{more}",
            is_overdue=True,
        )
    when = "now" if left < _A_MINUTE else f"in {time}"
    soon = left <= _SOON
    return RoundDue(
        words=f"Round {when}" if soon else "",
        line=f"{title} {when}",
    )
