"""A small real disk, in memory, for tests of disks that run full."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager

import pytest

from ward_app.operations.accounts import is_root


@contextmanager
def small_disk(folder, size):
    """Mount a disk of that size, such as "300k", as a new folder; skip where nobody may."""
    if not is_root():
        pytest.skip("a small disk needs an administrator to mount it")
    folder.mkdir()
    mount = [shutil.which("mount"), "-t", "tmpfs", "-o", f"size={size}", "ward-test", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this computer does not let a disk be mounted")
    try:
        yield folder
    finally:
        # an error that a test looks at may still hold a file of it open
        subprocess.run([shutil.which("umount"), "--lazy", folder], check=True)
