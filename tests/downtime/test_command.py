"""`wardctl downtime` as IT types it: counts and numbers, never a patient or what was charted."""

from __future__ import annotations

import json
import sys

import pytest

from tests import world
from tests.core.test_secret_store import WorkingKeyring
from tests.downtime.offline import Station, an_entry
from tests.notes.builders import a_note
from ward_app.cli import downtime
from ward_app.cli import main as command_line
from ward_app.core import secret_store
from ward_app.core.secret_store import own_secrets
from ward_app.downtime.outbox import FOLDER, Outbox
from ward_app.downtime.seals import OUTBOX, seal_key
from ward_app.downtime.service import append
from ward_app.notes.service import sign_note


@pytest.fixture
def wardctl(monkeypatch, capsys, tmp_path):
    """Run a command at workstation alpha; return status, output and complaints."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    (tmp_path / "config.toml").write_text('[database]\nuser = "ws_alpha"\n')

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["wardctl", "downtime", *words])
        try:
            command_line.main()
        except SystemExit as ended:
            code = ended.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def station(wardctl, database, nurse_person, tmp_path):
    """Workstation alpha with the outbox that the command finds."""
    key = seal_key(own_secrets(), "ws_alpha", OUTBOX)
    return Station(database, nurse_person, Outbox(tmp_path / FOLDER, key))


@pytest.fixture
def reached(monkeypatch, database):
    """Let the command reach this test's database."""

    class Lent:
        def __enter__(self):
            return database

        def __exit__(self, *_error):
            return None

    monkeypatch.setattr(downtime, "station_database", lambda *_given: Lent())


def spoil(outbox):
    stored = bytearray(outbox._log.file.read_bytes())
    stored[-1] ^= 1
    outbox._log.file.write_bytes(stored)


def test_that_a_station_that_charted_nothing_says_so(wardctl):
    status, said, _ = wardctl("status")
    assert (status, "Everything that was kept can be read." in said) == (0, True)
    assert wardctl("list")[:2] == (0, "Nothing waits.\n")
    assert wardctl("verify")[0] == 0


def test_that_a_computer_that_is_no_workstation_says_so(wardctl, tmp_path):
    (tmp_path / "config.toml").unlink()
    status, _, complaint = wardctl("status")
    assert (status, "no enrolled workstation" in complaint) == (1, True)


@pytest.mark.usefixtures("reached")
def test_that_what_waits_is_counted_listed_and_sent(wardctl, station, stay):
    station.chart(sign_note, a_note(stay, title="Unmistakable"))
    assert json.loads(wardctl("status", "--json")[1]) == {
        "waiting": 1, "accepted": 0, "already_there": 0, "needs_a_person": 0, "settled": 0,
        "damage": None,
    }  # fmt: skip
    status, said, _ = wardctl("list")
    assert status == 0
    assert said.startswith("1  note  charted ")
    assert said.endswith("  waits\n")
    for words in (("list",), ("list", "--json"), ("status",), ("verify",)):
        told = "".join(map(str, wardctl(*words)))
        for hidden in ("Unmistakable", str(stay), str(world.id_of("nora")), "Okafor", "Slept"):
            assert hidden not in told, words
    assert wardctl("replay")[:2] == (
        0, "1 accepted, 0 were there already, 0 need a person, 0 refused.\n"
    )  # fmt: skip
    assert wardctl("list")[1] == "Nothing waits.\n"
    [entry] = json.loads(wardctl("list", "--all", "--json")[1])
    assert (entry["number"], entry["state"], entry["kind"]) == (1, "accepted", "note")


@pytest.mark.usefixtures("reached")
def test_that_only_what_was_refused_is_settled_here(wardctl, station, stay):
    station.author = type(station.author)(
        **{name: getattr(station.author, name) for name in
           ("session_id", "user_id", "station", "signed_in_at")}, offline_key=bytes(32)
    )  # fmt: skip
    append(station.outbox, station.author, an_entry(station.author, admission_id=stay))
    status, _, complaint = wardctl("settle", "1", "--reason", "entered anew")
    assert (status, "did not refuse" in complaint) == (2, True)
    assert "1 refused." in wardctl("replay")[1]
    assert "needs a person  The ward database does not accept" in wardctl("list")[1]
    assert wardctl("settle", "7", "--reason", "x")[0] == 2
    assert wardctl("settle", "1", "--reason", " ")[0] == 2
    assert wardctl("settle", "--reason", "x")[0] == 2
    assert wardctl("settle", "1", "--damage", "--reason", "x")[0] == 2
    assert wardctl("settle", "1", "--reason", "entered anew")[:2] == (0, "Entry 1 is settled.\n")
    assert wardctl("list")[1] == "Nothing waits.\n"


def test_that_damage_is_told_until_somebody_says_it_was_entered_anew(wardctl, station, stay):
    for _ in range(2):
        station.chart(sign_note, a_note(stay))
    spoil(station.outbox)
    status, _, complaint = wardctl("verify")
    assert (status, "1 entry of the downtime list" in complaint) == (1, True)
    assert "1 entry can be read" in json.loads(wardctl("status", "--json")[1])["damage"]
    status, said, _ = wardctl("settle", "--damage", "--reason", "entered from paper")
    assert (status, said) == (0, "On record: 1 that cannot be read were entered anew.\n")
    assert wardctl("verify")[0] == 0
