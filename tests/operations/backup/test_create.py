"""A backup is of one moment, whole, encrypted, and opens without this program."""

from __future__ import annotations

import shutil
import stat
import subprocess
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest

from tests.conftest import STATION_PASSWORD
from tests.operations.backup.test_container import SECRET
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.operations.backup import dump, lock_wait, manifest, moment, shelf, verify
from ward_app.operations.backup.create import create
from ward_app.operations.backup.manifest import DumpFormat


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name not in {"lock", "logs"})


def test_that_a_backup_has_its_files_its_manifest_and_its_log(job, shelf_dir, admin):
    """[K01] [K03] [K04] [K07] [K10]"""
    seen = []
    made = create(job(), lambda done, of: seen.append((done, of)))
    stem = made.id
    assert datetime.strptime(stem, "backup_%Y%m%d_%H%M%S").replace(tzinfo=UTC)
    endings = (".dump.enc", ".globals.sql", ".json", ".schema.sql")
    assert names(shelf_dir) == [f"{stem}{ending}" for ending in endings]
    assert manifest.read(shelf_dir / f"{stem}.json") == made
    assert made.is_good
    assert made.tables["public.users"] == 10
    assert made.alembic_revision == admin.execute(
        "SELECT version_num FROM public.alembic_version").fetchone()[0]  # fmt: skip
    assert made.bytes == (shelf_dir / made.file).stat().st_size
    assert seen[-1] == (seen[-1][0], None)
    for path in shelf_dir.iterdir():
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077
    log = (shelf_dir / "logs" / f"{stem}.log").read_text()
    assert made.sha256 in log
    assert "CREATE TABLE public.users" in (shelf_dir / f"{stem}.schema.sql").read_text()
    roles = (shelf_dir / f"{stem}.globals.sql").read_text()
    assert "CREATE ROLE ward_backup" in roles
    assert "PASSWORD" not in roles
    assert "SCRAM" not in roles


def test_that_no_name_of_a_person_and_no_key_is_readable_in_the_folder(job, shelf_dir):
    """[K16]"""
    create(job())
    for path in shelf_dir.rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            assert b"Nora Nurse" not in text
            assert SECRET.encode() not in text


def test_that_an_uncompressed_plain_backup_is_sql_for_psql(job, shelf_dir):
    """[K20] [K02]"""
    made = create(job(secret=None, format=DumpFormat.PLAIN, compression=Compression.NONE))
    assert made.file == f"{made.id}.sql"
    assert made.hmac is None
    assert "Nora Nurse" in (shelf_dir / made.file).read_text()


def test_that_a_plain_backup_is_compressed_as_usual(job, shelf_dir):
    """[K02]"""
    made = create(job(secret=None, format=DumpFormat.PLAIN))
    assert made.file.endswith(".sql.gz")
    opened = subprocess.run(
        [shutil.which("gzip"), "-dc", shelf_dir / made.file], capture_output=True, check=True
    )
    assert b"Nora Nurse" in opened.stdout


def test_that_a_backup_of_the_schema_alone_never_counts_as_one_of_the_data(job, shelf_dir):
    """[K03]"""
    made = create(job(secret=None, schema_only=True))
    assert not made.is_good
    assert shelf.on_shelf(shelf_dir).last_good(datetime.now(UTC)) is None


def test_that_a_second_backup_knows_about_how_large_it_will_be(job):
    first = create(job())
    seen = []
    second = create(job(), lambda done, of: seen.append((done, of)))
    assert second.id > first.id
    assert seen[-1][1] == first.bytes


@pytest.mark.parametrize("named", ["staging", "production"])
def test_that_real_patients_are_not_backed_up_in_the_clear(job, shelf_dir, admin, named):
    """[K16] [C21]"""
    admin.execute("UPDATE public.installation SET environment = %s", (named,))
    with pytest.raises(CodedError) as refused:
        create(job(secret=None))
    assert refused.value.code == "WDB-510"
    assert names(shelf_dir) == []
    assert create(job()).environment == named


def test_that_a_role_that_may_not_read_everything_makes_no_backup(
    job, shelf_dir, server, database_name, monkeypatch
):
    """[K18] It would be one without the rows that it does not see."""
    station = server.dsn(database_name, user="ws_alpha")
    for password in (STATION_PASSWORD, "wrong"):
        monkeypatch.setenv("PGPASSWORD", password)
        with pytest.raises(CodedError) as refused:
            create(job(dsn=station))
        assert refused.value.code == "WDB-502"
        assert names(shelf_dir) == []


def test_that_a_member_of_the_backup_role_reads_all_rows(
    job, server, database_name, monkeypatch, admin
):
    """[K01] Row security would hide them from everybody else but the administrator."""
    role = f"backup_{uuid4().hex}"
    admin.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_backup")
    monkeypatch.setenv("PGPASSWORD", STATION_PASSWORD)
    try:
        made = create(job(dsn=server.dsn(database_name, user=role)))
        assert made.tables["public.users"] == 10
    finally:
        admin.execute(f"DROP ROLE {role}")


def test_that_a_server_that_is_not_there_is_told(job, tmp_path, shelf_dir):
    """[K18]"""
    with pytest.raises(CodedError) as refused:
        create(job(dsn=f"host={tmp_path} dbname=ward"))
    assert refused.value.code == "WDB-504"
    assert names(shelf_dir) == []


def test_that_a_table_that_nobody_may_read_is_named_with_who_locks_it(
    job, shelf_dir, admin, admin_dsn, monkeypatch
):
    """[K11] The first is waited for when rows are counted, the second by pg_dump."""
    soon = [words.replace("10min", "50ms") for words in moment._UNDISTURBED]
    monkeypatch.setattr(moment, "_UNDISTURBED", soon)
    monkeypatch.setattr(dump, "_PATIENCE_MS", 50)
    for table in ("report.vital_signs", "audit.change_logs"):
        with psycopg.connect(admin_dsn) as migrating:
            # without the months of a log, which are read before it
            migrating.execute(f"LOCK TABLE ONLY {table} IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(CodedError) as refused:
                create(job())
            pid, role = migrating.info.backend_pid, migrating.info.user
        assert refused.value.code == "WDB-511"
        assert f"Process {pid} ({role}) locks {table}, so the backup" in str(refused.value)
        assert f"wardctl activity cancel {pid} --terminate" in str(refused.value)
    assert names(shelf_dir) == []
    assert "Make the backup again." in str(lock_wait.refusal(admin_dsn))


def test_that_verifying_finds_each_changed_file(job, shelf_dir):
    """[K06]"""
    made = create(job())
    assert verify.verify(shelf_dir, made, SECRET).verified_at > made.verified_at
    for name in (made.file, *(side.name for side in made.sides)):
        whole = (shelf_dir / name).read_bytes()
        (shelf_dir / name).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(CodedError) as refused:
            verify.verify(shelf_dir, made, SECRET)
        assert refused.value.code == "WDB-507"
        (shelf_dir / name).write_bytes(whole)
    for secret, code in ((None, "WDB-509"), ("another", "WDB-508")):
        with pytest.raises(CodedError) as refused:
            verify.verify(shelf_dir, made, secret)
        assert refused.value.code == code
    verify.verify(shelf_dir, made, SECRET)
