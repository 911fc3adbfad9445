"""The real program while its server is killed and started again.

The window stays responsive, the board keeps what it read and says of when, nothing that was typed
is lost, and everything mends itself.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.sheets import press_save, type_text
from tests.steps import admit, move
from ui import theme
from ui.board.rows import cards_of
from ui.demo.heartbeat import Heartbeat
from ui.observations.entry_sheet import ObservationSheet
from ui.panels import ARRANGEMENT, BOARD
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.front_door import Access

PATIENCE_MS = 25_000
# A window that waited for the database would be deaf for the 5 s of a connection attempt; a
# busy computer alone makes some of a second.
LONGEST_DEAFNESS_MS = 1_000
A_SET = "1697A1208075A368"


@pytest.fixture
def colleague(own_server):
    """Bo at another workstation, with a patient in East 1: (database, actor, admission)."""
    database, actor = own_server.enter("both", "ws_beta")
    return database, actor, admit(database, actor, "Okafor", label="1")


@pytest.fixture
def program(qtbot, qapp, tmp_path, own_server, colleague):
    """The program as shipped, with Nora's board of East in view."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(own_server.settings(), STATION_PASSWORD),
        ARRANGEMENT,
        Preferences(tmp_path / "preferences.ini"),
        environment="test",
    )
    program.start()
    with qtbot.waitSignal(program.signed_in, timeout=PATIENCE_MS):
        program.sign_in("nora", world.PASSWORD)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)
    qtbot.waitUntil(lambda: lamp(program) == "live", timeout=PATIENCE_MS)
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()


@pytest.fixture
def heartbeat(program):
    heartbeat = Heartbeat(program)
    heartbeat.begin()
    return heartbeat


@pytest.fixture
def meanwhile(qtbot):
    """Return a function that does something to the server while the window goes on."""
    with ThreadPoolExecutor(1) as hands:

        def do(work):
            done = hands.submit(work)
            qtbot.waitUntil(done.done, timeout=PATIENCE_MS)
            return done.result()

        yield do


def lamp(program):
    return program.window.workplace.top_line.lamp.freshness.words


def board(program):
    return program.window.workplace.panel_of(BOARD)


def shown(program):
    """Return {bed label: family name} of the occupied beds on the screen."""
    beds = [card.bed for card in cards_of(board(program).beds.model.rows)]
    return {bed.bed_label: bed.family_name for bed in beds if bed.admission_id}


def is_greyed(program):
    return board(program).beds.tiles._delegate.stale


def wait(qtbot, condition):
    qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def sheet(qtbot, program):
    """A full set typed for the patient in bed 1, by keyboard from the board, not saved yet."""
    board(program).setFocus()
    type_text(qtbot, "1")
    type_text(qtbot, "O")
    sheets = program.window.workplace.sheets
    wait(qtbot, lambda: isinstance(sheets.sheet, ObservationSheet) and not program.work.is_busy)
    for key in A_SET:  # one by one: a full field hands the cursor on
        type_text(qtbot, key)
    assert sheets.sheet.entry.score.total == 0
    return sheets.sheet


def saved_sets(own_server):
    return own_server.ask("SELECT count(*) FROM report.vital_signs")[0][0]


def test_that_the_board_outlives_its_server_and_goes_live_again_by_itself(
    qtbot, program, heartbeat, own_server, colleague, meanwhile
):
    workplace = program.window.workplace
    meanwhile(own_server.kill)
    wait(qtbot, lambda: lamp(program).startswith("stale since"))
    workplace.refresh()
    wait(qtbot, lambda: lamp(program).startswith("offline: reading from"))
    assert shown(program) == {"1": "Okafor"}
    assert is_greyed(program)
    assert board(program).notice.text.startswith("Stale since")
    assert "cannot be reached" in board(program).notice.text

    meanwhile(own_server.start)
    wait(qtbot, lambda: lamp(program) == "live")
    assert not is_greyed(program)
    assert board(program).notice.text == ""
    meanwhile(lambda: move(*colleague, "2"))
    wait(qtbot, lambda: shown(program) == {"2": "Okafor"})
    assert heartbeat.longest_ms < LONGEST_DEAFNESS_MS


def test_that_an_entry_outlives_the_server_and_is_saved_once(
    qtbot, program, heartbeat, own_server, sheet, meanwhile
):
    typed = sheet.draft()
    meanwhile(own_server.kill)
    press_save(qtbot)
    assert sheet.is_saving
    wait(qtbot, lambda: not sheet.is_saving)
    assert "Nothing was saved; what you typed is kept" in sheet.notice.text
    assert sheet.draft() == typed
    assert program.window.workplace.sheets.sheet is sheet

    meanwhile(own_server.start)
    with qtbot.waitSignal(sheet.closed, timeout=PATIENCE_MS):
        press_save(qtbot)
    assert "NEWS2 0" in program.window.workplace.outcome.notice.text
    assert meanwhile(lambda: saved_sets(own_server)) == 1
    wait(qtbot, lambda: lamp(program) == "live")
    assert heartbeat.longest_ms < LONGEST_DEAFNESS_MS


def test_that_a_save_under_way_is_carried_through_when_the_server_is_back_in_time(
    qtbot, program, heartbeat, own_server, sheet, meanwhile
):
    """Killed in the middle of the save and started again: the nurse reads "saved", truly."""
    with psycopg.connect(own_server.cluster.dsn(own_server.name)) as holder:
        holder.execute("LOCK TABLE report.vital_signs")
        press_save(qtbot)
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait(qtbot, lambda: holder.execute(waits).fetchone() is not None)
        meanwhile(own_server.kill)
        holder.close()
    with qtbot.waitSignal(sheet.closed, timeout=PATIENCE_MS):
        meanwhile(own_server.start)
    assert meanwhile(lambda: saved_sets(own_server)) == 1
    wait(qtbot, lambda: lamp(program) == "live")
    assert heartbeat.longest_ms < LONGEST_DEAFNESS_MS
