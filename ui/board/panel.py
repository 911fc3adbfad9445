"""The bed board: every bed of a ward or of the hospital, kept true by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.board.actions import BedAct
from ui.board.acts_panel import BedActsPanel
from ui.board.beds_area import BedsArea
from ui.board.cards import BedCard, Moment, patient_name, place_words
from ui.board.counts import FILTER_WORDS, no_beds_words, summary, top_counts
from ui.board.nurses import BedNurses
from ui.board.peek import NARROW_PEEK_WIDTH_PX, PEEK_WIDTH_PX, PeekPane
from ui.board.rows import BoardRows, Wanted, cards_of
from ui.board.search_bar import SearchBar
from ui.context import Context, Place
from ui.formats import moment_text
from ui.notices import PROBLEM, NoticeAction
from ui.widgets.panel import STAYS_WHEN_LOCKED, Count, Found
from ward_app.board import rules
from ward_app.board.queries import hospital_board, ward_board
from ward_app.board.types import Board, BoardBed, BoardFilter
from ward_app.core.errors import WardError

if TYPE_CHECKING:
    from ui.board.wall import WallWindow

_NARROW_BELOW_PX = 1400
_NO_ROOM_FOR_DETAILS_BELOW_PX = 940
_MINUTE_MS = 60_000
# four polls without an answer: the lamp says so long before, the beds follow
_GREYED_AFTER = timedelta(minutes=2)
_MOST_FOUND = 12


class BoardPanel(BedActsPanel):
    """Tiles or table of all beds, the selected bed beside them, and every act by one key.

    What is done is announced by signals (`BedActsPanel`); sheets are the business of whoever
    listens. A drag announces the same as the keys T and S.
    """

    topics: ClassVar[frozenset[str]] = frozenset(
        {"beds", "observations", "patients", "schedule", "escalations", "rounds"}
    )

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self.load_at_once()
        self._board: Board | None = None
        self._rows = BoardRows(_time_zone(place))
        self._wanted = Wanted()
        self._nurses = BedNurses()
        self._counts: tuple[Count, ...] = ()
        self._board_came_at: datetime | None = None
        self._stale_because: WardError | None = None
        self._wall: WallWindow | None = None
        self.search_bar = SearchBar(self)
        self.beds = BedsArea(self)
        self.peek = PeekPane(context.signed_in, self)
        self._minute = QTimer(self, singleShot=True)
        self._lay_out()
        self._connect()
        self._add_commands()
        self._render()

    @property
    @override
    def counts(self) -> tuple[Count, ...]:
        return self._counts

    @property
    def wanted(self) -> Wanted:
        """Filter and search in force."""
        return self._wanted

    @property
    def wall(self) -> WallWindow | None:
        """The wall screen, if it is open."""
        return self._wall

    @property
    @override
    def is_in_view(self) -> bool:
        # the wall goes on, and must stay true, while the workstation behind it is locked
        return super().is_in_view or self._wall is not None

    @property
    @override
    def chosen_card(self) -> BedCard | None:
        return self.beds.chosen

    @override
    def load(self) -> None:
        if self.place.whole_hospital:
            self.read(self._show_board, hospital_board)
        else:
            self.read(self._show_board, ward_board, self.place.ward_ids)

    @override
    def show_place(self, place: Place) -> None:
        self._board = self._board_came_at = None
        self._stale_because = None
        self._rows = BoardRows(_time_zone(place))
        self._wanted = Wanted(text=self._wanted.text)
        super().show_place(place)
        self._render()

    @override
    def filter_by(self, key: str) -> None:
        wanted = BoardFilter(key)
        if wanted is self._wanted.filter:
            wanted = BoardFilter.ALL
        self._want(replace(self._wanted, filter=wanted))

    @override
    def found(self, text: str) -> Sequence[Found]:
        if self._board is None:
            return ()
        beds = [bed for bed in self._board.beds if rules.fits_search(bed, text)]
        return [self._found(bed) for bed in beds[:_MOST_FOUND]]

    def show_beds(self, beds: frozenset[UUID] | None) -> None:
        """Show only these beds, None = whichever."""
        self._want(replace(self._wanted, beds=beds))

    def show_nurses(self, nurses: BedNurses) -> None:
        """Say who holds the chosen bed, and count patients whom nobody on duty holds."""
        if nurses != self._nurses:
            self._nurses = self.peek.nurses = nurses
            self.search_bar.show_gaps(nurses.words)
            self._show_card(self.beds.chosen)

    def switch_gaps(self) -> None:
        """Show only patients whom nobody on duty holds, or everybody again."""
        gaps = self._nurses.gaps
        self.show_beds(None if self._wanted.beds == gaps or not gaps else gaps)

    def bed_of(self, admission_id: UUID) -> BoardBed | None:
        """Return the row of a stay on the board read last; None when it is not on it."""
        beds = self._board.beds if self._board else ()
        return next((bed for bed in beds if bed.admission_id == admission_id), None)

    def search(self) -> None:
        """Put the keyboard into the search field."""
        self.search_bar.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search_bar.field.selectAll()

    def show_all(self) -> None:
        """End filter and search."""
        self.search_bar.field.clear()
        self._want(Wanted())
        self.beds.focus_beds()

    def tell_time(self) -> None:
        """Bring countdowns and counts up to the present without asking the database."""
        self._render()
        self._wait_for_next_minute()

    def open_wall(self) -> None:
        """Fill the screen with the board for reading from afar; Escape leaves."""
        from ui.board.wall import WallWindow

        if self._wall is None:
            self._wall = WallWindow(self.context.signed_in.environment, self)
            self._wall.setProperty(STAYS_WHEN_LOCKED, True)  # noqa: FBT003 - Qt's
            self._wall.closed.connect(self._forget_wall)
        self._show_on_wall()
        self._wall.showFullScreen()
        self._wall.activateWindow()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < _NARROW_BELOW_PX
        self.peek.setFixedWidth(NARROW_PEEK_WIDTH_PX if narrow else PEEK_WIDTH_PX)
        self._make_room()
        super().resizeEvent(event)

    def _show_board(self, board: Board) -> None:
        self._board = board
        self._board_came_at = self.context.clock()
        self._stale_because = None
        self._render()
        self._wait_for_next_minute()

    def _go_stale(self, error: WardError) -> None:
        self._stale_because = error
        text = str(error)
        if self._board is not None:
            text = f"Stale since {self._read_time(self._board)}. {text}"
        self.notice.tell(PROBLEM, text, NoticeAction("Try again (F5)", self.refresh))
        self._render()

    @property
    def _is_greyed(self) -> bool:
        """Whether the last load failed, or is so long ago that much may have changed since."""
        came = self._board_came_at
        too_old = came is not None and self.context.clock() - came > _GREYED_AFTER
        return self._stale_because is not None or too_old

    def _render(self) -> None:
        """Show the last board as of now, greyed if a newer one could not be had."""
        moment = self._moment()
        self.beds.set_stale(self._is_greyed)
        if self._board is None:
            self._show_unread()
            return
        rows = self._rows.rows(self._board, moment, self._wanted)
        if rows:
            self.beds.show_rows(rows, self._rows.group_sizes)
        else:
            self.beds.show_rows((), ())
            words = no_beds_words(self.place.name, self._read_time(self._board), self._wanted)
            self.beds.show_message(words)
        counts = rules.board_counts(self._board, moment.now, self._rows.time_zone)
        self._show_counts(top_counts(counts, self._wanted))
        self._show_summary(len(cards_of(rows)), patients=counts.occupied + counts.without_bed)
        self._show_on_wall()

    def _show_unread(self) -> None:
        """Say that nothing is known yet, which is not the same as nobody being there."""
        self.beds.show_rows((), ())
        failed = self._stale_because is not None
        words = "could not be read. Press F5 to try again." if failed else "are being read…"
        self.beds.show_message(f"The beds of {self.place.name} {words}")
        self._show_counts(())
        self.search_bar.show_summary("")

    def _show_counts(self, counts: tuple[Count, ...]) -> None:
        if counts != self._counts:
            self._counts = counts
            self.counts_changed.emit(counts)

    def _show_summary(self, shown: int, *, patients: int) -> None:
        assert self._board is not None  # noqa: S101 - only called with a board
        text = summary(shown, len(self._board.beds), self._wanted)
        if not text and not patients:
            text = f"No patients on {self.place.name} at {self._read_time(self._board)}."
        self.search_bar.show_summary(text)

    def _show_on_wall(self) -> None:
        if self._wall is not None and self._board is not None:
            stale = self._is_greyed
            self._wall.show_board(self._board, self.place, self._moment(), stale=stale)

    def _forget_wall(self) -> None:
        self._wall = None

    def _show_card(self, card: BedCard | None) -> None:
        if card is None:
            self.peek.show_nothing()
        else:
            self.peek.show_card(card, self._moment())

    def _want(self, wanted: Wanted) -> None:
        if wanted != self._wanted:
            self._wanted = wanted
            self._render()

    def _search_for(self, text: str) -> None:
        self._want(replace(self._wanted, text=text))

    def _found(self, bed: BoardBed) -> Found:
        is_patient = rules.has_patient(bed)
        text = patient_name(bed) if is_patient else place_words(bed)
        detail = f"{place_words(bed)}, {bed.ward_name}" if is_patient else bed.ward_name
        return Found(text=text, detail=detail, run=partial(self._go_to, bed))

    def _go_to(self, bed: BoardBed) -> None:
        self.show_all()
        self.beds.go_to(bed.admission_id, bed.bed_id)

    def _moment(self) -> Moment:
        return Moment(self.context.clock(), self.place.zone)

    def _read_time(self, board: Board) -> str:
        return moment_text(board.read_at, self.place.zone, self.context.clock())

    def _wait_for_next_minute(self) -> None:
        now = self.context.clock()
        passed_ms = now.second * 1_000 + now.microsecond // 1_000
        self._minute.start(_MINUTE_MS - passed_ms)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.beds, 1)
        row.addWidget(self.peek)
        self.content.addWidget(self.search_bar)
        self.content.addLayout(row, 1)
        self.peek.setFixedWidth(PEEK_WIDTH_PX)
        self.search_bar.details.setChecked(True)
        self.setFocusProxy(self.beds)

    def _connect(self) -> None:
        self.load_failed.connect(self._go_stale)
        self.beds.card_changed.connect(self._show_card)
        self.beds.opened.connect(partial(self.act, BedAct.OPEN))
        self.beds.menu_wanted.connect(self.open_menu)
        self.beds.dropped.connect(self.take_drop)
        self.peek.acted.connect(self.act)
        self.search_bar.searched.connect(self._search_for)
        self.search_bar.field.left.connect(self.beds.focus_beds)
        self.search_bar.field.escaped.connect(self.show_all)
        self.search_bar.table.toggled.connect(self.beds.show_table)
        self.search_bar.details.toggled.connect(self._make_room)
        self.search_bar.wall.clicked.connect(self.open_wall)
        self.search_bar.gaps.clicked.connect(self.switch_gaps)
        self._minute.timeout.connect(self.tell_time)

    def _make_room(self) -> None:
        """Give a narrow board, beside an open sheet, the details' room for its beds."""
        wide = self.width() >= _NO_ROOM_FOR_DETAILS_BELOW_PX
        self.peek.setVisible(wide and self.search_bar.details.isChecked())

    def _add_commands(self) -> None:
        self.add_act_commands()
        bar = self.search_bar
        search = self.add_command("Search the board", "/", self.search)
        search.setShortcuts([QKeySequence("/"), QKeySequence("Ctrl+F")])
        self.add_command("Show all beds", "Esc", self.show_all)
        self.add_command("Table or tiles", "V", bar.table.toggle)
        self.add_command("Details of the chosen bed", "P", bar.details.toggle)
        self.add_command("Show only patients without a nurse", "Alt+N", self.switch_gaps)
        self.add_command("Wall screen", "F11", self.open_wall)
        for number, (each, words) in enumerate(FILTER_WORDS.items(), start=1):
            run = partial(self.filter_by, each.value)
            self.add_command(f"Show only {words}", f"Alt+{number}", run)


def _time_zone(place: Place) -> str:
    return place.wards[0].time_zone if place.wards else "UTC"
