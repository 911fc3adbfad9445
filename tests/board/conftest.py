import pytest

from tests.board.builders import a_board
from tests.board.surroundings import WARD_7, a_quiet_panel
from tests.sheets import in_window


@pytest.fixture
def show(qtbot):
    """Return a panel that shows these rows at `NOW`, with no database behind it."""

    def make(*beds, person=None, place=WARD_7):
        panel = a_quiet_panel(person, place)
        in_window(qtbot, panel)
        panel._show_board(a_board(*beds))
        panel.beds.focus_beds()
        return panel

    return make
