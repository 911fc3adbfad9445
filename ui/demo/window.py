"""One window of the demo: the real program, signed in at a workstation of this run."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from ui.app import make_application, make_program
from ui.demo.keeping import way_in
from ui.main_window import USUAL_PX
from ui.program import Program
from ui.staff.front_door import Access
from ui.workplace import Workplace
from ward_app.core.environment import Environment
from ward_app.core.places import places
from ward_app.core.settings import DatabaseSettings
from ward_app.core.settings_groups import DowntimeSettings

_STAIR_PX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """An enrolled workstation, and who is to be signed in there.

    Attributes:
        number: which of several windows this is, from 0.
        of: how many windows there are.
    """

    database: DatabaseSettings
    credential: str = field(repr=False)
    private_key: str = field(repr=False)
    login: str
    password: str = field(repr=False)
    number: int = 0
    of: int = 1

    @property
    def access(self) -> Access:
        """How it connects; it keeps nothing for a downtime."""
        return Access(self.database, self.credential, self.private_key)


class BoardWatch(QObject):
    """Tells when the first board is on screen: read, and painted after that.

    Signals:
        painted: it is.
    """

    painted = Signal()

    def __init__(self, application: QApplication, program: Program) -> None:
        super().__init__(program)
        self._application = application
        self._panel: QWidget | None = None
        program.signed_in.connect(self._await_board)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._shows_beds(watched):
            self._application.removeEventFilter(self)
            self.painted.emit()
        return super().eventFilter(watched, event)

    def _await_board(self, workplace: Workplace) -> None:
        self._panel = workplace.panel
        workplace.panel.loaded.connect(self._await_paint, Qt.ConnectionType.SingleShotConnection)

    def _await_paint(self, _loaded_at: object) -> None:
        self._application.installEventFilter(self)

    def _shows_beds(self, watched: QObject) -> bool:
        panel = self._panel
        return panel is not None and isinstance(watched, QWidget) and panel.isAncestorOf(watched)


def open_window(station: Station, board_painted: Callable[[], None]) -> int:
    """Run the program until its window is closed; return the exit status."""
    application = make_application(sys.argv[:1])
    with TemporaryDirectory(dir=places().data_dir, prefix="downtime-") as folder:
        return _run(application, station, Path(folder), board_painted)


def _run(
    application: QApplication,
    station: Station,
    folder: Path,
    board_painted: Callable[[], None],
) -> int:
    access = way_in(station.access, folder)
    program = make_program(access, Environment.DEMO, DowntimeSettings(pack=True))
    watch = BoardWatch(application, program)
    watch.painted.connect(board_painted)
    _close_on_interrupt(program)
    program.start()
    if station.of > 1:
        _spread(program.window, station)
    program.sign_in(station.login, station.password)
    application.setQuitOnLastWindowClosed(False)
    program.closed.connect(application.quit)
    return application.exec()


def _spread(window: QWidget, station: Station) -> None:
    """Put one of several windows where it hides the others least: from left to right."""
    room = window.screen().availableGeometry()
    window.resize(*USUAL_PX)
    step = (room.width() - window.width()) // (station.of - 1)
    left = room.left() + max(step, _STAIR_PX) * station.number
    window.move(left, room.top() + _STAIR_PX * (station.number + 1))


def _close_on_interrupt(program: Program) -> None:
    """Close the window on Ctrl+C in the terminal, so that nothing is left running."""

    def close(_number: int, _frame: Any) -> None:
        if program.window.isVisible():
            program.window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
