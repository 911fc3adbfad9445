"""The room at the right where one sheet at a time stands beside the board."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.sheet import Sheet


class SheetArea(QFrame):
    """Shows one sheet; takes no room when there is none.

    Signals:
        saved: (str, Callable or None, tuple or None) a sheet saved something, its undo, and what
            may come next as `Sheet.next_step`.
        emptied: the sheet was closed and none followed.
    """

    saved = Signal(str, object, object)
    emptied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 0, 0)
        theme.tint(self, ground="line")
        self.hide()

    @property
    def sheet(self) -> Sheet | None:
        """The open sheet."""
        return self._sheet

    @property
    def is_dirty(self) -> bool:
        """Whether the open sheet holds something typed and not saved."""
        return self._sheet is not None and (self._sheet.is_dirty or self._sheet.is_saving)

    def open(self, sheet: Sheet) -> bool:
        """Show a sheet; the one before keeps its entry as a draft.

        False = the one before is being saved; then the new one is thrown away.
        """
        if self._sheet is not None and self._sheet.is_saving:
            sheet.deleteLater()
            return False
        if self._sheet is not None:
            self._sheet.set_aside()
        self._sheet = sheet
        sheet.saved.connect(self._tell_saved)
        sheet.closed.connect(self._close)
        sheet.sheet_requested.connect(self.open)
        self._column.addWidget(sheet)
        sheet.show()
        self.show()
        sheet.restore_draft()
        sheet.tell_outage(is_lost=sheet.context.work.is_cut_off)
        sheet.focus_first()
        return True

    def _tell_saved(self, text: str) -> None:
        if self._sheet is not None:
            self.saved.emit(text, self._sheet.undo, self._sheet.next_step)

    def _close(self) -> None:
        sheet, self._sheet = self._sheet, None
        if sheet is None:
            return
        self._column.removeWidget(sheet)
        sheet.hide()
        sheet.deleteLater()
        self.hide()
        self.emptied.emit()
