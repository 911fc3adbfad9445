"""What follows from openings: what waits, how long a chart stays open, who may decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ward_app.openings.types import Decision, LiveOpening, Opening, Review

_MINUTE_SECONDS = 60


def decision_of(opening: Opening) -> Review | None:
    """Return the latest review that decided, None while there is none."""
    decided = [each for each in opening.reviews if each.decision is not Decision.ASKED]
    return decided[-1] if decided else None


def waits(opening: Opening) -> bool:
    """Whether somebody has still to decide; a question alone decides nothing."""
    return decision_of(opening) is None


def may_review(opening: Opening) -> bool:
    """Whether the reader may decide: nobody reviews an opening of her own."""
    return not opening.is_mine


def waiting_for_me(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    """Return what the reader has to decide."""
    return tuple(each for each in openings if waits(each) and may_review(each))


def in_order(openings: Iterable[Opening]) -> tuple[Opening, ...]:
    """Return those first that wait for the reader, each part the newest first."""
    newest = sorted(openings, key=lambda one: one.opened_at, reverse=True)
    return tuple(sorted(newest, key=lambda one: not (waits(one) and may_review(one))))


def minutes_left(opening: LiveOpening, now: datetime) -> int:
    """Return how many minutes the chart stays open, begun ones counted; 0 = it is closed."""
    seconds = (opening.valid_until - now).total_seconds()
    return max(0, -int(-seconds // _MINUTE_SECONDS))
