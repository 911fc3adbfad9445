"""How wide the columns of a table are: as asked for, and as their words need it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QEvent, Qt
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget
from typing_extensions import override

from ui import theme

# columns may be so much narrower or wider than they ask for, to fill the room
_LEAST_SHARE, _MOST_SHARE = 0.88, 1.5
# the same of a table that scrolls, where a wide column pushes others out of view
_MOST_GROWN = 1.2
# the part of its width that a column gives whose words are cut in any case: one in so many
_LARGEST_GIFT = 4
# a cell's padding and grid line beside its words, and the step in which needs are told, so that
# columns do not move with every minute that is counted
_CELL_PX, _STEP_PX = 16, 8
# the longest text by its letters is not always the widest
_MEASURED = 4


def shared_out(asked: Sequence[int], needs: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns that ask for some pixels and need others for their words.

    The room is shared out as asked for. What a column does not need then goes to those whose words
    would be cut, to those first that lack least; the one that lacks most gives a part of its own
    where that helps others. A table that is far too wide scrolls: its columns get what they need,
    up to a fifth more than they ask for. `room` in pixels.
    """
    # a table that shows different things may have no columns yet
    share = min(room / max(sum(asked), 1), _MOST_SHARE)
    if share < _LEAST_SHARE:
        return _scrolling(asked, needs, room)
    widths = [int(width * share) for width in asked]
    lacking = [max(0, need - width) for width, need in zip(widths, needs, strict=True)]
    spare = [max(0, width - need) for width, need in zip(widths, needs, strict=True)]
    largest = max(lacking, default=0)
    wanted = sum(lacking) - largest - sum(spare)
    if wanted > 0:
        most = lacking.index(largest)
        spare[most], lacking[most] = min(widths[most] // _LARGEST_GIFT, wanted), 0
    left = sum(spare)
    for number in sorted(range(len(widths)), key=lacking.__getitem__):
        given = min(lacking[number], left)
        widths[number] += given
        left -= given
    return _without(widths, spare, sum(spare) - left)


def _scrolling(asked: Sequence[int], needs: Sequence[int], room: int) -> list[int]:
    most = [int(width * _MOST_GROWN) for width in asked]
    pairs = zip(asked, map(min, needs, most), strict=True)
    widths = [max(width, need) for width, need in pairs]
    spare = [max(0, width - need) for width, need in zip(widths, needs, strict=True)]
    return _without(widths, spare, min(sum(spare), max(0, sum(widths) - room)))


def _without(widths: Sequence[int], spare: Sequence[int], taken: int) -> list[int]:
    """Return the widths less so many pixels, from each column by what it can spare."""
    whole = max(sum(spare), 1)
    return [width - taken * own // whole for width, own in zip(widths, spare, strict=True)]


def needed(
    headers: Iterable[str],
    rows: Sequence[Sequence[str]],
    metrics: Sequence[QFontMetrics],
) -> list[int]:
    """Return how many pixels each column needs to show its header and every row's words.

    `metrics` are a column's own, for header and words alike.
    """
    needs = []
    for number, (header, font) in enumerate(zip(headers, metrics, strict=True)):
        longest = nlargest(_MEASURED, {row[number] for row in rows} | {header}, key=len)
        widest = max(font.horizontalAdvance(text) for text in longest)
        needs.append(-(-(widest + _CELL_PX) // _STEP_PX) * _STEP_PX)
    return needs


class Asking(Protocol):
    """A column as a table needs to know it: its words above, and the pixels it asks for."""

    @property
    def header(self) -> str:
        """What stands above it."""

    @property
    def width_px(self) -> int:
        """What it asks for."""


class Worded(Protocol):
    """What a model offers whose words decide about the widths of its columns."""

    @property
    def columns(self) -> Sequence[Asking]:
        """The columns."""

    @property
    def texts(self) -> Sequence[Sequence[str]]:
        """The words of every row, by column."""


class SmallHeadedTable(QTableView):
    """Its header is in small letters, in either colour scheme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._write_small()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # another style sheet takes the header's font back
        if event.type() == QEvent.Type.StyleChange:
            self._write_small()

    def _write_small(self) -> None:
        self.horizontalHeader().setFont(theme.font(theme.SMALL_PX, QFont.Weight.DemiBold))


class FittedTable(SmallHeadedTable):
    """Shares its room out among its columns by what they ask for and what their words need."""

    def __init__(self, model: QAbstractItemModel, worded: Worded, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._worded = worded
        self.setModel(model)
        self._needs = self._needed()
        model.modelReset.connect(self._fit_words)
        model.dataChanged.connect(self._take_change)

    def fit_columns(self) -> None:
        """Share the room out among the columns that the model has now."""
        self._needs = self._needed()
        self._share_out()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _take_change(self, _first: object, _last: object, roles: Sequence[int]) -> None:
        if not roles or Qt.ItemDataRole.DisplayRole in roles:
            self._fit_words()

    def _fit_words(self) -> None:
        """Share the room out anew where the new words need another; else nothing moves."""
        needs = self._needed()
        if needs != self._needs:
            self._needs = needs
            self._share_out()

    def _needed(self) -> list[int]:
        columns, texts = self._worded.columns, self._worded.texts
        metrics = [QFontMetrics(self._font(number)) for number in range(len(columns))]
        return needed([column.header for column in columns], texts, metrics)

    def _font(self, column: int) -> QFont:
        """Return the font of a column, as its first row has it."""
        own = self.model().index(0, column).data(Qt.ItemDataRole.FontRole)
        return own if isinstance(own, QFont) else self.font()

    def _share_out(self) -> None:
        asked = [column.width_px for column in self._worded.columns]
        room = self.viewport().width()
        for number, width in enumerate(shared_out(asked, self._needs, room)):
            self.setColumnWidth(number, width)
