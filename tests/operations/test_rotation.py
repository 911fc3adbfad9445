"""A new password for a workstation: the old one refused at once, whatever interrupts it."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress

import psycopg
import pytest
from keyring.backend import KeyringBackend
from psycopg.conninfo import make_conninfo

from tests.operations.test_workstations import REFUSED, connect
from ui.staff.front_door import Access, FrontDoor
from ward_app.cli import main as command_line
from ward_app.cli import workstation as commands
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.core.secret_store import SecretStore
from ward_app.core.settings import DatabaseSettings
from ward_app.core.station_keys import secret_name
from ward_app.core.station_password import next_name, next_password, promote
from ward_app.operations import workstations
from ward_app.operations.workstations import enrol, enrolled, revoke, set_password


class Keyring(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def __init__(self):
        self.kept = {}

    def get_password(self, _service, username):
        return self.kept.get(username)

    def set_password(self, _service, username, password):
        self.kept[username] = password

    def delete_password(self, _service, username):
        self.kept.pop(username, None)


class KilledStore(SecretStore):
    """Secrets of a program that is killed before its nth change of them."""

    def __init__(self, keyring, changes):
        super().__init__("here", keyring)
        self._left = changes

    def put(self, name, secret):
        self._live_on()
        return super().put(name, secret)

    def remove(self, name):
        self._live_on()
        super().remove(name)

    def _live_on(self):
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1


@pytest.fixture
def station(hospital, empty_database, spare_server, monkeypatch, tmp_path):
    """An enrolled workstation with its keyring, its settings, and a way to run wardctl there."""
    made = enrol(hospital, "Desk", database=empty_database)
    keyring = Keyring()
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    monkeypatch.setenv("WARD_DATABASE__USER", made.role_name)
    monkeypatch.setattr(commands, "own_secrets", lambda: SecretStore("here", keyring))
    return Station(hospital, empty_database, spare_server, made, keyring, monkeypatch)


class Station:
    def __init__(self, dsn, database, server, made, keyring, monkeypatch):
        self.dsn, self.database, self.server = dsn, database, server
        self.made, self.keyring, self._monkeypatch = made, keyring, monkeypatch
        keyring.kept[made.role_name] = made.password
        keyring.kept[secret_name(made.role_name)] = made.private_key

    def wardctl(self, *words):
        self._monkeypatch.setattr(sys, "argv", ["wardctl", *words, "--dsn", self.dsn])
        try:
            command_line.main()
        except SystemExit as ended:
            if ended.code:
                raise

    def works(self):
        """Return whether the program comes as far as the sign-in here, as `ui.app` does it."""
        store, role = SecretStore("here", self.keyring), self.made.role_name
        settings = DatabaseSettings(
            host=str(self.server.socket_dir), port=self.server.port, name=self.database, user=role
        )
        door = FrontDoor(
            lambda: Access(
                settings,
                store.get(role),
                next_password=next_password(store, role),
                promote=lambda: promote(store, role),
            )
        )
        try:
            door.open()
        except ConfigurationError:
            return False
        finally:
            door.close()
        return True


def test_that_the_old_password_is_refused_at_once_and_connections_are_cut(station, capsys):
    """[A07] Also a statement that is running."""
    at_work = connect(station.dsn, station.made)
    ended = []

    def run_on():
        try:
            at_work.execute("SELECT pg_sleep(60)")
        except psycopg.errors.AdminShutdown as error:
            ended.append(error.sqlstate)

    running = threading.Thread(target=run_on)
    running.start()
    station.wardctl("workstation", "rotate")
    running.join(20)
    at_work.close()
    assert ended == ["57P01"]
    with pytest.raises(psycopg.OperationalError, match=REFUSED):
        connect(station.dsn, station.made)
    assert station.works()
    new = station.keyring.kept[station.made.role_name]
    assert new != station.made.password
    role = station.made.role_name
    assert station.keyring.kept.keys() == {role, secret_name(role)}
    assert station.keyring.kept[secret_name(role)] == station.made.private_key
    said = capsys.readouterr()
    assert "new password" in said.out
    assert new not in said.out + said.err


@pytest.mark.parametrize("changes", range(4))
def test_that_a_change_killed_at_any_moment_leaves_a_workstation_that_works(
    station, changes, monkeypatch
):
    """Before the new one is kept, before the server has it, before and after it is promoted."""
    with monkeypatch.context() as patched:
        killed = KilledStore(station.keyring, changes)
        patched.setattr(commands, "own_secrets", lambda: killed)
        with suppress(SystemExit):
            station.wardctl("workstation", "rotate")
    assert station.works()
    station.wardctl("workstation", "rotate")
    assert station.works()
    with pytest.raises(psycopg.OperationalError, match=REFUSED):
        connect(station.dsn, station.made)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_that_a_server_that_goes_away_meanwhile_leaves_a_workstation_that_works(
    station, monkeypatch, moment
):
    def interrupted(*args, **kwargs):
        if moment == "after":
            set_password(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(workstations, "set_password", interrupted)
    with pytest.raises(SystemExit):
        station.wardctl("workstation", "rotate")
    role = station.made.role_name
    assert next_name(role) in station.keyring.kept
    assert station.works()
    is_promoted = next_name(role) not in station.keyring.kept
    assert is_promoted == (moment == "after")


def test_that_a_password_that_nobody_has_is_refused(station):
    station.keyring.kept = {station.made.role_name: "old", next_name(station.made.role_name): "x"}
    assert not station.works()


def test_that_nothing_is_changed_where_nothing_can_be_kept(station, monkeypatch, capsys):
    monkeypatch.setattr(Keyring, "set_password", lambda *_: None)
    with pytest.raises(SystemExit):
        station.wardctl("workstation", "rotate")
    assert "Nothing was changed" in capsys.readouterr().err
    connect(station.dsn, station.made).close()


def test_that_people_signed_in_there_sign_in_again(station, hospital, empty_database):
    set_password(hospital, station.made.role_name, "another", database=empty_database)
    with psycopg.connect(hospital) as connection:
        recent = "SELECT enrolled_at > now() - interval '1 minute' FROM workstations"
        assert connection.execute(recent).fetchone() == (True,)


def test_that_only_an_enrolled_workstation_gets_another(station, hospital, empty_database):
    for role in ("ws_nowhere", "ward_admin"):
        with pytest.raises(RuleBrokenError, match=role):
            set_password(hospital, role, "x", database=empty_database)
    revoke(hospital, station.made.role_name, database=empty_database)
    with pytest.raises(RuleBrokenError):
        set_password(hospital, station.made.role_name, "x", database=empty_database)


def test_that_the_server_is_sent_only_a_verifier(station, hospital, empty_database, spare_server):
    with psycopg.connect(hospital, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {empty_database} SET log_statement = 'all'")
    password = workstations.new_password()
    set_password(hospital, station.made.role_name, password, database=empty_database)
    logged = "".join(log.read_text() for log in (spare_server.data_dir / "log").iterdir())
    assert "ALTER ROLE" in logged
    assert password not in logged


def test_that_the_list_says_when_a_workstation_was_last_used(
    station, hospital, empty_database, capsys
):
    [found] = enrolled(hospital, database=empty_database)
    assert found.last_used_at is None
    with psycopg.connect(make_conninfo(hospital), autocommit=True) as admin:
        admin.execute(
            "INSERT INTO users (id, facility_id, login, display_name, password_hash)"
            " SELECT gen_random_uuid(), id, 'nora', 'Nora', '!' FROM facilities"
        )
        admin.execute(
            "INSERT INTO sessions (id, user_id, workstation, token_sha256, xact, expires_at,"
            " last_seen_at) SELECT gen_random_uuid(), id, %s, '', 1, now(), '2026-11-20 12:00Z'"
            " FROM users",
            (station.made.role_name,),
        )
    [found] = enrolled(hospital, database=empty_database)
    assert f"{found.last_used_at.astimezone():%d-%b}" == "20-Nov"
    station.wardctl("workstation", "list")
    said = capsys.readouterr().out
    assert "ws_desk  Desk  0 connections, last used 20-Nov-2026" in said
    assert "credential of " in said


def test_that_a_computer_that_is_no_workstation_rotates_nothing(station, monkeypatch, capsys):
    monkeypatch.delenv("WARD_DATABASE__USER")
    with pytest.raises(SystemExit):
        station.wardctl("workstation", "rotate")
    assert "no enrolled workstation" in capsys.readouterr().err
