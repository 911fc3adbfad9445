"""`wardctl config`: example and reference are the settings', wrong ones are told."""

from __future__ import annotations

import io
import stat
import tomllib
from pathlib import Path

import pytest

from tests.core.test_secret_store import WorkingKeyring
from ward_app.core import secret_store
from ward_app.core.secret_store import own_secrets
from ward_app.core.settings import KEYS, Settings, load_settings
from ward_app.operations import config_files, settings_reference

ROOT = Path(__file__).parents[2]
URL = (
    "postgresql://ws_a:plum%20lantern@pool.example:6432/ward_7?sslmode=verify-full"
    "&pgbouncer=true&connection_limit=3&pool_timeout=9&socket_timeout=61&statement_cache_size=50"
    "&connect_timeout=4\n"
)
OLD = '[database]\nurl = "postgresql://old/ward"\ndirect_url = "postgresql://db.example/ward_7"\n'


@pytest.fixture
def keyring(monkeypatch):
    """The keyring of this computer, empty."""
    backend = WorkingKeyring()
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: backend)
    return backend


@pytest.fixture
def typed(monkeypatch):
    """Give a text to the standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_that_the_example_has_every_setting_as_it_is_without_it(tmp_path):
    """[C22]"""
    lines = settings_reference.example().splitlines()
    given = [line[1:] if line.startswith("#") and not line.startswith("# ") else line
             for line in lines]  # fmt: skip
    text = "\n".join(given)
    assert {key for key, _ in config_files.flat(tomllib.loads(text))} == set(KEYS)
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    assert load_settings(tmp_path / "config.toml", {}) == Settings()


def test_that_the_files_in_the_repository_are_made_of_the_settings(wardctl):
    """[C22] [C23] Refresh them: `wardctl config example`, `wardctl config docs`."""
    for word, file in (("example", "config.example.toml"), ("docs", "docs/configuration.md")):
        status, said, _ = wardctl("config", word)
        assert status == 0
        assert said == (ROOT / file).read_text(encoding="utf-8")


def test_that_every_setting_is_explained_with_its_default_and_other_names():
    """[C23]"""
    assert sorted(settings_reference.MEANINGS) == sorted(KEYS)
    text = settings_reference.reference()
    assert "| `idle_s` | `30` | a whole number from 1 to 86400, in seconds |" in text
    assert "`POSTGRES_IDLE_TIMEOUT` (milliseconds)" in text


def test_that_everything_wrong_is_told_line_by_line(wardctl, folder):
    file = folder.parent / "config.toml"
    file.write_text("[database]\nport = 0\nsslmode = 'no'\n", encoding="utf-8")
    status, said, _ = wardctl("config", "check")
    assert status == 1
    assert said.splitlines()[0] == f"File: {file}"
    assert [line.split()[:2] for line in said.splitlines()[1:]] == [
        ["WRONG", "database.port"], ["WRONG", "database.sslmode"]]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "database.host is empty"),
        ("[database]\nhost = 'db'\nuser = 'a'\nsocket_timeout_s = 30", "count as a broken"),
        ("[database]\nhost = 'db'\nuser = 'a'\nsslrootcert = '/nowhere/ca.pem'", "cannot read"),
        ("[database]\nhost = 'db'\nuser = 'a'\npassword = 'x'", "contains a password"),
        ("x =", "not valid TOML"),
    ],
)
def test_that_what_will_not_work_is_told_too(wardctl, folder, text, words):
    """[Z4]"""
    (folder.parent / "config.toml").write_text(text, encoding="utf-8")
    status, said, _ = wardctl("config", "check")
    assert (status, words in said) == (1, True)


def test_that_good_settings_are_called_so(wardctl, folder):
    (folder.parent / "config.toml").write_text("[database]\nhost = 'db'\nuser = 'ws_a'\n")
    status, said, _ = wardctl("config", "check")
    assert (status, "in order: production, ws_a at db" in said) == (0, True)
    status, _, complaint = wardctl("config", "check", "--file", str(folder / "none.toml"))
    assert (status, "There is no file" in complaint) == (1, True)


def test_that_an_address_is_taken_apart(wardctl, folder, keyring, typed):
    """[C01] [L14] [C24] The password goes into the keyring and nowhere else."""
    file = folder.parent / "config.toml"
    file.write_text(OLD, encoding="utf-8")
    typed(URL)
    status, said, complaint = wardctl("config", "import-url")
    assert (status, complaint) == (0, "")
    assert own_secrets().get("ws_a") == "plum lantern"
    assert "plum" not in said + file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.with_name("config.toml.old").read_text() == OLD
    database = load_settings(file, {}).database
    assert (database.host, database.port, database.name) == ("pool.example", 6432, "ward_7")
    assert (database.via_pgbouncer, database.pool.max, database.pool.timeout_s) == (True, 3, 9)
    assert (database.socket_timeout_s, database.connect_timeout_s) == (61, 4)
    assert database.pool.prepared_max == 50
    assert database.direct.host == "db.example"


def test_that_an_address_may_stand_in_a_variable(wardctl, folder, keyring, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://ws_a:plum@db.example/ward")
    status, said, _ = wardctl("config", "import-url", "--env", "DATABASE_URL")
    assert (status, "remove DATABASE_URL" in said) == (0, True)
    assert (folder.parent / "config.toml").read_text() == (
        '[database]\nuser = "ws_a"\nname = "ward"\nhost = "db.example"\n'.replace("dbname", "name")
    )


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no address in the standard input"),
        ("http://db/ward", "not a PostgreSQL address"),
        ("postgresql://ws_a@db/ward", "has no password"),
        ("postgresql://:plum@/ward", "no host and no user"),
        ("postgresql://ws_a:plum@db/ward?sslmode=require", "database.sslmode is require"),
        ("postgresql://ws_a:plum@db/ward?pgbouncer=true", "also needs database.direct_url"),
        ("postgresql://ws_a:plum@db/ward?keepalives=1", "keepalives is not known"),
        ("postgresql://ws_a:plum@db/ward?connection_limit=many", "database.pool.max"),
    ],
)
def test_that_an_address_that_will_not_do_changes_nothing(
    wardctl, folder, keyring, typed, url, words
):
    typed(url)
    status, said, complaint = wardctl("config", "import-url")
    assert (status in {1, 2}, words in complaint) == (True, True)
    assert "plum" not in said + complaint
    assert not (folder.parent / "config.toml").exists()
    assert own_secrets().get("ws_a") is None
