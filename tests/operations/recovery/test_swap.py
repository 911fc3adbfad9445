"""The swap of a restore: who comes back meanwhile, and what goes with the database's name."""

from __future__ import annotations

from contextlib import suppress
from threading import Event, Thread

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.conftest import STATION_PASSWORD
from tests.patience import until
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery.properties import properties
from ward_app.operations.recovery.rollback import rollback


class Stations:
    """Stations that connect all the time, to every database of the hospital that they find.

    Attributes:
        let_in: into which databases they came, each time they came in.
    """

    def __init__(self, hospital):
        self.let_in = []
        self._hospital = hospital
        self._done = Event()
        self._threads = [Thread(target=self._come_back) for _ in range(2)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _come_back(self):
        with administrator(self._hospital.dsn) as looking:
            while not self._done.wait(0.01):
                found = looking.execute(
                    "SELECT datname::text FROM pg_database WHERE datname LIKE %s",
                    (f"{self._hospital.name}%",),
                ).fetchall()
                for (name,) in found:
                    with suppress(psycopg.OperationalError), self.connected(name) as one:
                        # and stays, until it is cut off or the next comes
                        [(database,)] = one.execute("SELECT current_database()").fetchall()
                        self.let_in.append(database)

    def connected(self, database):
        dsn = make_conninfo(self._hospital.dsn, user="ws_alpha", dbname=database)
        return psycopg.connect(dsn, password=STATION_PASSWORD, autocommit=True)


def test_that_a_restore_holds_while_stations_come_back_all_the_time(hospital):
    """[O06] [O07] They get into the ward database by its name alone, never into a copy of it."""
    made = hospital.backup(secret=None)
    station = hospital.station()
    hospital.admit(station, hospital.enter(station), "Later", label="2")
    with Stations(hospital) as stations:
        until(lambda: len(stations.let_in) > 8)
        done, _said = hospital.restore(made.id)
        before = len(stations.let_in)
        until(lambda: len(stations.let_in) > before + 8)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            stations.connected(done.put_aside)
    assert set(stations.let_in) == {hospital.name}
    assert hospital.patients() == ["Okafor"]
    assert hospital.patients(at=done.put_aside) == ["Later", "Okafor"]
    assert hospital.ask("SELECT count(*) FROM public.sessions WHERE ended_at IS NULL") == [(0,)]
    assert hospital.ask("SELECT max(era) FROM audit.eras") == [(done.era,)]


def test_that_settings_comment_and_rights_of_the_database_itself_stay_with_its_name(hospital):
    """[O03] They are in no dump. Those of before come back with the database of before."""
    reader, name = f"reports_{hospital.name}", sql.Identifier(hospital.name)
    given = (
        "ALTER DATABASE {} SET work_mem TO '7MB'",
        'ALTER DATABASE {} SET search_path TO "$user", public, "odd, name"',
        "ALTER DATABASE {} SET temp_tablespaces TO ''",
        "ALTER DATABASE {} SET ward.hospital TO 'St. Mary''s \"North\"'",
        "ALTER DATABASE {} SET \"TimeZone\" TO 'Europe/Berlin'",
        "ALTER ROLE {role} IN DATABASE {} SET statement_timeout TO '5min'",
        "COMMENT ON DATABASE {} IS 'of IT: see the ''blue'' folder'",
        "ALTER DATABASE {} CONNECTION LIMIT 77",
        "GRANT CONNECT ON DATABASE {} TO {role} WITH GRANT OPTION",
        "GRANT TEMPORARY ON DATABASE {} TO {role}",
    )
    hospital.ask(f"CREATE ROLE {reader} LOGIN")
    made = hospital.backup(secret=None)
    try:
        for statement in given:
            hospital.ask(sql.SQL(statement).format(name, role=sql.Identifier(reader)))
        before = told(hospital)
        assert len(before.settings) == 6
        done, said = hospital.restore(made.id)
        assert told(hospital) == before
        assert "Not taken over" not in " ".join(said)
        # the copy is only looked at
        aside = told(hospital, done.put_aside)
        assert {role for kind, role, _ in aside.rights if kind == "CONNECT"} == {"ward_backup"}
        assert rollback(hospital.dsn, hospital.name, None).lost == ()
        assert told(hospital) == before
        assert hospital.enter(hospital.station())
    finally:
        for each in hospital.databases():
            revoke = sql.SQL("REVOKE ALL ON DATABASE {} FROM {} CASCADE")
            hospital.ask(revoke.format(sql.Identifier(each), sql.Identifier(reader)))
            forget = sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL")
            hospital.ask(forget.format(sql.Identifier(reader), sql.Identifier(each)))
        hospital.ask(f"DROP ROLE {reader}")


def test_that_what_cannot_be_taken_over_is_told_and_hinders_nothing(hospital):
    made = hospital.backup(secret=None)
    hospital.ask(f"ALTER DATABASE {hospital.name} SET work_mem TO '7MB'")
    # as a setting that a newer release of the server does not know any more
    hospital.ask(
        "UPDATE pg_db_role_setting SET setconfig = setconfig || 'gone_since=on'::text"
        " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    _done, said = hospital.restore(made.id)
    [lost] = [line for line in said if line.startswith("Not taken over")]
    assert "the setting gone_since" in lost
    assert told(hospital).settings == ((None, "work_mem", "7MB"),)


def told(hospital, name=None):
    with administrator(hospital.dsn) as connection:
        return properties(connection, name or hospital.name)
