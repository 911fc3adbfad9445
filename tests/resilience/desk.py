"""The real program at a desk, with Nora's board of East in view."""

from __future__ import annotations

from contextlib import contextmanager

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.sheets import press_save, type_text
from ui import theme
from ui.board.rows import cards_of
from ui.observations.entry_sheet import ObservationSheet
from ui.panels import ARRANGEMENT, BOARD
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.front_door import Access

A_SET = "1697A1208075A368"


class Desk:
    def __init__(self, qtbot, program) -> None:
        self._qtbot, self.program = qtbot, program

    @property
    def workplace(self):
        return self.program.window.workplace

    @property
    def board(self):
        return self.workplace.panel_of(BOARD)

    @property
    def sheet(self):
        return self.workplace.sheets.sheet

    @property
    def lamp(self) -> str:
        return self.workplace.top_line.lamp.freshness.words

    @property
    def shown(self):
        """Return {bed label: family name} of the occupied beds on the screen."""
        beds = [card.bed for card in cards_of(self.board.beds.model.rows)]
        return {bed.bed_label: bed.family_name for bed in beds if bed.admission_id}

    @property
    def is_greyed(self) -> bool:
        return self.board.beds.tiles._delegate.stale

    @property
    def told(self) -> str:
        return self.workplace.outcome.notice.text

    @property
    def lock(self):
        """The lock in front of everything; None: it is open."""
        window = self.program.window
        return window.lock_screen.card if window.is_locked else None

    def unlock(self) -> None:
        """Type the password into the lock; where it is refused, the lock stays and says so."""
        card = self.lock
        card.password.setText(world.PASSWORD)
        card.enter_button.click()
        self.wait(lambda: not card.is_attempting)

    def wait(self, condition) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()))

    def type(self, text) -> None:
        for key in text:  # one by one: a full field hands the cursor on
            type_text(self._qtbot, key)

    def press_save(self) -> None:
        press_save(self._qtbot)

    def open_observations(self, label):
        """Open the sheet for the patient in that bed, by keyboard from the board."""
        self.board.setFocus()
        self.type(f"{label}O")
        self.wait(
            lambda: isinstance(self.sheet, ObservationSheet) and not self.program.work.is_busy
        )
        return self.sheet

    def type_set(self, label):
        """Type a full set for the patient in that bed; it is not saved yet."""
        sheet = self.open_observations(label)
        self.type(A_SET)
        assert sheet.entry.score.total == 0
        return sheet


@contextmanager
def desk(qtbot, qapp, settings, folder, *, station=None, live=True):
    """Nora at the program as shipped, reaching the server by these settings.

    `station` is what is kept there for a downtime; not `live`: the server is away already.
    """
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(settings, STATION_PASSWORD, station=station),
        ARRANGEMENT,
        Preferences(folder / "preferences.ini"),
        environment="test",
    )
    program.start()
    with qtbot.waitSignal(program.signed_in):
        program.sign_in("nora", world.PASSWORD)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    place = Desk(qtbot, program)
    place.wait(lambda: place.lamp == "live" or not live)
    yield place
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()
