"""Copies on the disk: sealed, for one account, whole, and gone when they are old."""

import os
from datetime import timedelta

import pytest

from tests import world
from tests.downtime.taken import EAST, HEAD
from tests.steps import ago
from ward_app.downtime.copy_store import CopyDamagedError, CopyStore

KEY = bytes(range(32))
TEXT = '{"family_name": "Okafor"}'
A_DAY = timedelta(hours=24)


@pytest.fixture
def store(tmp_path):
    return CopyStore(tmp_path / "copies", KEY, A_DAY)


@pytest.fixture
def file(store, tmp_path):
    store.save(HEAD, TEXT, ago(0))
    return tmp_path / "copies" / f"{EAST}.copy"


def test_that_what_is_kept_is_read_again(store, file):
    kept = store.read(EAST, ago(0))
    assert (kept.head, kept.text) == (HEAD, TEXT)
    assert store.wards() == (EAST,)


def test_that_no_name_stands_on_the_disk_and_nobody_else_reads_it(store, file):
    assert b"Okafor" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_that_a_flipped_bit_anywhere_is_told(store, file):
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(CopyDamagedError, match="damaged"):
            store.read(EAST, ago(0))


def test_that_what_is_cut_off_is_told(store, file):
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CopyDamagedError):
        store.read(EAST, ago(0))
    file.write_bytes(b"")
    with pytest.raises(CopyDamagedError):
        store.read(EAST, ago(0))


def test_that_the_file_of_another_ward_does_not_stand_in(store, file):
    west = world.id_of("west")
    file.rename(file.with_name(f"{west}.copy"))
    with pytest.raises(CopyDamagedError):
        store.read(west, ago(0))


def test_that_another_station_reads_nothing(store, file):
    other = CopyStore(file.parent, bytes(32), A_DAY)
    with pytest.raises(CopyDamagedError, match="another station"):
        other.read(EAST, ago(0))


def test_that_a_ward_never_copied_has_no_copy(store):
    assert store.read(EAST, ago(0)) is None
    assert store.wards() == ()


def test_that_a_copy_is_not_shown_after_a_day_and_removed(store, file):
    store.save(HEAD, TEXT, ago(24 * 60 + 1))
    assert store.read(EAST, ago(0)) is None
    assert store.purge(ago(0)) == 0  # its file is new
    old = ago(24 * 60 + 1).timestamp()
    os.utime(file, (old, old))
    assert store.purge(ago(0)) == 1
    assert not file.exists()
