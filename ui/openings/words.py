"""How openings read in the queue of reviews. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from ui.formats import moment_text, time_text
from ward_app.openings.rules import decision_of, waiting_for_me, waits
from ward_app.openings.types import Decision, Opening, OpeningKind

KIND_WORDS = {
    OpeningKind.BREAK_GLASS: "Broke the glass",
    OpeningKind.PRIVACY: "Private, with a reason",
    OpeningKind.CARED_FOR: "Private, in their care",
    OpeningKind.MANY_CHARTS: "Many charts at once",
}
DECISION_WORDS = {
    Decision.JUSTIFIED: "Justified",
    Decision.NOT_JUSTIFIED: "Not justified",
    Decision.ASKED: "Asked",
}
NO_REASON = "None was asked for."


def state_text(opening: Opening) -> str:
    """Return the mark and word of an opening's state: "● waits", "✓ justified"."""
    decided = decision_of(opening)
    if decided is not None:
        mark = "✓" if decided.decision is Decision.JUSTIFIED else "✕"
        return f"{mark} {DECISION_WORDS[decided.decision].lower()}"
    if opening.is_mine:
        return "waits (yours)"
    return "? asked" if opening.reviews else "● waits"


def state_colour(opening: Opening) -> str | None:
    """Return the colour token of an opening's state, None = the usual one."""
    decided = decision_of(opening)
    if decided is not None:
        return "dim" if decided.decision is Decision.JUSTIFIED else "risk_high"
    return "dim" if opening.is_mine else "caution"


def whom_text(opening: Opening) -> str:
    """Return whose chart, or how many, were opened."""
    return opening.patient_words or f"{opening.charts} patients in 10 minutes"


def reason_text(opening: Opening) -> str:
    """Return the reason in one line."""
    return " ".join((opening.reason or NO_REASON).split())


def count_text(openings: Sequence[Opening]) -> str:
    """Return how many wait for the reader, for the rail; empty for none."""
    waiting = waiting_for_me(openings)
    return str(len(waiting)) if waiting else ""


def arrival_text(new: Sequence[Opening], keys: str) -> str:
    """Return what is said when openings arrive; no patient's name: the screen is shared."""
    first = new[0]
    what = KIND_WORDS[first.kind].lower()
    more = f" and {len(new) - 1} more" if len(new) > 1 else ""
    return f"To review: {first.user_name}, {first.ward_name}, {what}{more}. {keys} shows it."


def opening_text(opening: Opening, zone: tzinfo, now: datetime) -> str:
    """Return everything about one opening, to read."""
    return "\n".join(_lines(opening, zone, now))


def _lines(opening: Opening, zone: tzinfo, now: datetime) -> Iterator[str]:
    at = moment_text(opening.opened_at, zone, now)
    yield f"{KIND_WORDS[opening.kind]}: {opening.user_name} at {opening.workstation}, {at}"
    yield f"{whom_text(opening)}, {opening.ward_name}"
    yield f"Reason: {reason_text(opening)}"
    yield from _end_line(opening, zone)
    yield f"While it was open: {', '.join(opening.done) if opening.done else 'read only'}"
    yield f"Told at once: {', '.join(opening.told) if opening.told else 'nobody'}"
    for review in opening.reviews:
        said = moment_text(review.at, zone, now)
        yield f"{DECISION_WORDS[review.decision]} by {review.by}, {said}: {review.words}"
    if opening.is_mine and waits(opening):
        yield "You opened it yourself: somebody else reviews it."


def _end_line(opening: Opening, zone: tzinfo) -> Iterator[str]:
    if opening.closed_at is not None:
        yield f"Closed at {time_text(opening.closed_at, zone)}"
    elif opening.valid_until is not None:
        yield f"Open until {time_text(opening.valid_until, zone)}"
