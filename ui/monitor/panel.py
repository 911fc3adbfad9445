"""The server as IT sees it: ten parts, each with what was found, pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.context import Context, Place
from ui.formats import moment_text
from ui.monitor.section_view import SectionView
from ui.monitor.words import COLOURS, state_text, worst
from ui.plain_text import PlainLabel
from ui.widgets.panel import Panel
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ward_app.core.database import Transaction
from ward_app.core.errors import WardError
from ward_app.core.reading import unhurried
from ward_app.core.settings import load_settings
from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.kinds import Kind
from ward_app.operations.monitor.parts import TITLES, Bar
from ward_app.operations.monitor.report import Section
from ward_app.operations.monitor.trend_parts import trend_rows
from ward_app.operations.monitor.watch import Watch, read_watch

_LIST_PX = 300
_OVERVIEW = "Overview"
_KEYS = dict(zip(Kind, "1234567890", strict=True))
# of these the bars stand in the overview too
_SHOWN_FIRST = (Kind.CONNECTIONS, Kind.CACHE, Kind.HOST)
WELL = Finding("Server", Level.GOOD, "Nothing needs to be done.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list at the left; `kind` None is the overview."""

    kind: Kind | None
    findings: tuple[Finding, ...]


class MonitorPanel(Panel):
    """A list of the parts at the left, the chosen one at the right; digits choose."""

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._watch: Watch | None = None
        self.summary = PlainLabel(parent=self)
        self.summary.setWordWrap(True)
        theme.tint(self.summary, "dim")
        self.message = PlainLabel("The server is being asked…", self)
        self.lines = RowsModel[Line](_columns(), self)
        self.list = RowsTable(self.lines, "Parts of the report", self)
        self.section = SectionView(self)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._add_commands()
        self.list.selectionModel().currentRowChanged.connect(self._choose_row)
        self.load_failed.connect(self._go_stale)

    @property
    def chosen(self) -> Kind | None:
        """The part that is shown; None = the overview."""
        line = self.lines.row(self.list.currentIndex())
        return None if line is None else line.kind

    @override
    def load(self) -> None:
        self.read(self._show, _look)

    def choose(self, kind: Kind | None) -> None:
        """Show a part; None = the overview."""
        for row, line in enumerate(self.lines.rows):
            if line.kind is kind:
                self.list.setCurrentIndex(self.lines.index(row, 0))

    def _show(self, watch: Watch) -> None:
        chosen = self.chosen
        self._watch = watch
        lines = [Line(None, watch.report.findings)]
        lines += [Line(section.kind, section.findings) for section in watch.report.sections]
        self.lines.show_rows(lines)
        self.lines.set_stale(stale=False)
        self.summary.setText(self._summary(watch))
        self.put_in_view(self._stack, self._page, self.list)
        self.choose(chosen)
        self._render()

    def _choose_row(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._render()

    def _render(self) -> None:
        if self._watch is None:
            return
        section = None if self.chosen is None else self._watch.report.of(self.chosen)
        if section is None:
            self._show_overview(self._watch)
        else:
            self._show_section(self._watch, section)

    def _show_overview(self, watch: Watch) -> None:
        found = watch.report.findings
        pressing = [one for level in _TO_DO for one in found if one.level is level]
        notes = [one for one in found if one.level is Level.INFO]
        self.section.show_part(
            _OVERVIEW,
            (pressing or [WELL]) + notes,
            bars=tuple(_first_bars(watch)),
            snapshots=watch.trend.snapshots,
        )

    def _show_section(self, watch: Watch, section: Section) -> None:
        is_size = section.kind is Kind.SIZE
        grown = trend_rows(watch.trend) if is_size else ()
        self.section.show_part(
            section.title,
            section.findings,
            facts=section.parts.facts,
            bars=section.parts.bars,
            tables=(*section.parts.tables, *grown),
            snapshots=watch.trend.snapshots if is_size else (),
        )

    def _summary(self, watch: Watch) -> str:
        zone, now = self.place.zone, self.context.clock()
        made = watch.report
        seen = moment_text(made.taken_at, zone, now)
        text = f"{made.database} on PostgreSQL {made.server_version}, seen {seen}."
        if watch.machine_at is None:
            return (
                f"{text} Processor, memory, disk and backups: not known before its computer ran "
                "wardctl monitor --keep."
            )
        told = moment_text(watch.machine_at, zone, now)
        return f"{text} Processor, memory, disk and backups as of {told}."

    def _go_stale(self, error: WardError) -> None:
        if self._watch is None:
            self.message.setText("The server could not be asked. F5 tries again.")
            self.tell_failed(error)
            return
        self.lines.set_stale(stale=True)
        taken_at = self._watch.report.taken_at
        self.tell_failed(error, "The report shows", taken_at, self.place.zone)

    def _add_commands(self) -> None:
        self.add_command("Server: overview", "O", partial(self.choose, None))
        for kind, key in _KEYS.items():
            self.add_command(f"Server: {TITLES[kind].lower()}", key, partial(self.choose, kind))

    def _lay_out(self) -> None:
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.list.setFixedWidth(_LIST_PX)
        self._page = QWidget(self)
        row = QHBoxLayout(self._page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self.list)
        row.addWidget(self.section, 1)
        self._stack.addWidget(self.message)
        self._stack.addWidget(self._page)
        self.setFocusProxy(self.message)
        column = QVBoxLayout()
        margin = theme.GRID_PX + 4
        column.setContentsMargins(margin, theme.GRID_PX, margin, theme.GRID_PX)
        column.setSpacing(theme.GRID_PX)
        column.addWidget(self.summary)
        column.addWidget(self._stack, 1)
        self.content.addLayout(column)


@unhurried
def _look(tx: Transaction) -> Watch:
    """Return the report by the limits of this computer's settings, as `wardctl alerts check`.

    Raises:
        ConfigurationError: the settings are wrong.
    """
    return read_watch(tx, load_settings().alerts)


_TO_DO = (Level.ERROR, Level.WARNING)


def _first_bars(watch: Watch) -> Sequence[Bar]:
    """Return the bars of what runs out."""
    sections = (watch.report.of(kind) for kind in _SHOWN_FIRST)
    return [bar for section in sections if section is not None for bar in section.parts.bars]


def _columns() -> tuple[RowColumn[Line], ...]:
    return (
        RowColumn("Part", 160, _name),
        RowColumn("State", 120, lambda line: state_text(line.findings), colour=_colour),
    )


def _name(line: Line) -> str:
    if line.kind is None:
        return f"{_OVERVIEW} (O)"
    return f"{TITLES[line.kind]} ({_KEYS[line.kind]})"


def _colour(line: Line) -> str | None:
    return COLOURS[worst(line.findings)]
