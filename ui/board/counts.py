"""The counts of the top line as buttons that filter. No Qt."""

from __future__ import annotations

from ui.board.rows import Wanted
from ui.widgets.panel import Count
from ward_app.board.types import BoardCounts, BoardFilter

FILTER_WORDS = {
    BoardFilter.ALL: "all beds",
    BoardFilter.OCCUPIED: "occupied beds",
    BoardFilter.FREE: "free beds",
    BoardFilter.IN_TODAY: "patients who came today",
    BoardFilter.OUT_TODAY: "patients expected to leave today or earlier",
    BoardFilter.OVERDUE: "patients whose observations are overdue",
    BoardFilter.ROUNDS: "patients with a round that is overdue",
    BoardFilter.AT_RISK: "patients whose score asks for an urgent response",
    BoardFilter.WITHOUT_BED: "patients without a bed",
}


def top_counts(counts: BoardCounts, wanted: Wanted) -> tuple[Count, ...]:
    """Return the buttons in their places; what should be nobody only where it is somebody."""
    texts = {
        BoardFilter.ALL: f"{counts.beds} beds",
        BoardFilter.OCCUPIED: f"{counts.occupied} in",
        BoardFilter.FREE: f"{counts.free} free",
        BoardFilter.IN_TODAY: f"{counts.in_today} in today",
        BoardFilter.OUT_TODAY: f"{counts.out_today} out",
        BoardFilter.OVERDUE: f"{counts.overdue} overdue",
        BoardFilter.AT_RISK: f"{counts.at_risk} urgent",
    }
    if counts.rounds_overdue or wanted.filter is BoardFilter.ROUNDS:
        texts[BoardFilter.ROUNDS] = f"▲ {counts.rounds_overdue} rounds"
    if counts.without_bed:
        texts[BoardFilter.WITHOUT_BED] = f"◆ {counts.without_bed} no bed"
    return tuple(
        Count(
            key=each.value,
            text=text,
            tooltip=f"Show only {FILTER_WORDS[each]}"
            if each is not BoardFilter.ALL
            else "Show all",
            chosen=wanted.filter is each,
        )
        for each, text in texts.items()
    )


def summary(shown: int, of_all: int, wanted: Wanted) -> str:
    """Return the sentence about what the filter and the search leave of the board."""
    if wanted.is_everything:
        return ""
    what = "" if wanted.filter is BoardFilter.ALL else f": {FILTER_WORDS[wanted.filter]}"
    what += "" if wanted.beds is None else ": chosen beds"
    return f"{shown} of {of_all} shown{what}. Esc shows all."


def no_beds_words(place: str, read_at: str, wanted: Wanted) -> str:
    """Return the sentence in place of beds after a load that succeeded at `read_at`."""
    if wanted.is_everything:
        return f"{place} has no beds and no patients. Read at {read_at}."
    text = wanted.text.strip()
    fits = f"No bed of {place} fits “{text}”" if text else f"{place} has none of these"
    if wanted.filter is not BoardFilter.ALL:
        fits = f"{fits}: {FILTER_WORDS[wanted.filter]}"
    return f"{fits}. Esc shows all beds."
