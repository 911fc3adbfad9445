"""The program from the interpreter's start to a painted sign-in screen; prints a line and ends.

Reads where the database is from standard input, one JSON object.
"""

from __future__ import annotations

import json
import sys

import ui.app
from benchmarks.painted import PaintWatch, process_until
from ui.staff.front_door import Access
from ward_app.core.environment import Environment
from ward_app.core.settings import DatabaseSettings
from ward_app.core.settings_groups import DowntimeSettings


def main() -> None:
    """Open the window and connect, as somebody sees it who is about to type a name."""
    given = json.loads(sys.stdin.readline())
    access = Access(DatabaseSettings(**given["settings"]), given["station_password"])
    application = ui.app.make_application(sys.argv)
    program = ui.app.make_program(lambda: access, Environment.TEST, DowntimeSettings())
    program.window.resize(1366, 768)
    watch = PaintWatch(program.window.sign_in)
    program.start()
    process_until(lambda: watch.count > 0)
    print("painted", flush=True)
    program.close()
    application.quit()


if __name__ == "__main__":
    main()
