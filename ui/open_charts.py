"""The charts a panel reads: opened first, on record, each once a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ui import theme
from ui.patients.banner import patient_name
from ui.patients.glass_words import SAY_WHY_KEYS, closed_text
from ui.plain_text import PlainLabel
from ui.widgets.panel import Panel
from ward_app.audit.service import open_reachable_charts
from ward_app.board.types import BoardBed
from ward_app.patients.types import FlagKind


class ClosedLine(QWidget):
    """Says whose charts stay closed here, and opens one with a reason; no room when none does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = PlainLabel(parent=self)
        self.words.setWordWrap(True)
        self.button = QPushButton(f"Say why ({SAY_WHY_KEYS})", self)
        for widget in (self, self.words):
            theme.tint(widget, "caution", "caution_ground")
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GRID_PX, 2, theme.GRID_PX, 2)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.hide()

    def show_closed(self, names: list[str]) -> None:
        """Name those whose charts are closed."""
        self.words.setText(closed_text(names))
        self.setAccessibleName(self.words.text())
        self.setVisible(bool(names))


class OpenCharts:
    """Which charts the session of a panel has opened; another session begins with none.

    So does the server that was away: of what was opened from a copy it has no record.

    Who is marked private and not in the reader's care stays closed: a line above the panel says
    so, for nobody may take what is missing for nothing recorded.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._session: tuple[object, int] | None = None
        self._opened: frozenset[UUID] = frozenset()
        self._closed: tuple[BoardBed, ...] = ()
        self._rows: tuple[BoardBed, ...] = ()
        self._wanted = False
        self.line = ClosedLine(panel)
        panel.content.insertWidget(0, self.line)
        words = "Open a private chart with a reason…"
        self._ask = panel.add_command(words, SAY_WHY_KEYS, self.ask_why)
        self.line.button.setToolTip(self._ask.toolTip())
        self.line.button.clicked.connect(self._ask.trigger)
        self._ask.setEnabled(False)
        panel.loaded.connect(self._forget_others)

    def before(self, rows: Iterable[BoardBed], read_on: Callable[[], None]) -> None:
        """Log the access to charts not opened yet by this session; only then `read_on`.

        What was opened of somebody marked private may be closed again, by its hour, by the
        reader, or because she was marked meanwhile: it is asked for each time.
        """
        session = self._current()
        if session != self._session:
            self._session, self._opened = session, frozenset()
        self._wanted = True
        self._rows = tuple(row for row in rows if row.patient_id is not None)
        asked = [
            row.patient_id
            for row in self._rows
            if row.patient_id
            and (row.patient_id not in self._opened or row.flag(FlagKind.PRIVACY) is not None)
        ]
        if asked:
            note = partial(self._note, session, frozenset(asked), read_on)
            self._panel.read(note, open_reachable_charts, asked)
        else:
            self._tell_of_closed()
            read_on()

    def is_closed(self, row: BoardBed) -> bool:
        """Whether the chart of a row stays closed: nothing read of it is not nothing recorded."""
        return row in self._closed

    def ask_why(self) -> None:
        """Ask for the reason to open the first chart that stays closed."""
        from ui.patients.glass_sheet import GlassSheet  # noqa: PLC0415 - few ever see it

        row = self._closed[0]
        sheet = GlassSheet(self._panel.context, row.patient_id, patient_name(row))
        sheet.opened.connect(self._read_anew)
        self._panel.sheet_requested.emit(sheet)

    def _note(
        self,
        session: tuple[object, int],
        asked: frozenset[UUID],
        read_on: Callable[[], None],
        opened: frozenset[UUID],
    ) -> None:
        if session != self._current():
            # asked before the server went or came back, and opened from a copy or not at all
            self.before(self._rows, read_on)
            return
        self._opened = (self._opened - asked) | opened
        self._tell_of_closed()
        read_on()

    def _current(self) -> tuple[object, int]:
        work = self._panel.context.work
        return work.actor, work.outage_epoch

    def _tell_of_closed(self) -> None:
        self._closed = tuple(row for row in self._rows if row.patient_id not in self._opened)
        self._ask.setEnabled(bool(self._closed))
        self.line.show_closed([patient_name(row) for row in self._closed])

    def _forget_others(self, _loaded_at: object) -> None:
        """Say nothing where a load wanted no chart: of a whole hospital, for instance."""
        if not self._wanted:
            self._rows = ()
            self._tell_of_closed()
        self._wanted = False

    def _read_anew(self, _patient_id: object) -> None:
        self._panel.refresh()
