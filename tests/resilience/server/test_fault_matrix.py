"""Whatever befalls the server while eight workstations write and a window is open.

Everything that was acknowledged is there, and there once; whoever saves reads why not; the window
never waits; and everybody goes on by themselves when it is over.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter

import psycopg
import pytest

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.resilience.desk import desk
from tests.resilience.server.faults import FAULTS
from tests.resilience.server.gui_thread import watched
from tests.resilience.server.line import ROUTES, Line
from tests.resilience.server.savers import Saver
from tests.sheets import press_save
from tests.soak import arena, verdict
from tests.steps import admit
from ui.demo.heartbeat import Heartbeat
from ward_app.core.database import Actor, Database
from ward_app.staff.service import sign_in

PLACES = (
    ("west", "1"),
    ("west", "2"),
    *(("east", label) for label in ("2", "3", "4", "9", "10", "S1")),
)
NORAS_BED = "1"
REST_S = 0.1

WRITTEN = "SELECT id FROM report.vital_signs"
LOGGED = """
SELECT row_id FROM audit.change_logs WHERE action = 'CREATE' AND table_name = 'vital_signs'
"""


@pytest.fixture
def fault(request):
    return FAULTS[request.param]


@pytest.fixture
def line(own_server, fault, tmp_path):
    """The way to the server that the fault needs."""
    line = Line(own_server, tmp_path, fault.waits_s, stations=len(PLACES))
    with ROUTES[fault.route](line):
        yield line
        for database in own_server.databases:
            database.close()


@pytest.fixture
def fleet(line, fault):
    """Eight nurses at eight workstations, each with a patient."""
    return [_nurse(line, fault, number, *place) for number, place in enumerate(PLACES)]


def _nurse(line, fault, number, ward, label):
    database = Database.connect(line.settings(arena.station(number)), STATION_PASSWORD)
    line.server.databases.append(database)
    token = database.run(None, sign_in, arena.login(number), world.PASSWORD).token
    name = f"Patient{number}"
    return Saver(
        database, Actor(token), name, ward, (label,), endures=fault.endures, rest_s=REST_S
    )


@pytest.fixture
def nora(qtbot, qapp, tmp_path, line, fleet):
    """Nora at the program, with a patient of her own."""
    database, actor = line.server.enter("both", "ws_beta")
    admit(database, actor, "Okafor", label=NORAS_BED)
    settings = line.settings("ws_alpha")
    with ThreadPoolExecutor(1) as hands, desk(qtbot, qapp, settings, tmp_path) as place:
        place.hands = hands
        place.heartbeat = Heartbeat(place.program)
        yield place


@contextmanager
def _at_work(fleet):
    for saver in fleet:
        saver.start()
    try:
        yield
    finally:
        for saver in fleet:
            saver.enough.set()
        for saver in fleet:
            saver.stop()
    assert [saver.leak for saver in fleet if saver.leak] == []


@contextmanager
def _befallen(line, fault, nora):
    """The time in which the fault lasts; the window goes on also while it begins and ends."""
    _meanwhile(nora, fault.strike, line)
    try:
        yield
    finally:
        _meanwhile(nora, fault.heal, line)


def _meanwhile(nora, work, line):
    done = nora.hands.submit(work, line)
    nora.wait(done.done)
    done.result()


def _went_on(fleet, saves=3):
    """Return a function that tells whether each was told "saved" so often more, or gave up."""
    wanted = [len(saver.acknowledged) + saves for saver in fleet]
    return lambda: all(
        saver.leak or len(saver.acknowledged) >= count
        for saver, count in zip(fleet, wanted, strict=True)
    )


def _saved(qtbot, nora, sheet):
    """Save the sheet; return what is told instead, nothing when it was saved."""
    if nora.sheet is sheet and not sheet.is_saving:
        press_save(qtbot)
    nora.wait(lambda: nora.sheet is not sheet or not sheet.is_saving)
    return sheet.notice.text if nora.sheet is sheet else ""


def _nothing_missing_nothing_twice(line, fleet, noras):
    acknowledged = Counter((told[0],) for saver in fleet for told in saver.acknowledged)
    ask = line.server.ask
    written = Counter(ask(WRITTEN))
    assert written - Counter(noras) == acknowledged
    assert Counter(ask(LOGGED)) == written
    with psycopg.connect(line.server.cluster.dsn(line.server.name), autocommit=True) as admin:
        assert verdict.unlogged_rows(admin) == []


@pytest.mark.parametrize("fault", FAULTS, indirect=True)
def test_that_nothing_is_lost_or_doubled_or_waited_for_by_the_window(
    qtbot, fault, line, fleet, nora, record_property
):
    # while others write, the board is always being read anew
    sheet = nora.type_set(NORAS_BED)
    nora.heartbeat.begin()
    with _at_work(fleet), watched() as waits:
        nora.wait(_went_on(fleet))
        with _befallen(line, fault, nora):
            told = _saved(qtbot, nora, sheet)
            if fault.is_felt:
                nora.wait(lambda: all(saver.failures or saver.leak for saver in fleet))
            else:
                nora.wait(_went_on(fleet))
        healed_at_s = perf_counter()
        nora.wait(_went_on(fleet, 1))
        recovery_s = max(saver.last_at_s for saver in fleet) - healed_at_s
        while _saved(qtbot, nora, sheet):
            assert _is_allowed(fault, sheet.notice.text)
        nora.wait(_went_on(fleet))
        nora.wait(lambda: nora.lamp == "live")
        record_property("recovery_s", recovery_s)
        record_property("window_ms", nora.heartbeat.longest_work_ms)
    assert waits == []
    assert not told or _is_allowed(fault, told)
    assert told or not (fault.is_felt and fault.is_sure)
    failures = {failure.text for saver in fleet for failure in saver.failures}
    assert [text for text in failures if not _is_allowed(fault, text)] == []
    noras = line.server.ask(f"{WRITTEN} WHERE recorded_by = %s", world.id_of("nora"))
    assert len(noras) == 1
    _nothing_missing_nothing_twice(line, fleet, noras)


def _is_allowed(fault, text):
    return any(part in text for part in fault.told)
