"""Beds as options of the type-ahead picker: what they say and which fit what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from ui.formats import date_text, person_name
from ui.widgets.option_model import Option
from ward_app.rooms.bed_types import BedChoice, Occupant
from ward_app.rooms.types import RoomKind


@dataclass(frozen=True, slots=True)
class BedPlace:
    """Where a patient is to go; `bed_id` None = to the ward without a bed.

    Attributes:
        share_with: the admission that lies in the bed and is to share it; None for a free bed.
        others: who lies in the bed, with the dates of birth.
    """

    ward_id: UUID
    bed_id: UUID | None
    share_with: UUID | None = None
    others: str = ""


def bed_text(label: str, room_name: str | None, ward_name: str) -> str:
    """Return how a bed reads in a field: "Bed 4 · Bay A · Ward 7 East"."""
    return " · ".join(filter(None, (f"Bed {label}", room_name, ward_name)))


def bed_option(choice: BedChoice) -> Option:
    """Return the row of one bed; the detail says what kind of room, or the caution.

    One that may be shared never marks itself, so that nobody is put to somebody by haste.
    """
    if choice.occupants:
        return _share_option(choice)
    room = "side room" if choice.room_kind is RoomKind.SIDE_ROOM else "in a bay"
    return Option(
        text=bed_text(choice.label, choice.room_name, choice.ward_name),
        detail=choice.caution or f"Ready, {room}",
        value=BedPlace(choice.ward_id, choice.bed_id),
        refusal=choice.refusal,
    )


def _share_option(choice: BedChoice) -> Option:
    names = " and ".join(_name(each) for each in choice.occupants)
    others = " and ".join(f"{_name(each)} ({_born(each)})" for each in choice.occupants)
    first = choice.occupants[0].admission_id
    return Option(
        text=bed_text(choice.label, choice.room_name, choice.ward_name),
        detail=f"Occupied. Share with {names}",
        value=BedPlace(choice.ward_id, choice.bed_id, first, others),
        marks_itself=False,
    )


def _name(occupant: Occupant) -> str:
    return person_name(occupant.family_name, occupant.given_name, occupant.title)


def _born(occupant: Occupant) -> str:
    return f"born {date_text(occupant.born_on)}" if occupant.born_on else "date of birth not known"


def no_bed_option(ward_id: UUID, ward_name: str) -> Option:
    """Return the row that puts the patient on a ward without a bed."""
    detail = "On the ward's list until a bed is given"
    return Option(f"No bed yet · {ward_name}", detail, BedPlace(ward_id, None))


def fitting_places(
    choices: Iterable[BedChoice], no_beds: Sequence[Option], typed: str
) -> tuple[Option, ...]:
    """Return the beds in which each typed word begins a word of label, room or ward.

    A bed whose label is exactly a typed word comes first, then those whose label begins with
    one, occupied and refused beds last; otherwise the order given is kept (nearest first,
    natural order). "No bed yet" stands before those; of several wards only the ones that fit
    what was typed, and without a word only the first.

    Args:
        choices: as `rooms.queries.bed_choices` returns them.
        no_beds: "no bed yet" of each ward, the likeliest first.
        typed: empty shows all.
    """
    words = typed.casefold().split()
    fitting = [choice for choice in choices if _fits(_words(_place_words(choice)), words)]
    fitting.sort(key=lambda choice: _label_rank(choice.label.casefold(), words))
    free = [bed_option(choice) for choice in fitting if choice.refusal is None]
    taken = [bed_option(choice) for choice in fitting if choice.refusal is not None]
    unplaced = [each for each in no_beds if _fits(_words(each.text), words)]
    return (*free, *(unplaced if words else unplaced[:1]), *taken)


def _fits(parts: set[str], words: Sequence[str]) -> bool:
    return all(any(part.startswith(word) for part in parts) for word in words)


def _label_rank(label: str, words: Sequence[str]) -> int:
    """Return 0 for exactly a typed word, 1 for the beginning of one, 2 for neither."""
    if label in words:
        return 0
    return 1 if any(label.startswith(word) for word in words) else 2


def _place_words(choice: BedChoice) -> str:
    return f"bed {choice.label} {choice.room_name} {choice.ward_name}"


def _words(place: str) -> set[str]:
    """Return every word a nurse may begin to type for a place; "A2" is also "2"."""
    place = place.casefold()
    return {*place.split(), *re.findall(r"\d+|[^\W\d]+", place)}
