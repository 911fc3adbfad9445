"""Patient search: a type-ahead over everybody the hospital knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.patients.directory import Directory
from ui.patients.patient_options import AWAY, SEARCHING, patient_options
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.type_ahead import TypeAhead
from ward_app.core.errors import WardError
from ward_app.patients.detail_queries import find_people

_FEWEST_CHARACTERS = 2
# shorter than the pause between two words, longer than between two letters
_PAUSE_MS = 150


@dataclass(frozen=True, slots=True)
class Patient:
    """A kind of form field: a `FoundPatient`, or a way on without one (`Unlisted`)."""

    context: Context

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return PatientInput(self.context)


class PatientInput(PickInput):
    """Finds patients by name, patient number, date of birth or national id while it is typed.

    Only Enter or a click picks, never leaving the field: the first hit may be somebody else.
    A scanner presses Enter before the answer has come: a single hit is then picked.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(TypeAhead(tab_picks=False))
        self._found: dict[str, Sequence[Any]] = {}
        self._context = context
        self._directory = Directory(context)
        self._hurried = False
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.field.setPlaceholderText("Name, number, date of birth or national id")
        self.field.asked.connect(self._want)
        self.field.hurried.connect(self._remember_enter)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        # nobody waits for the answer any more, and the lane may be about to close
        self._pause.stop()
        super().hideEvent(event)

    def ask(self, text: str, reply: Reply) -> None:
        """Ask the directory who fits."""
        self._directory.read(self, reply, find_people, self._context.keys, text)

    def options(self, found: Sequence[Any], text: str) -> Sequence[Option]:
        """Return what is offered of those found."""
        return patient_options(found, text, self._context.clock().date())

    @property
    def directory(self) -> Directory:
        """The directory as this person may read it."""
        return self._directory

    def _remember_enter(self) -> None:
        self._hurried = True

    def _want(self, typed: str) -> None:
        self._hurried = False
        text = typed.strip()
        if len(text) < _FEWEST_CHARACTERS:
            self._show(text, ())
        elif text in self._found:
            self._show(text, self._found[text])
        else:
            self.field.set_options([SEARCHING])
            self._pause.start()

    def _search(self) -> None:
        text = self.field.text().strip()
        reply = Reply(partial(self._take, text), partial(self._fail, text))
        self.ask(text, reply)

    def _take(self, text: str, found: Sequence[Any]) -> None:
        # only this text: somebody may be admitted elsewhere between two searches
        self._found = {text: found}
        self._show(text, found)
        if self._hurried and len(found) == 1 and text == self.field.text().strip():
            self.field.pick_marked()

    def _show(self, text: str, found: Sequence[Any]) -> None:
        if text == self.field.text().strip() or self.field.choice is not None:
            away = self._context.work.is_cut_off
            self.field.set_options([AWAY] if away else self.options(found, text))

    def _fail(self, text: str, error: WardError) -> None:
        if text == self.field.text().strip():
            failed = Option("The search failed", "", None, refusal=str(error))
            self.field.set_options([AWAY if self._context.work.is_cut_off else failed])
