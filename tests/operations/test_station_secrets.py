"""Enrolling and rotating where secrets are sealed, where a keyring is locked, or without a key."""

import os
from uuid import uuid4

import pytest

from tests.core.test_secret_store import SilentKeyring, WorkingKeyring
from tests.patience import PATIENCE_S
from tests.world import PASSPHRASE
from ui.staff.station_access import StationAccess
from ward_app.cli import passphrase as asking
from ward_app.core import passphrase_seal, secret_store
from ward_app.core.data_keys import fingerprint, public_half
from ward_app.core.errors import PassphraseNeededError
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import Trouble, sealed_file
from ward_app.core.station_keys import StationKeys, secret_name
from ward_app.core.station_password import next_name
from ward_app.operations.workstations import role_name_for

ANOTHER = "a different string of words"


@pytest.fixture(autouse=True)
def no_lasting_limits(monkeypatch):
    """Tests look into their own process; what keeps others out has a test of its own."""
    monkeypatch.setattr(asking, "forbid_core_dumps", lambda: None)
    monkeypatch.setattr("ward_app.core.no_dumps.forbid_core_dumps", lambda: None)
    monkeypatch.setattr(passphrase_seal, "LOG2_COST", 10)


class Desk:
    """A workstation to be enrolled, with a name that no other test of this server has."""

    def __init__(self, wardctl, dsn):
        self._wardctl, self.dsn = wardctl, dsn
        self.name = f"Desk {uuid4().hex[:8]}"
        self.role = role_name_for(self.name)
        self.key, self.next = secret_name(self.role), next_name(self.role)

    def run(self, *words):
        """Return status, output and complaints of a command about the ward database."""
        return self._wardctl(*words, "--dsn", self.dsn)

    def enrol(self, *words):
        """Enrol this computer."""
        return self.run("workstation", "enrol", self.name, "--facility", "main", *words)

    def seal(self, descriptor, *words):
        """Enrol this computer in a sealed file."""
        return self.enrol("--sealed-file", "--station-passphrase-fd", descriptor, *words)

    def rotate(self, descriptor, *words):
        """Rotate this computer's credential in its sealed file."""
        return self.run("workstation", "rotate", "--station-passphrase-fd", descriptor, *words)

    @property
    def is_enrolled(self):
        """Whether it may connect."""
        return self.role in self.run("workstation", "list")[1]


@pytest.fixture
def desk(wardctl, admin_dsn, admin, monkeypatch):
    """A workstation of the test hospital, on a computer without a keyring."""
    monkeypatch.setattr(secret_store, "_TRUSTED", ())
    desk = Desk(wardctl, admin_dsn)
    yield desk
    admin.execute(f"DROP ROLE IF EXISTS {desk.role}")


@pytest.fixture
def has_keyring(monkeypatch):
    """Give this computer a keyring."""

    def give(backend):
        monkeypatch.setattr(secret_store, "trusted_backend", lambda: backend)
        return backend

    return give


@pytest.fixture
def typed(tmp_path):
    """Return a file descriptor that a passphrase is read from, as a number in words."""
    opened = []

    def write(passphrase):
        file = tmp_path / f"passphrase-{len(opened)}"
        file.write_text(f"{passphrase}\n")
        opened.append(os.open(file, os.O_RDONLY))
        return str(opened[-1])

    yield write
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture
def at_the_desk(desk, monkeypatch):
    """Let this computer be the workstation that was enrolled."""
    monkeypatch.setenv("WARD_DATABASE__USER", desk.role)


def kept():
    store = SealedStore(sealed_file())
    store.unlock(PASSPHRASE)
    return store


def test_that_a_workstation_without_a_keyring_is_enrolled_in_a_sealed_file(
    desk, typed, at_the_desk, monkeypatch
):
    """Its secrets are in the file alone, and the program asks for the passphrase at its start."""
    status, said, _ = desk.seal(typed(PASSPHRASE))
    assert status == 0
    assert f'user = "{desk.role}"' in said
    password = kept().get(desk.role)
    assert StationKeys(desk.role, kept().get(desk.key)).is_set_up
    everything = b"".join(f.read_bytes() for f in sealed_file().parent.iterdir())
    assert password.encode() not in everything
    assert PASSPHRASE not in said
    monkeypatch.setenv("WARD_DATABASE__HOST", "ward-db")
    with pytest.raises(PassphraseNeededError) as needed:
        (station := StationAccess()).find()
    needed.value.unlock(PASSPHRASE)
    assert station.find().password == password


def test_that_a_weak_passphrase_is_refused_before_anything_is_done(desk, typed):
    status, _, complaint = desk.seal(typed("short"))
    assert status == 2
    assert "at least 14 characters" in complaint
    assert not desk.is_enrolled
    assert not sealed_file().exists()


def test_that_an_enrolment_that_the_server_refuses_leaves_no_sealed_file(desk, typed):
    status, _, complaint = desk.seal(typed(PASSPHRASE), "--facility", "B")
    assert status == 2
    assert "which hospital" in complaint
    assert not sealed_file().exists()


def test_that_an_enrolment_that_cannot_be_sealed_is_taken_back(desk, typed, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ward_app.core.sealed_store.write_whole", full)
    status, _, complaint = desk.seal(typed(PASSPHRASE))
    assert status == 1
    assert "No space left" in complaint
    assert "taken back" in complaint
    assert not desk.is_enrolled


def test_that_a_sealed_workstation_is_rotated_by_who_knows_the_passphrase(
    desk, typed, at_the_desk
):
    desk.seal(typed(PASSPHRASE))
    before, key = kept().get(desk.role), kept().get(desk.key)
    status, _, complaint = desk.rotate(typed(ANOTHER))
    assert status == 2
    assert "not right" in complaint
    assert kept().get(desk.role) == before
    status, said, _ = desk.rotate(typed(PASSPHRASE))
    assert status == 0
    assert kept().get(desk.role) not in {before, None}
    assert kept().get(desk.key) == key
    assert kept().get(desk.next) is None
    assert "key of its own" not in said


def test_that_a_damaged_file_changes_nothing(desk, typed, at_the_desk):
    desk.seal(typed(PASSPHRASE))
    sealed_file().write_bytes(sealed_file().read_bytes()[:-1])
    status, _, complaint = desk.rotate(typed(PASSPHRASE))
    assert status == 1
    assert "is damaged" in complaint
    assert "Nothing was changed" in complaint


def test_that_revoking_this_computer_deletes_its_sealed_file_and_another_ones_does_not(
    desk, typed, monkeypatch
):
    desk.seal(typed(PASSPHRASE))
    assert desk.run("workstation", "revoke", desk.role)[0] == 0
    assert sealed_file().exists()
    assert desk.seal(typed(PASSPHRASE))[0] == 0
    monkeypatch.setenv("WARD_DATABASE__USER", desk.role)
    assert desk.run("workstation", "revoke", desk.role)[0] == 0
    assert not sealed_file().exists()


def test_that_the_passphrase_is_asked_for_twice_when_it_is_chosen(desk, monkeypatch):
    asked = []

    def prompt(text, **how):
        asked.append((text, how["hide_input"], how["confirmation_prompt"]))
        return PASSPHRASE

    monkeypatch.setattr("typer.prompt", prompt)
    assert desk.enrol("--sealed-file")[0] == 0
    assert asked == [("Passphrase of this workstation", True, True)]


@pytest.mark.parametrize("before", [None, "no key at all"])
def test_that_rotating_gives_a_workstation_without_a_key_its_own(
    desk, typed, at_the_desk, admin, before
):
    """As enrolled by a program that knew no private keys; the server gets its public half."""
    desk.seal(typed(PASSPHRASE))
    store = kept()
    store.remove(desk.key)
    if before is not None:
        store.put(desk.key, before)
    admin.execute(
        "UPDATE public.workstations SET public_key = NULL WHERE role_name = %s", (desk.role,)
    )
    assert "no key of its own" in desk.run("keys", "list")[1]
    status, said, _ = desk.rotate(typed(PASSPHRASE))
    assert status == 0
    assert "It has a key of its own now." in said
    assert f"wardctl keys wrap {desk.role}" in said
    made = StationKeys(desk.role, kept().get(desk.key))._private
    assert fingerprint(public_half(made)) in desk.run("keys", "list")[1]


def test_that_rotating_with_the_recovery_copy_gives_the_data_keys_at_once(
    desk, typed, at_the_desk, tmp_path
):
    desk.seal(typed(PASSPHRASE))
    kept().remove(desk.key)
    desk.run("keys", "generate", "--passphrase-fd", typed(ANOTHER))
    copy = str(tmp_path / "keys" / "recovery-keys.txt")
    words = ("--recovery-file", copy, "--passphrase-fd")
    assert desk.rotate(typed(PASSPHRASE), *words, typed("wrong and long"))[0] == 2
    assert kept().get(desk.key) is None
    assert desk.rotate(typed(PASSPHRASE), *words, typed(ANOTHER))[0] == 0
    [listed] = [line for line in desk.run("keys", "list")[1].splitlines() if desk.role in line]
    assert "has every key" in listed


def test_that_a_key_that_cannot_be_kept_is_told_and_made_by_the_next_run(
    desk, at_the_desk, has_keyring
):
    """The new password is in force meanwhile."""

    class NoKeys(WorkingKeyring):
        refuses = True

        def set_password(self, service, username, password):
            if not (self.refuses and username.endswith(" key")):
                super().set_password(service, username, password)

    keyring = has_keyring(NoKeys())
    keyring.refuses = False
    desk.enrol()
    keyring.kept = {names: kept for names, kept in keyring.kept.items() if names[1] != desk.key}
    keyring.refuses = True
    status, _, complaint = desk.run("workstation", "rotate")
    assert status == 1
    assert "run it again" in complaint
    keyring.refuses = False
    assert "key of its own now" in desk.run("workstation", "rotate")[1]
    assert "key of its own" not in desk.run("workstation", "rotate")[1]


def test_that_a_keyring_that_does_not_tell_costs_no_workstation_its_key(
    desk, at_the_desk, has_keyring
):
    class Forgets(WorkingKeyring):
        tells = True

        def get_password(self, service, username):
            if not self.tells and username.endswith(" key"):
                raise OSError
            return super().get_password(service, username)

    keyring = has_keyring(Forgets())
    desk.enrol()
    before = dict(keyring.kept)
    keyring.tells = False
    assert desk.run("workstation", "rotate")[0] == 0
    changed = [name for name in before if keyring.kept[name] != before[name]]
    assert [name for _, name in changed] == [desk.role]


def test_that_the_command_waits_for_who_unlocks_the_keyring(wardctl, monkeypatch):
    """And then goes on, here as far as the server that is not there."""
    silent = SilentKeyring()
    monkeypatch.setattr(secret_store, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: silent)
    really = secret_store.SecretStore.unlock

    def by_its_owner(store):
        silent.owner.set()
        monkeypatch.setattr(secret_store, "TIMEOUT_S", PATIENCE_S)
        really(store)

    monkeypatch.setattr(secret_store.SecretStore, "unlock", by_its_owner)
    status, _, complaint = wardctl("workstation", "enrol", "Desk")
    assert status == 1
    assert "Waiting for the keyring" in complaint
    assert "wardctl cluster start" in complaint


def test_that_a_keyring_that_nobody_unlocks_is_told(wardctl, monkeypatch):
    silent = SilentKeyring()
    monkeypatch.setattr(secret_store, "TIMEOUT_S", 0.05)
    monkeypatch.setattr(secret_store, "UNLOCK_S", 0.05)
    monkeypatch.setattr(secret_store, "trusted_backend", lambda: silent)
    status, _, complaint = wardctl("workstation", "enrol", "Desk")
    silent.owner.set()
    assert status == 1
    assert f"{Trouble.SILENT.value} Nothing was enrolled." in complaint
