"""The sealed log: on the disk or refused, whole or told, and readable beside what is damaged."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from tests.downtime.offline import KEY
from ward_app.downtime import sealed_log
from ward_app.downtime.sealed_log import SealedLog

CONTENTS = tuple(f"record {number}".encode() for number in range(1, 6))


@pytest.fixture
def log(tmp_path):
    """A log of five records, each written by itself."""
    log = SealedLog(tmp_path / "downtime", "outbox", KEY)
    for content in CONTENTS:
        log.append([content])
    return log


def contents(log):
    return tuple(record.content for record in log.read().records)


def frames(log):
    """Return the bytes of each record."""
    return [frame.raw for frame in log._frames(log.file.read_bytes())]


def places_in(whole):
    """Return the place of every byte, of long padding of some."""
    return [at for at, byte in enumerate(whole) if byte or at % 97 == 0]


def test_that_what_was_added_is_read_in_its_order(log):
    reading = log.read()
    assert contents(log) == CONTENTS
    assert [record.number for record in reading.records] == [1, 2, 3, 4, 5]
    assert reading.is_whole


def test_that_a_log_that_was_never_begun_is_empty_and_whole(tmp_path):
    log = SealedLog(tmp_path / "downtime", "outbox", KEY)
    assert log.read().is_whole
    assert not log.read().records
    assert not log.is_begun


def test_that_several_records_are_numbered_together(log):
    assert log.append([b"six", b"seven"]) == (6, 7)
    assert log.read().is_whole


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the folder of the account keeps out")
def test_that_its_files_are_for_this_account_alone(log):
    assert stat.S_IMODE(log.file.parent.stat().st_mode) == 0o700
    for file in log.file.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_that_nothing_is_readable_in_the_files(log):
    for file in log.file.parent.iterdir():
        assert b"record" not in file.read_bytes()


def test_that_a_changed_byte_anywhere_is_told_and_costs_one_record_at_most(log):
    for file in (log.file, log.head_file):
        whole = file.read_bytes()
        for at in places_in(whole):
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            reading = log.read()
            assert not reading.is_whole, (file.name, at)
            assert len(reading.records) == len(CONTENTS) - (file == log.file), (file.name, at)
        file.write_bytes(whole)
    assert log.read().is_whole


@pytest.mark.parametrize("gone", range(5))
def test_that_a_removed_record_is_missed(log, gone):
    kept = frames(log)
    del kept[gone]
    log.file.write_bytes(b"".join(kept))
    assert log.read().missing == (gone + 1,)


def test_that_a_cut_tail_is_missed_even_with_nothing_left(log):
    for left in (frames(log)[:3], []):
        log.file.write_bytes(b"".join(left))
        assert log.read().missing == tuple(range(len(left) + 1, 6))
    log.file.unlink()
    assert log.read().missing == (1, 2, 3, 4, 5)


def test_that_records_that_changed_places_or_came_twice_are_told(log):
    first, second, *rest = frames(log)
    for order in ([second, first, *rest], [first, second, first, *rest]):
        log.file.write_bytes(b"".join(order))
        reading = log.read()
        assert not reading.in_order
        assert contents(log) == CONTENTS


def test_that_a_record_of_another_log_is_none_of_this_one(log, tmp_path):
    other = SealedLog(tmp_path / "other", "outbox", KEY)
    other.append([b"x"])
    other.append([b"planted"])
    stored = frames(log)
    log.file.write_bytes(b"".join([stored[0], other._frames(other.file.read_bytes())[1].raw,
                                   *stored[2:]]))  # fmt: skip
    assert not log.read().in_order


def test_that_another_key_reads_nothing(log):
    reading = SealedLog(log.file.parent, "outbox", bytes(32)).read()
    assert not reading.records
    assert not reading.head_is_whole


def test_that_writing_goes_on_after_damage(log):
    stored = bytearray(log.file.read_bytes())
    stored[len(stored) // 2] ^= 1
    log.file.write_bytes(stored)
    log.append([b"six"])
    reading = log.read()
    assert (reading.missing, reading.records[-1].number) == ((3,), 6)
    assert reading.records[-1].content == b"six"


@pytest.mark.parametrize("damaged", [(), (0,), (4096,), (0, 4096)])
def test_that_a_damaged_head_is_made_anew_while_writing(log, damaged):
    stored = bytearray(log.head_file.read_bytes())
    for at in damaged:
        stored[at] ^= 1
    log.head_file.write_bytes(stored)
    for content in (b"six", b"seven"):
        log.append([content])
    assert log.read().is_whole
    assert contents(log) == (*CONTENTS, b"six", b"seven")


def test_that_a_lost_head_is_told_and_made_anew(log):
    log.head_file.unlink()
    assert not log.read().head_is_whole
    for content in (b"six", b"seven"):
        log.append([content])
    assert log.read().is_whole


def test_that_what_a_crash_left_half_written_is_passed_over(log):
    with log.file.open("ab") as file:
        file.write(frames(log)[0][:-3])
    assert log.read().is_whole
    log.append([b"six"])
    assert contents(log) == (*CONTENTS, b"six")
    assert log.read().is_whole


def test_that_a_record_that_the_head_never_counted_is_followed(log):
    """The program died between the two files: it is there, though nobody was told so."""
    before = log.head_file.read_bytes()
    log.append([b"six"])
    log.head_file.write_bytes(before)
    assert log.read().is_whole
    log.append([b"seven"])
    assert contents(log) == (*CONTENTS, b"six", b"seven")
    assert log.read().is_whole


def test_that_nothing_is_kept_where_the_head_cannot_be(log, monkeypatch):
    def full(*_given):
        raise OSError(28, "No space left on device")

    size = log.file.stat().st_size
    with monkeypatch.context() as patch:
        patch.setattr(SealedLog, "_keep_head", full)
        with pytest.raises(OSError, match="No space"):
            log.append([b"six"])
    assert log.file.stat().st_size == size
    assert log.read().is_whole


def test_that_every_byte_is_on_the_disk_before_it_is_acknowledged(log, monkeypatch):
    synced = []
    force = sealed_log._force

    def noted(handle):
        force(handle)
        synced.append(Path(f"/proc/self/fd/{handle}").resolve().name)

    monkeypatch.setattr(sealed_log, "_force", noted)
    log.append([b"six", b"seven", b"eight"])
    assert synced == ["outbox.log", "outbox.head"]


def test_that_two_programs_take_turns(log):
    """Two objects are as two programs are: neither knows of the other."""
    other = SealedLog(log.file.parent, "outbox", KEY)

    def write(to, name):
        for number in range(40):
            to.append([f"{name} {number}".encode()])

    threads = [Thread(target=write, args=(to, name)) for to, name in ((log, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reading = log.read()
    assert reading.is_whole
    assert len({record.content for record in reading.records}) == 85


def test_that_the_oldest_records_can_be_forgotten(log):
    log.forget_before(4)
    reading = log.read()
    assert [record.number for record in reading.records] == [4, 5]
    assert reading.is_whole
    assert log.append([b"six"]) == (6,)
    assert log.read().is_whole
    log.forget_before(7)
    assert log.read().is_whole
    assert log.append([b"seven"]) == (7,)
    assert contents(log) == (b"seven",)
    assert log.read().is_whole


@pytest.mark.parametrize("dies", ["_keep_head", "write_whole"])
def test_that_a_crash_while_forgetting_loses_nothing_that_stays(log, monkeypatch, dies):
    calls = []
    keep = SealedLog._keep_head

    def at_the_second(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return keep(*given)

    def never(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if dies == "_keep_head":
            patch.setattr(SealedLog, "_keep_head", at_the_second)
        else:
            patch.setattr(sealed_log, "write_whole", never)
        with pytest.raises(KeyboardInterrupt):
            log.forget_before(4)
    assert log.read().is_whole
    assert contents(log)[-2:] == CONTENTS[-2:]
    log.append([b"six"])
    assert log.read().is_whole
    assert log.read().records[-1].number == 6
