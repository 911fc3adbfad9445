"""What is said under one line of the entry: a refusal, or a question with its answers."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal
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
        self._meant: Decimal | None = None
        self._text = PlainLabel(parent=self)
        self._text.setFont(theme.font(theme.SMALL_PX))
        self._text.setWordWrap(True)
        self.use_button = QPushButton(self)
        self.keep_button = QPushButton(self)
        self.use_button.clicked.connect(self._use)
        self.keep_button.clicked.connect(self.kept)
        self._lay_out(indent_px)
        self.clear()

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return self._text.text() if not self.isHidden() else ""

    def clear(self) -> None:
        """Say nothing."""
        self._text.clear()
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
        self._text.setText(text)
        theme.tint(self._text, look)
        self.show()

    def _use(self) -> None:
        self.replaced.emit(self._meant)

    def _lay_out(self, indent_px: int) -> None:
        answers = QHBoxLayout()
        answers.setSpacing(theme.GRID_PX)
        answers.addWidget(self.use_button)
        answers.addWidget(self.keep_button)
        answers.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(indent_px, 0, 0, 4)
        column.setSpacing(4)
        column.addWidget(self._text)
        column.addLayout(answers)
