"""[K05] [K06] The kept log, encrypted: whole, with the right key and name, or not used at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.operations.backup.test_container import FEW, SECRET
from ward_app.core.errors import CodedError, ConfigurationError, ConflictError
from ward_app.operations.recovery import sealed_log, wal_fetch
from ward_app.operations.recovery.sealed_log import LogKey, opened
from ward_app.operations.recovery.wal_archive import archive
from ward_app.operations.recovery.wal_fetch import fetch, stage
from ward_app.operations.recovery.wal_push import push, seal_finished
from ward_app.operations.recovery_symptoms import LOG_DAMAGED, NO_KEY, NOT_REACHED

KEY = LogKey(SECRET, FEW)
CHARTED = b"what was charted, " * 500


def name_of(number, timeline=1):
    return f"{timeline:08X}{0:08X}{number:08X}"


NAME = name_of(7)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "archive"
    made.mkdir()
    return made


@pytest.fixture
def keep(tmp_path, folder):
    """Keep a file of the log as the server would, and return its encrypted one."""

    def kept(name=NAME, content=CHARTED, key=KEY):
        source = tmp_path / name
        source.write_bytes(content)
        assert push(source, folder, key)
        return folder / f"{name}.enc"

    return kept


def test_that_a_file_is_kept_encrypted_alone_and_opened_again(keep, folder, tmp_path):
    sealed = keep()
    assert [file.name for file in folder.iterdir()] == [f"{NAME}.enc"]
    assert b"charted" not in sealed.read_bytes()
    assert sealed.stat().st_mode & 0o077 == 0
    assert fetch(NAME, folder, tmp_path / "out", KEY)
    assert (tmp_path / "out").read_bytes() == CHARTED
    assert SECRET not in repr(KEY)


def test_that_nothing_is_acknowledged_before_it_is_on_the_disk(keep, folder, monkeypatch):
    """File, then name, then the folder's entry: a crash between leaves what is asked for again."""
    done = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append(names(handle)), real(handle)))

    def names(handle):
        forced = Path(f"/proc/self/fd/{handle}").readlink()
        size = os.fstat(handle).st_size if forced.is_file() else 0
        return forced, sorted(file.name for file in folder.iterdir()), size

    size = keep().stat().st_size
    part, kept = f"{NAME}.enc.{os.getpid()}.part", f"{NAME}.enc"
    assert done[-2:] == [(folder / part, [part], size), (folder, [kept], 0)]


def test_that_a_disk_that_fails_leaves_the_name_free(keep, folder, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="keeps its own and asks again"):
        keep()
    assert not (folder / f"{NAME}.enc").exists()
    monkeypatch.undo()
    assert keep().exists()


def test_that_the_same_file_is_kept_once_and_another_one_refused(keep, folder, tmp_path):
    before = keep().read_bytes()
    assert not push(tmp_path / NAME, folder, KEY)
    (tmp_path / NAME).write_bytes(b"of another server")
    with pytest.raises(ConflictError, match="stays as it is"):
        push(tmp_path / NAME, folder, KEY)
    with pytest.raises(CodedError, match="there is no key"):
        push(tmp_path / NAME, folder, None)
    assert (folder / f"{NAME}.enc").read_bytes() == before


def test_that_one_flipped_bit_anywhere_is_found(keep, folder, tmp_path):
    sealed = keep(content=b"x" * 100)
    whole = sealed.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        sealed.write_bytes(changed)
        with pytest.raises(CodedError, match="is damaged") as refused:
            fetch(NAME, folder, tmp_path / "out", KEY)
        assert refused.value.code == LOG_DAMAGED
    assert not (tmp_path / "out").exists()


def test_that_a_file_cut_off_anywhere_is_found(keep, folder, tmp_path):
    sealed = keep(content=b"x" * 100)
    whole = sealed.read_bytes()
    for size in range(len(whole)):
        sealed.write_bytes(whole[:size])
        with pytest.raises(CodedError, match="is damaged") as refused:
            fetch(NAME, folder, tmp_path / "out", KEY)
        assert refused.value.code == LOG_DAMAGED
    sealed.write_bytes(whole[:50] + whole[51:])
    with pytest.raises(CodedError, match="A part of it is missing"):
        fetch(NAME, folder, tmp_path / "out", KEY)


def test_that_a_file_in_the_place_of_another_is_found(keep, folder, tmp_path):
    """Whoever may write there could repeat or leave out what was charted."""
    keep(name_of(8), b"later").replace(folder / f"{NAME}.enc")
    with pytest.raises(CodedError, match="under another name") as refused:
        fetch(NAME, folder, tmp_path / "out", KEY)
    assert refused.value.code == LOG_DAMAGED


def test_that_who_makes_the_checksums_anew_is_found_without_the_key(keep, folder, tmp_path):
    sealed = keep(content=b"x" * 100)
    with sealed.open("rb") as file:
        told = sealed_log._read(file, sealed)
    forged = sealed_log._facts(told) | {"mac": told.mac, "name": name_of(9)}
    body = sealed.read_bytes()[: told.bytes]
    (folder / f"{name_of(9)}.enc").write_bytes(body + sealed_log._end(forged))
    with pytest.raises(CodedError, match="record was changed"):
        fetch(name_of(9), folder, tmp_path / "out", KEY)


@pytest.mark.parametrize("key", [None, LogKey("another key of somebody", FEW)])
def test_that_a_missing_or_another_key_opens_nothing(keep, folder, tmp_path, key):
    keep()
    with pytest.raises(CodedError, match=r"no key|not the key") as refused:
        fetch(NAME, folder, tmp_path / "out", key)
    assert refused.value.code == NO_KEY
    assert not (tmp_path / "out").exists()


def test_that_the_secret_is_stretched_once_for_all_files_of_an_archive(keep, folder, monkeypatch):
    """A recovery of a week opens two thousand; each has keys of its own all the same."""
    first, second = keep(), keep(name_of(8))
    assert first.read_bytes()[:16] == second.read_bytes()[:16]
    assert first.read_bytes()[16:200] != second.read_bytes()[16:200]
    stretched = []
    real = sealed_log.proved_keys
    monkeypatch.setattr(
        sealed_log, "proved_keys", lambda *words: (stretched.append(1), real(*words))[1]
    )
    fresh = LogKey(SECRET, FEW)
    assert keep(name_of(9), key=fresh).read_bytes()[:16] == first.read_bytes()[:16]
    for file in (first, second):
        assert b"".join(opened(file, fresh)) == CHARTED
    assert stretched == [1]


def test_that_after_a_change_of_the_key_the_log_goes_on_with_the_new_one(keep, folder, tmp_path):
    keep()
    new = LogKey("another key of somebody", FEW)
    keep(name_of(8), b"later", key=new)
    assert fetch(name_of(8), folder, tmp_path / "out", new)
    with pytest.raises(CodedError, match="not the key"):
        fetch(name_of(8), folder, tmp_path / "out", KEY)


def test_that_one_damaged_file_does_not_keep_the_next_from_being_kept(keep, folder, tmp_path):
    """The server's disk would fill up with its log until somebody looks."""
    with keep().open("r+b") as sealed:
        sealed.seek(-3, os.SEEK_END)
        sealed.write(b"?")
    keep(name_of(8), b"later")
    assert fetch(name_of(8), folder, tmp_path / "out", KEY)
    assert (tmp_path / "out").read_bytes() == b"later"
    with pytest.raises(CodedError, match="is damaged"):
        fetch(NAME, folder, tmp_path / "out", KEY)


def test_that_the_end_of_the_archive_is_none_and_a_hole_is_told(keep, folder, tmp_path):
    keep(name_of(7))
    keep(name_of(9))
    out = tmp_path / "out"
    assert not fetch(name_of(10), folder, out, KEY)
    assert not fetch("00000002.history", folder, out, KEY)
    assert not fetch(name_of(9, timeline=2), folder, out, KEY)
    with pytest.raises(CodedError, match=f"{name_of(8)} is missing") as refused:
        fetch(name_of(8), folder, out, KEY)
    assert refused.value.code == NOT_REACHED


def test_that_complete_files_in_the_clear_are_encrypted_and_the_newest_stays(folder, tmp_path):
    for number in (7, 8, 9):
        (folder / name_of(number)).write_bytes(bytes([number]) * 100)
    (folder / f"{name_of(10)}.partial").write_bytes(b"half")
    assert seal_finished(folder, KEY) == [name_of(7), name_of(8), name_of(9)]
    assert archive(folder).clear == ()
    (folder / f"{name_of(10)}.partial").rename(folder / name_of(10))
    assert [one.name for one in archive(folder).clear] == [name_of(10)]
    assert seal_finished(folder, KEY) == []
    assert archive(folder).clear == ()
    names = sorted(file.name for file in folder.iterdir())
    assert names == [*(f"{name_of(n)}.enc" for n in (7, 8, 9)), name_of(10), f"{name_of(10)}.enc"]
    (folder / f"{name_of(11)}.partial").touch()
    assert seal_finished(folder, KEY) == [name_of(10)]
    assert fetch(name_of(8), folder, tmp_path / "out", KEY)
    assert (tmp_path / "out").read_bytes() == bytes([8]) * 100


def test_that_what_cannot_be_read_again_is_not_removed_in_the_clear(folder):
    for number in (7, 8):
        (folder / name_of(number)).write_bytes(b"x" * 100)
    seal_finished(folder, KEY)
    (folder / name_of(7)).write_bytes(b"another")
    with pytest.raises(ConflictError):
        seal_finished(folder, KEY)
    (folder / f"{name_of(7)}.enc").write_bytes(b"cut off")
    with pytest.raises(CodedError, match="is damaged"):
        seal_finished(folder, KEY)
    assert (folder / name_of(7)).read_bytes() == b"another"


def test_that_what_was_left_of_an_older_history_is_encrypted_too(folder, tmp_path):
    (folder / f"{name_of(7)}.partial").write_bytes(b"before")
    (folder / f"{name_of(7, timeline=2)}.partial").write_bytes(b"after")
    (folder / "00000002.history").write_bytes(b"1")
    assert seal_finished(folder, KEY) == [f"{name_of(7)}.partial"]
    into = tmp_path / "into"
    into.mkdir()
    staged = stage(folder, into, from_number=7, segment_bytes=16 * 1024**2, key=KEY)
    assert staged.missing == ()
    # they have the final names there, and are what they were
    assert [one.is_partial for one in staged.segments] == [True, True]
    assert {file.name: file.read_bytes() for file in into.iterdir()} == {
        name_of(7): b"before", name_of(7, timeline=2): b"after", "00000002.history": b"1",
    }  # fmt: skip


def test_that_a_recovery_takes_encrypted_files_and_others_and_the_complete_one(
    keep, folder, tmp_path
):
    keep(name_of(6), b"too early")
    keep(name_of(7), b"encrypted")
    (folder / name_of(7)).write_bytes(b"forged in the clear")
    (folder / name_of(8)).write_bytes(b"in the clear")
    (folder / f"{name_of(8)}.partial").write_bytes(b"half")
    into = tmp_path / "into"
    into.mkdir()
    staged = stage(folder, into, from_number=7, segment_bytes=16 * 1024**2, key=KEY)
    assert [one.is_partial for one in staged.segments] == [False, False]
    assert {file.name: file.read_bytes() for file in into.iterdir()} == {
        name_of(7): b"encrypted", name_of(8): b"in the clear",
    }  # fmt: skip


@pytest.fixture
def stage_while(folder, tmp_path, monkeypatch):
    """Return what stages the log while something is done to it, once its names were read."""

    def stage_it(done):
        names_of = wal_fetch._of_recovery

        def names(*where):
            read = [*names_of(*where)]
            done()
            return read

        monkeypatch.setattr(wal_fetch, "_of_recovery", names)
        into = tmp_path / "into"
        into.mkdir()
        staged = stage(folder, into, from_number=7, segment_bytes=16 * 1024**2, key=KEY)
        return staged, {file.name: file.read_bytes() for file in into.iterdir()}

    return stage_it


def test_that_a_recovery_finds_what_is_completed_and_encrypted_while_it_copies(
    folder, stage_while
):
    """The server goes on, and so does who encrypts its log."""
    (folder / name_of(7)).write_bytes(b"in the clear")
    (folder / f"{name_of(8)}.partial").write_bytes(b"all of it")

    def goes_on():
        (folder / f"{name_of(8)}.partial").rename(folder / name_of(8))
        (folder / f"{name_of(9)}.partial").touch()
        seal_finished(folder, KEY)

    staged, found = stage_while(goes_on)
    assert found == {name_of(7): b"in the clear", name_of(8): b"all of it"}
    assert [one.is_partial for one in staged.segments] == [False, False]


@pytest.mark.parametrize("before", [".partial", ""], ids=["received", "complete"])
def test_that_a_file_that_gets_another_name_just_before_it_is_read_is_found(
    folder, stage_while, monkeypatch, before
):
    first, take = folder / f"{NAME}{before}", wal_fetch._take
    first.write_bytes(b"content")

    def too_late(file, *more):
        if file == first and before:
            file.rename(folder / NAME)
        elif file == first:
            (folder / f"{name_of(8)}.partial").touch()
            seal_finished(folder, KEY)
        take(file, *more)

    monkeypatch.setattr(wal_fetch, "_take", too_late)
    assert stage_while(lambda: None)[1] == {NAME: b"content"}


def test_that_a_file_that_is_deleted_while_the_log_is_copied_is_told(folder, stage_while):
    (folder / name_of(7)).write_bytes(b"content")
    with pytest.raises(CodedError, match=f"{name_of(7)} was removed from .*Try again"):
        stage_while((folder / name_of(7)).unlink)
