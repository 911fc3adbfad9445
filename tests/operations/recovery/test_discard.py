"""What is deleted for good: only what was meant, and all of it, or it is said."""

from __future__ import annotations

import pytest

from ward_app.core.errors import ConfigurationError, ConflictError, RuleBrokenError
from ward_app.operations.recovery import databases, recovery_server
from ward_app.operations.recovery.recovery_server import discard
from ward_app.operations.recovery.rollback import discard as discard_database
from ward_app.operations.recovery.rollback import rollback


@pytest.fixture
def begun(tmp_path):
    """A recovery that was killed: data, tablespaces, and what marks it as unfinished."""
    into = tmp_path / "recovered"
    for folder in (into, tmp_path / "recovered.recovery", tmp_path / "recovered.tablespaces"):
        folder.mkdir()
        (folder / "file").touch()
    # such as a kill leaves it while it is written
    (into / "PG_VERSION").touch()
    return into


def test_that_all_of_an_unfinished_recovery_goes_tablespaces_too(begun, tmp_path):
    discard(begun, lambda _question: str(begun))
    assert list(tmp_path.iterdir()) == []


def test_that_nothing_is_deleted_under_a_server_that_does_not_end(begun, monkeypatch):
    """As for an account that may not end it."""
    monkeypatch.setattr(recovery_server, "server_pid", lambda _folder: 4711)
    monkeypatch.setattr(recovery_server.RecoveryServer, "stop", lambda _server: None)
    with pytest.raises(ConfigurationError, match=r"process 4711.*Nothing was deleted"):
        discard(begun, lambda _question: str(begun))
    assert (begun / "file").exists()


def test_that_what_cannot_be_removed_still_counts_as_unfinished(begun, monkeypatch):
    def refused(folder, **_more):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(recovery_server.shutil, "rmtree", refused)
    with pytest.raises(PermissionError):
        discard(begun, lambda _question: str(begun))
    assert begun.with_name("recovered.recovery").is_dir()


def test_that_a_name_another_operator_uses_meanwhile_is_not_dropped(hospital):
    """Somebody takes the restore back while the first one types the name."""
    put_aside = hospital.restore(hospital.backup(secret=None).id)[0].put_aside

    def typed_late(_question):
        rollback(hospital.dsn, hospital.name, None)
        return put_aside

    with pytest.raises(RuleBrokenError, match="none that a restore kept"):
        discard_database(hospital.dsn, hospital.name, put_aside, typed_late)
    assert hospital.patients() == ["Okafor"]
    [undone] = databases.kept(hospital.dsn, hospital.name)
    with databases.alone(hospital.dsn), pytest.raises(ConflictError, match="Somebody else"):
        discard_database(hospital.dsn, hospital.name, undone.name, None)
    discard_database(hospital.dsn, hospital.name, undone.name, None)
    assert hospital.databases() == [hospital.name]
