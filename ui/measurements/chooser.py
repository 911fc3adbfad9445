"""What is measured now: one letter chooses the kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.formats import due_text, duration_text, is_overdue
from ui.measurements.measured import again_at, latest
from ui.measurements.sheet import MeasurementSheet, kinds_used
from ui.observations.subject import Subject
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import ROW_HEIGHT_PX, RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.audit.service import open_chart
from ward_app.devices.pack import is_vascular
from ward_app.devices.queries import devices_of
from ward_app.devices.rules import is_in_place
from ward_app.devices.types import Device
from ward_app.measurements.kinds import kinds
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.types import Kind, MeasurementChart, RecordedMeasurement

LIST_KEY = "L"
CANNULA_SITE = "cannula_site"
_FRAME_PX = 8
_HELP = f"A letter chooses what is measured. {LIST_KEY} shows everything measured on this stay."
_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind on offer, with what was measured of it last, and the time of looking."""

    kind: Kind
    last: RecordedMeasurement | None
    now: datetime

    @property
    def last_text(self) -> str:
        """Return "7/10, left hip", empty where nothing was measured."""
        return self.last.summary if self.last else ""

    @property
    def due_text(self) -> str:
        """Return "2 h 05 min ago", or by when again: "▲ overdue 25 min"."""
        if self.last is None:
            return ""
        again = again_at(self.kind, self.last.occurred_at)
        if again is None:
            return f"{duration_text(self.now - self.last.occurred_at)} ago"
        text = due_text(again, self.now).replace("due", "again due", 1)
        overdue = f"▲ {due_text(again, self.now)}"
        return overdue if is_overdue(again, self.now) else text

    @property
    def due_colour(self) -> str | None:
        """The token of an overdue one; None = the usual colour."""
        again = again_at(self.kind, self.last.occurred_at) if self.last else None
        return "risk_high" if is_overdue(again, self.now) else None


COLUMNS: tuple[RowColumn[KindRow], ...] = (
    RowColumn("Key", 44, lambda row: row.kind.key),
    RowColumn("Measure", 196, lambda row: row.kind.title),
    RowColumn("Last", 154, lambda row: row.last_text),
    RowColumn("When", 132, lambda row: row.due_text, colour=lambda row: row.due_colour),
)


class KindTable(RowsTable):
    """The kinds; a letter chooses at once instead of searching.

    Signals:
        lettered: (str) a letter was pressed, upper case.
    """

    lettered = Signal(str)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text().upper()
        if len(text) == 1 and text.isalpha() and not event.modifiers() & _NO_TEXT:
            self.lettered.emit(text)
        else:
            super().keyPressEvent(event)


class KindChooser(Sheet):
    """Every kind in one list, those used last first; opens the sheet that measures.

    Signals:
        list_asked: show everything measured on this stay.
        register_asked: show the devices of this patient, whose sites are looked at there.
    """

    width_px: ClassVar[int] = 576

    list_asked = Signal()
    register_asked = Signal()

    def __init__(self, context: Context, subject: Subject) -> None:
        super().__init__(context, title="Measure", save_text="Measure", patient_name=subject.name)
        self._subject = subject
        self.rows = RowsModel[KindRow](COLUMNS, self)
        self.table = KindTable(self.rows, "What to measure; a letter chooses", self.page)
        self._kinds = ordered(tuple(kinds().values()), kinds_used(context))
        self._show_last({})
        self.table.setFixedHeight((len(self._kinds) + 1) * ROW_HEIGHT_PX + _FRAME_PX)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setCurrentIndex(self.rows.index(0, 0))
        self.table.lettered.connect(self._take_letter)
        self.table.activated.connect(self._open_row)
        self.table.clicked.connect(self._open_row)
        self._fill_content()
        self._read()

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        self._open_row(self.table.currentIndex())

    def show_chart(self, chart: MeasurementChart) -> None:
        """Say of each kind what was measured last; the rows and the cursor keep their place."""
        place = self.table.currentIndex().row()
        self._show_last(latest(chart))
        self.table.setCurrentIndex(self.rows.index(place, 0))

    def choose(self, kind: Kind) -> None:
        """Open the sheet that measures this kind, in this one's place.

        The site of a cannula that is in the register is looked at there.
        """
        if kind.name == CANNULA_SITE:
            reply = Reply(partial(self._choose_site, kind), self.show_problem)
            self.context.work.query(self, reply, devices_of, (self._subject.admission_id,))
        else:
            self._measure(kind)

    def _choose_site(self, kind: Kind, devices: tuple[Device, ...]) -> None:
        if any(is_in_place(device) and is_vascular(device) for device in devices):
            self.register_asked.emit()
        else:
            self._measure(kind)

    def _measure(self, kind: Kind) -> None:
        self.sheet_requested.emit(MeasurementSheet(self.context, self._subject, kind))

    def _show_last(self, last: dict[str, RecordedMeasurement]) -> None:
        now = self.context.clock()
        self.rows.show_rows([KindRow(kind, last.get(kind.name), now) for kind in self._kinds])

    def _take_letter(self, letter: str) -> None:
        found = [kind for kind in self._kinds if kind.key == letter]
        if found:
            self.choose(found[0])
        elif letter == LIST_KEY:
            self.list_asked.emit()

    def _open_row(self, index: QModelIndex) -> None:
        row = self.rows.row(index)
        if row is not None:
            self.choose(row.kind)

    def _read(self) -> None:
        reply = Reply(self._read_opened, self.show_problem)
        self.context.work.query(self, reply, open_chart, self._subject.patient_id)

    def _read_opened(self, _opened: object) -> None:
        reply = Reply(self.show_chart, self.show_problem)
        self.context.work.query(self, reply, measurement_chart, self._subject.admission_id)

    def _fill_content(self) -> None:
        words = PlainLabel(_HELP, self)
        words.setWordWrap(True)
        theme.tint(words, "dim")
        self.content.addWidget(words)
        self.content.addWidget(self.table)
        self.content.addStretch(1)


def ordered(every: Sequence[Kind], used: Sequence[str]) -> tuple[Kind, ...]:
    """Return the kinds used last first, the others after them in their own order."""
    places = {name: place for place, name in enumerate(used)}
    return tuple(sorted(every, key=lambda kind: places.get(kind.name, len(places))))
