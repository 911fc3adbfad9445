"""`wardctl` as IT types it: what it says, what it refuses, its exit status."""

import json
import re
from unittest.mock import Mock

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.core.test_secret_store import WorkingKeyring
from ui.staff.front_door import FrontDoor
from ui.staff.station_access import StationAccess
from ward_app.cli import main as command_line
from ward_app.cli import target
from ward_app.core import secret_store
from ward_app.operations import migrate

HEAD = migrate.history()[-1].number


def test_that_the_help_names_every_command(wardctl):
    status, said, _ = wardctl("--help")
    assert status == 0
    for name in command_line._COMMANDS:
        assert f"│ {name} " in said


@pytest.mark.parametrize("name", sorted(command_line._COMMANDS))
def test_that_every_command_has_help(wardctl, name):
    status, said, _ = wardctl(name, "--help")
    assert status == 0
    assert "Usage" in said


def test_that_an_unknown_command_ends_with_two(wardctl):
    assert wardctl("bogus")[0] == 2


def test_that_what_the_system_refuses_is_a_sentence(wardctl, monkeypatch):
    for error, words in (
        (PermissionError(13, "Permission denied", "/srv/x"), "This account may not use /srv/x"),
        (
            NotADirectoryError(20, "Not a directory", "/srv/x"),
            "cannot use /srv/x: Not a directory",
        ),
    ):
        monkeypatch.setattr(target, "own_cluster", Mock(side_effect=error))
        status, said, complaint = wardctl("migrate", "status")
        assert (status, said, words in complaint) == (1, "", True)


def test_that_without_a_cluster_it_says_how_to_get_one(wardctl):
    assert wardctl("cluster", "status")[:2] == (3, "The private cluster is not created.\n")
    status, _, complaint = wardctl("migrate", "run")
    assert status == 1
    assert "wardctl cluster start" in complaint
    assert wardctl("cluster", "destroy", "--yes")[:2] == (0, "There is no private cluster.\n")


def test_that_the_cluster_starts_stops_and_is_destroyed(running):
    assert running("cluster", "status")[0] == 0
    assert running("cluster", "start")[0] == 0
    status, said, _ = running("cluster", "stop")
    assert (status, "is stopped" in said) == (0, True)
    assert running("cluster", "status")[0] == 3
    assert "is stopped. Start it" in running("migrate", "status")[2]


@pytest.mark.long
def test_that_a_private_database_is_migrated_undone_and_reset(running):
    status, said, _ = running("migrate", "run")
    assert status == 0
    for revision in migrate.history():
        assert f"applying {revision.number}" in said
    assert running("migrate", "run")[:2] == (0, "Nothing to do.\n")
    shown = json.loads(running("migrate", "status", "--json")[1])
    assert (shown["current"], shown["pending"]) == (HEAD, [])
    assert f"undoing  {HEAD}" in running("migrate", "rollback")[1]
    assert f"pending  {HEAD}" in running("migrate", "status")[1]
    assert "The schema is at 0001." in running("migrate", "rollback", "--to", "0001")[1]
    assert "The schema is at 0002." in running("migrate", "specific", "0002")[1]
    told = json.loads(running("migrate", "specific", "0003", "--json")[1])
    assert (told["before"], told["after"]) == ("0002", "0003")
    assert [one["number"] for one in told["applied"]] == ["0003"]
    told = json.loads(running("migrate", "run", "--json")[1])
    assert (told["after"], told["applied"][-1]["number"]) == (HEAD, HEAD)
    assert json.loads(running("migrate", "run", "--json")[1])["applied"] == []
    assert "The schema is at base." in running("migrate", "rollback", "--all")[1]
    assert f"The schema is at {HEAD}, and empty." in running("migrate", "reset")[1]


def test_that_the_demo_hospital_needs_a_schema_and_is_kept_out_of_production(running):
    """[P16] [C21]"""
    assert "Say what" in running("seed")[2]
    assert "no schema yet" in running("seed", "--demo")[2]
    running("migrate", "run", "--environment", "production")
    assert running("seed", "--demo")[0] == 1
    running("migrate", "reset", "--destroy-data", "--confirm", "ward")
    assert running("seed", "--demo")[0] == 1


@pytest.mark.long
def test_that_the_demo_hospital_is_added_once_and_reset_removes_it(running, at_a_terminal):
    running("migrate", "run")
    status, said, drawn = running("seed", "--demo")
    assert (status, "Added the demo hospital" in said) == (0, True)
    sent, of = map(int, re.findall(r"(\d+)/(\d+)", drawn)[-1])
    assert ("Adding rows" in drawn, sent == of, of > 1_000) == (True, True, True)
    assert "nothing was changed" in running("seed", "--demo")[1]
    assert f"at {HEAD}, and empty" in running("migrate", "reset")[1]
    assert "Added the demo hospital" in running("seed", "--demo")[1]


def test_that_several_steps_are_undone_and_never_more_than_there_are(running):
    running("migrate", "run")
    numbers = [revision.number for revision in migrate.history()]
    assert f"at {numbers[-3]}" in running("migrate", "rollback", "--steps", "2")[1]
    assert "at base" in running("migrate", "rollback", "--steps", "99")[1]


@pytest.mark.parametrize("named", ["staging", "production"])
def test_that_real_patients_are_not_undone_without_the_flag(running, named):
    """[C21]"""
    running("migrate", "run", "--environment", named)
    for words in (["rollback"], ["rollback", "--all"], ["reset"]):
        status, _, complaint = running("migrate", *words)
        assert status == 1
        assert "--destroy-data" in complaint
    assert json.loads(running("migrate", "status", "--json")[1])["current"] == HEAD
    assert running("migrate", "rollback", "--destroy-data")[0] == 0


@pytest.mark.parametrize("named", ["training", "staging", "production"])
def test_that_a_private_cluster_is_not_deleted_with_what_must_be_kept(running, named):
    """[C21] Not when it is stopped either: it is asked first."""
    running("migrate", "run", "--environment", named)
    running("cluster", "stop")
    status, _, complaint = running("cluster", "destroy", "--yes")
    assert (status, f"the database is for {named}" in complaint) == (1, True)
    assert running("cluster", "status")[0] == 0
    assert running("cluster", "destroy", "--yes", "--destroy-data")[0] == 0
    assert running("cluster", "status")[0] == 3


def test_that_a_private_cluster_without_patients_is_deleted(running):
    """[C21]"""
    running("migrate", "run", "--environment", "test")
    assert running("cluster", "destroy", "--yes")[0] == 0


def test_that_wrong_arguments_end_with_two(running, monkeypatch):
    monkeypatch.setattr(secret_store, "trusted_backend", WorkingKeyring)
    for words in (
        ["migrate", "specific", "0999"],
        ["migrate", "rollback", "--to", "0001", "--all"],
        ["migrate", "status", "--dsn", "postgresql://nurse:hunter2@db/ward"],
        ["migrate", "status", "--dsn", "no such thing"],
        ["workstation", "enrol", "!"],
    ):
        status, _, complaint = running(*words)
        assert status == 2, words
        assert complaint
        assert "hunter2" not in complaint


def test_that_another_server_is_named_by_dsn(wardctl, spare_server, empty_database):
    dsn = spare_server.dsn(empty_database)
    status, said, _ = wardctl("init", "--dsn", dsn)
    assert (status, "on record" in said) == (0, False)
    status, said, _ = wardctl("migrate", "run", "--dsn", dsn, "--environment", "test")
    assert (status, "on record from now on" in said) == (0, True)
    assert migrate.status(dsn).pending == ()
    assert wardctl("cluster", "status")[0] == 3


def test_that_a_computer_set_up_for_a_server_is_asked_as_whom_to_connect(wardctl, monkeypatch):
    monkeypatch.setenv("WARD_DATABASE__HOST", "db.example")
    status, _, complaint = wardctl("migrate", "run")
    assert status == 1
    assert "--dsn 'host=db.example dbname=ward user=…'" in complaint


def test_that_an_enrolment_without_a_keyring_is_refused_beforehand(wardctl, monkeypatch):
    monkeypatch.setattr(secret_store, "_TRUSTED", ())
    status, _, complaint = wardctl("workstation", "enrol", "Desk")
    assert status == 1
    assert "Nothing was enrolled" in complaint
    assert "--sealed-file" in complaint


def test_that_an_enrolled_workstation_has_its_password_in_the_keyring(running, monkeypatch):
    """[P13] The server keeps what proves it, not the password."""
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    running("migrate", "run")
    hospital(target.own_cluster())
    status, said, _ = running("workstation", "enrol", "Desk")
    password, private_key = keyring.kept.values()
    assert status == 0
    assert private_key not in said
    assert "wardctl keys wrap ws_desk" in said
    assert 'user = "ws_desk"' in said
    assert password not in said
    with psycopg.connect(target.own_cluster().dsn("ward")) as admin:
        kept = "SELECT rolpassword ~ '^SCRAM-SHA-256[$]' FROM pg_authid WHERE rolname = 'ws_desk'"
        assert admin.execute(kept).fetchone() == (True,)
    assert "ws_desk  Desk  0 connections" in running("workstation", "list")[1]
    assert running("workstation", "revoke", "ws_desk")[0] == 0
    assert keyring.kept == {}
    assert "There are none yet" in running("workstation", "list")[1]


def test_that_four_steps_lead_from_nothing_to_a_signed_in_nurse(running, folder, monkeypatch):
    """[P14] The server, the schema, this computer's settings, the program."""
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    monkeypatch.setattr("ward_app.core.no_dumps.forbid_core_dumps", lambda: None)
    assert running("init")[0] == 0
    assert running("migrate", "run")[0] == 0
    assert running("seed", "--demo")[0] == 0
    _, said, _ = running("workstation", "enrol", "Desk")
    [user] = [line for line in said.splitlines() if line.startswith("user = ")]
    socket = target.own_cluster().socket_dir
    settings = f'environment = "test"\n[database]\nhost = "{socket}"\n{user}\n'
    (folder.parent / "config.toml").write_text(settings)
    assert running("config", "check")[0] == 0
    door = FrontDoor(StationAccess().find)
    try:
        entry = door.enter("nurse", "demo")
        assert "Ward 7 East" in {ward.name for ward in entry.wards}
    finally:
        door.close()


def test_that_an_enrolment_the_keyring_does_not_keep_is_taken_back(running, monkeypatch):
    class Forgetful(WorkingKeyring):
        def set_password(self, *_):
            pass

    monkeypatch.setattr(secret_store, "trusted_backend", Forgetful)
    running("migrate", "run")
    hospital(target.own_cluster())
    status, _, complaint = running("workstation", "enrol", "Desk")
    assert status == 1
    assert "taken back" in complaint
    assert "There are none yet" in running("workstation", "list")[1]


def hospital(cluster):
    with psycopg.connect(make_conninfo(cluster.dsn("ward"), options="-c role=ward_loader")) as db:
        db.execute("INSERT INTO public.facilities VALUES (gen_random_uuid(),'A','A','UTC')")
