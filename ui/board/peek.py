"""The pane at the right: the selected bed in full, and what can be done with it by one key."""

from __future__ import annotations

import re
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.board.actions import ACTIONS, BedAction, offered
from ui.board.cards import BedCard, Face, Moment, patient_name, place_words
from ui.board.facts import Fact, facts
from ui.board.nurses import BedNurses
from ui.plain_text import PlainLabel
from ui.widgets.laid_out import laid_out_once
from ward_app.staff.types import SignedIn

PEEK_WIDTH_PX = 296
NARROW_PEEK_WIDTH_PX = 264
_LONGEST_WORD = 16
_ZERO_WIDTH_SPACE = "\u200b"


class PeekPane(QFrame):
    """Shows one bed; buttons do what their keys do.

    Signals:
        acted: (BedAct) a button was pressed.
    """

    acted = Signal(object)

    def __init__(self, signed_in: SignedIn, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signed_in = signed_in
        self._shown: tuple[BedCard, Moment] | None = None
        self.nurses = BedNurses()
        self._page = page = self._make_page()
        self.place = _label(page, theme.TITLE_PX - 2, QFont.Weight.Bold)
        self.name = _label(page, theme.TITLE_PX, QFont.Weight.Bold)
        self._facts: list[_FactLine] = []
        self._column, self._grid = QVBoxLayout(page), QGridLayout()
        self._buttons = {action.act: _ActionLine(action, page) for action in ACTIONS}
        for line in self._buttons.values():
            line.button.clicked.connect(partial(self.acted.emit, line.action.act))
        self._lay_out()
        self.setAccessibleName("Selected bed")
        self.show_nothing()

    @property
    def shown(self) -> BedCard | None:
        """The bed shown."""
        return self._shown[0] if self._shown else None

    def show_nothing(self) -> None:
        """Invite to choose a bed."""
        self._shown = None
        self.place.setText("No bed chosen")
        self.name.setText("")
        self._show_facts((Fact("", "Choose a bed with the arrow keys or type its number."),))
        for line in self._buttons.values():
            line.set_visible(False)

    def show_card(self, card: BedCard, moment: Moment) -> None:
        """Show a bed as of a moment."""
        before, self._shown = self._shown, (card, moment)
        if before is not None and before[0].face is card.face:
            self._show_lines(card, moment)
        else:
            with laid_out_once(self._column):
                self._show_lines(card, moment)

    def _show_lines(self, card: BedCard, moment: Moment) -> None:
        no_bed = card.bed.bed_id is None
        self.place.setText("◆ No bed" if no_bed else place_words(card.bed))
        theme.tint(self.place, "problem" if no_bed else "dim")
        is_patient = card.face is Face.PATIENT
        name = patient_name(card.bed, with_title=True) if is_patient else card.name
        self.name.setText(_breakable(name))
        # of other wards' nurses nothing is known here, which is not the same as nobody
        nurses = () if card.face is Face.WITHHELD else self.nurses.of(card.bed)
        self._show_facts((*nurses, *facts(card, moment)))
        can_do = offered(card.bed, self._signed_in)
        for act, line in self._buttons.items():
            line.set_visible(line.action in can_do)
            line.show_words(self._buttons[act].action.words(card.bed))

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Qt forgets the weight of some words when it styles them anew
        if event.type() == QEvent.Type.StyleChange and self._shown is not None:
            self.show_card(*self._shown)

    def _show_facts(self, shown: tuple[Fact, ...]) -> None:
        while len(self._facts) < len(shown):
            self._add_fact_line()
        for line, fact in zip(self._facts, shown, strict=False):
            line.show_fact(fact)
        for line in self._facts[len(shown) :]:
            line.set_visible(False)

    def _add_fact_line(self) -> None:
        line, row = _FactLine(self._page), len(self._facts)
        self._grid.addWidget(line.caption, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(line.value, row, 1)
        self._facts.append(line)

    def _make_page(self) -> QWidget:
        """Return the page that scrolls, empty: what stands on it is made there."""
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget(area)
        theme.tint(page, ground="card")
        area.setWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        return page

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        column.addWidget(self.place)
        column.addWidget(self.name)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addSpacing(theme.GRID_PX)
        column.addLayout(self._grid_of_actions())
        column.addStretch(1)

    def _grid_of_actions(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, line in enumerate(self._buttons.values()):
            grid.addWidget(line.key, row, 0)
            grid.addWidget(line.button, row, 1)
        return grid


class _FactLine:
    """A caption and its value."""

    def __init__(self, page: QWidget) -> None:
        self.caption = _label(page, theme.SMALL_PX)
        self.value = _label(page, 13)
        theme.tint(self.caption, "dim")

    def show_fact(self, fact: Fact) -> None:
        """Show one fact."""
        self.caption.setText(fact.caption)
        self.value.setText(_breakable(fact.value))
        self.value.setFont(theme.font(13, _weight(fact)))
        self.set_visible(True)

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - as Qt's own
        """Show or hide the line."""
        self.caption.setVisible(visible)
        self.value.setVisible(visible)


class _ActionLine:
    """The key and the button of one act."""

    def __init__(self, action: BedAction, page: QWidget) -> None:
        self.action = action
        self.key = PlainLabel(action.key_name, page)
        self.key.setFont(theme.font(theme.SMALL_PX, QFont.Weight.Bold))
        self.key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(self.key, "accent")
        self.button = QPushButton(page)
        self.button.setProperty("kind", "act")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # long words end at the edge, and are whole in the tooltip: the facts above keep theirs
        self.button.setMinimumWidth(1)

    def show_words(self, words: str) -> None:
        """Say what the act is for this bed."""
        self.button.setText(words)
        self.button.setToolTip(f"{words} (key {self.action.key_name})")

    def set_visible(self, visible: bool) -> None:  # noqa: FBT001 - as Qt's own
        """Show or hide the line."""
        self.key.setVisible(visible)
        self.button.setVisible(visible)


def _label(page: QWidget, size_px: int, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    label = PlainLabel(parent=page)
    label.setFont(theme.font(size_px, weight))
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return label


def _breakable(text: str) -> str:
    """Return the text with places where a word longer than a line may be broken."""
    return re.sub(rf"(\w{{{_LONGEST_WORD}}})(?=\w)", f"\\1{_ZERO_WIDTH_SPACE}", text)


def _weight(fact: Fact) -> QFont.Weight:
    return QFont.Weight.DemiBold if fact.loud else QFont.Weight.Normal
