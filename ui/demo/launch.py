"""Opens the demo's windows and tidies up when they are closed."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence

from ui.demo import STARTED_S
from ui.demo.options import Options
from ui.demo.station import start_station
from ui.demo.terminal import say
from ui.demo.window import Station, open_window
from ward_app.demo.ground import DemoGround
from ward_app.demo.staff import NURSE, PASSWORD, STAFF

_LOGINS = (NURSE, "nurse2", "nurse3", "charge")


def launch(ground: DemoGround, options: Options) -> int:
    """Open the windows and wait until they are closed; return the exit status."""
    try:
        ground.prepare(say, anew=options.reset)
        stations = enrolled(ground, options.stations)
        if len(stations) > 1:
            return _open_all(stations)

        def tell() -> None:
            say(f"The board is on screen after {time.monotonic() - STARTED_S:.1f} s.")

        return open_window(stations[0], tell)
    finally:
        ground.leave(say, keep_running=options.keep)


def enrolled(ground: DemoGround, count: int) -> list[Station]:
    """Return fresh workstations with a nurse for each, and say so."""
    names = {one.login: one.name for one in STAFF}
    stations = [
        Station(
            database=ground.settings(enrolment),
            credential=enrolment.password,
            private_key=enrolment.private_key,
            login=_LOGINS[number],
            password=PASSWORD,
            number=number,
            of=count,
        )
        for number, enrolment in enumerate(ground.enrol_stations(count))
    ]
    for station in stations:
        say(
            f"Enrolled the workstation {station.database.user} for this run (its credential is in "
            f"memory only). Signing in {names[station.login]}: user name “{station.login}”, "
            f"password “{PASSWORD}”."
        )
    return stations


def _open_all(stations: Sequence[Station]) -> int:
    """Open each in a process of its own; return the worst exit status."""
    processes = [start_station(station) for station in stations]
    while True:
        try:
            return max(abs(process.wait()) for process in processes)
        except KeyboardInterrupt:
            for process in processes:
                process.send_signal(signal.SIGINT)
