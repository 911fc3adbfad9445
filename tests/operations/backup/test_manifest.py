"""The manifest: it comes back as it was written, and a changed one is not believed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.operations.backup.test_container import FEW, SECRET
from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.operations.backup import manifest
from ward_app.operations.backup.container import new_keys
from ward_app.operations.backup.manifest import (
    DumpFormat,
    Encryption,
    Manifest,
    SealHead,
    SideFile,
)

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


def example(keys=None, **more):
    how = keys and Encryption(rounds=keys.rounds, salt=keys.salt.hex(), proof=keys.proof)
    facts = {
        "id": "backup_20261122_020000", "file": "backup_20261122_020000.dump", "database": "ward",
        "environment": "production", "server_version": "15.18", "dump_version": "15.18",
        "alembic_revision": "0053", "started_at": AT, "finished_at": AT,
        "format": DumpFormat.CUSTOM, "compression": Compression.GZIP, "bytes": 5,
        "sha256": "ab", "hmac": keys and "cd", "encryption": how, "database_bytes": 7,
        "tables": {"public.users": 3}, "lsn": "0/15", "system_identifier": "7",
        "seal": SealHead(k=1, era=1, hash="ef"), "host": "it-1", "tool_version": "0.1.0",
        "sides": (SideFile(name="a.sql", bytes=1, sha256="a"),),
    }  # fmt: skip
    return manifest.signed(Manifest(**facts | more), keys)


def test_that_a_manifest_comes_back_as_it_was_written(tmp_path):
    """[K07]"""
    keys = new_keys(SECRET, FEW)
    for one in (example(), example(keys), example(keys, verified_at=AT, seal=None)):
        assert manifest.read(manifest.write(tmp_path, one)) == one
    assert manifest.keys_for(example(keys), SECRET) == keys


@pytest.mark.parametrize(
    ("name", "value"),
    [("sha256", "00"), ("hmac", "00"), ("verified_at", AT), ("tables", {}), ("database", "other")],
)
def test_that_a_manifest_that_somebody_changed_is_not_believed(name, value):
    keys = new_keys(SECRET, FEW)
    with pytest.raises(CodedError, match="was changed") as refused:
        manifest.keys_for(replace(example(keys), **{name: value}), SECRET)
    assert refused.value.code == "WDB-512"


def test_that_a_wrong_key_is_told_from_damage():
    with pytest.raises(CodedError, match="not the key") as refused:
        manifest.keys_for(example(new_keys(SECRET, FEW)), "another secret")
    assert refused.value.code == "WDB-508"


@pytest.mark.parametrize("change", [
    lambda known: known.pop("sha256"),
    lambda known: known.update(more=1),
    lambda known: known.update(format="tar"),
    lambda known: known.update(format_version=2),
    lambda known: known.update(started_at=5),
    lambda known: known.update(id="backup_19990101_000000"),
    lambda known: known.update(file="../elsewhere.dump"),
])  # fmt: skip
def test_that_what_is_no_manifest_is_refused(tmp_path, change):
    path = manifest.write(tmp_path, example())
    known = json.loads(path.read_text())
    change(known)
    path.write_text(json.dumps(known))
    with pytest.raises(CodedError) as refused:
        manifest.read(path)
    assert refused.value.code == "WDB-512"


def test_that_a_missing_or_cut_off_manifest_is_refused(tmp_path):
    path = manifest.write(tmp_path, example())
    for rest in (path.read_bytes()[:50], b"", b"[]", b"\xff"):
        path.write_bytes(rest)
        with pytest.raises(CodedError, match="cannot be read"):
            manifest.read(path)
    path.unlink()
    with pytest.raises(CodedError, match="is missing"):
        manifest.read(path)
