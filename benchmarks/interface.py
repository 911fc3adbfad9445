"""Start, repaint, and the way from one workstation to the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median
from time import perf_counter, thread_time
from typing import Any

import psycopg
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from benchmarks import beside_the_window, chart, lane, switching
from benchmarks.database import Bench, bench
from benchmarks.hospital import NURSE, PASSWORD, STATION_PASSWORD, Hospital
from benchmarks.measure import Figure, once_ms, percentile_95
from benchmarks.painted import PaintWatch, process_until
from benchmarks.whole_program import open_board
from ui.app import make_application
from ui.board.bed_model import BedListModel
from ui.board.panel import BoardPanel
from ui.panels import GRID
from ui.staff.front_door import Access
from ward_app.core.ids import new_id
from ward_app.rooms.bed_types import BedState
from ward_app.rooms.service import set_readiness
from ward_app.rooms.types import Readiness

START_TARGET, SEEN_TARGET_MS, GRID_TARGET_MS = 2.5, 150.0, 16.0
_STARTS, _CHANGES, _KEYS = 7, 60, 100


def measure(hospital: Hospital) -> list[Figure]:
    """Return the figures of the interface; offscreen unless there is a screen."""
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = _starts(hospital)
    application = make_application(sys.argv)
    program, board = open_board(Access(hospital.settings, STATION_PASSWORD), NURSE, PASSWORD)
    with bench(hospital) as it:
        seen = _seen(it, board)
        keys = _keystroke(board)
        charts = [chart.painting(), chart.opening(it, board), lane.painting()]
        beside = list(beside_the_window.figures(it))
    changed_hands = switching.unlocking(hospital, program)
    in_grid = _grid_keystroke(program)
    program.close()
    application.processEvents()
    return [*started, *seen, keys, changed_hands, in_grid, *charts, *beside]


def _starts(hospital: Hospital) -> list[Figure]:
    """Time whole processes, in turn, after one of each that is not counted: a warm start.

    The bench user's password is cheap to verify (bcrypt cost 4): the deliberate 0.2 s of a real
    one say nothing about the program.
    """
    settings = hospital.settings
    given = json.dumps(
        {
            "settings": {
                "host": settings.host,
                "port": settings.port,
                "name": settings.name,
                "user": settings.user,
            },
            "station_password": STATION_PASSWORD,
            "login": NURSE,
            "password": PASSWORD,
        }
    )
    screen, board, bare = [], [], []
    for _ in range(1 + _STARTS):
        screen.append(_until_painted("benchmarks.sign_in_screen", given))
        board.append(_until_painted("benchmarks.whole_program", given))
        bare.append(_until_painted("benchmarks.bare_window", ""))
    reached = {
        "program start to painted sign-in screen": screen,
        "program start to painted board (31 beds, sign-in included)": board,
    }
    return [
        Figure(
            name=name,
            ours_ms=median(spent[1:]),
            reference_ms=median(bare[1:]),
            reference="process with a bare QMainWindow to its first paint",
            target=START_TARGET,
        )
        for name, spent in reached.items()
    ]


def _until_painted(module: str, given: str) -> float:
    """Return the ms from starting the process to its line "painted"."""
    # an installed program has its modules compiled, whatever this shell says
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdin  # noqa: S101 - asked for above
        assert process.stdout  # noqa: S101 - asked for above
        process.stdin.write(given + "\n")
        process.stdin.close()
        line = process.stdout.readline()
        spent_ms = (perf_counter() - began) * 1000
    if line.strip() != "painted":
        raise RuntimeError(f"{module} ended without painting")
    return spent_ms


def _seen(it: Bench, board: BoardPanel) -> list[Figure]:
    """From handing a change to the database on A to the repainted tile on B."""
    bed_id = next(row.bed_id for row in _free_beds(it))
    watch = PaintWatch(board.beds.view.viewport())
    spent = []
    for turn in range(_CHANGES):
        readiness = (Readiness.DIRTY, Readiness.CLEAN)[turn % 2]
        state = BedState(id=new_id(), bed_id=bed_id, occurred_at=datetime.now(UTC))
        before = _shown_readiness(board, bed_id)
        change = partial(it.database.run, it.actor, set_readiness, state, readiness)
        spent.append(once_ms(partial(_until_shown, board, watch, change, bed_id, before)))
    raw = _raw_notify(it)
    return [
        Figure(
            name="commit on A to painted on B, 95th percentile",
            ours_ms=percentile_95(spent),
            reference_ms=None,
            reference="150 ms",
            target=SEEN_TARGET_MS,
        ),
        Figure(
            name="commit on A to painted on B, median",
            ours_ms=median(spent),
            reference_ms=raw,
            reference="raw NOTIFY to a raw LISTEN",
            target=None,
        ),
    ]


def _until_shown(
    board: BoardPanel,
    watch: PaintWatch,
    change: Callable[[], object],
    bed_id: Any,
    before: str | None,
) -> None:
    """Return once the tiles were painted with something else than `before`."""
    painted: list[str | None] = []
    note = watch.painted.connect(lambda: painted.append(_shown_readiness(board, bed_id)))
    change()
    process_until(lambda: painted[-1:] not in ([], [before]))
    watch.painted.disconnect(note)


def _free_beds(it: Bench) -> list[Any]:
    rows = it.database.run(
        it.actor,
        lambda tx: tx.rows(
            lambda bed_id: type("Row", (), {"bed_id": bed_id}),
            "SELECT d.id FROM room.beds d WHERE d.ward_id = %s AND NOT EXISTS"
            " (SELECT FROM admission.bed_stays b WHERE b.bed_id = d.id)",
            (it.hospital.ward_id,),
        ),
    )
    return list(rows)


def _shown_readiness(board: BoardPanel, bed_id: Any) -> str | None:
    model = board.beds.view.model()
    assert isinstance(model, BedListModel)  # noqa: S101 - the tiles are shown
    card = model.card(model.index_of(None, bed_id))
    return None if card is None else card.bed.readiness


def _raw_notify(it: Bench) -> float:
    station: dict[str, Any] = {**it.hospital.settings.conninfo(), "password": STATION_PASSWORD}
    with psycopg.connect(**station, autocommit=True) as hears:
        hears.execute("LISTEN bench")
        spent = []
        for _ in range(_CHANGES):
            began = perf_counter()
            it.raw.execute("SELECT pg_notify('bench', 'x')")
            it.raw.commit()
            next(hears.notifies(timeout=5, stop_after=1))
            spent.append((perf_counter() - began) * 1000)
    return median(spent)


def _keystroke(board: BoardPanel) -> Figure:
    """An arrow key on the board against a letter in a bare line edit."""
    view = board.beds.view
    view.setFocus()
    line = QLineEdit()
    line.show()
    line.setFocus()
    process_until(lambda: True)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Left)
    ours, bare = [], []
    for turn in range(_KEYS):
        ours.append(once_ms(partial(_press, view, PaintWatch(view.viewport()), keys[turn % 2])))
        bare.append(once_ms(partial(_press, line, PaintWatch(line), Qt.Key.Key_A)))
    return Figure(
        name="keystroke to repaint on the board",
        ours_ms=median(ours),
        reference_ms=median(bare),
        reference="a letter in a bare QLineEdit",
        target=None,
    )


def _grid_keystroke(program: Any) -> Figure:
    """A digit typed into the bay grid of 30 rows, as CPU time of the GUI thread until painted."""
    place = program.window.workplace
    grid = place.show_panel(GRID)
    process_until(lambda: grid.loaded_at is not None)
    view = grid.view
    view.setFocus()
    line = QLineEdit()
    line.show()
    process_until(lambda: True)
    ours, bare = [], []
    for turn in range(_KEYS):
        view.go_to(turn % len(grid.model.rows), 0)
        ours.append(_cpu_ms(partial(_press, view, PaintWatch(view.viewport()), Qt.Key.Key_1)))
        bare.append(_cpu_ms(partial(_press, line, PaintWatch(line), Qt.Key.Key_A)))
        grid.clear_row()
    return Figure(
        name=f"keystroke to repaint in the bay grid ({len(grid.model.rows)} rows), CPU time",
        ours_ms=percentile_95(ours),
        reference_ms=None,
        reference=f"16 ms; a letter in a bare QLineEdit takes {median(bare):.1f} ms",
        target=GRID_TARGET_MS,
    )


def _cpu_ms(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return (thread_time() - began) * 1000


def _press(widget: Any, watch: PaintWatch, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)
    process_until(lambda: watch.count > 0)
    watch.end()
