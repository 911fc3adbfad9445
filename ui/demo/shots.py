"""Pictures of every screen: light and dark, two sizes, at twice the scale, with longer words.

Words that do not fit where they stand are listed, and make the exit status 1.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from ui import theme, wardrobe
from ui.demo import outage_screens
from ui.demo.clipped import clipped
from ui.demo.colleague import Colleague
from ui.demo.door_screens import DOOR, back_to_sign_in
from ui.demo.hands import Hands
from ui.demo.keeping import way_in
from ui.demo.launch import enrolled
from ui.demo.longer_words import longer_words, settle
from ui.demo.options import Options
from ui.demo.screens import AWAY, BACK, SCREENS, Screen, go_back
from ui.demo.station import station_of
from ui.demo.steps import arriving
from ui.demo.terminal import say
from ui.demo.tour import ServerStopped, ground_for_once, make_program, picture_folder
from ui.demo.walk import StepFailedError, Walk
from ui.demo.window import Station
from ward_app.core.places import places
from ward_app.demo.ground import DemoGround
from ward_app.operations.cluster import private_cluster

DATABASE = "ward_shots"
# the program started while the server is away
_START = "sign-in-offline"
SIZES = ((1366, 768), (1920, 1080))
_TWICE = 2
# what the README shows, by the name of the picture
_ROOT = Path(__file__).resolve().parents[2]
_README = {
    "board-light-1366x768": "board",
    "chart-light-1366x768": "chart",
    "observations-light-1366x768": "observations",
    "admit-light-1366x768": "admit",
    "bay-grid-light-1366x768": "grid",
    "alerts-light-1366x768": "alerts",
    "due-light-1366x768": "due",
    "shift-light-1366x768": "shift",
    "handover-light-1366x768": "handover",
    "rounds-light-1366x768": "rounds",
    "nurses-light-1366x768": "nurses",
    "note-new-light-1366x768": "notes",
    "messages-light-1366x768": "messages",
    "downtime-light-1366x768": "downtime",
    "board-offline-light-1366x768": "offline",
    "wall-dark-1920x1080": "wall",
}


def run_shots(ground: DemoGround, options: Options) -> int:
    """Take the pictures on a database of their own; return the exit status."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    unknown = (
        set(options.only) - {screen.name for screen in (*DOOR, *SCREENS, *AWAY, BACK)} - {_START}
    )
    if unknown:
        say(f"There is no screen called {', '.join(sorted(unknown))}.")
        return 2
    folder = picture_folder(options, "shots")
    with ground_for_once(ground, options, DATABASE) as shots:
        stations = enrolled(shots, 2)
        status = max(
            _in_own_process(stations, folder, scale, options.only) for scale in (1, _TWICE)
        )
    say(f"Pictures: {folder}")
    _copy_for_readme(folder)
    return status


def main() -> int:
    """Take the pictures that the input asks for, at the scale of this process."""
    told: dict[str, Any] = json.load(sys.stdin)
    mine, hers = (station_of(each) for each in told["stations"])
    with TemporaryDirectory() as scratch:
        access = way_in(mine.access, Path(scratch) / "downtime")
        program = make_program(access, Path(scratch), SIZES[0])
        colleague = Colleague(hers, Hands())
        outage = ServerStopped(private_cluster(places().cluster_dir), colleague)
        walk = Walk(program, colleague, outage, Path(told["folder"]))
        try:
            start = partial(outage_screens.start, access=access, folder=Path(scratch))
            away = (*AWAY, Screen(_START, start), BACK)
            return _take_all(walk, (*SCREENS, *away), told["scale"], told["only"])
        finally:
            outage.end()
            colleague.leave()
            program.close()


def _in_own_process(
    stations: list[Station], folder: Path, scale: int, only: tuple[str, ...]
) -> int:
    """Take the pictures of one scale; Qt reads it once, when a process begins."""
    told = {
        "stations": [asdict(station) for station in stations],
        "folder": str(folder),
        "scale": scale,
        "only": only,
    }
    done = subprocess.run(
        [sys.executable, "-m", "ui.demo.shots"],
        input=json.dumps(told),
        text=True,
        check=False,
        env=os.environ | {"QT_SCALE_FACTOR": str(scale)},
    )
    return done.returncode


def _take_all(walk: Walk, screens: Sequence[Screen], scale: int, only: Sequence[str]) -> int:
    arriving.sign_in_wrongly(walk)
    told = _tell(_take(walk, Screen("sign-in", lambda _walk: None), scale), set())
    for screen in DOOR:
        if not only or screen.name in only:
            _tell(_take(walk, screen, scale), told)
    back_to_sign_in(walk)
    arriving.sign_in(walk)
    missing = 0
    for screen in screens:
        if only and screen.name not in only:
            continue
        try:
            _tell(_take(walk, screen, scale), told)
        except StepFailedError as missed:
            say(f"No picture of {screen.name}: {missed}")
            missing += 1
        go_back(walk)
    return 1 if missing or told else 0


def _tell(found: Sequence[str], told: set[str]) -> set[str]:
    """Say what is clipped as soon as it is found, each once; return all that was told."""
    for line in dict.fromkeys(found):
        if line not in told:
            say(f"Clipped: {line}")
    told.update(found)
    return told


def _take(walk: Walk, screen: Screen, scale: int) -> list[str]:
    """Take a screen in every size and colour, as it is and with longer words.

    Words take the same room in every colour, so that longer ones are taken in one. Returns what
    is clipped, a line each.
    """
    window = screen.show(walk) or walk.program.window
    application = QApplication.instance()
    assert isinstance(application, QApplication)  # noqa: S101 - the program runs
    schemes = theme.Scheme if scale == 1 else (theme.Scheme.LIGHT,)
    found: list[str] = []
    for scheme in schemes:
        theme.apply(application, scheme)
        walk.until(lambda: not wardrobe.is_dressing(application), "the colours did not change")
        for width, height in SIZES if scale == 1 else SIZES[:1]:
            window.resize(width, height)
            name = f"{screen.name}-{scheme}-{width}x{height}"
            name = name if scale == 1 else f"{name}-at-{scale}"
            walk.picture(name, window)
            found += _clipped(screen, window)
            if scheme is theme.Scheme.LIGHT:
                with longer_words(window):
                    walk.picture(f"{name}-longer", window)
                    found += _clipped(screen, window)
    theme.apply(application, theme.Scheme.LIGHT)
    window.resize(*SIZES[0])
    return found


def _clipped(screen: Screen, window: QWidget) -> list[str]:
    """Return what does not fit, and still does not once the layouts have settled."""
    first = clipped(window)
    if not first:
        return []
    settle()
    size = f"{window.width()}x{window.height()}"
    return [f"{screen.name} at {size}: {line}" for line in clipped(window) if line in first]


def _copy_for_readme(folder: Path) -> None:
    """Put the README's pictures into the source tree, where there is one."""
    shown = _ROOT / "docs" / "screenshots"
    if not (_ROOT / "README.md").exists():
        return
    shown.mkdir(parents=True, exist_ok=True)
    for taken, name in _README.items():
        source = folder / f"{taken}.png"
        if source.exists():
            shutil.copyfile(source, shown / f"{name}.png")
    say(f"The README's pictures: {shown}")


if __name__ == "__main__":
    sys.exit(main())
