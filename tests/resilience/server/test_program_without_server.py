"""The real program while its server is killed and started again.

The window stays responsive, the board keeps what it read and says of when, nothing that was typed
is lost, and everything mends itself.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest

from tests.resilience.desk import desk
from tests.sheets import press_save
from tests.steps import admit, move
from ui.demo.heartbeat import Heartbeat

# A window that waited for the database would be deaf for as long as the program tries to connect;
# a busy computer alone makes some of a second.
CONNECT_TIMEOUT_S = 2
LONGEST_DEAFNESS_MS = 1_000


@pytest.fixture
def colleague(own_server):
    """Bo at another workstation, with a patient in East 1: (database, actor, admission)."""
    database, actor = own_server.enter("both", "ws_beta")
    return database, actor, admit(database, actor, "Okafor", label="1")


@pytest.fixture
def settings(request, own_server, colleague):
    """How Nora's program reaches the server; it tries for so many seconds."""
    timeout_s = getattr(request, "param", CONNECT_TIMEOUT_S)
    return replace(own_server.settings(), connect_timeout_s=timeout_s)


@pytest.fixture
def nora(qtbot, qapp, tmp_path, settings):
    with desk(qtbot, qapp, settings, tmp_path) as place:
        yield place


@pytest.fixture
def heartbeat(nora):
    heartbeat = Heartbeat(nora.program)
    heartbeat.begin()
    return heartbeat


@pytest.fixture
def meanwhile(nora):
    """Return a function that does something to the server while the window goes on."""
    with ThreadPoolExecutor(1) as hands:

        def do(work):
            done = hands.submit(work)
            nora.wait(done.done)
            return done.result()

        yield do


def saved_sets(own_server):
    return own_server.ask("SELECT count(*) FROM report.vital_signs")[0][0]


def test_that_the_board_outlives_its_server_and_goes_live_again_by_itself(
    nora, heartbeat, own_server, colleague, meanwhile
):
    meanwhile(own_server.kill)
    nora.wait(lambda: nora.lamp.startswith("stale since"))
    nora.workplace.refresh()
    nora.wait(lambda: nora.lamp.startswith("offline: reading from"))
    assert nora.shown == {"1": "Okafor"}
    assert nora.is_greyed
    assert nora.board.notice.text.startswith("Stale since")
    assert "cannot be reached" in nora.board.notice.text

    meanwhile(own_server.start)
    nora.wait(lambda: nora.lamp == "live")
    assert not nora.is_greyed
    assert nora.board.notice.text == ""
    meanwhile(lambda: move(*colleague, "2"))
    nora.wait(lambda: nora.shown == {"2": "Okafor"})
    assert heartbeat.longest_work_ms < LONGEST_DEAFNESS_MS


def test_that_an_entry_outlives_the_server_and_is_saved_once(
    qtbot, nora, heartbeat, own_server, meanwhile
):
    sheet = nora.type_set("1")
    typed = sheet.draft()
    meanwhile(own_server.kill)
    press_save(qtbot)
    assert sheet.is_saving
    nora.wait(lambda: not sheet.is_saving)
    assert "Nothing was saved; what you typed is kept" in sheet.notice.text
    assert sheet.draft() == typed
    assert nora.sheet is sheet

    meanwhile(own_server.start)
    with qtbot.waitSignal(sheet.closed):
        press_save(qtbot)
    assert "NEWS2 0" in nora.told
    assert meanwhile(lambda: saved_sets(own_server)) == 1
    nora.wait(lambda: nora.lamp == "live")
    assert heartbeat.longest_work_ms < LONGEST_DEAFNESS_MS


@pytest.mark.parametrize("settings", [20], indirect=True)
def test_that_a_save_under_way_is_carried_through_when_the_server_is_back_in_time(
    qtbot, nora, heartbeat, own_server, meanwhile
):
    """Killed in the middle of the save and started again: the nurse reads "saved", truly."""
    sheet = nora.type_set("1")
    with psycopg.connect(own_server.cluster.dsn(own_server.name)) as holder:
        holder.execute("LOCK TABLE report.vital_signs")
        press_save(qtbot)
        waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        nora.wait(lambda: holder.execute(waits).fetchone())
        meanwhile(own_server.kill)
        holder.close()
    with qtbot.waitSignal(sheet.closed):
        meanwhile(own_server.start)
    assert meanwhile(lambda: saved_sets(own_server)) == 1
    nora.wait(lambda: nora.lamp == "live")
    assert heartbeat.longest_work_ms < LONGEST_DEAFNESS_MS
