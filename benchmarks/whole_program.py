"""The whole program, from the interpreter's start to a painted board; prints a line and ends.

Reads where the database is from standard input, one JSON object.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, cast

import ui.app
from benchmarks.painted import PaintWatch, process_until
from ui.program import Program
from ui.staff.front_door import Access
from ui.workplace import Workplace
from ward_app.core.environment import Environment
from ward_app.core.settings import DatabaseSettings
from ward_app.core.settings_groups import DowntimeSettings

if TYPE_CHECKING:
    from ui.board.panel import BoardPanel


def open_board(access: Access, login: str, password: str) -> tuple[Program, BoardPanel]:
    """Return the program with somebody signed in and the board painted."""
    program = ui.app.make_program(lambda: access, Environment.TEST, DowntimeSettings())
    program.window.resize(1366, 768)
    workplaces: list[Workplace] = []
    program.signed_in.connect(workplaces.append)
    program.start()
    program.sign_in(login, password)
    process_until(lambda: bool(workplaces))
    board = cast("BoardPanel", workplaces[0].panel_of("board"))
    view = board.beds.view.viewport()
    watch = PaintWatch(view)
    process_until(lambda: board.beds.view.model().rowCount() > 1 and watch.count > 0)
    return program, board


def main() -> None:
    """Open the board of the database described on standard input."""
    given = json.loads(sys.stdin.readline())
    access = Access(DatabaseSettings(**given["settings"]), given["station_password"])
    application = ui.app.make_application(sys.argv)
    program, _ = open_board(access, given["login"], given["password"])
    print("painted", flush=True)
    program.close()
    application.quit()


if __name__ == "__main__":
    main()
