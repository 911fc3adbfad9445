import errno
import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from tests.downtime.copies import EAST
from ward_app.downtime import pack_files
from ward_app.downtime.pack_files import (
    KEPT,
    PackNotKeptError,
    keep_pack,
    latest_name,
    pack_name,
    purge_packs,
)

AT = datetime(2026, 6, 22, 2, 10, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "packs"


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_that_a_pack_is_named_by_ward_and_local_time_and_is_also_the_latest(folder):
    file = keep_pack(folder, EAST, AT, b"pages")
    assert file.name == "ward-7-east-2026-06-22-0310.pdf"
    assert names(folder) == ["ward-7-east-2026-06-22-0310.pdf", "ward-7-east-latest.pdf"]
    assert {(folder / name).read_bytes() for name in names(folder)} == {b"pages"}


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_that_only_this_account_may_read_folder_and_packs(folder):
    file = keep_pack(folder, EAST, AT, b"pages")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / latest_name(EAST)).stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_that_a_folder_others_may_read_is_refused_and_named(folder):
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(PackNotKeptError, match=r"others may read the folder .*packs.*pack_dir"):
        keep_pack(folder, EAST, AT, b"pages")
    assert names(folder) == []


def test_that_a_full_disk_leaves_the_last_pack_and_is_told(folder, monkeypatch):
    keep_pack(folder, EAST, AT, b"before")

    def full(_file, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pack_files, "write_whole", full)
    with pytest.raises(PackNotKeptError, match=r"No space left on device.*make room"):
        keep_pack(folder, EAST, AT + timedelta(minutes=10), b"after")
    assert (folder / latest_name(EAST)).read_bytes() == b"before"


def test_that_a_few_packs_of_each_ward_are_kept(folder):
    other = pack_files.Ward(
        id=EAST.id, code="7", name="Ward 7", specialty=None, time_zone="UTC", wall_privacy="hidden"
    )
    keep_pack(folder, other, AT, b"other")
    for number in range(KEPT + 3):
        file = keep_pack(folder, EAST, AT + timedelta(minutes=10 * number), b"pages")
        os.utime(file, (1_000 + number, 1_000 + number))
    east = [name for name in names(folder) if name.startswith("ward-7-east-2026")]
    assert len(east) == KEPT
    assert pack_name(EAST, AT + timedelta(minutes=10 * (KEPT + 2))) in east
    assert pack_name(other, AT) in names(folder)


def test_that_what_is_older_than_a_day_is_removed_and_nothing_else(folder):
    file = keep_pack(folder, EAST, AT, b"pages")
    half = folder / f"{file.name}.x1y2z3"
    (folder / "letter.pdf").write_bytes(b"of somebody")
    half.write_bytes(b"half")
    old = AT.timestamp()
    for each in folder.iterdir():
        os.utime(each, (old, old))
    day = timedelta(hours=24)
    assert purge_packs(folder, AT + day - timedelta(minutes=1), day) == 0
    assert purge_packs(folder, AT + day + timedelta(minutes=1), day) == 3
    assert names(folder) == ["letter.pdf"]


def test_that_a_folder_that_is_not_there_has_nothing_to_remove(folder):
    assert purge_packs(folder, AT, timedelta(hours=1)) == 0
    assert not folder.exists()
