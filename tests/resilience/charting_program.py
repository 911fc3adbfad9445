"""The real program, whose nurse charts without a pause until it is killed.

It is given how the server is reached and by which password, where things are kept, and whose stay
it is. It tells what happens: "ready" (the ward's copy and the way in without a server are kept),
"sent" (what waited went to the server), and for each set that was told to be saved its id and
"here" or "there".
"""

from __future__ import annotations

import os
import sys
from functools import partial

from tests import world
from tests.downtime.stations import a_station
from tests.steps import a_set
from ui.app import make_application
from ui.background import Reply
from ui.panels import ARRANGEMENT
from ui.preferences import Preferences
from ui.program import Program
from ui.staff.front_door import Access
from ward_app.core.settings import DatabaseSettings
from ward_app.observations.pack_queries import scoring_of
from ward_app.observations.service import record_observations


class ChartingProgram:
    """Nora at her workstation, as it is started at a desk."""

    def __init__(self, given, tell) -> None:
        self._tell = tell
        self._stay = given["stay"]
        folder = given["folder"]
        station = a_station(folder / "downtime")
        settings = DatabaseSettings(**given["settings"])
        self.program = Program(
            lambda: Access(settings, given["password"], station=station),
            ARRANGEMENT,
            Preferences(folder / "preferences.ini"),
            environment="test",
        )
        self.program.outage.keeper.sent.connect(lambda _report: tell("sent"))
        self.program.outage.keeper.done.connect(self._be_ready)
        self.program.signed_in.connect(self._begin)
        self._passes = station.passes
        self._is_ready = False

    def start(self) -> None:
        self.program.start()
        self.program.sign_in("nora", world.PASSWORD)

    def _begin(self, workplace) -> None:
        self._workplace = workplace
        answer = Reply(self._chart, self._give_up)
        self.program.work.query(workplace, answer, scoring_of, self._stay)

    def _chart(self, basis) -> None:
        wish = a_set(self._stay)
        saved = Reply(partial(self._chart_next, basis), self._give_up)
        command = self.program.work.command
        command(self._workplace, "observations", saved, record_observations, wish, basis)

    def _chart_next(self, basis, saved) -> None:
        place = "here" if self.program.work.ladder.is_lost else "there"
        self._tell(f"{saved.id} {place}")
        self._be_ready()
        self._chart(basis)

    def _be_ready(self) -> None:
        has_pass = any(self._passes._folder.glob("*.pass"))
        if not self._is_ready and has_pass and self.program.work.ladder.wards():
            self._is_ready = True
            self._tell("ready")

    def _give_up(self, error) -> None:
        self._tell(f"failed: {error}")


def chart_for_ever(given, told):
    """Chart until killed."""
    os.environ.update(WARD_HOME=str(given["folder"]), QT_QPA_PLATFORM="offscreen")
    application = make_application(sys.argv[:1])
    nora = ChartingProgram(given, told.send)
    nora.start()
    application.exec()
