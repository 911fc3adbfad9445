"""Change whether a bed may be given at all, and whether it is fit for the next patient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from typing_extensions import override

from ui.context import Context
from ui.formats import moment_text
from ui.notices import CAUTION
from ui.rooms.words import AVAILABILITY_WORDS, BLOCK_WORDS, READINESS_WORDS
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, OneOf, Text
from ui.widgets.inputs import Choice
from ward_app.board.types import BoardBed
from ward_app.rooms.bed_types import AvailabilityChange, BedChange, BedState, ReadinessChange
from ward_app.rooms.service import change_bed
from ward_app.rooms.types import Availability, BlockReason, Readiness


class BedStateSheet(EntrySheet):
    """About one bed; its name is the guard, as the patient's is elsewhere."""

    def __init__(self, context: Context, row: BoardBed) -> None:
        super().__init__(
            context,
            title="Bed state",
            patient_name=bed_name(row),
            draft_key=f"bed state {row.bed_id}",
        )
        self._row = row
        self._zone = _zone_of(context, row)
        self._opened_at = context.clock()
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.form.changed.connect(self._show_reason)
        self.content.addStretch(1)
        self._show_reason()

    @override
    def save(self) -> None:
        if not self.check():
            return
        change = self._change()
        until = change.availability.expected_end_at if change.availability else None
        if until is not None and until <= self.context.clock():
            self.form.set_problem("expected_end_at", "This is over already")
        elif change == BedChange():
            self.notice.tell(CAUTION, "Nothing is changed yet. Escape leaves.")
        else:
            self.send("beds", partial(self._tell, change), change_bed, change)

    def _fields(self) -> tuple[Field, ...]:
        row = self._row
        states = DigitChoice(_choices(AVAILABILITY_WORDS))
        readiness = DigitChoice(_choices(READINESS_WORDS))
        reasons = OneOf(_choices(BLOCK_WORDS))
        until = Moment(self._zone)
        return (
            Field(name="availability", label="The bed is", kind=states, value=_open_or_not(row)),
            Field(
                name="block_reason",
                label="Why",
                kind=reasons,
                value=_block_reason(row),
                required=True,
            ),
            Field(
                name="expected_end_at",
                label="Expected until",
                kind=until,
                value=row.availability_until,
            ),
            Field(name="readiness", label="and it is", kind=readiness, value=_readiness(row)),
            Field(name="note", label="Note", kind=Text()),
        )

    def _show_reason(self) -> None:
        shut = self.form.value("availability") is not Availability.OPEN
        for name in ("block_reason", "expected_end_at"):
            self.form.set_shown(name, shown=shut)

    def _change(self) -> BedChange:
        return BedChange(
            readiness=self._readiness_change(), availability=self._availability_change()
        )

    def _readiness_change(self) -> ReadinessChange | None:
        readiness: Readiness | None = self.value("readiness")
        if readiness is None or readiness is _readiness(self._row):
            return None
        return ReadinessChange(state=self._state(self.ids["readiness"]), readiness=readiness)

    def _availability_change(self) -> AvailabilityChange | None:
        row, entered = self._row, self.form.values()
        before = (_open_or_not(row), _block_reason(row), row.availability_until)
        names = ("availability", "block_reason", "expected_end_at")
        if tuple(entered[name] for name in names) == before:
            return None
        return AvailabilityChange(
            state=self._state(self.ids["availability"]),
            availability=entered["availability"],
            block_reason=entered["block_reason"],
            expected_end_at=entered["expected_end_at"],
        )

    def _state(self, state_id: UUID) -> BedState:
        if self._row.bed_id is None:
            raise ValueError("a row without a bed has no bed state")
        return BedState(
            id=state_id,
            bed_id=self._row.bed_id,
            occurred_at=self._opened_at,
            reason=self.value("note"),
        )

    def _tell(self, change: BedChange, _nothing: object) -> None:
        said = []
        if change.availability is not None:
            said.append(self._availability_words(change.availability))
        if change.readiness is not None:
            said.append(READINESS_WORDS[change.readiness.readiness].lower())
        self.finish(f"Bed {self._row.bed_label} is {' and '.join(said)}.")

    def _availability_words(self, change: AvailabilityChange) -> str:
        words = AVAILABILITY_WORDS[change.availability].lower()
        until = change.expected_end_at
        return (
            f"{words} until {moment_text(until, self._zone, self._opened_at)}" if until else words
        )


def bed_name(row: BoardBed) -> str:
    """Return "bed 4, Bay A"."""
    return ", ".join(filter(None, (f"bed {row.bed_label}", row.room_name)))


def _choices(words: Mapping[Any, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, text) for value, text in words.items())


def _open_or_not(row: BoardBed) -> Availability:
    return Availability(row.availability or Availability.OPEN)


def _block_reason(row: BoardBed) -> BlockReason | None:
    """Return the reason, None where there is none or it is not one of ours."""
    reason = row.availability_reason
    return BlockReason(reason) if reason in set(BlockReason) else None


def _readiness(row: BoardBed) -> Readiness | None:
    return Readiness(row.readiness) if row.readiness else None


def _zone_of(context: Context, row: BoardBed) -> tzinfo:
    for ward in context.wards:
        if ward.id == row.ward_id:
            return ZoneInfo(ward.time_zone)
    return UTC
