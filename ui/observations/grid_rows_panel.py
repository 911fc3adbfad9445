"""The rows of the bay grid: who lies on the ward, what is typed, the set before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.context import Context, Place
from ui.formats import moment_text, time_text
from ui.notices import PROBLEM, NoticeAction
from ui.observations.grid_fields import grid_fields
from ui.observations.grid_filter import ALL, GridFilter, bays, fits
from ui.observations.grid_model import GridModel
from ui.observations.grid_row import GridRow, GridRules, Look, RowEntry
from ui.observations.grid_view import GridView
from ui.observations.grid_words import NOBODY, ONE_WARD, gone_text, strip_text
from ui.open_charts import OpenCharts
from ui.patients.banner import place_text
from ui.plain_text import PlainLabel
from ui.widgets.panel import Panel
from ward_app.board.queries import hospital_board, ward_board
from ward_app.board.rules import has_patient
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.observations.oxygen_target import TargetRange
from ward_app.observations.pack_queries import scorings_of
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.packs import adult_limits
from ward_app.observations.target_queries import targets_of
from ward_app.observations.ward_charting import LastSet, last_sets

DRAFTS = "grid"
Entries = dict[UUID, RowEntry]


class GridRowsPanel(Panel):
    """The rows of one ward, read and kept up to date; what is typed in them stays.

    The access to every chart is logged before the previous values are read. What is typed is
    kept, for this person, until it is saved or taken out.
    """

    topics: ClassVar[frozenset[str]] = frozenset({"beds", "observations", "patients"})

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        limits = adult_limits()
        rules = GridRules(grid_fields(limits), limits, place.zone, context.clock)
        self.model = GridModel(rules, context.clock, self)
        self.view = GridView(self.model, self)
        self.strip = PlainLabel(parent=self)
        self.filter = GridFilter(self)
        self._rows: dict[UUID, GridRow] = {}
        self._charts = OpenCharts(self)
        self._known_at: datetime | None = None
        self._beds: frozenset[UUID] | None = None
        self.load_failed.connect(self._go_stale)

    @property
    @override
    def has_unsaved_entry(self) -> bool:
        return any(entry.is_typed for entry in self._entries().values())

    @override
    def load(self) -> None:
        if len(self.place.wards) != 1:
            self._show_rows(())
            self.strip.setText(ONE_WARD)
            return
        self.read(self._show_board, ward_board, self.place.ward_ids)

    @override
    def show_place(self, place: Place) -> None:
        self._rows, self._known_at, self._beds = {}, None, None
        self.filter.choose(ALL)
        rules = self.model.rules
        self.model.rules = replace(rules, zone=place.zone)
        self._show_rows(())
        super().show_place(place)

    def choose(self, wanted: str) -> None:
        """Show all rows, those overdue, or one bay; rows with something typed stay."""
        self.filter.choose(wanted)
        self._render()

    def show_beds(self, beds: frozenset[UUID] | None) -> None:
        """Show only the rows of these beds, None = of all; those with something typed stay."""
        self._beds = beds
        self._render()

    def _entries(self) -> Entries:
        """Return what is typed and not saved, by stay; it outlives the panel."""
        kept: Entries | None = self.context.drafts.kept(DRAFTS)
        if kept is None:
            kept = {}
            self.context.drafts.keep(DRAFTS, kept)
        return kept

    def _show_board(self, board: Board) -> None:
        """Bring the rows up to date; what is typed stays, whoever it was typed for."""
        beds = {bed.admission_id: bed for bed in board.beds if has_patient(bed)}
        typed = {key: row for key, row in self._rows.items() if row.is_typed or row.busy}
        rows = {key: self._row(bed) for key, bed in beds.items() if key is not None}
        gone = {key: row for key, row in typed.items() if key not in rows}
        self._rows = rows | gone
        self._known_at = board.read_at
        self.model.set_stale(stale=False)
        self._tell_gone([row for row in gone.values() if not row.gone])
        self.filter.offer(bays(self._rows.values()))
        self._render()
        here = [row.bed for row in self._rows.values() if not row.gone]
        self._charts.before(here, self._read_last)

    def _row(self, bed: BoardBed) -> GridRow:
        admission_id = bed.admission_id
        row = self._rows.get(admission_id) if admission_id else None
        if row is None or admission_id is None:
            kept = self._entries().get(admission_id) if admission_id else None
            row = GridRow(bed, self.model.rules, kept)
            self._entries()[row.admission_id] = row.entry
            return row
        if row.bed.bed_id != bed.bed_id and row.is_typed:
            row.say(f"Moved: now {place_text(bed)}.", Look.CAUTION)
        rescaled = row.bed.spo2_scale != bed.spo2_scale
        row.bed, row.gone = bed, False
        if rescaled:
            row.recount()
        return row

    def _tell_gone(self, rows: Sequence[GridRow]) -> None:
        for row in rows:
            row.gone = True
            row.say("No longer on this ward; what you typed is kept.", Look.CAUTION)
        if rows:
            self.read(self._show_where, hospital_board)

    def _show_where(self, board: Board) -> None:
        """Say where a patient went who left the ward while something was typed for her."""
        found = {bed.admission_id: bed for bed in board.beds if has_patient(bed)}
        for row in self._rows.values():
            if row.gone:
                self._say(row, gone_text(found.get(row.admission_id)), Look.CAUTION)

    def _read_last(self) -> None:
        for row in self._rows.values():
            row.closed = self._charts.is_closed(row.bed)
        stays = [row.admission_id for row in self._rows.values() if not row.gone]
        self.read(self._show_bases, scorings_of, stays)
        self.read(self._show_targets, targets_of, stays)
        self.read(self._show_last, last_sets, stays)

    def _show_targets(self, found: dict[UUID, TargetRange]) -> None:
        for row in self._rows.values():
            if not row.gone:
                row.show_target(found.get(row.admission_id))
        self.model.touch_all()

    def _show_bases(self, found: dict[UUID, ScoringBasis]) -> None:
        for row in self._rows.values():
            if row.admission_id in found:
                row.use(found[row.admission_id])
        self.model.touch_all()
        self._show_strip()

    def _show_last(self, found: tuple[LastSet, ...]) -> None:
        """Show previous values; a newer set is told, what is typed is not touched."""
        newest = {last.admission_id: last for last in found}
        for row in self._rows.values():
            last, before = newest.get(row.admission_id), row.last
            row.last = last
            if last is None or (before is not None and before.id == last.id):
                continue
            if last.id == row.entry.set_id and not row.busy:
                self._settle(row, f"Saved {time_text(last.occurred_at, self.place.zone)}.")
            elif row.is_typed and row.is_news(last, before):
                at = time_text(last.occurred_at, self.place.zone)
                row.say(f"A new set came in, measured {at}. Yours is kept.", Look.CAUTION)
        self._show_strip()
        self._render()

    def _settle(self, row: GridRow, message: str) -> None:
        """Begin anew in a row whose set is stored."""
        row.saved_id = row.entry.set_id
        self._entries()[row.admission_id] = row.clear()
        self._say(row, message, Look.SAVED)

    def _say(self, row: GridRow, message: str, look: Look) -> None:
        row.say(message, look)
        self.model.touch(row)
        self._show_strip()

    def _show_strip(self) -> None:
        """Name the active row once more, with its last set and when the next is due."""
        row = self.view.row
        if row is None:
            return
        self.strip.setText(strip_text(row, self.context.clock()))

    def _render(self) -> None:
        """Show the rows that fit the filter, and those with something typed."""
        cursor, column = self.view.row, self.view.place[1]
        wanted, now = self.filter.wanted, self.context.clock()
        rows = [row for row in self._rows.values() if fits(row, wanted, now, self._beds)]
        self._show_rows(rows)
        if cursor is not None and self.view.row is not cursor:
            number = self.model.place_of(cursor.admission_id)
            if number is not None or rows:
                self.view.go_to(number or 0, max(column, 0))
        if not rows:
            self.strip.setText(NOBODY)

    def _show_rows(self, rows: Sequence[GridRow]) -> None:
        self.model.show_rows(rows)
        if rows and not self.view.currentIndex().isValid():
            self.view.go_to(0, 0)

    def _go_stale(self, error: WardError) -> None:
        again = NoticeAction("Try again (F5)", self.refresh)
        self.model.set_stale(stale=True)
        if self._known_at is None:
            self.notice.tell(PROBLEM, str(error), again)
            return
        known = moment_text(self._known_at, self.place.zone, self.context.clock())
        text = f"{error} The grid shows what was known at {known}; what you type is kept."
        self.notice.tell(PROBLEM, text, again)
