"""The sealed file: what it keeps, what damage and wrong passphrases come to, who may read it."""

import json
import os

import pytest

from tests.world import PASSPHRASE
from ward_app.core import passphrase_seal, sealed_store, whole_file
from ward_app.core.errors import ConfigurationError, PassphraseNeededError, RuleBrokenError
from ward_app.core.passphrase_seal import (
    DamagedSealError,
    NewerSealError,
    WrongPassphraseError,
    new_seal,
    seal_of,
)
from ward_app.core.sealed_store import SealedStore

HEAD_BYTES = passphrase_seal._HEAD_BYTES


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passphrase_seal, "LOG2_COST", 10)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "keys" / "workstation.sealed"


@pytest.fixture
def store(file):
    """A store with one secret in it, open."""
    store = SealedStore(file)
    store.begin(PASSPHRASE)
    assert store.put("ws_desk", "hunter2-hunter2")
    return store


def reopened(file, passphrase=PASSPHRASE):
    store = SealedStore(file)
    store.unlock(passphrase)
    return store


def test_that_a_kept_secret_is_there_for_who_knows_the_passphrase(store, file):
    later = reopened(file)
    assert later.get("ws_desk") == "hunter2-hunter2"
    assert later.get("another") is None
    assert later.check()
    assert later.note is None


def test_that_several_programs_may_keep_secrets_one_after_the_other(store, file):
    reopened(file).put("ws_desk key", "a key")
    store.put("ws_desk next", "another")
    assert reopened(file).get("ws_desk key") == "a key"
    store.remove("ws_desk next")
    store.remove("never there")
    assert reopened(file).get("ws_desk next") is None


def test_that_the_file_is_for_this_account_alone_and_shows_nothing(store, file):
    """Neither names nor secrets, and never the same bytes twice; nothing else is left there."""
    first = file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    for word in (b"ws_desk", b"hunter2", PASSPHRASE.encode()):
        assert word not in first
    store.put("ws_desk", "hunter2-hunter2")
    assert file.read_bytes()[:HEAD_BYTES] == first[:HEAD_BYTES]
    assert file.read_bytes()[HEAD_BYTES:] != first[HEAD_BYTES:]
    assert [found.name for found in file.parent.iterdir()] == [file.name]
    assert PASSPHRASE not in repr(vars(store))
    assert repr(store._seal.key) not in repr(store._seal)


def test_that_nothing_is_told_before_the_passphrase_is_given(store, file):
    later = SealedStore(file)
    assert not later.check()
    later.refuse_locked()
    later.give_up()
    for call in (
        lambda: later.get("ws_desk"),
        lambda: later.put("ws_desk", "x"),
        lambda: later.remove("ws_desk"),
    ):
        with pytest.raises(PassphraseNeededError) as needed:
            call()
    needed.value.unlock(PASSPHRASE)
    assert later.get("ws_desk") == "hunter2-hunter2"


def test_that_a_wrong_passphrase_is_told_and_may_be_typed_again(store, file):
    later = SealedStore(file)
    with pytest.raises(RuleBrokenError, match="not right"):
        later.unlock("plum lantern gravel obo")
    with pytest.raises(PassphraseNeededError):
        later.get("ws_desk")
    later.unlock(PASSPHRASE)


@pytest.mark.parametrize("at", ["kind", "salt", "proof", "check", "nonce", "sealed", "last"])
def test_that_any_changed_byte_is_told_as_damage(store, file, at):
    places = {"kind": 0, "salt": 12, "proof": 30, "check": HEAD_BYTES - 1}
    places |= {"nonce": HEAD_BYTES, "sealed": HEAD_BYTES + 12, "last": -1}
    content = bytearray(file.read_bytes())
    content[places[at]] ^= 1
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="is damaged"):
        reopened(file)
    with pytest.raises(ConfigurationError, match="is damaged"):
        store.get("ws_desk")


@pytest.mark.parametrize("length", [0, 7, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 11])
def test_that_a_file_that_was_cut_off_is_told_as_damage(store, file, length):
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(ConfigurationError, match=r"is damaged.*enrol --sealed-file"):
        reopened(file)


def test_that_a_file_of_a_newer_program_is_told_so(store, file):
    content = bytearray(file.read_bytes())
    content[8] = 2
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="newer version"):
        reopened(file)


@pytest.mark.parametrize("cost", [9, 21, 255])
def test_that_a_header_cannot_ask_for_all_memory_or_for_hardly_any_work(cost):
    head = b"WARDSEAL" + bytes([1, cost]) + bytes(16) + bytes(32)
    sealed = head + passphrase_seal._check(head) + bytes(40)
    with pytest.raises(DamagedSealError):
        seal_of(sealed, PASSPHRASE)


def test_that_the_passphrase_costs_what_it_must_where_people_work(monkeypatch):
    monkeypatch.undo()
    assert passphrase_seal.LOG2_COST == 17
    costs = []
    monkeypatch.setattr(
        passphrase_seal, "_stretched", lambda _, begun: (costs.append(begun[9]), b"")
    )
    new_seal(PASSPHRASE)
    assert costs == [17]


def test_that_one_seal_does_not_open_what_another_closed():
    one, other = new_seal(PASSPHRASE), new_seal(PASSPHRASE)
    assert one.open(one.close(b"x")) == b"x"
    with pytest.raises(WrongPassphraseError):
        other.open(one.close(b"x"))
    with pytest.raises(NewerSealError):
        one.open(b"WARDSEAL\x02" + bytes(100))


def test_that_a_file_that_was_sealed_anew_meanwhile_asks_for_its_passphrase(store, file):
    other = SealedStore(file)
    other.begin("another passphrase entirely")
    other.put("ws_desk", "new")
    with pytest.raises(PassphraseNeededError):
        store.get("ws_desk")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_that_a_file_that_others_may_read_is_refused_with_what_to_do(store, file, mode):
    file.chmod(mode)
    for call in (lambda: reopened(file), lambda: store.get("ws_desk")):
        with pytest.raises(ConfigurationError, match=r"chmod 600.*wardctl workstation rotate"):
            call()
    file.chmod(0o600)
    assert store.get("ws_desk")


def test_that_a_missing_file_is_told_with_what_to_do(store, file):
    file.unlink()
    with pytest.raises(ConfigurationError, match=r"cannot be read.*enrol the workstation anew"):
        store.get("ws_desk")


def test_that_a_change_that_fails_half_way_leaves_the_file_as_it_was(store, file, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file.os, "fsync", full)
    with pytest.raises(ConfigurationError, match="cannot be written: No space left"):
        store.put("ws_desk", "new")
    monkeypatch.undo()
    assert reopened(file).get("ws_desk") == "hunter2-hunter2"
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def test_that_nothing_is_written_before_there_is_a_secret_and_nothing_kept_after_the_last(file):
    store = SealedStore(file)
    store.begin(PASSPHRASE)
    assert store.get("ws_desk") is None
    assert not store.is_begun
    store.put("ws_desk", "secret")
    assert store.is_begun
    store.remove("ws_desk")
    assert not store.is_begun
    assert store.get("ws_desk") is None


def test_that_what_is_sealed_is_plain_data(store, file):
    """So that it can be opened without this program."""
    assert json.loads(store._seal.open(file.read_bytes())) == {"ws_desk": "hunter2-hunter2"}
    assert "passphrase" in sealed_store.NEEDED
