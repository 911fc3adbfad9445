"""[C24] [E04] Keys, passphrases, values: not in the repository, in argv, in cores, in logs."""

import inspect
import os
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import psycopg
import pytest

from tests.keyed import keyed_station
from ward_app.cli import encryption as encryption_command
from ward_app.cli import keys as keys_command
from ward_app.cli import workstation as workstation_command
from ward_app.core.ids import new_id
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.patients.detail_service import record_details
from ward_app.patients.types import DetailEntry, ProtectedField

ROOT = Path(__file__).parents[2]
# private keys, sealed copies, and long random texts given to a name of a key
LOOKS_SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|^01 {2}([A-Z2-7]{4} ){9}[A-Z2-7]{4} {2}[0-9A-F]{4}$"
    r"|(?i:encryption_key|data_key|private_key|secret)\s*[=:]\s*[\"']?[A-Za-z0-9+/_-]{40,}",
    re.MULTILINE,
)
VALUE = "QQ 12 34 56 C"


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git there is
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    # this file says what a secret looks like
    names = set(listed.stdout.split("\0")) - {"", str(Path(__file__).relative_to(ROOT))}
    return [ROOT / name for name in names]


def test_that_the_repository_holds_no_key():
    """[E04] Every file that is tracked, read as text."""
    files = [file for file in tracked_files() if file.is_file()]
    assert len(files) > 500
    shown = [
        str(file.relative_to(ROOT))
        for file in files
        if LOOKS_SECRET.search(file.read_bytes().decode("utf-8", "replace"))
    ]
    assert shown == []


@pytest.mark.parametrize(
    "text",
    [
        "ENCRYPTION_KEY=8fd1c03a557be4926a0d31f7c8e97b24d05a1c6e",
        "-----BEGIN EC PRIVATE KEY-----",
        "01  " + "ABCD " * 9 + "ABCD  12AF",
    ],
    ids=["a key given", "a private key", "a recovery copy"],
)
def test_that_the_search_would_find_one(text):
    assert LOOKS_SECRET.search(f"x\n{text}\ny")


@pytest.mark.parametrize(
    "command",
    [
        keys_command.generate,
        keys_command.rotate,
        keys_command.wrap,
        keys_command.export,
        keys_command.verify,
        encryption_command.migrate,
        encryption_command.verify,
        workstation_command.enrol,
        workstation_command.rotate,
    ],
    ids=lambda command: f"{command.__module__.rpartition('.')[2]} {command.__name__}",
)
def test_that_no_secret_can_be_an_argument(command):
    """What `ps` shows: a file or a descriptor to read it from, never the secret."""
    about_secrets = {
        name
        for name in inspect.signature(command).parameters
        if re.search("pass|secret|key", name)
    }
    assert about_secrets <= {"passphrase_file", "passphrase_fd", "station_passphrase_fd"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux keeps the note")
def test_that_a_process_with_keys_leaves_no_core_file_and_lets_nobody_look():
    script = (
        "import ctypes, resource\n"
        "from ward_app.core.no_dumps import forbid_core_dumps\n"
        "forbid_core_dumps()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout == "(0, 0) 0\n"


@pytest.fixture
def recorded(hospital, admin, database_name, request):
    """A detail to be recorded, with the keys, on a server that logs every statement."""
    engine = request.param
    keys, _ = keyed_station(admin, engine=engine)
    admin.execute(f"ALTER DATABASE {database_name} SET log_statement = 'all'")
    entry = DetailEntry(
        id=new_id(),
        patient_id=hospital.my_patient,
        version=1,
        values={ProtectedField.NATIONAL_ID: VALUE},
    )
    return keys, entry


@pytest.mark.parametrize("recorded", EncryptionEngine, indirect=True)
def test_that_neither_key_nor_value_reaches_the_servers_log(
    recorded, connect, nurse, server, admin
):
    """[E02] Also with pgcrypto, to which both are bound parameters."""
    keys, entry = recorded
    fresh = connect()
    fresh.run(nurse, record_details, keys, entry)
    with pytest.raises(psycopg.errors.DivisionByZero):
        fresh.run(nurse, lambda tx: tx.value("SELECT 1 / 0 WHERE %s <> ''", (VALUE,)))
    logs = "".join(log.read_text() for log in (server.data_dir / "log").iterdir())
    assert "patient.record_details" in logs
    secret = keys._ring.keys[0].secret
    for shown in (VALUE, secret.hex(), keys_text(secret)):
        assert shown not in logs
    seen = admin.execute("SELECT string_agg(query, ' ') FROM pg_stat_activity").fetchone()[0]
    assert VALUE not in seen
    assert keys_text(secret) not in seen


def keys_text(secret):
    """Return a key as pgcrypto is given it."""
    return b64encode(secret).decode()


def test_that_the_environment_of_this_run_holds_no_key():
    assert not {"ENCRYPTION_KEY", "DATABASE_ENCRYPTION_KEY"} & set(os.environ)
