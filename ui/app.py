"""Composition root: settings, look, panels, program."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from ui import theme
from ui.incidents import install_excepthook
from ui.packs import Packs
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.badge_reader import BadgeReader
from ui.staff.front_door import Access
from ui.staff.station_access import StationAccess
from ward_app.core.errors import ConfigurationError
from ward_app.core.places import Places, places
from ward_app.core.settings import Settings, load_settings
from ward_app.core.settings_groups import DowntimeSettings, StorageBackend

COLLECT_EVERY_MS = 2_000
# ten minutes at the latest, where nobody ever leaves the screen
FULL_EVERY = 300
# whoever locks the screen and comes straight back does not wait for it
AFTER_LEAVING_MS = 3_000
_YOUNG, _EVERYTHING = 1, 2
# Python's own 5 ms would be waited out at each of a worker's many round trips while the GUI
# thread computes, and by the GUI thread while a worker does
THREADS_TAKE_TURNS_S = 0.0005
LOG_BYTES = 2_000_000
LOG_FILES = 5
DEMO = "--demo"
_NOT_SET_UP = 1


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with this computer's settings and keyring; return the exit status.

    It is 1 when the program never had a way to the ward database; the reason is on stderr.
    With `--demo`, or where the settings say so, it is the simulated hospital instead, with
    whatever else `./dev demo` takes.
    """
    given = sys.argv if argv is None else argv
    settings = _settings()
    if DEMO in given or settings.storage.backend is StorageBackend.DEMO:
        return show_demo(given)
    application = make_application(given)
    station = StationAccess()
    BadgeReader.prefix = settings.badge.prefix
    program = make_program(station.find, settings.environment, settings.downtime)
    program.ending.connect(station.give_up)
    program.start()
    return _execute(application, program) or _told(station.lacking)


def _told(lacking: str) -> int:
    """Tell a shell or a script too why there was no way to the database; return the status.

    The window said so all the time. Started without a console there is nowhere to write to.
    """
    if lacking and sys.stderr is not None:
        sys.stderr.write(f"{lacking}\n")
    return _NOT_SET_UP if lacking else 0


def show_demo(argv: Sequence[str]) -> int:
    """Run the demo, which is built on this program and so named here; return its exit status."""
    sys.argv = [each for each in argv if each != DEMO]
    status: int = import_module("ui.demo.__main__").main()
    return status


def make_application(argv: Sequence[str]) -> QApplication:
    """Return the Qt application with the house look, log and garbage collection."""
    where = places()
    _write_log(where.data_dir)
    sys.setswitchinterval(THREADS_TAKE_TURNS_S)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(list(argv))
    application.setApplicationName("ward-app")
    application.setApplicationDisplayName("Ward App")
    application.setDesktopFileName("ward-app")
    theme.apply(application, preferences(where).scheme)
    GarbageTimer(application)
    return application


def make_program(
    access: Callable[[], Access], environment: str, downtime: DowntimeSettings
) -> Program:
    """Return the program with all its panels, not yet started."""
    program = Program(access, ARRANGEMENT, preferences(places()), environment=environment)
    Packs(program, downtime)
    application = QApplication.instance()
    garbage = application.findChild(GarbageTimer) if application is not None else None
    if garbage is not None:
        program.left.connect(garbage.note_leaving)
    install_excepthook(program.window.show_problem)
    return program


def preferences(where: Places) -> Preferences:
    """Return this person's preferences of the installation."""
    return Preferences(where.config_file.with_name("preferences.ini"))


class GarbageTimer(QTimer):
    """Collects garbage on the GUI thread and nowhere else.

    Python would otherwise run its collector on whichever thread allocates, and a widget freed on
    a worker crashes the process. Young objects are looked at often, all of them once the screen
    was left: that holds the window for 50 ms.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, interval=COLLECT_EVERY_MS)
        self._turn = 0
        self._unwatched = QTimer(self, singleShot=True, interval=AFTER_LEAVING_MS)
        self._unwatched.timeout.connect(self._collect_everything)
        self.timeout.connect(self._collect)
        gc.disable()
        gc.freeze()
        self.start()

    def note_leaving(self) -> None:
        """Look at everything soon: nobody uses the program now."""
        self._unwatched.start()

    def _collect(self) -> None:
        self._turn += 1
        if self._turn % FULL_EVERY == 0:
            self._collect_everything()
        else:
            gc.collect(_YOUNG)

    def _collect_everything(self) -> None:
        self._turn = 0
        gc.collect(_EVERYTHING)


def _settings() -> Settings:
    """Return what is configured; the defaults, for the care of patients, while that is wrong."""
    try:
        return load_settings()
    except ConfigurationError:
        return Settings()


def _execute(application: QApplication, program: Program) -> int:
    application.setQuitOnLastWindowClosed(False)
    program.closed.connect(application.quit)
    return application.exec()


def _write_log(folder: Path) -> None:
    """Send the log and the trace of a crash to files under the data folder."""
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        logs / "ward-app.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
    # a file descriptor and no file object: it must stay open for as long as the process lives
    crash_log = os.open(logs / "crash.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    faulthandler.enable(crash_log)


if __name__ == "__main__":
    sys.exit(main())
