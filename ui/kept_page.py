"""What a ward's copy holds of one patient, to be read while the server is away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import theme
from ui.formats import due_text, duration_text, is_overdue, moment_text
from ui.plain_text import PaddedLabel
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.downtime.kept_record import KeptRecord

ONLY_TO_READ = (
    "This is from the copy and can be read only. It can be changed when the server is back."
)
_PADDING = (2 * theme.GRID_PX, 4, 2 * theme.GRID_PX, theme.GRID_PX)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """One line of it.

    Attributes:
        at: when it was found, aware; None = it was not looked at.
        due_at: when it is due again, aware; None = the copy names no time.
        token: colour of what it came to; None = the usual one.
    """

    what: str
    came_to: str
    at: datetime | None
    due_at: datetime | None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as of `now`, in the ward's zone."""

    line: KeptLine
    now: datetime
    zone: tzinfo

    @property
    def when(self) -> str:
        return "never" if self.line.at is None else moment_text(self.line.at, self.zone, self.now)

    @property
    def age(self) -> str:
        at = self.line.at
        return "" if at is None else f"{duration_text(self.now - at)} ago"

    @property
    def is_late(self) -> bool:
        return self.line.due_at is not None and is_overdue(self.line.due_at, self.now)

    @property
    def due(self) -> str:
        if self.line.due_at is None:
            return ""
        return f"{'▲ ' if self.is_late else ''}{due_text(self.line.due_at, self.now)}"


_COLUMNS: tuple[RowColumn[_Row], ...] = (
    RowColumn("What", 300, lambda row: row.line.what),
    RowColumn("Came to", 260, lambda row: row.line.came_to, colour=lambda row: row.line.token),
    RowColumn("When", 112, lambda row: row.when),
    RowColumn("How long ago", 130, lambda row: row.age),
    RowColumn(
        "Due again", 170, lambda row: row.due,
        colour=lambda row: "risk_high" if row.is_late else None,
    ),
)  # fmt: skip


class KeptPage(QWidget):
    """A sentence with the copy's age, and a line for each thing it holds.

    Args:
        name: what the lines are: "Assessments".
        which: which of them there are: "the last by each instrument".
        lines_of: returns them, the words of one context.
    """

    def __init__(
        self,
        name: str,
        which: str,
        lines_of: Callable[[KeptRecord], Sequence[KeptLine]],
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._name, self._which, self._lines_of = name, which, lines_of
        self._record: KeptRecord | None = None
        self.words = PaddedLabel(_PADDING, parent=self)
        self.words.setWordWrap(True)
        self.rows = RowsModel[_Row](_COLUMNS, self)
        self.table = RowsTable(self.rows, f"{name} in the copy of the ward", self)
        self.table.horizontalHeader().setStretchLastSection(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)

    @property
    def holds_something(self) -> bool:
        """Whether a record from a copy is what is shown, be it empty."""
        return self._record is not None

    def show_record(self, record: KeptRecord, now: datetime, zone: tzinfo) -> None:
        """Show what a copy holds of a patient."""
        self._record = record
        self.tell_time(now, zone)

    def forget(self) -> None:
        """Hold nothing any more."""
        self._record = None
        self.rows.show_rows(())

    def tell_time(self, now: datetime, zone: tzinfo) -> None:
        """Bring the ages up to the present."""
        if self._record is None:
            return
        chosen = self.table.currentIndex().row()
        lines = self._lines_of(self._record)
        self.rows.show_rows([_Row(line, now, zone) for line in lines])
        self.table.fit_columns()
        if lines:
            self.table.setCurrentIndex(self.rows.index(min(max(chosen, 0), len(lines) - 1), 0))
        taken_at = self._record.taken_at
        nothing = "" if lines else " There are none in it."
        self.words.setText(
            f"{self._name} as of {moment_text(taken_at, zone, now)},"
            f" {duration_text(now - taken_at)} ago: {self._which}, from the copy."
            f" They can be changed when the server is back.{nothing}"
        )
