"""Files in the data folder of a test's own server."""

from __future__ import annotations

import os
import shutil


def put(data_dir, file, name):
    """Copy a file there as the server wants its keys: its own, and for nobody else to read."""
    target = data_dir / name
    shutil.copyfile(file, target)
    owner = data_dir.stat()
    if os.geteuid() == 0:
        os.chown(target, owner.st_uid, owner.st_gid)
    target.chmod(0o600)


def append(data_dir, name, text):
    """Add settings or access lines to a file that is there."""
    with (data_dir / name).open("a", encoding="utf-8") as file:
        file.write(text)
