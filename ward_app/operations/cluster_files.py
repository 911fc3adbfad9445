"""The files of a private cluster: settings, who may connect, logs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

_SETTINGS_FILE = "ward.conf"
_PID_FILE = "postmaster.pid"
_MAP = "ward"
_LAST_LINES = 3
_C_UTF8 = {"c.utf-8", "c.utf8"}

_SETTINGS = """\
# Written at every start of the private cluster; changes belong in postgresql.conf below
# the line that includes this file.
listen_addresses = ''
unix_socket_directories = {socket_dir}
unix_socket_permissions = 0700
port = {port}
max_connections = 100
# solid-state disks: an index is worth using for one ward's thirty patients
random_page_cost = 1.1
password_encryption = 'scram-sha-256'
idle_in_transaction_session_timeout = '60s'
timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'server-%a.log'
log_rotation_age = '1d'
log_truncate_on_rotation = on
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_min_duration_statement = 1000
# A slow sign-in must not put a password into the log.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

_FAST_UNSAFE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""

_ACCESS = f"""\
# TYPE  DATABASE  USER        METHOD
local   all,replication  ward_admin  peer map={_MAP}
local   all       all         scram-sha-256
"""


def settings_text(*, socket_dir: Path, port: int, fast_unsafe: bool) -> str:
    """Return the server settings; `fast_unsafe` forces nothing to disk."""
    folder = '"{}"'.format(str(socket_dir).replace('"', '""'))
    text = _SETTINGS.format(socket_dir=_quoted(folder), port=port)
    return text + _FAST_UNSAFE if fast_unsafe else text


def write(data_dir: Path, *, settings: str, admins: list[str]) -> None:
    """Write the settings and who may connect; `admins` are the accounts of the superuser."""
    owned = "".join(f'{_MAP} "{name}" ward_admin\n' for name in admins)
    _write_as_owner(data_dir / _SETTINGS_FILE, settings)
    _write_as_owner(data_dir / "pg_hba.conf", _ACCESS)
    _write_as_owner(data_dir / "pg_ident.conf", owned)


def include_settings(data_dir: Path) -> None:
    """Make the server read our settings."""
    with (data_dir / "postgresql.conf").open("a") as file:
        file.write(f"\ninclude = '{_SETTINGS_FILE}'\n")


def data_version(data_dir: Path) -> int | None:
    """Return the major version that made the data folder, None when it does not tell one."""
    try:
        return int((data_dir / "PG_VERSION").read_text())
    except (FileNotFoundError, ValueError):  # half written by a run that was killed
        return None


def locale_name() -> str:
    """Return `C.UTF-8` where the system has it, else `C`: orders never depend on the computer."""
    command = shutil.which("locale")
    if command is None:
        return "C"
    known = subprocess.run([command, "-a"], capture_output=True, text=True, check=False).stdout
    return next((name for name in known.split() if name.lower() in _C_UTF8), "C")


def server_pid(data_dir: Path) -> int | None:
    """Return the process number of the server that runs on the data folder, None if none does.

    `pg_ctl status` only asks whether some process has the noted number: after a kill or a
    restart of the computer that may be a zombie or another program.
    """
    try:
        pid = int((data_dir / _PID_FILE).read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return pid if _runs_on(data_dir, pid) else None


def forget_dead_server(data_dir: Path, socket_dir: Path) -> None:
    """Remove the notes of a server that was killed, so that the next one starts."""
    if server_pid(data_dir) is None:
        for note in (data_dir / _PID_FILE, *socket_dir.glob(".s.PGSQL.*.lock")):
            note.unlink(missing_ok=True)


def startup_log(folder: Path) -> Path:
    """Return the log of the server's first moments; later messages are in `data/log`."""
    return folder / "startup.log"


def last_words(folder: Path) -> str:
    """Return the last lines the server logged, in one line; empty when it logged nothing."""
    logs = [startup_log(folder), *(folder / "data" / "log").glob("*.log")]
    written = [log for log in logs if log.exists() and log.stat().st_size]
    if not written:
        return ""
    newest = max(written, key=lambda log: log.stat().st_mtime_ns)
    return " / ".join(newest.read_text(errors="replace").splitlines()[-_LAST_LINES:])


def _runs_on(data_dir: Path, pid: int) -> bool:
    if Path("/proc/self").exists():
        command_line = Path(f"/proc/{pid}/cmdline")
        return command_line.exists() and os.fsencode(data_dir) in command_line.read_bytes()
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("'", "''"))


def _write_as_owner(path: Path, text: str) -> None:
    """Write for the account that owns the data folder, which may not be ours."""
    path.write_text(text)
    path.chmod(0o600)
    owner = path.parent.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
