"""What the command palette offers besides a panel's own patients and beds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from PySide6.QtGui import QAction

from ui.context import Place
from ui.matching import match_rank
from ui.widgets.panel import Found
from ward_app.rooms.types import Ward
from ward_app.staff.types import SignedIn

WHOLE_HOSPITAL = "Whole hospital"


def places_of(signed_in: SignedIn, wards: Sequence[Ward]) -> tuple[Place, ...]:
    """Return what the person may look at: each own ward, all of them, the whole hospital."""
    own = tuple(Place(name=ward.name, wards=(ward,)) for ward in signed_in.wards)
    together = Place(name="My wards", wards=signed_in.wards)
    everything = Place(name=WHOLE_HOSPITAL, wards=tuple(wards), whole_hospital=True)
    return (*own, *((together,) if len(own) > 1 else ()), everything)


def found_places(
    typed: str, signed_in: SignedIn, wards: Sequence[Ward], show: Callable[[Place], None]
) -> tuple[Found, ...]:
    """Return the places that match what was typed; each shows itself with `show`."""
    offered = [
        Found(text=place.name, detail=_detail(place), run=partial(show, place))
        for place in places_of(signed_in, wards)
    ]
    return best_first(typed, offered)


def found_actions(typed: str, actions: Iterable[QAction]) -> tuple[Found, ...]:
    """Return the actions that match and can be done now, with their keys."""
    offered = [
        Found(text=action.text(), detail=key_words(action), run=action.trigger)
        for action in actions
        if action.isEnabled() and action.text()
    ]
    return best_first(typed, offered)


def key_words(action: QAction) -> str:
    """Return an action's keys as they are written on the keyboard; empty when it has none."""
    return action.shortcut().toString().replace("Return", "Enter").replace("Esc", "Escape")


def best_first(typed: str, offered: Iterable[Found]) -> tuple[Found, ...]:
    """Return those that match, best first; equally good ones stay in order."""
    ranked = [(match_rank(typed, found.text), found) for found in offered]
    matching = [(rank, found) for rank, found in ranked if rank is not None]
    return tuple(found for _, found in sorted(matching, key=lambda pair: pair[0]))


def _detail(place: Place) -> str:
    if place.whole_hospital:
        return "every ward, beds only where you have no access"
    return place.wards[0].specialty or "ward" if len(place.wards) == 1 else "all your wards"
