"""What is sent for help holds no patient and no secret; and whether a server answers."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import tomllib
import zipfile
from uuid import uuid4

import psycopg
import pytest

from tests.demo.databases import copied, full_template
from tests.server_files import append, put

PATIENT = "Zebulon Quackenbush"
SECRET = "plum-lantern-91"  # noqa: S105 - to be looked for
LOG = f"""\
2026-01-31 14:05:00,001 INFO ui.background: the server is back
2026-01-31 14:05:01,002 WARNING psycopg.pool: failed for {PATIENT}
2026-01-31 14:05:02,003 ERROR ward_app.core.listen: password={SECRET} at postgresql://a:{SECRET}@db
Traceback of {PATIENT}
"""
SETTINGS = """\
environment = "test"
[badge]
prefix = "%QX7"
[downtime]
keep_h = 12
"""


@pytest.fixture
def written(wardctl, folder, hospital, tmp_path, monkeypatch):
    """Return the parts of a bundle from a computer full of what must not be in it."""
    home = folder.parent
    (home / "config.toml").write_text(SETTINGS, encoding="utf-8")
    (home / "logs").mkdir()
    (home / "logs" / "ward-app.log").write_text(LOG, encoding="utf-8")
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setenv("ENCRYPTION_KEY", SECRET)
    with psycopg.connect(hospital, autocommit=True) as admin:
        admin.execute(f"CREATE TABLE public.scratch AS SELECT '{PATIENT}'::text AS name")
        admin.execute("ANALYZE public.scratch")
    file = tmp_path / "support.zip"
    status, said, complaint = wardctl("support", "bundle", "--to", str(file), "--dsn", hospital)
    assert (status, complaint) == (0, "")
    assert str(file) in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = wardctl("support", "bundle", "--to", str(file), "--dsn", hospital)
    assert (again[0], "is there already" in again[2]) == (1, True)
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_that_a_bundle_has_what_helps_and_nothing_of_patients(written):
    """[D20] [C24]"""
    everything = "\n".join(written.values())
    for word in (*PATIENT.split(), SECRET, "%QX7"):
        assert word not in everything
    assert tomllib.loads(written["settings.toml"])["downtime"]["keep_h"] == 12
    found = json.loads(written["doctor.json"])
    assert {"Schema", "Row security", "Bloat"} <= {one["about"] for one in found}
    assert [one["says"] for one in found if one["about"] == "Environment"] == [
        "A secret stands in the environment, in PGPASSWORD.",
        "A secret stands in the environment, in ENCRYPTION_KEY.",
    ]
    monitor = json.loads(written["database.json"])["monitor"]
    assert {"connections", "slow", "bloat", "host"} <= monitor.keys()
    tables = {one["relid"]: one for one in json.loads(written["database.json"])["tables"]}
    assert "scratch" in tables
    assert json.loads(written["about.json"])["packages"]["psycopg"].startswith("3.")
    log = written["logs/ward-app.log"].splitlines()
    assert log[0].endswith("ui.background: the server is back")
    assert log[1] == "2026-01-31 14:05:01,002 WARNING psycopg.pool: (words left out)"
    assert log[2].endswith("password=*** at postgresql://a:***@db")
    assert log[3] == "(words left out)"


def test_that_a_bundle_is_made_without_a_server_too(wardctl, tmp_path, at_a_terminal):
    file = tmp_path / "support.zip"
    status, said, drawn = wardctl("support", "bundle", "--to", str(file))
    assert (status, "Written" in said, "Looking" in drawn, "4/4" in drawn) == (0, True, True, True)
    with zipfile.ZipFile(file) as packed:
        [found] = json.loads(packed.read("doctor.json"))
        assert "not created" in found["says"]
        assert "database.host is empty" in packed.read("settings-problems.txt").decode()


def test_that_ping_ends_as_pg_isready_does(wardctl, spare_server, tmp_path):
    """[D21] 0 accepts, 2 does not answer, 3 was not asked."""
    status, said, _ = wardctl("ping", "--dsn", spare_server.dsn("postgres"))
    assert (status, "accepts connections" in said) == (0, True)
    status, said, _ = wardctl("ping", "--dsn", f"host={tmp_path} user={uuid4().hex}")
    assert (status, "does not answer" in said) == (2, True)
    assert wardctl("ping", "--dsn", "host=a nonsense")[0] == 3
    assert wardctl("ping")[0] == 2


def test_that_ping_tells_a_server_that_lets_nobody_in_yet(wardctl, cluster):
    """[D21] 1: a standby that may not be read from never lets anybody in."""
    cluster.start()
    cluster.stop()
    append(cluster.data_dir, "postgresql.conf", "hot_standby = off\n")
    put(cluster.data_dir, os.devnull, "standby.signal")
    cluster.start()
    status, said, _ = wardctl("ping", "--dsn", cluster.dsn("postgres"))
    assert (status, "lets nobody in yet" in said) == (1, True)


def test_that_a_command_that_fails_says_where_the_remedies_are(wardctl, tmp_path):
    status, _, complaint = wardctl("migrate", "status", "--dsn", f"host={tmp_path} user=it")
    assert status == 1
    assert complaint.splitlines()[-1] == "What helps: wardctl doctor --explain WDB-101"


@pytest.fixture
def demo_patients(server):
    """The simulated hospital, with the names and numbers of its patients and its staff."""
    with copied(server, full_template(server)) as name:
        dsn = server.dsn(name)
        with psycopg.connect(dsn) as admin:
            rows = admin.execute(
                "SELECT unnest(ARRAY[family_name, given_name, mrn]) FROM patient.patients"
                " UNION SELECT display_name FROM public.users"
            )
            yield dsn, {word for (word,) in rows}


def test_that_nothing_of_a_hospital_at_work_is_in_a_bundle(wardctl, demo_patients, tmp_path):
    """[D20] Not one name, number or login of the simulated hospital."""
    dsn, words = demo_patients
    file = tmp_path / "support.zip"
    assert wardctl("support", "bundle", "--to", str(file), "--dsn", dsn)[0] == 0
    with zipfile.ZipFile(file) as packed:
        everything = "\n".join(packed.read(name).decode() for name in packed.namelist())
    found = {word for word in words if re.search(rf"\b{re.escape(word)}\b", everything)}
    assert (len(words) > 100, found) == (True, set())
