"""A clock of one server alone, which can be set wrong."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_suffix(".c")
COMPILER = shutil.which("cc")


class JumpingClock:
    """The clock of a server, off by so many seconds."""

    def __init__(self, server, folder: Path) -> None:
        if COMPILER is None:
            pytest.skip("a C compiler is needed to set the clock of a server alone")
        library, self._file = folder / "jumping_clock.so", folder / "off"
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O2", "-o", library, SOURCE], check=True)
        self.set(0)
        # the server may run as another account
        for made in folder, library, self._file:
            made.chmod(0o755)
        server.stop()
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("LD_PRELOAD", str(library))
            environment.setenv("JUMPING_CLOCK", str(self._file))
            server.start()

    def set(self, off_s: int) -> None:
        """Set it off by so many seconds, at once, also for who is connected."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("l", off_s))
