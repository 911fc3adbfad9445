"""Full-width bands that say what kind of system or moment this is, on every screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.plain_text import PlainLabel

BAND_HEIGHT_PX = 26


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its words and the token of its ground."""

    words: str
    ground: str


# in the order in which they stand, uppermost first
BANDS = {
    "demo": Band("DEMO   Invented patients. Do not use for care.", "band_demo"),
    "training": Band("TRAINING   Practice patients. Do not use for care.", "band_training"),
    "staging": Band("STAGING   The next version on trial. Do not use for care.", "band_training"),
    "development": Band("DEVELOPMENT   Not for care.", "band_training"),
    "test": Band("TEST   Not for care.", "band_training"),
    "break_glass": Band(
        "BREAK-GLASS   You opened a record outside your ward. It is being audited.",
        "band_break_glass",
    ),
    "offline": Band(
        "OFFLINE   The server cannot be reached. You see what was read last; nothing can be saved"
        " until it is back.",
        "band_offline",
    ),
    "back": Band("BACK   The server is back.", "band_back"),
}


class BandStack(QWidget):
    """The bands in force, below one another; takes no room when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, QLabel] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for key, band in BANDS.items():
            self._labels[key] = self._label(band)
            column.addWidget(self._labels[key])

    @property
    def shown(self) -> frozenset[str]:
        """Keys of the bands in force."""
        return frozenset(key for key, label in self._labels.items() if not label.isHidden())

    def show_bands(self, keys: Iterable[str]) -> None:
        """Show exactly these; keys without a band ("production") show nothing."""
        wanted = set(keys)
        for key, label in self._labels.items():
            label.setVisible(key in wanted)

    def set_band(self, key: str, *, shown: bool, words: str = "") -> None:
        """Show or hide one, with other words than its own where there are any."""
        self._labels[key].setText(words or BANDS[key].words)
        self._labels[key].setVisible(shown)

    def words_of(self, key: str) -> str:
        """Return what one says, or said when it was shown last."""
        return self._labels[key].text()

    def _label(self, band: Band) -> QLabel:
        label = PlainLabel(band.words, self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setFixedHeight(BAND_HEIGHT_PX)
        label.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        theme.tint(label, "on_band", band.ground)
        label.hide()
        return label
