"""A note and what was added to it as a text document: for reading on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from ui import theme
from ui.notes.line import NOTHING_HIT
from ui.notes.words import about_text, is_late, signed_text, symptom_text
from ward_app.notes.rules import Thread, hit_spans
from ward_app.notes.types import Note

_GAP_PX = 12


class Ink(NamedTuple):
    """The colours of a document: words, lesser words, what was looked for and its ground."""

    text: str
    dim: str
    hit: str
    hit_ground: str


def screen_ink() -> Ink:
    """Return the colours of the scheme shown."""
    tokens = theme.tokens()
    return Ink(tokens.text, tokens.dim, tokens.caution, tokens.caution_ground)


class Writer:
    """Writes notes into a document; words are words, never mark-up."""

    def __init__(
        self,
        document: QTextDocument,
        ink: Ink,
        zone: tzinfo,
        now: datetime,
        *,
        hits: frozenset[str] = NOTHING_HIT,
    ) -> None:
        self._cursor = QTextCursor(document)
        self._ink, self._zone, self._now, self._hits = ink, zone, now, hits
        self._empty = True

    def write_thread(self, thread: Thread, earlier: Sequence[Note] = ()) -> None:
        """Write a note, then what was added, then its earlier wordings."""
        self.write_note(thread.note)
        for note in thread.additions:
            self.write_note(note)
        if earlier:
            self.write_line("Earlier wordings, the last first", dim=True, bold=True, gap=True)
        for note in earlier:
            self.write_note(note, dim=True)

    def write_note(self, note: Note, *, dim: bool = False) -> None:
        """Write one row: title, time, words, signature; what was struck out is struck through."""
        struck = note.struck_out
        mark = "↳ " if note.about_id else ""
        self.write_line(f"{mark}{note.title}", bold=True, struck=struck, gap=True, large=True)
        self.write_line(self._time_words(note), dim=True)
        if note.symptom is not None:
            self.write_line(symptom_text(note.symptom), bold=True, struck=struck, dim=dim)
            if note.symptom.own_words:
                self.write_line(f"“{note.symptom.own_words}”", struck=struck, dim=dim)
        for part in note.sections:
            if part.heading:
                self.write_line(part.heading, bold=True, struck=struck, dim=dim)
            for line in part.text.splitlines():
                self.write_line(line, struck=struck, dim=dim)
        self.write_line(signed_text(note, self._zone, self._now), dim=True)

    def write_line(
        self,
        text: str,
        *,
        bold: bool = False,
        dim: bool = False,
        struck: bool = False,
        gap: bool = False,
        large: bool = False,
    ) -> None:
        """Write a line of its own; the words looked for stand out in it."""
        block = QTextBlockFormat()
        block.setTopMargin(_GAP_PX if gap and not self._empty else 2)
        if self._empty:
            self._cursor.setBlockFormat(block)
            self._empty = False
        else:
            self._cursor.insertBlock(block)
        look = QTextCharFormat()
        look.setForeground(QColor(self._ink.dim if dim else self._ink.text))
        look.setFontWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        look.setFontStrikeOut(struck)
        look.setProperty(QTextCharFormat.Property.FontPixelSize, _size(large=large))
        self._write_words(text, look)

    def _write_words(self, text: str, look: QTextCharFormat) -> None:
        found = QTextCharFormat(look)
        found.setForeground(QColor(self._ink.hit))
        found.setBackground(QColor(self._ink.hit_ground))
        found.setFontWeight(QFont.Weight.Bold)
        found.setFontUnderline(True)
        at = 0
        for begin, end in hit_spans(text, self._hits):
            self._cursor.insertText(text[at:begin], look)
            self._cursor.insertText(text[begin:end], found)
            at = end
        self._cursor.insertText(text[at:], look)

    def _time_words(self, note: Note) -> str:
        words = about_text(note, self._zone, self._now)
        return f"{words}, written later" if is_late(note) else words


def _size(*, large: bool) -> int:
    return theme.BODY_PX + 2 if large else theme.BODY_PX
