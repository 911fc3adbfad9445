"""Where the packaged programs begin: the client, or `wardctl`, by the name of the file.

A part of the program that works in a process of its own is started by this very file with
`-m MODULE`, as Python itself would do it.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

_OURS = ("ui.", "ward_app.")
_LIBRARIES, _BEFORE = "LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"


def main() -> int:
    """Run what was called, and return the exit status."""
    _give_back_libraries()
    if sys.argv[1:2] == ["-m"] and sys.argv[2:] and sys.argv[2].startswith(_OURS):
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    if Path(sys.executable).stem == "wardctl":
        from ward_app.cli.main import main as wardctl

        wardctl()
        return 0
    from ui.app import main as client

    return client()


def _give_back_libraries() -> None:
    """Let the system's programs, such as `pg_dump`, find its libraries and not those beside us.

    PyInstaller's loader sets them for this process, which has read them already.
    """
    if not getattr(sys, "frozen", False) or _LIBRARIES not in os.environ:
        return
    before = os.environ.pop(_BEFORE, "")
    del os.environ[_LIBRARIES]
    if before:
        os.environ[_LIBRARIES] = before


if __name__ == "__main__":
    sys.exit(main())
