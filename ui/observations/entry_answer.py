"""What is said under one line of the entry: a refusal, or a question with its answers."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui import theme
from ui.plain_text import PlainLabel
from ward_app.observations.limits import number_text


class EntryAnswer(QWidget):
    """One sentence in place, and for an unusual value the buttons "Use 37" and "Keep 3.7".

    Signals:
        kept: the value stays as it is.
        replaced: (Decimal) the value that was meant.
    """

    kept = Signal()
    replaced = Signal(object)

    def __init__(self, indent_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indent_px = indent_px
        self._meant: Decimal | None = None
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return self._words.text() if not self.isHidden() else ""

    @property
    def use_button(self) -> QPushButton:
        """Takes the value that was meant."""
        return self._parts[1]

    @property
    def keep_button(self) -> QPushButton:
        """Leaves the value as it is."""
        return self._parts[2]

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    def refuse(self, text: str) -> None:
        """Say why a value cannot be stored."""
        self._say(f"◆ {text}", "problem")
        self.use_button.hide()
        self.keep_button.hide()

    def hint(self, text: str) -> None:
        """Say something that needs no answer."""
        self._say(f"▲ {text}", "caution")
        self.use_button.hide()
        self.keep_button.hide()

    def ask(self, text: str, value: Decimal | int, meant: Decimal | None) -> None:
        """Ask about an unusual value; `meant` None = no likely slip to offer."""
        self._say(f"▲ {text} (Enter keeps it)", "caution")
        self._meant = meant
        self.keep_button.setText(f"Keep {number_text(value)}")
        self.keep_button.show()
        self.use_button.setVisible(meant is not None)
        self.use_button.setText("" if meant is None else f"Use {number_text(meant)}")

    def _say(self, text: str, look: str) -> None:
        self._words.setText(text)
        theme.tint(self._words, look)
        self.show()

    def _use(self) -> None:
        self.replaced.emit(self._meant)

    @property
    def _words(self) -> PlainLabel:
        return self._parts[0]

    @cached_property
    def _parts(self) -> tuple[PlainLabel, QPushButton, QPushButton]:
        """Words and buttons, made when something is said first: of most lines nothing ever is."""
        words, use, keep = PlainLabel(parent=self), QPushButton(self), QPushButton(self)
        words.setFont(theme.font(theme.SMALL_PX))
        words.setWordWrap(True)
        use.clicked.connect(self._use)
        keep.clicked.connect(self.kept)
        answers = QHBoxLayout()
        answers.setSpacing(theme.GRID_PX)
        answers.addWidget(use)
        answers.addWidget(keep)
        answers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(self._indent_px, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(words)
        column.addLayout(answers)
        self.setTabOrder(self._control_before(), use)
        self.setTabOrder(use, keep)
        return words, use, keep

    def _control_before(self) -> QWidget:
        """Return the control that Tab leads here from: the line above."""
        before = self.previousInFocusChain()
        while before not in (None, self) and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
            before = before.previousInFocusChain()
        return before or self
