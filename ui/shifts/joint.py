"""Joins who holds which bed to board, grid and rounds, and the directory to every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from ui.background import Reply
from ui.context import Context, Place
from ui.widgets.panel import Panel
from ui.workplace import PanelSpec, Workplace
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.board.panel import BoardPanel
    from ui.rounding.panel import RoundsPanel
    from ward_app.shifts.types import Responsible

PANEL = "nurses"
TOPIC = "shifts"
MINE_KEY = "Alt+M"
DIRECTORY_KEY = "Ctrl+D"
BOARD, ROUNDS = "board", "rounds"
BY_BED = frozenset({BOARD, "grid", ROUNDS})
NOTHING_MINE = "You hold no bed here. On the panel Nurses, M takes those planned for you."
# after the first answer: the first screen is painted, and the alerts are read, before this is
_AFTER_MS = 600
_MOST_WARDS = 8


class ByBed(Protocol):
    """A panel that can be limited to some beds."""

    def show_beds(self, beds: frozenset[UUID] | None) -> None:
        """Show only these beds, None = all."""


def _shift_panel(context: Context, place: Place, parent: QWidget) -> Panel:
    from ui.shifts.panel import ShiftPanel

    return ShiftPanel(context, place, parent)


SHIFTS_SPEC = PanelSpec(
    key=PANEL, word="Nurses", icon="nurses", make=_shift_panel, permission=Permission.PATIENT_VIEW
)


class ShiftsJoint(QObject):
    """One for each person signed in."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self._beds: tuple[Responsible, ...] = ()
        self._watching = self._only_mine = self._asked = self._ask_again = False
        self._later = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._later.timeout.connect(self.begin)
        workplace.panel_made.connect(self.join)
        for panel in workplace.panels:
            self.join(panel)
        if workplace.offers(PANEL):
            for answered in (workplace.panel.loaded, workplace.panel.load_failed):
                answered.connect(self._first_answered)

    @property
    def mine(self) -> frozenset[UUID]:
        """The beds that the person holds, of those shown."""
        me = self._workplace.context.signed_in.user_id
        return frozenset(bed.bed_id for bed in self._beds if bed.user_id == me)

    def begin(self) -> None:
        """Begin to watch who holds the beds shown."""
        self._watching = True
        workplace = self._workplace
        workplace.pulse.refresh_due.connect(self.read)
        workplace.pulse.changed.connect(lambda _ward, topic: self._take_note(topic))
        workplace.context.work.committed.connect(self._take_note)
        workplace.place_changed.connect(self._change_place)
        self.read()

    def _first_answered(self, _answer: object) -> None:
        if not self._watching and not self._later.isActive():
            self._later.start()

    def read(self) -> None:
        """Read who holds the beds shown; asked again meanwhile, once more after that."""
        from ward_app.shifts.queries import responsible_of_wards

        ward_ids = self._workplace.place.ward_ids
        if len(ward_ids) > _MOST_WARDS:
            self._show(())
        elif self._asked:
            self._ask_again = True
        else:
            self._asked = True
            reply = Reply(self._answered, lambda _error: self._answered(self._beds))
            self._workplace.context.work.query(self, reply, responsible_of_wards, ward_ids)

    def join(self, panel: Panel) -> None:
        """Give a panel the key of the directory, and one that shows beds that of my patients."""
        if self._workplace.context.signed_in.may(Permission.BOARD_VIEW):
            panel.add_command("Who is on duty…", DIRECTORY_KEY, self.show_directory)
        if panel.objectName() in BY_BED:
            panel.add_command("My patients, or all", MINE_KEY, self.switch_mine)
            self._limit(panel)
            if self._beds and panel.objectName() == BOARD:
                self._tell_board(cast("BoardPanel", panel))

    def switch_mine(self) -> None:
        """Show only the patients of the person's own beds everywhere, or everybody again."""
        wanted = not self._is_limited
        if wanted and not self.mine:
            self._workplace.notify(NOTHING_MINE, None)
            return
        self._only_mine = wanted
        for panel in self._workplace.panels:
            self._limit(panel)
        words = f"Only your {len(self.mine)} beds" if self._only_mine else "Everybody"
        self._workplace.notify(f"{words}: board, grid and rounds ({MINE_KEY}).", None)

    @property
    def _is_limited(self) -> bool:
        """Whether only my patients are shown; the board's "show all" ends it."""
        shown = self._workplace.panel
        if shown.objectName() == BOARD and cast("BoardPanel", shown).wanted.beds is None:
            return False
        return self._only_mine

    def show_directory(self) -> None:
        """Show who is on duty in the house."""
        from ui.shifts.sheets import DirectorySheet, directory_ward

        context, place = self._workplace.context, self._workplace.place
        ward = directory_ward(place.wards, [ward.id for ward in context.signed_in.wards])
        self._workplace.open_sheet(DirectorySheet(context, ward, place.zone))

    def _take_note(self, topic: str) -> None:
        if topic in {TOPIC, "beds"}:
            self.read()

    def _change_place(self, _place: Place) -> None:
        self._only_mine = False
        self._show(())
        self.read()

    def _answered(self, beds: tuple[Responsible, ...]) -> None:
        self._asked = False
        self._show(beds)
        if self._ask_again:
            self._ask_again = False
            self.read()

    def _show(self, beds: tuple[Responsible, ...]) -> None:
        self._beds = beds
        for panel in self._workplace.panels:
            if self._only_mine and self._may_follow(panel):
                self._limit(panel)
            if self._beds and panel.objectName() == BOARD:
                self._tell_board(cast("BoardPanel", panel))

    @staticmethod
    def _may_follow(panel: Panel) -> bool:
        """Whether a panel is limited still: on the board somebody may have asked for all."""
        return panel.objectName() != BOARD or cast("BoardPanel", panel).wanted.beds is not None

    def _limit(self, panel: Panel) -> None:
        if panel.objectName() == ROUNDS:
            # rounds name beds by the labels of their ward
            mine = self.mine
            labels = frozenset(bed.bed_label for bed in self._beds if bed.bed_id in mine)
            cast("RoundsPanel", panel).show_labels(labels if self._only_mine else None)
        elif panel.objectName() in BY_BED:
            cast("ByBed", panel).show_beds(self.mine if self._only_mine else None)

    def _tell_board(self, board: BoardPanel) -> None:
        from ui.board.facts import Fact
        from ui.board.nurses import BedNurses
        from ui.shifts.words import nurse_fact
        from ward_app.shifts.rules import is_gap

        now, zone = self._workplace.context.clock(), self._workplace.place.zone
        facts = {
            bed.bed_id: Fact("Nurse", nurse_fact(bed, zone, now), is_gap(bed))
            for bed in self._beds
        }
        gaps = frozenset(bed.bed_id for bed in self._beds if is_gap(bed))
        board.show_nurses(BedNurses(facts, gaps))
