"""What the demo stands on: a private server, a filled database, workstations for one run."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from ward_app.core.environment import Environment
from ward_app.core.errors import NotPermittedError
from ward_app.core.schema_version import REVISION
from ward_app.core.settings import DatabaseSettings
from ward_app.demo.hospital import FACILITY_CODE
from ward_app.demo.keys import demo_vault, give_keys
from ward_app.demo.rounds import chart_rounds
from ward_app.operations import workstations
from ward_app.operations.bootstrap import DATABASE
from ward_app.operations.cluster import Cluster, ClusterState, whereabouts
from ward_app.operations.workstations import EnrolledWorkstation, Enrolment

Say = Callable[[str], None]

FRESH_FOR = timedelta(hours=24)
"""After that too many patients were to have left already."""

_STATION = "Demo station"

_LOOK = """
SELECT (SELECT version_num FROM public.alembic_version),
    (SELECT environment FROM public.installation),
    (SELECT min(u.created_at) FROM public.users u
     JOIN public.facilities f ON f.id = u.facility_id AND f.code = %(demo)s),
    (SELECT count(*) FROM public.facilities WHERE code <> %(demo)s)
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the database holds; `seeded_at` None = no demo hospital, `others` = more hospitals."""

    revision: str
    environment: str | None
    seeded_at: datetime | None
    others: int

    @property
    def is_complete(self) -> bool:
        return self.revision == REVISION and self.seeded_at is not None

    @property
    def is_fresh(self) -> bool:
        return self.seeded_at is not None and datetime.now(UTC) - self.seeded_at < FRESH_FOR

    @property
    def is_demo_alone(self) -> bool:
        return self.environment == Environment.DEMO and not self.others


class DemoGround:
    """The demo's database in a private cluster, and its workstations.

    Workstations are enrolled for one run: their passwords are in memory only, and the next run
    revokes those that nobody uses any more.
    """

    def __init__(
        self, cluster: Cluster, database: str = DATABASE, *, station: str = _STATION
    ) -> None:
        """Name the cluster, the database in it and what its workstations are called."""
        self.cluster, self.database = cluster, database
        self._station = station
        self._mine: set[str] = set()

    @property
    def dsn(self) -> str:
        """How the administrator connects."""
        return self.cluster.dsn(self.database)

    def prepare(self, say: Say, *, anew: bool = False) -> None:
        """Start the server and see to it that a fresh demo hospital is there.

        What its nurses would have charted since the last run is charted. A hospital older than
        a day is made anew; so is any with `anew`.

        Raises:
            NotPermittedError: the database is not the demo's alone and must not be touched.
            ConfigurationError: the server cannot be started.
        """
        self._start(say)
        found = self._look()
        if found is None:
            _set_up().fill(self.cluster, self.database, say)
        elif anew or (found.seeded_at and not found.is_fresh and found.is_demo_alone):
            self._make_anew(found, say)
        elif not found.is_complete:
            _set_up().fill(self.cluster, self.database, say)
        else:
            self._live_on(say)

    def prepare_for_once(self, say: Say) -> None:
        """Make the database anew, whatever was in it: for a walk that is to begin afresh.

        The server runs already.
        """
        if self._look() is not None:
            self._revoke_all()
        _set_up().make_anew(self.cluster, self.database, say)

    def remove(self) -> None:
        """Revoke this run's workstations and drop the database."""
        self.cluster.start()
        self._revoke_all()
        _set_up().remove(self.cluster, self.database)

    def enrol_stations(self, count: int) -> list[Enrolment]:
        """Return so many workstations for this run, after revoking those no longer in use."""
        self._revoke(station for station in self._stations() if not station.connections)
        # of this run alone: another run's workstation must never be taken for one of mine
        tag = secrets.token_hex(2)
        names = [f"{self._station} {number} {tag}" for number in range(1, count + 1)]
        made = [
            workstations.enrol(self.dsn, name, database=self.database, facility_code=FACILITY_CODE)
            for name in names
        ]
        self._mine |= {enrolment.role_name for enrolment in made}
        give_keys(demo_vault(self.cluster, self.database))
        return made

    def settings(self, enrolment: Enrolment) -> DatabaseSettings:
        """Return how that workstation connects, all but its password."""
        return DatabaseSettings(
            host=str(self.cluster.socket_dir),
            port=self.cluster.port,
            name=self.database,
            user=enrolment.role_name,
        )

    def leave(self, say: Say, *, keep_running: bool) -> None:
        """Revoke this run's workstations and stop the server, unless it is wanted or in use."""
        if self.cluster.status() is not ClusterState.RUNNING:
            return
        stations = self._stations() if self._look() is not None else []
        self._revoke(each for each in stations if each.role_name in self._mine)
        others = [each for each in stations if each.role_name not in self._mine]
        self._mine.clear()
        if keep_running:
            say("The server keeps running. Stop it with: ./dev demo --stop")
        elif any(station.connections for station in others):
            say("The server keeps running, because another demo is open.")
        else:
            self.cluster.stop()

    def _start(self, say: Say) -> None:
        if self.cluster.status() is ClusterState.MISSING:
            say(f"Making a private PostgreSQL cluster, once. {whereabouts(self.cluster)}")
        self.cluster.start()

    def _live_on(self, say: Say) -> None:
        charted = chart_rounds(self.dsn)
        if charted:
            sets = "one set" if charted == 1 else f"{charted} sets"
            say(f"The nurses of the demo charted {sets} of observations meanwhile.")

    def _make_anew(self, found: _Found, say: Say) -> None:
        named = found.environment
        if found.others or not (named is None or Environment(named).is_disposable):
            raise NotPermittedError(
                "The private database holds more than the demo hospital, so it is not made anew. "
                "Use another one: WARD_HOME=~/ward-demo ./dev demo."
            )
        say("Making the demo hospital anew; what was done in it is gone.")
        self._revoke_all()
        _set_up().make_anew(self.cluster, self.database, say)

    def _revoke_all(self) -> None:
        self._revoke(self._stations())
        self._mine.clear()

    def _revoke(self, stations: Iterable[EnrolledWorkstation]) -> None:
        for station in stations:
            workstations.revoke(self.dsn, station.role_name, database=self.database)

    def _stations(self) -> list[EnrolledWorkstation]:
        roles = workstations.role_name_for(self._station)
        enrolled = workstations.enrolled(self.dsn, database=self.database)
        return [station for station in enrolled if station.role_name.startswith(roles)]

    def _look(self) -> _Found | None:
        """Return what the database holds; None when it has no schema or is not there."""
        try:
            with psycopg.connect(make_conninfo(self.dsn, options="-c role=ward_loader")) as look:
                row = look.execute(_LOOK, {"demo": FACILITY_CODE}).fetchone()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return None
        return _Found(*row) if row and row[0] else None


def _set_up() -> Any:
    """Return what makes databases, imported only when one is to be made."""
    return import_module("ward_app.demo.set_up")
