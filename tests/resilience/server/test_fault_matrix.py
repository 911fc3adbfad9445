"""Whatever befalls the server while eight workstations write and a window is open.

Everything that was acknowledged is there, and there once; whoever saves reads why not; the window
never waits; and everybody goes on by themselves when it is over.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from time import perf_counter

import pytest

from tests import world
from tests.downtime.stations import a_station
from tests.resilience.desk import desk
from tests.resilience.server.faults import FAULTS
from tests.resilience.server.fleet import (
    PLACES,
    WRITTEN,
    at_work,
    counts,
    nothing_missing_nothing_twice,
    nurses,
    went_on,
    were_told,
)
from tests.resilience.server.gui_thread import watched
from tests.resilience.server.line import COPIED, ROUTES, Line
from tests.steps import admit
from ui.demo.heartbeat import Heartbeat
from ward_app.downtime.service import waiting

NORAS_BED = "1"
# than in the suite, when everything is repeated for long
LONGER = (2, 5, 10)
TIMES = "SELECT min(recorded_at), max(recorded_at) FROM report.vital_signs"


@pytest.fixture
def fault(request):
    return FAULTS[request.param]


@pytest.fixture
def line(request, own_server, fault, tmp_path):
    """The way to the server that the fault needs."""
    if fault.route in COPIED:
        request.getfixturevalue("replicating_cluster")
    line = Line(own_server, tmp_path, fault.waits_s, stations=len(PLACES))
    with ROUTES[fault.route](line):
        yield line
        for database in own_server.databases:
            database.close()


@pytest.fixture
def fleet(line, fault):
    return nurses(line.server, line.settings, fault.endures)


@pytest.fixture
def tell_fault(request, fault, record_property):
    """Return a function that notes what the summary tells of the fault."""

    def tell(found, heartbeat, told, failures, recovery_s):
        outcome = {
            "fault": request.node.callspec.params["fault"],
            **asdict(found),
            "cpu_ms": heartbeat.longest_work_ms,
            "wall_ms": heartbeat.longest_ms,
            "sentences": sorted({told, *failures} - {""}),
            "recovery_s": recovery_s,
        }
        for name, value in outcome.items():
            record_property(name, value)

    return tell


@pytest.fixture
def station(request, tmp_path):
    """What Nora's computer keeps for a downtime; nothing, unless a test wants it."""
    return a_station(tmp_path / "downtime") if getattr(request, "param", False) else None


@pytest.fixture
def nora(qtbot, qapp, tmp_path, line, fleet, station):
    """Nora at the program, with a patient of her own."""
    database, actor = line.server.enter("both", "ws_beta")
    admit(database, actor, "Okafor", label=NORAS_BED)
    settings = line.settings("ws_alpha")
    with (
        ThreadPoolExecutor(1) as hands,
        desk(qtbot, qapp, settings, tmp_path, station=station) as place,
    ):
        place.hands = hands
        place.heartbeat = Heartbeat(place.program)
        yield place


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


def _saved(nora, sheet):
    """Save the sheet; return what is told instead, nothing when it was saved."""
    if nora.sheet is sheet and not sheet.is_saving and not nora.lock:
        nora.press_save()
    nora.wait(lambda: nora.lock or nora.sheet is not sheet or not sheet.is_saving)
    if nora.lock:
        return nora.lock.words.text()
    return sheet.notice.text if nora.sheet is sheet else ""


def _save_in_the_end(nora, sheet, fault):
    """Save the sheet, and again whenever something is told instead."""
    while told := _saved(nora, sheet):
        assert _is_allowed(fault, told)
        if nora.lock:
            nora.unlock()


@pytest.mark.parametrize("times", [1, *(pytest.param(n, marks=pytest.mark.soak) for n in LONGER)])
@pytest.mark.parametrize("fault", FAULTS, indirect=True)
def test_that_nothing_is_lost_or_doubled_or_waited_for_by_the_window(
    fault, line, fleet, nora, tell_fault, times
):
    """Each writes three times and more before, during and after it, so many `times`."""
    began = datetime.now(UTC)
    # while others write, the board is always being read anew
    sheet = nora.type_set(NORAS_BED)
    nora.heartbeat.begin()
    with at_work(fleet), watched() as waits:
        _go_on(nora, fleet, times)
        with _befallen(line, fault, nora):
            told = _saved(nora, sheet)
            if fault.is_felt:
                nora.wait(lambda: were_told(fleet))
            else:
                _go_on(nora, fleet, times)
        healed_at_s = perf_counter()
        nora.wait(went_on(fleet, 1))
        recovery_s = max(saver.last_at_s for saver in fleet) - healed_at_s
        _save_in_the_end(nora, sheet, fault)
        _go_on(nora, fleet, times)
        nora.wait(lambda: nora.lamp.startswith("live"))
    noras = line.server.ask(f"{WRITTEN} WHERE recorded_by = %s", world.id_of("nora"))
    failures = {failure.text for saver in fleet for failure in saver.failures}
    tell_fault(counts(line.server, fleet, noras), nora.heartbeat, told, failures, recovery_s)
    assert waits == []
    assert not told or _is_allowed(fault, told)
    assert told or not (fault.is_felt and fault.is_sure)
    assert [text for text in failures if not _is_allowed(fault, text)] == []
    assert len(noras) == 1
    nothing_missing_nothing_twice(line.server, fleet, besides=noras)
    [(first, last)] = line.server.ask(TIMES)
    assert began <= first <= last <= datetime.now(UTC)


def _go_on(nora, fleet, times):
    for _ in range(times):
        nora.wait(went_on(fleet))


def _is_allowed(fault, text):
    return any(part in text for part in fault.told)


@pytest.mark.parametrize("fault", ["killed", "out of disk", "frozen"], indirect=True)
@pytest.mark.parametrize("station", [True], indirect=True, ids=["kept here"])
def test_that_what_a_station_keeps_meanwhile_arrives_once_and_the_window_never_waits(
    fault, line, fleet, nora, station
):
    # with so short a patience a busy computer may need several tries
    keeper, ladder = nora.program.outage.keeper, nora.program.work.ladder
    nora.wait(lambda: ladder.wards() or keeper.take_copies())
    sheet = nora.type_set(NORAS_BED)
    with at_work(fleet), watched() as waits:
        nora.wait(went_on(fleet))
        with _befallen(line, fault, nora):
            nora.press_save()
            nora.wait(lambda: nora.sheet is not sheet)
            nora.wait(lambda: were_told(fleet))
        nora.wait(went_on(fleet))
        nora.wait(lambda: nora.lamp == "live" and not waiting(station.outbox))
    assert waits == []
    noras = line.server.ask(f"{WRITTEN} WHERE recorded_by = %s", world.id_of("nora"))
    assert len(noras) == 1
    nothing_missing_nothing_twice(line.server, fleet, besides=noras)
