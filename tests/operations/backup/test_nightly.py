"""The night: a backup that is made counts, whatever else goes wrong; all of it is told."""

from __future__ import annotations

import pytest

from tests.operations.backup.shelved import shelve
from tests.operations.listeners import webhook
from tests.operations.test_notify import settings as notify_settings
from ward_app.core.environment import Environment
from ward_app.core.errors import CodedError
from ward_app.core.settings import Settings
from ward_app.core.settings_operations import BackupSettings, OffsiteSettings
from ward_app.operations.backup import nightly
from ward_app.operations.backup.nightly import Gone
from ward_app.operations.backup.remotes import remote_of
from ward_app.operations.backup_symptoms import NO_FOLDER


def settings(place, address=""):
    away = OffsiteSettings(enabled=True, container=str(place))
    return Settings(
        environment=Environment.TEST,
        backup=BackupSettings(offsite=away),
        notify=notify_settings(webhook=address),
    )


def test_that_a_night_makes_copies_lets_go_and_tells(job, shelf_dir, tmp_path):
    """[K08] [K11] [K12]"""
    place = tmp_path / "elsewhere"
    place.mkdir()
    other = shelve(shelf_dir, days=500, database="another")
    made = job()
    old = shelve(shelf_dir, days=400, database=database_of(made))
    with webhook() as (address, documents):
        night = nightly.run(made, settings(place, address))
    assert night.problems == ()
    assert night.deleted == (old.id,)
    assert (shelf_dir / other.file).exists()
    assert night.made.file in remote_of(settings(place).backup.offsite).names()
    [told] = documents
    assert told["status"] == "ok"
    assert told["facts"]["bytes"] == night.made.bytes


def database_of(job):
    return job.dsn.split("dbname=")[1].split()[0]


def test_that_a_backup_stays_good_when_nothing_else_works(job, shelf_dir, tmp_path):
    """[K11] [K12] Neither the second place nor the notice is there."""
    with webhook(status=500) as (address, _):
        night = nightly.run(job(), settings(tmp_path / "nowhere", address))
    assert night.made.is_good
    assert len(night.problems) == 2
    log = (shelf_dir / "logs" / f"{night.made.id}.log").read_text()
    assert all(words in log for words in night.problems)


def test_that_a_night_lets_other_old_things_go_and_tells_why_they_do_not(job, tmp_path):
    """[K08]"""

    def refuses():
        raise CodedError("WDB-607", "The base backup that would stay is damaged.")

    place = tmp_path / "elsewhere"
    place.mkdir()
    night = nightly.run(job(), settings(place), let_go=lambda: Gone(("base_1",), ("0001",)))
    assert (night.deleted, night.log_deleted) == (("base_1",), ("0001",))
    night = nightly.run(job(), settings(place), let_go=refuses)
    assert night.made.is_good
    assert "The base backup that would stay is damaged." in night.problems


def test_that_a_night_without_a_backup_is_told(job, tmp_path):
    """[K11]"""
    with webhook() as (address, documents):
        with pytest.raises(CodedError) as failed:
            nightly.run(job(dsn=f"host={tmp_path}"), settings(tmp_path, address))
        assert failed.value.code == "WDB-504"
    [told] = documents
    assert told["status"] == "failed"
    assert "does not answer" in told["text"]


@pytest.mark.parametrize(("part", "name"), [
    ("RunLog", "logs/backup.log"), ("preflight.forget_unfinished", "backup.part"),
])  # fmt: skip
def test_that_a_night_is_told_that_the_disk_refuses(part, name, job, monkeypatch):
    """[K11] Such as a folder of logs that root made for itself."""

    def refused(*_):
        raise PermissionError(13, "Permission denied", name)

    monkeypatch.setattr(f"ward_app.operations.backup.create.{part}", refused)
    with webhook() as (address, documents):
        with pytest.raises(CodedError) as failed:
            nightly.run(job(), settings("", address))
        assert failed.value.code == NO_FOLDER
    [told] = documents
    assert f"{name}: Permission denied" in told["text"]


def test_that_a_night_is_told_whatever_the_system_refuses(monkeypatch, job):
    """[K11] In words, as wardctl says it, where nobody foresaw it."""

    def refused(*_):
        raise PermissionError(13, "Permission denied", "/srv/file")

    monkeypatch.setattr(nightly, "create", refused)
    with webhook() as (address, documents), pytest.raises(PermissionError):
        nightly.run(job(), settings("", address))
    assert "may not use /srv/file" in documents[0]["text"]
