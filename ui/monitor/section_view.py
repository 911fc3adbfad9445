"""One part of the report: what was found and what to do, then pictures, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.monitor.bars_view import BarsView
from ui.monitor.growth_view import GrowthView
from ui.monitor.words import COLOURS, GLYPHS, WORDS
from ui.plain_text import PlainLabel
from ui.widgets.rows_table import ROW_HEIGHT_PX, RowColumn, RowsModel, RowsTable
from ward_app.operations.findings import Finding
from ward_app.operations.monitor.parts import Bar, Fact, Rows
from ward_app.operations.monitor.snapshots import Snapshot

_COLUMN_PX = 120
_WIDE_PX = 260
Row = tuple[str, ...]


class SectionView(QScrollArea):
    """Shows one part; the arrow keys scroll it, Tab walks through its tables."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Report on the server")
        self.tables: list[RowsTable] = []

    def show_part(
        self,
        title: str,
        findings: Sequence[Finding],
        *,
        facts: Sequence[Fact] = (),
        bars: Sequence[Bar] = (),
        tables: Sequence[Rows] = (),
        snapshots: Sequence[Snapshot] = (),
    ) -> None:
        """Show a part in place of the one before; two snapshots or more make a line of growth."""
        self.tables = []
        page = QWidget()
        column = QVBoxLayout(page)
        margin = theme.GRID_PX
        column.setContentsMargins(2 * margin, margin, 2 * margin, 2 * margin)
        column.setSpacing(margin)
        column.addWidget(_heading(title, theme.TITLE_PX, page))
        for found in findings:
            column.addWidget(_finding(found, page))
        if facts:
            told = ", ".join(f"{fact.label}: {fact.text}" for fact in facts)
            column.addWidget(_words(told, page, "dim"))
        if bars:
            column.addWidget(BarsView(bars, page))
        if len(snapshots) > 1:
            column.addWidget(_heading("Growth in 30 days", theme.BODY_PX, page))
            column.addWidget(GrowthView(snapshots, page))
        for table in tables:
            column.addWidget(_heading(table.title, theme.BODY_PX, page))
            column.addWidget(self._table(table, page))
        column.addStretch(1)
        self.setWidget(page)

    @override
    def setWidget(self, widget: QWidget) -> None:
        """Show the page as far down as the one before was shown."""
        bar = self.verticalScrollBar()
        at = bar.value()
        super().setWidget(widget)
        bar.setValue(at)

    def _table(self, table: Rows, page: QWidget) -> RowsTable:
        columns = [_column(number, table) for number in range(len(table.columns))]
        model = RowsModel[Row](columns, page)
        made = RowsTable(model, table.title, page)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        model.show_rows(table.rows)
        header_px = made.horizontalHeader().sizeHint().height()
        # one row more than there are: the scroll bar of a table that is too wide
        made.setFixedHeight(header_px + ROW_HEIGHT_PX * (len(table.rows) + 1) - ROW_HEIGHT_PX // 2)
        self.tables.append(made)
        return made


def _column(number: int, table: Rows) -> RowColumn[Row]:
    longest = max((len(row[number]) for row in table.rows), default=0)
    wide = _WIDE_PX if longest > len("a workstation's role") else _COLUMN_PX
    return RowColumn(
        table.columns[number], wide, partial(_cell, number), number=number in table.numbers
    )


def _cell(number: int, row: Row) -> str:
    return row[number]


def _heading(text: str, size_px: int, parent: QWidget) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setFont(theme.font(size_px, QFont.Weight.DemiBold))
    return label


def _finding(found: Finding, parent: QWidget) -> PlainLabel:
    mark = f"{GLYPHS[found.level]} {WORDS[found.level]}: "
    return _words(f"{mark}{found.says} {found.remedy}".rstrip(), parent, COLOURS[found.level])


def _words(text: str, parent: QWidget, colour: str) -> PlainLabel:
    label = PlainLabel(text, parent)
    label.setWordWrap(True)
    theme.tint(label, colour)
    return label
