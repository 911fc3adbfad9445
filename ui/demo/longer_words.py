"""Words 40 % longer, as another language may have them: shown for a while, on the same screens.

Nothing is translated yet. The program's own words are told from names and numbers by looking
them up in its source: whatever stands in one of its texts is a word of the program.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from math import ceil
from pathlib import Path

from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from shiboken6 import isValid

import ui
import ward_app

_LONGER = 0.4
_SHORTEST = 3
_WORD = re.compile(r"(?<![<&\w])[A-Za-z][a-z]+(?![\w;])")
_TAG = re.compile(r"<[^>]*>")
_ROUNDS = 4


def longer(text: str) -> str:
    """Return the text with the program's own words 40 % longer; names and numbers as they are."""
    if "<" not in text:
        return _WORD.sub(_longer_word, text)
    tags = _TAG.findall(text)
    pieces = [_WORD.sub(_longer_word, piece) for piece in _TAG.split(text)]
    return "".join(piece + tag for piece, tag in zip(pieces, [*tags, ""], strict=True))


@contextmanager
def longer_words(window: QWidget) -> Iterator[None]:
    """Show every label and button of a window with longer words while this lasts."""
    labels, buttons = window.findChildren(QLabel), window.findChildren(QAbstractButton)
    worded: list[QLabel | QAbstractButton] = [*labels, *buttons]
    grown = (each for each in worded if longer(each.text()) != each.text())
    changed = [(each, each.text(), each.toolTip()) for each in grown]
    for widget, text, tooltip in changed:
        widget.setText(longer(text))
        widget.setToolTip(longer(tooltip))
    settle()
    try:
        yield
    finally:
        # what was shown anew meanwhile has its own words already
        for widget, text, tooltip in changed:
            if isValid(widget) and widget.text() == longer(text):
                widget.setText(text)
                widget.setToolTip(tooltip)
        settle()


def settle() -> None:
    """Let layouts take their new sizes."""
    for _ in range(_ROUNDS):
        QApplication.processEvents()


def _longer_word(found: re.Match[str]) -> str:
    word = found.group()
    if len(word) < _SHORTEST or word.lower() not in _vocabulary():
        return word
    return word[:-1] + "e" * ceil(_LONGER * len(word)) + word[-1]


@cache
def _vocabulary() -> frozenset[str]:
    """Return the words of every text in the source of the program, in lower case."""
    words: set[str] = set()
    for package in (ui, ward_app):
        for path in Path(package.__path__[0]).rglob("*.py"):
            if "demo" not in path.parts:
                words.update(_words_of(path))
    return frozenset(words)


def _words_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (word.lower() for word in re.findall(r"[A-Za-z]+", node.value))
