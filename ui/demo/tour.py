"""The tour: the real program without a screen, driven through its own controls and checked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from ui import theme
from ui.app import make_application
from ui.demo.colleague import Colleague
from ui.demo.hands import Hands
from ui.demo.itinerary import STEPS, Outcome, walk_through
from ui.demo.keeping import way_in
from ui.demo.launch import enrolled
from ui.demo.options import Options
from ui.demo.terminal import say
from ui.demo.walk import Walk
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.front_door import Access
from ward_app.core.environment import Environment
from ward_app.core.places import places
from ward_app.demo.ground import DemoGround
from ward_app.operations.cluster import Cluster

DATABASE, STATION = "ward_tour", "Tour station"
REPORT = "tour.json"
# what the platform without a screen says of every window
_OF_NO_SCREEN = "This plugin does not support propagateSizeHints"


class ServerStopped:
    """An outage for real: the private server stops and starts again."""

    def __init__(self, cluster: Cluster, colleague: Colleague) -> None:
        self._cluster, self._colleague = cluster, colleague

    def begin(self) -> None:
        """Stop the server while the window lives on."""
        self._colleague.elsewhere(self._cluster.stop)

    def end(self) -> None:
        """Start it again."""
        self._colleague.elsewhere(self._cluster.start)


class Complaints:
    """What nobody should see: Qt's warnings, and exceptions that no code caught."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Take note of them until the end."""
        told_before = sys.excepthook

        def note(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            self.found.append(f"{kind.__name__} that nobody caught")
            told_before(kind, error, trace)

        before = qInstallMessageHandler(self._note_warning)
        sys.excepthook = note
        try:
            yield
        finally:
            sys.excepthook = told_before
            qInstallMessageHandler(before)

    def _note_warning(self, kind: QtMsgType, _where: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and _OF_NO_SCREEN not in text:
            self.found.append(f"Qt: {text}")


def run_tour(ground: DemoGround, options: Options) -> int:
    """Walk through the program on a database of its own; return the exit status."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = picture_folder(options, "tour")
    with ground_for_once(ground, options, DATABASE) as tour:
        return _toured(tour, options, folder)


@contextmanager
def ground_for_once(ground: DemoGround, options: Options, database: str) -> Iterator[DemoGround]:
    """Yield a fresh simulated hospital in a database of its own, removed in the end."""
    once = DemoGround(ground.cluster, database, station=STATION)
    try:
        ground.prepare(say, anew=options.reset)
        once.prepare_for_once(_say_nothing)
        yield once
    finally:
        once.remove()
        ground.leave(say, keep_running=options.keep)


def picture_folder(options: Options, kind: str) -> Path:
    """Return a new folder for pictures: the one asked for, else in the data folder."""
    name = f"{datetime.now().astimezone():%Y-%m-%d_%H%M%S}"
    folder = options.folder or places().data_dir / kind / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def make_program(access: Callable[[], Access], folder: Path, size: tuple[int, int]) -> Program:
    """Return the program as `ui.app` makes it, with preferences of its own, on its sign-in."""
    application = make_application(sys.argv[:1])
    theme.apply(application, theme.Scheme.LIGHT)
    preferences = Preferences(folder / "preferences.ini")
    program = Program(access, ARRANGEMENT, preferences, environment=Environment.DEMO)
    application.setQuitOnLastWindowClosed(False)
    program.start()
    program.window.resize(*size)
    program.window.activateWindow()
    return program


def _toured(tour: DemoGround, options: Options, folder: Path) -> int:
    mine, hers = enrolled(tour, 2)
    complaints = Complaints()
    with complaints.watched(), TemporaryDirectory() as scratch:
        access = way_in(mine.access, Path(scratch) / "downtime")
        program = make_program(access, Path(scratch), options.size)
        colleague = Colleague(hers, Hands())
        walk = Walk(program, colleague, ServerStopped(tour.cluster, colleague), folder)
        say(f"The tour, in a window of {options.size[0]} x {options.size[1]}:")
        try:
            outcomes = walk_through(walk, STEPS, lambda outcome: say(outcome.line))
        finally:
            colleague.leave()
            program.close()
    return _summed_up(outcomes, complaints.found, folder)


def _summed_up(outcomes: Sequence[Outcome], complaints: Sequence[str], folder: Path) -> int:
    slowest = max(outcomes, key=lambda outcome: outcome.longest_pause_ms)
    failed = [outcome for outcome in outcomes if outcome.failure]
    most = max(outcome.longest_work_ms for outcome in outcomes)
    say(
        f"Longest pause {slowest.longest_pause_ms:.0f} ms, in step {slowest.number}; "
        f"most work at a stretch {most:.0f} ms."
    )
    for complaint in complaints:
        say(f"Should not have happened: {complaint}")
    record = {"steps": [asdict(outcome) for outcome in outcomes], "complaints": list(complaints)}
    (folder / REPORT).write_text(json.dumps(record, indent=1) + "\n")
    say(f"{len(outcomes) - len(failed)} of {len(outcomes)} steps did what they should.")
    say(f"Pictures: {folder}")
    return 1 if failed or complaints else 0


def _say_nothing(_sentence: str) -> None:
    return
