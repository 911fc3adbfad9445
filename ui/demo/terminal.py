"""What the demo says on the terminal, and whether there is a screen beside it."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

_WITHOUT_WINDOWS = frozenset({"offscreen", "minimal", "vnc"})
_X_SOCKETS = Path("/tmp/.X11-unix")  # noqa: S108 - where X servers have theirs


def say(sentence: str) -> None:
    """Write one line at once, also into a pipe."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can be seen.

    A screen that is named but does not answer (a shell that outlived its desktop) is none: Qt
    would end the program at once. So is a Qt platform that shows no windows.
    """
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen in _WITHOUT_WINDOWS:
        return False
    if sys.platform != "linux":
        return True
    return _wayland_answers(environment) or _x_answers(environment.get("DISPLAY", ""))


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY")
    return bool(name) and _answers(Path(environment.get("XDG_RUNTIME_DIR", "/"), str(name)))


def _x_answers(display: str) -> bool:
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    # one of another computer is not tried: that may take long
    return _answers(_X_SOCKETS / f"X{local[1]}") if local else bool(display)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True
