"""Signing in without the server: who was here today, by their password, and a few tries."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.downtime.stations import KEYS
from tests.downtime.taken import WARD
from tests.steps import ago
from tests.ui_frame.builders import a_person
from ward_app.core.errors import WardError
from ward_app.downtime import passes as module
from ward_app.downtime.passes import MOST_TRIES, NoPassError, PassStore
from ward_app.downtime.people import OfflinePerson
from ward_app.staff.types import AccountLockedError, WrongPasswordError

PASSWORD = "plum lantern gravel oboe"  # noqa: S105 - of an invented person
OFFLINE_KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Make a guess cheap: what a passphrase costs is tested where it is made."""
    real = module.new_seal
    monkeypatch.setattr(module, "new_seal", lambda password: real(password, log2_cost=10))


@pytest.fixture
def store(tmp_path):
    return PassStore(tmp_path / "passes", KEYS[2])


@pytest.fixture
def ann():
    signed_in = a_person(
        (WARD,),
        permissions=frozenset({"chart.open", "note.read"}),
        signed_in_at=ago(5),
        last_signed_in_at=ago(600),
        offline_key=OFFLINE_KEY,
    )
    return OfflinePerson(signed_in, (WARD,))


def test_that_who_signed_in_today_comes_in_as_they_were_known(store, ann):
    store.keep(ann, PASSWORD)
    found = store.enter(" ANN ", PASSWORD, ago(0))
    assert found == replace(ann, signed_in=replace(ann.signed_in, token=""))


def test_that_neither_token_nor_name_nor_key_stands_on_the_disk(store, ann, tmp_path):
    store.keep(ann, PASSWORD)
    [file] = (tmp_path / "passes").iterdir()
    raw = file.read_bytes() + file.name.encode()
    for secret in (b"secret-token", b"ann", b"Ann Other", OFFLINE_KEY, PASSWORD.encode()):
        assert secret not in raw
    assert file.stat().st_mode & 0o777 == 0o600


def test_that_a_wrong_password_is_told_and_the_right_one_forgets_the_tries(store, ann):
    store.keep(ann, PASSWORD)
    for _ in range(3):
        for _ in range(MOST_TRIES - 1):
            with pytest.raises(WrongPasswordError, match="last sign-in at this computer"):
                store.enter("ann", "wrong", ago(0))
        store.enter("ann", PASSWORD, ago(0))


def test_that_too_many_wrong_passwords_lock_also_after_a_restart(store, ann, tmp_path):
    store.keep(ann, PASSWORD)
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(WrongPasswordError):
            store.enter("ann", "wrong", ago(0))
    with pytest.raises(AccountLockedError, match="Too many"):
        store.enter("ann", "wrong", ago(0))
    again = PassStore(tmp_path / "passes", KEYS[2])
    with pytest.raises(AccountLockedError):
        again.enter("ann", PASSWORD, ago(0))
    assert again.enter("ann", PASSWORD, ago(-16)).signed_in.login == "ann"


def test_that_nobody_comes_in_who_was_not_here_within_a_day(store, ann):
    with pytest.raises(NoPassError, match="within the last day"):
        store.enter("ann", PASSWORD, ago(0))
    store.keep(ann, PASSWORD)
    for now in (ago(-24 * 60), ago(20)):  # too late, and a clock that was put back
        with pytest.raises(NoPassError):
            store.enter("ann", PASSWORD, now)
    store.forget("ann")
    with pytest.raises(NoPassError):
        store.enter("ann", PASSWORD, ago(0))


def test_that_a_sign_in_without_its_time_leaves_nothing(store, ann):
    store.keep(replace(ann, signed_in=replace(ann.signed_in, signed_in_at=None)), PASSWORD)
    with pytest.raises(NoPassError):
        store.enter("ann", PASSWORD, ago(0))


def test_that_a_flipped_bit_lets_nobody_in(store, ann, tmp_path):
    store.keep(ann, PASSWORD)
    [file] = (tmp_path / "passes").iterdir()
    whole = file.read_bytes()
    for place in range(0, len(whole), 7):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(WardError):
            store.enter("ann", PASSWORD, ago(0))


def test_that_the_pass_of_one_person_is_of_no_use_to_another(store, ann, tmp_path):
    store.keep(ann, PASSWORD)
    [file] = (tmp_path / "passes").iterdir()
    store.keep(replace(ann, signed_in=replace(ann.signed_in, login="bea")), "other words here")
    [other] = set((tmp_path / "passes").iterdir()) - {file}
    other.write_bytes(file.read_bytes())
    with pytest.raises(NoPassError):
        store.enter("bea", PASSWORD, ago(0))


def test_that_old_passes_are_removed(store, ann, tmp_path):
    store.keep(ann, PASSWORD)
    [file] = (tmp_path / "passes").iterdir()
    store.purge(ago(0))
    assert file.exists()
    old = (ago(0) - timedelta(hours=25)).timestamp()
    os.utime(file, (old, old))
    store.purge(ago(0))
    assert not file.exists()
