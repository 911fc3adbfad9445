"""Which instrument: those in use on the ward, what they came to last, when they are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from typing_extensions import override

from ui import theme
from ui.assessments.sheet import AssessmentSheet
from ui.assessments.words import (
    band_token,
    due_words,
    row_band,
    row_result_text,
)
from ui.background import Reply
from ui.context import Context
from ui.formats import duration_text, is_overdue
from ui.measurements.measured import age_months
from ui.observations.subject import Subject
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import ROW_HEIGHT_PX, RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.assessments.queries import assessment_chart
from ward_app.assessments.rules import fits_age, keys_of
from ward_app.assessments.types import (
    AssessmentChart,
    AssessmentDue,
    Instrument,
    RecordedAssessment,
)
from ward_app.audit.service import open_chart
from ward_app.board.types import BoardBed

LIST_KEY = "L"
READING = "The instruments of the ward are being read…"
NONE_IN_USE = "No instrument is in use on this ward. IT sets them: wardctl instruments use."
HELP = f"A key chooses. {LIST_KEY} shows everything assessed on this stay."
_FRAME_PX = 8
_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """One instrument on offer, with what it came to last and when it is due."""

    key: str
    instrument: Instrument
    last: RecordedAssessment | None
    chart: AssessmentChart
    due: AssessmentDue | None
    now: datetime

    @property
    def last_text(self) -> str:
        """Return "▲ 7: Pain", empty where nothing was assessed."""
        return row_result_text(self.last, self.chart.behind) if self.last else ""

    @property
    def last_colour(self) -> str | None:
        """The token of the last band; None = the usual colour."""
        return band_token(row_band(self.last, self.chart.behind)) if self.last else None

    @property
    def due_text(self) -> str:
        """Return when it is due, else how long ago it was done."""
        if self.due is not None:
            return due_words(self.due, self.now)
        return f"{duration_text(self.now - self.last.occurred_at)} ago" if self.last else ""

    @property
    def due_colour(self) -> str | None:
        """The token of an overdue one; None = the usual colour."""
        return "risk_high" if self.due and is_overdue(self.due.due_at, self.now) else None


COLUMNS: tuple[RowColumn[InstrumentRow], ...] = (
    RowColumn("Key", 44, lambda row: row.key),
    RowColumn("Instrument", 196, lambda row: row.instrument.title),
    RowColumn("Last", 190, lambda row: row.last_text, colour=lambda row: row.last_colour),
    RowColumn("When", 146, lambda row: row.due_text, colour=lambda row: row.due_colour),
)


class InstrumentTable(RowsTable):
    """The instruments; a key chooses at once instead of searching.

    Signals:
        keyed: (str) a letter or digit was pressed, upper case.
    """

    keyed = Signal(str)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text().upper()
        if len(text) == 1 and text.isalnum() and not event.modifiers() & _NO_TEXT:
            self.keyed.emit(text)
        else:
            super().keyPressEvent(event)


class InstrumentChooser(Sheet):
    """Every instrument in use on the patient's ward; opens the sheet that assesses.

    Signals:
        list_asked: show everything assessed on this stay.
    """

    width_px: ClassVar[int] = 624

    list_asked = Signal()

    def __init__(self, context: Context, bed: BoardBed, subject: Subject) -> None:
        super().__init__(context, title="Assess", save_text="Assess", patient_name=subject.name)
        self.bed, self.subject = bed, subject
        self.rows = RowsModel[InstrumentRow](COLUMNS, self)
        self.table = InstrumentTable(self.rows, "Instruments; a key chooses", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.words = PlainLabel(READING, self)
        self.table.keyed.connect(self._take_key)
        self.table.activated.connect(self._open_row)
        self.table.clicked.connect(self._open_row)
        self._fill_content()
        reply = Reply(self._read_opened, self.show_problem)
        context.work.query(self, reply, open_chart, subject.patient_id)

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        self._open_row(self.table.currentIndex())

    def show_chart(self, chart: AssessmentChart) -> None:
        """Show the instruments in use, with what each came to last."""
        place = max(self.table.currentIndex().row(), 0)
        now = self.context.clock()
        today = now.astimezone(self.subject.zone).date()
        rows = instrument_rows(chart, now, age_months(self.subject.born_on, today))
        self.rows.show_rows(rows)
        self.table.setFixedHeight((len(rows) + 1) * ROW_HEIGHT_PX + _FRAME_PX)
        self.table.setCurrentIndex(self.rows.index(place, 0) if rows else QModelIndex())
        self.words.setText(HELP if rows else NONE_IN_USE)

    def choose(self, instrument: Instrument) -> None:
        """Open the sheet of an instrument in this one's place."""
        sheet = AssessmentSheet(self.context, self.subject, instrument, ward_id=self.bed.ward_id)
        self.sheet_requested.emit(sheet)

    def _take_key(self, key: str) -> None:
        found = [row.instrument for row in self.rows.rows if row.key == key]
        if found:
            self.choose(found[0])
        elif key == LIST_KEY:
            self.list_asked.emit()

    def _open_row(self, index: QModelIndex) -> None:
        row = self.rows.row(index)
        if row is not None:
            self.choose(row.instrument)

    def _read_opened(self, _opened: object) -> None:
        reply = Reply(self.show_chart, self.show_problem)
        stay, ward_id = self.subject.admission_id, self.bed.ward_id
        self.context.work.query(self, reply, assessment_chart, stay, ward_id)

    def _fill_content(self) -> None:
        self.words.setWordWrap(True)
        theme.tint(self.words, "dim")
        self.content.addWidget(self.words)
        self.content.addWidget(self.table)
        self.content.addStretch(1)


def instrument_rows(
    chart: AssessmentChart, now: datetime, months: int | None
) -> tuple[InstrumentRow, ...]:
    """Return the instruments made for an age, those due first by when, the others by title."""
    keys = {one.name: key for key, one in keys_of(chart.in_use).items()}
    dues = {due.instrument: due for due in chart.dues}
    rows = [
        InstrumentRow(
            keys.get(one.name, ""),
            one,
            next((row for row in chart.rows if row.counts and row.instrument == one.name), None),
            chart,
            dues.get(one.name),
            now,
        )
        for one in chart.in_use
        if fits_age(one, months)
    ]
    return tuple(sorted(rows, key=partial(_urgency, now)))


def _urgency(now: datetime, row: InstrumentRow) -> tuple[bool, datetime, str]:
    return row.due is None, row.due.due_at if row.due else now, row.instrument.title
