"""`wardctl keys` at the command line."""

import json
import os

import pytest
import typer

from tests.core.test_secret_store import WorkingKeyring
from tests.operations.test_wardctl import hospital
from tests.world import PASSPHRASE
from ward_app.cli import passphrase as asking
from ward_app.cli import target
from ward_app.core import secret_store
from ward_app.core.errors import ConfigurationError, RuleBrokenError


@pytest.fixture(autouse=True)
def no_lasting_limits(monkeypatch):
    """Tests look into their own process; what keeps others out has a test of its own."""
    monkeypatch.setattr(asking, "forbid_core_dumps", lambda: None)


@pytest.fixture
def secret(tmp_path):
    """A file with the passphrase."""
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\n")
    return str(file)


@pytest.fixture
def keyed(running, secret, monkeypatch):
    """The command line of a hospital with keys and one workstation."""
    keyring = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: keyring)
    running("migrate", "run")
    hospital(target.own_cluster())
    assert running("workstation", "enrol", "Desk")[0] == 0
    assert running("keys", "generate", "--passphrase-file", secret)[0] == 0
    return running


def test_that_keys_are_made_given_proved_listed_rotated_and_printed(keyed, secret):
    """[E03] [E06] [E07]"""
    given = ("--passphrase-file", secret)
    assert "those it keeps" in keyed("keys", "verify", *given)[1]
    assert "field key 3" in keyed("keys", "rotate", *given)[1]
    listed = keyed("keys", "list")[1]
    assert "1  field  readable" in listed
    assert "3  field  active" in listed
    assert "has every key" in listed
    told = json.loads(keyed("keys", "list", "--json")[1])
    assert [key["number"] for key in told["keys"]] == [1, 2, 3]
    status, printed, _ = keyed("keys", "export", "--recovery", *given)
    assert status == 0
    assert printed.startswith("WARD APP RECOVERY COPY")
    assert keyed("keys", "wrap", *given)[1] == "No workstation lacks a key.\n"


def test_that_a_workstation_is_given_the_keys_when_it_is_enrolled(keyed, secret):
    file = target.places().data_dir / "keys" / "recovery-keys.txt"
    words = ("--recovery-file", str(file), "--passphrase-file")
    assert keyed("workstation", "enrol", "Second", *words, secret)[0] == 0
    assert "ws_second" not in keyed("keys", "verify", "--passphrase-file", secret)[2]
    status, _, complaint = keyed("workstation", "enrol", "Third", *words, os.devnull)
    assert (status, "ws_third" in keyed("workstation", "list")[1]) == (2, False)
    assert "passphrase" in complaint


def test_that_a_missing_wrap_fails_the_proof(keyed, secret):
    keyed("workstation", "enrol", "Second")
    status, _, complaint = keyed("keys", "verify", "--passphrase-file", secret)
    assert status == 1
    assert "ws_second lacks the key 1" in complaint


def test_that_keys_are_never_given_out_unsealed(keyed, secret):
    assert keyed("keys", "export", "--passphrase-file", secret)[0] == 2


def test_that_a_weak_passphrase_or_key_is_refused_before_anything_is_made(
    running, tmp_path, secret, monkeypatch
):
    """[C17] [E03]"""
    running("migrate", "run")
    weak = tmp_path / "weak"
    weak.write_text("password")
    assert running("keys", "generate", "--passphrase-file", str(weak))[0] == 2
    monkeypatch.setenv("ENCRYPTION_KEY", "too short")
    words = ("keys", "generate", "--from-environment", "--passphrase-file", secret)
    status, _, complaint = running(*words)
    assert status == 2
    assert "too short" not in complaint
    assert "no data keys yet" in running("keys", "list")[1]


def test_that_a_passphrase_comes_from_a_descriptor_or_is_asked_for(monkeypatch):
    """[C24]"""
    reads, writes = os.pipe()
    os.write(writes, f"{PASSPHRASE}\nand more\n".encode())
    os.close(writes)
    assert asking.passphrase(None, reads) == PASSPHRASE
    os.close(reads)
    with pytest.raises(ConfigurationError):
        asking.passphrase(None, reads)
    asked = []
    monkeypatch.setattr(
        typer, "prompt", lambda _words, **options: asked.append(options) or PASSPHRASE
    )
    assert asking.passphrase(None, None, new=True) == PASSPHRASE
    assert asked[0]["hide_input"]
    assert asked[0]["confirmation_prompt"]


def test_that_an_empty_passphrase_is_refused(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(RuleBrokenError):
        asking.passphrase(empty, None)
