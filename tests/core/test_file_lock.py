"""A lock on a file: made for whom the folder belongs to, and never through a link."""

from __future__ import annotations

import os

import pytest

from ward_app.core import file_lock

OWNER = 12345
ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
LOCKS = [file_lock.held, file_lock.held_now]


@pytest.fixture
def folder(tmp_path):
    """A folder of an account that may put into it what it wants to."""
    folder = tmp_path / "folder"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, OWNER, OWNER)
    return folder


@pytest.fixture
def secret(tmp_path):
    """A file of who takes the lock, which is nobody else's business."""
    secret = tmp_path / "shadow"
    secret.write_text("root", encoding="utf-8")
    return secret


@ONLY_ROOT
def test_that_a_lock_that_root_makes_belongs_to_whom_the_folder_belongs_to(folder):
    """Else the next work of that account would fail."""
    with file_lock.held(folder / "lock"):
        made = (folder / "lock").stat()
    assert (made.st_uid, made.st_gid) == (OWNER, OWNER)


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no such question")
@pytest.mark.parametrize("lock", LOCKS)
def test_that_a_link_in_place_of_a_lock_is_refused_and_its_target_left_alone(folder, secret, lock):
    (folder / "lock").symlink_to(secret)
    before = secret.stat()
    with pytest.raises(OSError, match="it is a link") as refused, lock(folder / "lock"):
        pass
    assert refused.value.filename == str(folder / "lock")
    assert secret.stat() == before


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no such question")
def test_that_a_link_to_nothing_makes_no_file_elsewhere(folder, tmp_path):
    (folder / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="it is a link"), file_lock.held(folder / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


@ONLY_ROOT
@pytest.mark.parametrize("lock", LOCKS)
def test_that_root_gives_away_no_file_that_it_did_not_make(folder, secret, lock):
    """A second name of a file of root is no link that could be refused."""
    os.link(secret, folder / "lock")
    with lock(folder / "lock"):
        assert secret.stat().st_uid == 0
