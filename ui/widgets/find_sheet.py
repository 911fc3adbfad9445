"""Base of the sheets that find records by an answer: the question above, the rows below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt, QTimer
from typing_extensions import override

from ui import theme
from ui.context import Context
from ui.formats import moment_text
from ui.notices import PROBLEM, NoticeAction
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form
from ui.widgets.inputs import Choice
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.core.errors import WardError

ASK = "Choose an answer; Ctrl+Enter looks for it. Enter on a row opens it."
LOOKING = "Being looked for…"
SLOW = "Still being looked for: there is much to read, or the server is slow. Leave, or wait."
SLOW_MS = 1_500
MOST = 200
SINCE = (
    Choice(timedelta(days=1), "The last 24 hours"),
    Choice(timedelta(days=7), "The last 7 days"),
    Choice(timedelta(days=28), "The last 28 days"),
    Choice(timedelta(days=92), "The last 92 days"),
)


class FindSheet(EntrySheet):
    """Ctrl+Enter looks; Enter on a row opens it. What was found last stays, greyed, on failure.

    Subclasses name the fields, `look` and `open_row`; a new question drops the answer of the
    one before.
    """

    # it saves nothing
    without_server = ""

    width_px: ClassVar[int] = 720

    def __init__(
        self,
        context: Context,
        title: str,
        fields: Sequence[Field],
        columns: Sequence[RowColumn[Any]],
    ) -> None:
        super().__init__(context, title=title, save_text="Find")
        self._question = 0
        self._found_at: datetime | None = None
        self.form = self.add_form(Form(list(fields), context.clock, self.page))
        self.words = PlainLabel(ASK, self)
        self.words.setWordWrap(True)
        theme.tint(self.words, "dim")
        self.model = RowsModel[Any](columns, self)
        self.table = RowsTable(self.model, "What was found, the latest first", self.page)
        self.table.horizontalHeader().setStretchLastSection(True)
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(lambda: self.words.setText(SLOW))
        self.table.activated.connect(self._open)
        self.content.addWidget(self.words)
        self.content.addWidget(self.table, 1)

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    def look(self, question: int) -> None:
        """Ask the database; answer with `show_found` or `show_failed` and this number."""
        raise NotImplementedError

    def open_row(self, row: Any) -> None:
        """Open what was found."""
        raise NotImplementedError

    @override
    def save(self) -> None:
        if not self.check():
            return
        self._question += 1
        self.notice.clear()
        self.words.setText(LOOKING)
        self._slow.start()
        self.look(self._question)

    def is_current(self, question: int) -> bool:
        """Whether nothing else was asked since."""
        return question == self._question

    def show_found(self, question: int, rows: Sequence[Any], said: str) -> None:
        """Show what was found, with what is said of it."""
        if not self.is_current(question):
            return
        self._slow.stop()
        self._found_at = self.context.clock()
        self.model.set_stale(stale=False)
        self.model.show_rows(rows)
        self.words.setText(f"{said} Only the latest {MOST}." if len(rows) >= MOST else said)
        self.table.setCurrentIndex(self.model.index(0, 0) if rows else QModelIndex())
        if rows:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_failed(self, question: int, error: WardError) -> None:
        """Say why nothing was found out; what was found before stays, greyed."""
        if not self.is_current(question):
            return
        self._slow.stop()
        self.model.set_stale(stale=True)
        self.notice.tell(PROBLEM, str(error), NoticeAction("Look again (Ctrl+Enter)", self.save))
        if self._found_at is None:
            self.words.setText("Nothing could be looked for.")
        else:
            at = moment_text(self._found_at, self.zone(), self.context.clock())
            self.words.setText(f"The rows below are those found at {at}.")

    def zone(self) -> Any:
        """Return the zone in which times are told."""
        raise NotImplementedError

    def _open(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row is not None:
            self.open_row(row)
