"""Beds as options of the type-ahead picker: what they say and which fit what was typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from ui.widgets.option_model import Option
from ward_app.rooms.types import BedChoice, RoomKind

NO_BED = Option(text="No bed yet", detail="On the ward's list without a bed", value=None)
_NO_BED_WORDS = "no bed yet"


def bed_text(choice: BedChoice) -> str:
    """Return how a bed reads in a field: "Bed 4 · Bay A · Ward 7 East"."""
    return f"Bed {choice.label} · {choice.room_name} · {choice.ward_name}"


def bed_option(choice: BedChoice) -> Option:
    """Return the row of one bed; the detail says what kind of room, or the caution."""
    room = "Side room" if choice.room_kind is RoomKind.SIDE_ROOM else "Bay"
    return Option(
        text=bed_text(choice),
        detail=choice.caution or room,
        value=choice,
        refusal=choice.refusal,
    )


def fitting_beds(
    choices: Sequence[BedChoice], typed: str, *, ward_id: UUID | None = None
) -> tuple[Option, ...]:
    """Return the beds in which each typed word begins a word of label, room or ward.

    A bed whose label is exactly a typed word comes first, then those whose label begins with
    one, refused beds last; otherwise the order given is kept (nearest first, natural order).
    "No bed yet" stands before the refused beds while it fits what was typed.

    Args:
        choices: as `rooms.queries.bed_choices` returns them.
        typed: empty shows all.
        ward_id: only beds of this ward; None = of every ward.
    """
    words = typed.casefold().split()
    fitting = [
        choice for choice in choices if ward_id in (None, choice.ward_id) and _fits(choice, words)
    ]
    fitting.sort(key=lambda choice: _label_rank(choice.label.casefold(), words))
    free = [bed_option(choice) for choice in fitting if choice.refusal is None]
    refused = [bed_option(choice) for choice in fitting if choice.refusal is not None]
    no_bed = [NO_BED] if _NO_BED_WORDS.startswith(typed.casefold().strip()) else []
    return (*free, *no_bed, *refused)


def _fits(choice: BedChoice, words: Sequence[str]) -> bool:
    parts = _words(choice)
    return all(any(part.startswith(word) for part in parts) for word in words)


def _label_rank(label: str, words: Sequence[str]) -> int:
    """Return 0 for exactly a typed word, 1 for the beginning of one, 2 for neither."""
    if label in words:
        return 0
    return 1 if any(label.startswith(word) for word in words) else 2


def _words(choice: BedChoice) -> set[str]:
    """Return every word a nurse may begin to type for this bed; "A2" is also "2"."""
    place = f"bed {choice.label} {choice.room_name} {choice.ward_name}".casefold()
    return {*place.split(), *re.findall(r"\d+|[^\W\d]+", place)}
