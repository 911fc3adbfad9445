"""Which account a private server runs as, and folders only that account may enter.

PostgreSQL refuses to run as root. From a root shell its programs run as an unprivileged account.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from ward_app.core.errors import ConfigurationError

# Windows has no such accounts; commands of workstations are there all the same
if sys.platform != "win32":
    import pwd

SYSTEM_FOLDER = Path("/var/lib/ward-app")
_PACKAGED_ACCOUNT = "postgres"
_OWN_ACCOUNT = "ward-app"


def is_root() -> bool:
    """Whether this process may become another account."""
    return sys.platform != "win32" and os.geteuid() == 0


def own_name() -> str:
    """Return the name of the account that this process runs as."""
    return pwd.getpwuid(os.geteuid()).pw_name


def entry_of(account: str) -> pwd.struct_passwd:
    """Return what the system knows of an account: its numbers and its home."""
    return pwd.getpwnam(account)


def server_account() -> str:
    """Return the account a private server runs as: the present one, never root.

    From a root shell that is `postgres`, which every packaged PostgreSQL brings, else a system
    account of our own, made when it is missing.

    Raises:
        ConfigurationError: root, and no such account can be made.
    """
    if not is_root():
        return own_name()
    for name in (_PACKAGED_ACCOUNT, _OWN_ACCOUNT):
        if _exists(name):
            return name
    _make_system_account(_OWN_ACCOUNT)
    return _OWN_ACCOUNT


def has_server_account() -> bool:
    """Whether there is one that a private server of root runs as, so that none has to be made."""
    return _exists(_PACKAGED_ACCOUNT) or _exists(_OWN_ACCOUNT)


def reachable(folder: Path, account: str) -> bool:
    """Whether the account can get to `folder` (or where it will be made) past every parent."""
    if not is_root():
        return True
    uid = pwd.getpwnam(account).pw_uid
    existing = [parent for parent in folder.resolve().parents if parent.exists()]
    return all(_may_enter(parent, uid) for parent in existing)


def system_folder_for(folder: Path) -> Path:
    """Return the stand-in under `/var/lib/ward-app` for a folder only root can reach."""
    return SYSTEM_FOLDER / short_hash(folder)


def short_hash(folder: Path) -> str:
    """Return ten characters that stand for the folder's full path."""
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:10]


def private_folder(folder: Path, account: str) -> None:
    """Make `folder` for the account alone (0700), or check that it is so.

    Raises:
        ConfigurationError: somebody else owns it, or it is a link: never put a socket there.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    entry = pwd.getpwnam(account)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {entry.pw_uid, os.geteuid()}:
        raise ConfigurationError(
            f"{folder} belongs to another account or is a link, so it is not used. "
            "Remove it, or set WARD_HOME to a shorter folder of your own."
        )
    if found.st_uid != entry.pw_uid:
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    folder.chmod(0o700)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _make_system_account(name: str) -> None:
    useradd = shutil.which("useradd")
    if useradd is None:
        raise ConfigurationError(
            "PostgreSQL does not run as root and no account 'postgres' exists. "
            "Run this as an ordinary user, or make a system account 'postgres' first."
        )
    subprocess.run(
        [useradd, "--system", "--user-group", "--no-create-home", name],
        check=True,
        capture_output=True,
    )


def _may_enter(folder: Path, uid: int) -> bool:
    found = folder.stat()
    return bool(found.st_mode & stat.S_IXOTH) or found.st_uid == uid
