"""The outbox of a station: entries, what became of them, damage in words, what is forgotten."""

from __future__ import annotations

import errno
import hmac
import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.downtime.offline import an_author, an_entry
from ward_app.core.errors import ConfigurationError
from ward_app.downtime import sealed_log
from ward_app.downtime.entries import entry_of, proven
from ward_app.downtime.outbox import NotKeptError, Outcome
from ward_app.downtime.seals import OUTBOX, seal_key, secret_name
from ward_app.downtime.types import EntryState

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


class KeptSecrets:
    """Secrets as a keyring keeps them, which may have none or be locked."""

    def __init__(self, note=None):
        self.note = note
        self.kept = {}

    def get(self, name):
        return self.kept.get(name)

    def put(self, name, secret):
        self.kept[name] = secret
        return self.note is None

    def refuse_locked(self):
        """Nothing is locked here."""


@pytest.fixture
def author():
    return an_author()


def keep(outbox, author, count=1, **changes):
    """Keep entries together and return them."""
    entries = [an_entry(author, **changes) for _ in range(count)]
    outbox.keep([proven(entry, author) for entry in entries])
    return entries


def states(outbox):
    return [held.state for held in outbox.held()]


def test_that_a_kept_entry_is_read_as_it_was_charted(outbox, author):
    [entry] = keep(outbox, author)
    [held] = outbox.held()
    assert held.entry == entry
    assert (held.session_id, held.state) == (author.session_id, EntryState.WAITING)


def test_that_an_entry_about_a_ward_has_no_admission(outbox, author):
    keep(outbox, author, admission_id=None)
    assert outbox.held()[0].entry.admission_id is None


def test_that_an_entry_is_proven_by_the_key_of_the_sign_in(author):
    entry = an_entry(author)
    kept = proven(entry, author)
    assert kept.mac == hmac.digest(author.offline_key, kept.body.encode(), "sha256").hex()
    assert entry_of(kept.body) == entry
    assert proven(entry, author) == kept


def test_that_neither_key_nor_payload_is_shown_by_accident(author):
    assert author.offline_key.hex() not in repr(author)
    assert str(author.offline_key) not in repr(author)
    assert "Progress" not in repr(an_entry(author))


def test_that_what_became_of_an_entry_is_told_of_it_alone(outbox, author):
    keep(outbox, author, 3)
    outbox.decide([Outcome(2, EntryState.NEEDS_A_PERSON, NOW, "The patient was moved.")])
    assert states(outbox) == ["waiting", "needs_a_person", "waiting"]
    assert outbox.held()[1].problem == "The patient was moved."
    assert outbox.held()[1].decided_at == NOW
    assert [out.number for out in outbox.outgoing()] == [1, 2, 3]
    outbox.decide([Outcome(1, EntryState.ACCEPTED, NOW), Outcome(2, EntryState.SETTLED, NOW)])
    assert states(outbox) == ["accepted", "settled", "waiting"]
    assert [out.number for out in outbox.outgoing()] == [3]


def test_that_nothing_to_keep_writes_nothing(outbox):
    outbox.keep([])
    outbox.decide([])
    assert not outbox.is_begun
    assert outbox.held() == ()
    assert outbox.damage() is None


def test_that_damage_says_what_is_safe_and_what_to_do(outbox, author):
    keep(outbox, author, 4)
    stored = bytearray(outbox._log.file.read_bytes())
    stored[len(stored) // 2] ^= 1
    outbox._log.file.write_bytes(stored)
    damage = outbox.damage()
    assert (damage.readable, damage.lost) == (3, 1)
    assert damage.text == (
        "1 entry of the downtime list of this computer cannot be read any more. 3 entries can be "
        "read, are safe and will be sent. Compare them with what was charted, enter what is "
        "missing from paper, and tell IT: wardctl downtime verify."
    )
    assert len(outbox.outgoing()) == 3


def test_that_a_damaged_seal_says_that_nobody_knows(outbox, author):
    keep(outbox, author, 2)
    outbox._log.head_file.unlink()
    damage = outbox.damage()
    assert (damage.readable, damage.lost) == (2, None)
    assert "nobody knows whether entries at its end are missing" in damage.text


def test_that_entries_that_changed_places_are_told(outbox, author):
    keep(outbox, author, 2)
    first, second = (f.raw for f in outbox._log._frames(outbox._log.file.read_bytes()))
    outbox._log.file.write_bytes(second + first)
    assert "was changed outside the program" in outbox.damage().text
    assert len(outbox.outgoing()) == 2


def test_that_damage_somebody_knows_of_is_told_no_more(outbox, author):
    keep(outbox, author, 2)
    outbox._log.file.write_bytes(b"")
    assert outbox.damage().lost == 2
    assert outbox.accept_damage("entered from paper", NOW) == 2
    assert outbox.damage() is None
    keep(outbox, author)
    assert states(outbox) == ["waiting"]


@pytest.mark.parametrize(
    ("number", "word"),
    [(errno.ENOSPC, "is full"), (errno.EDQUOT, "is full"), (errno.EIO, "does not work")],
)
def test_that_a_disk_that_keeps_nothing_acknowledges_nothing(
    outbox, author, monkeypatch, number, word
):
    keep(outbox, author)

    def fails(_handle):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(sealed_log, "_force", fails)
        with pytest.raises(NotKeptError, match=word) as refused:
            keep(outbox, author)
        with pytest.raises(NotKeptError, match=word):
            outbox.decide([Outcome(1, EntryState.ACCEPTED, NOW)])
    assert "nothing was saved. Write it on paper" in str(refused.value)
    assert states(outbox) == ["waiting"]
    assert outbox.damage() is None


def test_that_a_disk_that_gives_nothing_says_so(outbox, author, monkeypatch):
    keep(outbox, author)

    def fails(_self):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(sealed_log.SealedLog, "_bytes", fails)
    for ask in (outbox.held, outbox.outgoing, outbox.damage):
        with pytest.raises(NotKeptError, match="still on the disk"):
            ask()


def test_that_only_what_ended_long_ago_is_forgotten(outbox, author):
    entries = keep(outbox, author, 4)
    outbox.decide([Outcome(1, EntryState.ACCEPTED, NOW), Outcome(2, EntryState.SETTLED, NOW)])
    outbox.decide([Outcome(4, EntryState.ALREADY_THERE, NOW)])
    assert outbox.forget(NOW) == 0
    assert outbox.forget(NOW + timedelta(days=30)) == 2
    assert [held.entry for held in outbox.held()] == entries[2:]
    assert states(outbox) == ["waiting", "already_there"]
    assert outbox.damage() is None
    outbox.decide([Outcome(3, EntryState.NEEDS_A_PERSON, NOW, "x")])
    assert outbox.forget(NOW + timedelta(days=30)) == 0
    outbox.decide([Outcome(3, EntryState.SETTLED, NOW)])
    assert outbox.forget(NOW + timedelta(days=30)) == 2
    assert outbox.held() == ()
    assert outbox.damage() is None


def test_that_nothing_is_forgotten_while_something_is_damaged(outbox, author):
    keep(outbox, author, 2)
    outbox.decide([Outcome(1, EntryState.ACCEPTED, NOW)])
    outbox._log.head_file.unlink()
    assert outbox.forget(NOW + timedelta(days=30)) == 0


def test_that_the_key_is_made_once_and_differs_by_purpose():
    secrets = KeptSecrets()
    key = seal_key(secrets, "ws_alpha", OUTBOX)
    assert seal_key(secrets, "ws_alpha", OUTBOX) == key
    assert seal_key(secrets, "ws_alpha", "copy") != key
    assert seal_key(secrets, "ws_beta", OUTBOX) != key
    assert len(secrets.kept[secret_name("ws_alpha")]) < 512


def test_that_no_key_is_used_that_is_not_kept():
    with pytest.raises(ConfigurationError, match=r"without the server\. No keyring"):
        seal_key(KeptSecrets("No keyring here."), "ws_alpha", OUTBOX)


@pytest.mark.parametrize("kept", ["not base64!", "c2hvcnQ="])
def test_that_a_damaged_key_is_told(kept):
    secrets = KeptSecrets()
    secrets.put(secret_name("ws_alpha"), kept)
    with pytest.raises(ConfigurationError, match="damaged"):
        seal_key(secrets, "ws_alpha", OUTBOX)
