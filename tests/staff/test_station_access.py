"""How the program finds the workstation's secrets: keyring, sealed file, and what it says."""

import pytest
from keyring.errors import KeyringLocked

from tests.core.test_secret_store import BrokenKeyring, WorkingKeyring
from tests.world import PASSPHRASE
from ui.staff.station_access import StationAccess
from ward_app.core import passphrase_seal, secret_store
from ward_app.core.errors import ConfigurationError, KeyringLockedError, PassphraseNeededError
from ward_app.core.places import places
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import SecretStore, sealed_file

KEPT = "s3cret"
OVER_A_NETWORK = '[database]\nhost = "ward-db"\nuser = "ws_alpha"\n'


@pytest.fixture(autouse=True)
def no_lasting_limits(monkeypatch):
    """Tests look into their own process; what keeps others out has a test of its own."""
    monkeypatch.setattr("ward_app.core.no_dumps.forbid_core_dumps", lambda: None)
    monkeypatch.setattr(passphrase_seal, "LOG2_COST", 10)


@pytest.fixture
def configured(tmp_path, monkeypatch):
    """Write the settings of an installation of the test's own."""
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    return lambda text: (tmp_path / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def has_keyring(monkeypatch):
    """Give this computer a keyring."""

    def give(backend):
        monkeypatch.setattr(secret_store, "trusted_backend", lambda: backend)
        return backend

    return give


def test_that_the_credential_comes_from_the_keyring(configured, has_keyring):
    configured(OVER_A_NETWORK)
    keyring = has_keyring(WorkingKeyring())
    SecretStore(str(places().config_file), keyring).put("ws_alpha", KEPT)
    access = StationAccess().find()
    assert access.password == KEPT
    assert access.settings.host == "ward-db"
    assert KEPT not in repr(access)


def test_that_a_missing_credential_is_told(configured, has_keyring):
    configured(OVER_A_NETWORK)
    has_keyring(WorkingKeyring())
    with pytest.raises(ConfigurationError, match="no credential for the ward database"):
        StationAccess().find()


def test_that_a_computer_without_a_keyring_is_told_of_the_sealed_file(configured, monkeypatch):
    configured(OVER_A_NETWORK)
    monkeypatch.setattr(secret_store, "_TRUSTED", ())
    with pytest.raises(ConfigurationError, match=r"no keyring that may be used.*--sealed-file"):
        StationAccess().find()


def test_that_a_local_server_may_know_the_workstation_without_a_credential(
    configured, has_keyring
):
    configured('[database]\nhost = "/run/ward"\nuser = "ws_alpha"\n')
    has_keyring(BrokenKeyring(KeyringLocked()))
    assert StationAccess().find().password is None


def test_that_a_locked_keyring_can_be_opened_and_then_tells(configured, has_keyring):
    configured(OVER_A_NETWORK)
    has_keyring(BrokenKeyring(KeyringLocked()))
    station = StationAccess()
    with pytest.raises(KeyringLockedError, match="is locked") as locked:
        station.find()
    station.give_up()
    with pytest.raises(KeyringLockedError, match="is locked"):
        locked.value.unlock()


def test_that_sealed_secrets_are_asked_for_once(configured, has_keyring):
    configured(OVER_A_NETWORK)
    has_keyring(WorkingKeyring())
    station = StationAccess()
    station.give_up()
    with pytest.raises(ConfigurationError):
        station.find()
    sealed = SealedStore(sealed_file())
    sealed.begin(PASSPHRASE)
    sealed.put("ws_alpha", KEPT)
    with pytest.raises(PassphraseNeededError) as needed:
        station.find()
    needed.value.unlock(PASSPHRASE)
    assert station.find().password == KEPT
    assert station.find().password == KEPT
