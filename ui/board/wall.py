"""The wall screen: the board in large, for everybody who stands in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.board.cards import Moment
from ui.board.wall_cards import WallCard, wall_card, wall_counts
from ui.board.wall_layout import WallLayout, wall_layout
from ui.board.wall_painter import Lines, WallPainter
from ui.context import Place
from ui.formats import moment_text, time_text
from ui.widgets.bands import BAND_HEIGHT_PX, BandStack
from ward_app.board import rules
from ward_app.board.types import Board, GroupKind

_LINES_SHARE = 0.065
_LEAVE_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_F11)


@dataclass(frozen=True, slots=True)
class _Group:
    """A heading and its cards."""

    heading: str
    cards: tuple[WallCard, ...]


class WallWindow(QWidget):
    """Fills the screen with every bed, in bed order, and nothing to operate.

    `environment` ("demo", "training" …) stands above as everywhere else.

    Signals:
        closed: Escape, F11 or a double click ended it.
    """

    closed = Signal()

    def __init__(self, environment: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Wall screen")
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._groups: tuple[_Group, ...] = ()
        self._lines = Lines("", "", "", "")
        self._stale = False
        self._layout = wall_layout((), 1, 1)
        self._painter: WallPainter | None = None
        self.bands = BandStack(self)
        self.bands.show_bands({environment})

    @property
    def wall_layout(self) -> WallLayout:
        """The sizes in use."""
        return self._layout

    @property
    def lines(self) -> Lines:
        """The texts above the beds."""
        return self._lines

    @property
    def cards(self) -> tuple[WallCard, ...]:
        """Every bed shown, in order."""
        return tuple(card for group in self._groups for card in group.cards)

    def show_board(self, board: Board, place: Place, moment: Moment, *, stale: bool) -> None:
        """Show a board as of a moment; `stale` greys it and says since when."""
        privacy = {ward.id: ward.wall_privacy for ward in place.wards}
        several = len(board.ward_ids) > 1
        self._groups = tuple(
            _Group(
                _heading(group.title, group.kind, group.ward_name if several else ""),
                tuple(wall_card(bed, moment, privacy) for bed in group.beds),
            )
            for group in rules.bed_groups(board.beds)
        )
        self._stale = stale
        self._lines = _lines(board, place, moment, stale=stale)
        self.setAccessibleName(f"{place.name}. {self._lines.counts}. {self._lines.warning}")
        self._fit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        wall = self._current_painter()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wall.paint_ground(painter, QRectF(self.rect()))
        wall.paint_lines(painter, self._lines_box(), self._lines)
        for box, shown in self._places():
            if isinstance(shown, WallCard):
                wall.paint_card(painter, box, shown)
            else:
                wall.paint_heading(painter, box, shown)
        painter.end()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._painter = None
            self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _LEAVE_KEYS:
            self.close()
        else:
            super().keyPressEvent(event)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.close()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closed.emit()
        super().closeEvent(event)

    def _fit(self) -> None:
        self.bands.setGeometry(0, 0, self.width(), self._bands_height)
        sizes = [len(group.cards) for group in self._groups]
        space = self._beds_box()
        self._layout = wall_layout(sizes, space.width(), space.height())
        self._painter = None
        self.update()

    def _current_painter(self) -> WallPainter:
        if self._painter is None:
            self._painter = WallPainter(self._layout, stale=self._stale)
        return self._painter

    @property
    def _bands_height(self) -> int:
        return BAND_HEIGHT_PX * len(self.bands.shown)

    def _lines_box(self) -> QRectF:
        top = self._bands_height
        return QRectF(0, top, self.width(), round(self.height() * _LINES_SHARE))

    def _beds_box(self) -> QRectF:
        gap = self.height() * 0.006
        return QRectF(self.rect()).adjusted(gap, self._lines_box().bottom() + gap, -gap, -gap)

    def _places(self) -> Iterator[tuple[QRectF, WallCard | str]]:
        """Yield headings and cards with their places."""
        if self._layout.grouped:
            yield from self._grouped_places()
            return
        for at, card in enumerate(self.cards):
            yield self._cell(at, self._beds_box().top()), card

    def _grouped_places(self) -> Iterator[tuple[QRectF, WallCard | str]]:
        box, layout = self._beds_box(), self._layout
        top = box.top()
        for group in self._groups:
            yield QRectF(box.left(), top, box.width(), layout.heading_height), group.heading
            top += layout.heading_height
            for at, card in enumerate(group.cards):
                yield self._cell(at, top), card
            top += -(-len(group.cards) // layout.columns) * layout.cell_height

    def _cell(self, at: int, top: float) -> QRectF:
        layout = self._layout
        row, column = divmod(at, layout.columns)
        left = self._beds_box().left() + column * layout.cell_width
        return QRectF(left, top + row * layout.cell_height, layout.cell_width, layout.cell_height)


def _heading(title: str | None, kind: GroupKind, ward_name: str) -> str:
    words = {GroupKind.SIDE_ROOMS: "Side rooms", GroupKind.WITHOUT_BED: "No bed"}
    return " · ".join(part for part in (ward_name, title or words.get(kind, "")) if part)


def _lines(board: Board, place: Place, moment: Moment, *, stale: bool) -> Lines:
    time_zone = place.wards[0].time_zone if place.wards else "UTC"
    counts = wall_counts(rules.board_counts(board, moment.now, time_zone))
    since = moment_text(board.read_at, moment.zone, moment.now)
    warning = f"Stale since {since}: may have changed" if stale else ""
    return Lines(place.name, counts, time_text(moment.now, moment.zone), warning)
