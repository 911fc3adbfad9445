"""What the demo says on the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def say(sentence: str) -> None:
    """Write one line at once, also into a pipe."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def has_screen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can be seen; a chosen platform other than a real screen counts as none."""
    chosen = environment.get("QT_QPA_PLATFORM", "")
    if chosen in {"offscreen", "minimal", "vnc"}:
        return False
    if sys.platform != "linux" or chosen:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
