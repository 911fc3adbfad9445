"""The rows of the board in order: headings and beds, filtered and searched. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from ui.board.cards import BedCard, Moment, bed_card, card_at
from ward_app.board import rules
from ward_app.board.types import BedGroup, Board, BoardBed, BoardFilter, GroupKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A line above beds.

    Attributes:
        note: how many beds stand under it and how many of them are free.
        is_ward: a ward's line, above those of its bays.
        loud: something is wrong with what stands under it.
    """

    text: str
    note: str = ""
    is_ward: bool = False
    loud: bool = False


Row = Heading | BedCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the reader asked to see; by default everything."""

    filter: BoardFilter = BoardFilter.ALL
    text: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self.filter is BoardFilter.ALL and not self.text.strip()


class BoardRows:
    """Makes the rows of one place's board; beds that did not change keep their cards.

    Attributes:
        time_zone: IANA name of the zone in which the place's day begins.
    """

    def __init__(self, time_zone: str) -> None:
        self.time_zone = time_zone
        self._cards: dict[tuple[UUID | None, UUID | None], BedCard] = {}
        self._day: date | None = None

    def rows(self, board: Board, moment: Moment, wanted: Wanted) -> tuple[Row, ...]:
        """Return headings and beds in bed order; headings of nothing are left out.

        Wards have a line of their own where the board shows more than one.
        """
        self._cards = self._cards_at(board, moment)
        several = len(board.ward_ids) > 1
        found: list[Row] = []
        groups = rules.bed_groups(board.beds)
        for _, of_ward in groupby(groups, key=lambda group: group.ward_id):
            shown = [row for group in of_ward for row in self._group_rows(group, moment, wanted)]
            if several and shown:
                found.append(_ward_heading(shown))
            found += shown
        return tuple(found)

    def _cards_at(
        self, board: Board, moment: Moment
    ) -> dict[tuple[UUID | None, UUID | None], BedCard]:
        # ages, days of stay and dates are worded for one day
        before = self._cards if moment.today == self._day else {}
        self._day = moment.today
        found = {}
        for bed in board.beds:
            key = (bed.bed_id, bed.admission_id)
            card = before.get(key)
            known = card is not None and card.bed == bed
            found[key] = card_at(card, moment) if card and known else bed_card(bed, moment)
        return found

    def _group_rows(self, group: BedGroup, moment: Moment, wanted: Wanted) -> Iterator[Row]:
        beds = group.beds
        if not wanted.is_everything:
            beds = tuple(bed for bed in beds if self._is_wanted(bed, moment, wanted))
        if beds:
            yield _heading(group, len(beds))
            yield from (self._cards[bed.bed_id, bed.admission_id] for bed in beds)

    def _is_wanted(self, bed: BoardBed, moment: Moment, wanted: Wanted) -> bool:
        fits = rules.fits_filter(bed, wanted.filter, moment.now, self.time_zone)
        return fits and rules.fits_search(bed, wanted.text)


def cards_of(rows: tuple[Row, ...]) -> tuple[BedCard, ...]:
    """Return the beds without the headings."""
    return tuple(row for row in rows if isinstance(row, BedCard))


def _heading(group: BedGroup, shown: int) -> Heading:
    count = len(group.beds)
    if group.kind is GroupKind.WITHOUT_BED:
        patients = "1 patient" if count == 1 else f"{count} patients"
        return Heading(text="No bed", note=f"{patients} on the ward without a bed", loud=True)
    text = group.title or ("Side room" if count == 1 else "Side rooms")
    if shown < count:
        return Heading(text=text, note=f"{shown} of {count} beds shown")
    return Heading(text=text, note=_free_words(group.beds))


def _ward_heading(rows: list[Row]) -> Heading:
    beds = tuple(row.bed for row in rows if isinstance(row, BedCard))
    return Heading(text=beds[0].ward_name, note=_free_words(beds), is_ward=True)


def _free_words(beds: tuple[BoardBed, ...]) -> str:
    count = len({bed.bed_id for bed in beds if bed.bed_id is not None})
    free = sum(map(rules.is_free, beds))
    return f"{count} {'bed' if count == 1 else 'beds'}, {free or 'none'} free"
