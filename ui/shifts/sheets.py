"""Sheets of the shift: why a plan changes, who signs on to duty, who is on duty now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import ClassVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.shifts.words import TOPIC, finds, on_duty_columns
from ui.widgets.digit_choice import DigitChoice
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, Text
from ui.widgets.inputs import Choice
from ui.widgets.rows_table import RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.rooms.types import Ward
from ward_app.shifts.queries import on_duty
from ward_app.shifts.service import allocate, put_down, sign_duty
from ward_app.shifts.types import Duty, DutySign, NewAllocation, OnDuty, PutDown
from ward_app.staff.types import Permission

_USUAL = ("Went home ill", "Sent to another ward", "Workload", "Came late", "Shift is over")
_USUAL_STRETCH = timedelta(hours=12)


class PlanReasonSheet(EntrySheet):
    """Asks why the plan of a shift that has begun changes."""

    def __init__(self, context: Context, beds: Sequence[NewAllocation], words: str) -> None:
        super().__init__(context, title="Change of plan", save_text="Change")
        self._beds = beds
        self.add_words(words)
        self.ask_why(_USUAL)
        self._words = words

    @override
    def save(self) -> None:
        if self.check():
            reason = self.value("reason")
            beds = [_with_reason(bed, reason) for bed in self._beds]
            self.send(TOPIC, self._changed, allocate, beds)

    def _changed(self, _count: int) -> None:
        self.finish(f"{self._words} Who holds the bed now goes on until it is taken.")


class PutDownSheet(EntrySheet):
    """Asks why beds are taken from who holds them."""

    def __init__(self, context: Context, beds: Sequence[PutDown], words: str) -> None:
        super().__init__(context, title="Put down", save_text="Put down")
        self._beds = beds
        self.add_words(words)
        self.ask_why(_USUAL)

    @override
    def save(self) -> None:
        if self.check():
            beds = [PutDown(id=bed.id, bed_id=bed.bed_id, reason=self.value("reason"))
                    for bed in self._beds]  # fmt: skip
            self.send(TOPIC, self._put_down, put_down, beds)

    def _put_down(self, count: int) -> None:
        word = "bed" if count == 1 else "beds"
        self.finish(f"Put down: {count} {word}. Nobody holds it until somebody takes it (T).")


class SignOnSheet(EntrySheet):
    """Signs the person on to a ward, on call for it, or off."""

    def __init__(self, context: Context, ward: Ward, zone: tzinfo) -> None:
        super().__init__(context, title=f"Duty on {ward.name}", save_text="Sign")
        self._ward, self._zone = ward, zone
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check():
            return
        what = self.value("what")
        is_on = what != "off"
        sign = DutySign(
            id=self.ids["sign"],
            ward_id=self._ward.id,
            duty=Duty.ON_CALL if what in {"on_call", "off_call"} else Duty.WARD,
            is_on=is_on and what != "off_call",
            until_at=self.value("until") if is_on and what != "off_call" else None,
            works_as=self.value("works_as"),
        )
        self.send(TOPIC, self._signed, sign_duty, sign)

    def _fields(self) -> tuple[Field, ...]:
        choices = (
            Choice("ward", f"On duty on {self._ward.name}"),
            Choice("on_call", f"On call for {self._ward.name}"),
            Choice("off", "Off duty"),
            Choice("off_call", "No longer on call"),
        )
        until = self.context.clock() + _USUAL_STRETCH
        return (
            Field(name="what", label="I am", kind=DigitChoice(choices), required=True,
                  value="ward"),
            Field(name="works_as", label="As", kind=Text("Medical registrar"),
                  hint="Needed on call; the directory shows it."),
            Field(name="until", label="Until", kind=Moment(self._zone), value=until),
        )  # fmt: skip

    def _signed(self, _result: object) -> None:
        what = self.value("what")
        words = {
            "ward": f"On duty on {self._ward.name}",
            "on_call": f"On call for {self._ward.name}",
            "off": "Off duty",
            "off_call": "No longer on call",
        }[what]
        until = self.value("until")
        on = what in {"ward", "on_call"} and until is not None
        told = moment_text(until, self._zone, self.context.clock()) if on else ""
        self.finish(f"{words}{f' until {told}' if told else ''}. The directory shows it.")


class DirectorySheet(Sheet):
    """Who is on duty now, the nearest first; typing searches by name, place and role."""

    width_px: ClassVar[int] = 720

    def __init__(self, context: Context, ward: Ward | None, zone: tzinfo) -> None:
        super().__init__(context, title="Who is on duty", save_text="Sign on or off…")
        self._ward, self._zone = ward, zone
        self._all: tuple[OnDuty, ...] = ()
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Name, ward, floor, building or role")
        self.search.textChanged.connect(self._show_found)
        self.words = PlainLabel("Being read…", self)
        self.words.setWordWrap(True)
        self.model = RowsModel[OnDuty](on_duty_columns(zone, context.clock()), self)
        self.table = RowsTable(self.model, "On duty now, the nearest first", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        for widget in (self.search, self.words):
            self.content.addWidget(widget)
        self.content.addWidget(self.table, 1)
        may = context.signed_in.may(Permission.DUTY_SIGN) and ward is not None
        self.save_button.setVisible(may)
        reply = Reply(self.show_people, self.show_problem)
        context.work.query(self, reply, on_duty, ward.id if ward else None)

    @override
    def focus_first(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        if self._ward is not None and self.context.signed_in.may(Permission.DUTY_SIGN):
            self.sheet_requested.emit(SignOnSheet(self.context, self._ward, self._zone))

    def show_people(self, found: tuple[OnDuty, ...]) -> None:
        """Show everybody, or those searched for."""
        self._all = found
        self._show_found()

    def _show_found(self, _text: str = "") -> None:
        shown = [one for one in self._all if finds(one, self.search.text())]
        self.model.show_rows(shown)
        now = self.context.clock()
        if shown:
            self.words.setText(f"{len(shown)} on duty at {moment_text(now, self._zone, now)}.")
        elif self._all:
            self.words.setText("Nobody on duty fits this.")
        else:
            self.words.setText("Nobody is signed on. Taking beds signs a nurse on.")


def _with_reason(bed: NewAllocation, reason: str) -> NewAllocation:
    return NewAllocation(
        id=bed.id,
        bed_id=bed.bed_id,
        user_id=bed.user_id,
        shift_name=bed.shift_name,
        shift_on=bed.shift_on,
        supersedes_id=bed.supersedes_id,
        reason=reason,
    )


def directory_ward(wards: Sequence[Ward], mine: Sequence[UUID]) -> Ward | None:
    """Return the ward that somebody signs on to: the one shown, if it is one of hers."""
    return next((ward for ward in wards if ward.id in mine), None)
