"""Where a note is read: with what was added, who signed, and its earlier wordings if asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget
from typing_extensions import override

from ui import theme
from ui.notes.document import Ink, Writer, screen_ink
from ui.notes.line import NoteLine
from ui.notes.words import where_text
from ward_app.notes.types import Note

NOTHING_CHOSEN = "Choose a note: arrow keys."
A_DRAFT = "You began this note and have not signed it. Enter goes on with it."


class ReadingPane(QTextEdit):
    """Shows one line's note; arrow keys and Page Down scroll, nothing can be typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.setTabChangesFocus(True)
        self.setAccessibleName("The chosen note")
        self.document().setDocumentMargin(2 * theme.GRID_PX)
        self._stale = False
        self._again: Callable[[], None] = partial(self.show_words, NOTHING_CHOSEN)

    def set_stale(self, *, stale: bool) -> None:
        """Write in grey while a newer note could not be read."""
        if stale != self._stale:
            self._stale = stale
            self._again()

    def show_words(self, words: str) -> None:
        """Show a sentence in place of a note."""
        self._again = partial(self.show_words, words)
        self.clear()
        Writer(self.document(), self._ink(), UTC, datetime.now(UTC)).write_line(words, dim=True)

    def show_line(
        self, line: NoteLine, zone: tzinfo, now: datetime, earlier: Sequence[Note] = ()
    ) -> None:
        """Show the note of a line with what was added; `earlier` wordings stand below, dim."""
        self._again = partial(self.show_line, line, zone, now, earlier)
        at = self.verticalScrollBar().value()
        self.clear()
        writer = Writer(self.document(), self._ink(), zone, now, hits=line.hits)
        writer.write_line(where_text(line), dim=True)
        if line.thread is None:
            writer.write_line(A_DRAFT)
        else:
            writer.write_thread(line.thread, earlier)
        self.moveCursor(self.textCursor().MoveOperation.Start)
        self.verticalScrollBar().setValue(at)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # other colours: the words are painted in them
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_again"):
            self._again()

    def _ink(self) -> Ink:
        ink = screen_ink()
        return ink._replace(text=ink.dim, hit=ink.dim) if self._stale else ink
