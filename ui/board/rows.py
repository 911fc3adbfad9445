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
_WITHOUT_BED = GroupKind.WITHOUT_BED


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the reader asked to see; by default everything. `beds` None = whichever bed."""

    filter: BoardFilter = BoardFilter.ALL
    text: str = ""
    beds: frozenset[UUID] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        nothing_else = self.beds is None and not self.text.strip()
        return self.filter is BoardFilter.ALL and nothing_else


class BoardRows:
    """Makes the rows of one place's board; beds that did not change keep their cards.

    Attributes:
        time_zone: IANA name of the zone in which the place's day begins.
    """

    def __init__(self, time_zone: str) -> None:
        self.time_zone = time_zone
        self._board: Board | None = None
        self._groups: tuple[BedGroup, ...] = ()
        # by the identity of the row: the board keeps its rows alive
        self._cards: dict[int, BedCard] = {}
        self._day: date | None = None

    @property
    def group_sizes(self) -> tuple[int, ...]:
        """How many beds stand under each heading, 0 for a ward's own.

        Patients without a bed are left out: their coming and going sizes no tile.
        """
        sizes = [len(each.beds) for each in self._groups if each.kind is not _WITHOUT_BED]
        return (*sizes, *([0] * self._ward_headings))

    def rows(self, board: Board, moment: Moment, wanted: Wanted) -> tuple[Row, ...]:
        """Return headings and beds in bed order; headings of nothing are left out.

        Wards have a line of their own where the board shows more than one.
        """
        self._take(board, moment)
        found: list[Row] = []
        for _, of_ward in groupby(self._groups, key=lambda group: group.ward_id):
            shown = [row for group in of_ward for row in self._group_rows(group, moment, wanted)]
            if self._ward_headings and shown:
                found.append(_ward_heading(shown))
            found += shown
        return tuple(found)

    @property
    def _ward_headings(self) -> int:
        wards = len(self._board.ward_ids) if self._board else 0
        return wards if wards > 1 else 0

    def _take(self, board: Board, moment: Moment) -> None:
        """Word what is new: nothing but countdowns within a day, everything on the next."""
        if moment.today != self._day:
            self._cards = {id(bed): bed_card(bed, moment) for bed in board.beds}
        elif board is self._board:
            self._cards = {at: card_at(card, moment) for at, card in self._cards.items()}
        else:
            self._cards = self._changed_cards(board, moment)
        if board is not self._board:
            self._groups = rules.bed_groups(board.beds)
        self._board, self._day = board, moment.today

    def _changed_cards(self, board: Board, moment: Moment) -> dict[int, BedCard]:
        before = {_key(card.bed): card for card in self._cards.values()}
        found = {}
        for bed in board.beds:
            card = before.get(_key(bed))
            known = card is not None and card.bed == bed
            found[id(bed)] = card_at(card, moment) if card and known else bed_card(bed, moment)
        return found

    def _group_rows(self, group: BedGroup, moment: Moment, wanted: Wanted) -> Iterator[Row]:
        beds = group.beds
        if not wanted.is_everything:
            beds = tuple(bed for bed in beds if self._is_wanted(bed, moment, wanted))
        if beds:
            yield _heading(group, _count_beds(beds))
            yield from (self._cards[id(bed)] for bed in beds)

    def _is_wanted(self, bed: BoardBed, moment: Moment, wanted: Wanted) -> bool:
        fits = rules.fits_filter(bed, wanted.filter, moment.now, self.time_zone)
        among = wanted.beds is None or bed.bed_id in wanted.beds
        return fits and among and rules.fits_search(bed, wanted.text)


def cards_of(rows: tuple[Row, ...]) -> tuple[BedCard, ...]:
    """Return the beds without the headings."""
    return tuple(row for row in rows if isinstance(row, BedCard))


def _key(bed: BoardBed) -> tuple[UUID | None, UUID | None]:
    return bed.bed_id, bed.admission_id


def _heading(group: BedGroup, shown: int) -> Heading:
    count = _count_beds(group.beds)
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


def _count_beds(beds: tuple[BoardBed, ...]) -> int:
    """Return how many beds (or patients without one) these rows are; a shared bed is one."""
    return len({bed.bed_id or bed.admission_id for bed in beds})


def _free_words(beds: tuple[BoardBed, ...]) -> str:
    count = _count_beds(beds)
    free = sum(map(rules.is_free, beds))
    return f"{count} {'bed' if count == 1 else 'beds'}, {free or 'none'} free"
