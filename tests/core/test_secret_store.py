"""The keyring: which ones are trusted, what happens without one, and that nobody waits for one."""

import importlib
import sys
import threading
import types
from time import monotonic

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

from tests.patience import PATIENCE_S
from ward_app.core import secret_store
from ward_app.core.errors import KeyringLockedError
from ward_app.core.places import places
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import (
    LONGEST_SECRET,
    NoKeyringError,
    SecretStore,
    Trouble,
    own_secrets,
    sealed_file,
    trusted_backend,
)


class WorkingKeyring(KeyringBackend):
    priority = 1

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class BrokenKeyring(WorkingKeyring):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def get_password(self, *_):
        raise self.error

    set_password = delete_password = get_password


class SilentKeyring(WorkingKeyring):
    """Waits for its owner to type a password."""

    def __init__(self):
        super().__init__()
        self.owner = threading.Event()
        self.asked = 0

    def get_password(self, service, username):
        self.asked += 1
        self.owner.wait()
        return super().get_password(service, username)


class SmallKeyring(WorkingKeyring):
    """Cuts off what is too long for it, without a word."""

    def set_password(self, service, username, password):
        super().set_password(service, username, password[:16])


class WindowsError(Exception):
    """As pywin32 tells that a secret is too long for the Credential Manager."""

    winerror = 1783


@pytest.fixture
def silent(monkeypatch):
    monkeypatch.setattr(secret_store, "TIMEOUT_S", 0.05)
    silent = SilentKeyring()
    yield silent
    silent.owner.set()


@pytest.fixture
def chosen(monkeypatch):
    """Choose what the keyring library finds on this computer."""
    return lambda backend: monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


def trusted(backend_class, **further):
    module = {"__module__": "keyring.backends.SecretService"}
    return type("Keyring", (backend_class,), module | further)


def test_that_a_kept_secret_is_there_in_the_next_program():
    backend = WorkingKeyring()
    assert SecretStore("here", backend).put("ws_desk", "secret")
    later = SecretStore("here", backend)
    assert later.get("ws_desk") == "secret"
    assert later.check()
    assert later.note is None


def test_that_installations_do_not_share_secrets():
    backend = WorkingKeyring()
    SecretStore("here", backend).put("ws_desk", "secret")
    assert SecretStore("there", backend).get("ws_desk") is None


def test_that_a_removed_secret_is_gone():
    store = SecretStore("here", WorkingKeyring())
    store.put("ws_desk", "secret")
    store.remove("ws_desk")
    assert store.get("ws_desk") is None
    store.remove("ws_desk")
    assert store.check()


def test_that_without_a_keyring_nothing_is_kept_anywhere_and_the_sealed_file_is_named(chosen):
    chosen(fail.Keyring())
    store = SecretStore("here")
    assert not store.check()
    assert store.trouble is Trouble.ABSENT
    assert "wardctl workstation enrol --sealed-file" in store.note
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") is None
    store.refuse_locked()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (KeyringLocked(), Trouble.LOCKED),
        (InitError(), Trouble.LOCKED),
        (WindowsError(), Trouble.TOO_SMALL),
        (RuntimeError(), Trouble.BROKEN),
        (EOFError(), Trouble.BROKEN),
        (OSError(), Trouble.BROKEN),
    ],
    ids=["locked", "dismissed", "too-long-for-windows", "runtime", "eof", "os"],
)
def test_that_a_keyring_that_fails_keeps_nothing_and_says_why(error, trouble):
    store = SecretStore("here", BrokenKeyring(error))
    assert store.get("ws_desk") is None
    assert store.trouble is trouble
    assert not store.put("ws_desk", "secret")
    assert store.trouble is trouble
    assert not store.check()
    assert store.note == trouble.value


def test_that_a_keyring_that_swallows_secrets_is_found_out():
    store = SecretStore("here", null.Keyring())
    assert not store.put("ws_desk", "secret")
    assert store.trouble is Trouble.TOO_SMALL


def test_that_a_keyring_that_cuts_secrets_off_is_found_out_and_left_empty():
    backend = SmallKeyring()
    store = SecretStore("here", backend)
    assert not store.put("ws_desk", "a secret of more than sixteen letters")
    assert store.trouble is Trouble.TOO_SMALL
    assert backend.kept == {}
    assert store.put("ws_desk", "short")


def test_that_what_some_keyrings_cannot_keep_is_given_to_none():
    """Windows takes 1,280 characters; a certificate or a whole file does not belong there."""
    backend = WorkingKeyring()
    store = SecretStore("here", backend)
    assert not store.put("ws_desk", "x" * (LONGEST_SECRET + 1))
    assert store.trouble is Trouble.TOO_SMALL
    assert backend.kept == {}
    assert store.put("ws_desk", "x" * LONGEST_SECRET)


def test_that_a_silent_keyring_is_waited_for_once_and_not_for_ever(silent):
    store = SecretStore("here", silent)
    assert store.get("ws_desk") is None
    assert store.trouble is Trouble.SILENT
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") is None
    assert silent.asked == 1


def test_that_a_silent_keyring_is_of_use_once_its_owner_has_opened_it(silent, monkeypatch):
    silent.kept["ward-app here", "ws_desk"] = "secret"
    store = SecretStore("here", silent)
    store.get("ws_desk")
    with pytest.raises(KeyringLockedError, match="does not answer") as locked:
        store.refuse_locked()
    threading.Timer(0.2, silent.owner.set).start()
    monkeypatch.setattr(secret_store, "TIMEOUT_S", PATIENCE_S)
    locked.value.unlock()
    assert store.get("ws_desk") == "secret"
    store.refuse_locked()


def test_that_a_locked_keyring_that_stays_locked_is_told_again(monkeypatch):
    store = SecretStore("here", BrokenKeyring(KeyringLocked()))
    with pytest.raises(KeyringLockedError, match="is locked"):
        store.unlock()


def test_that_an_owner_who_does_not_come_is_not_waited_for_for_ever(silent, monkeypatch):
    monkeypatch.setattr(secret_store, "UNLOCK_S", 0.1)
    with pytest.raises(KeyringLockedError, match="does not answer"):
        SecretStore("here", silent).unlock()


def test_that_who_closes_the_program_does_not_wait_for_the_keyring(silent):
    """The answer is awaited for two minutes, unless the program ends."""
    store = SecretStore("here", silent)
    refusals = []

    def wait():
        try:
            store.unlock()
        except KeyringLockedError as locked:
            refusals.append(locked)

    waiting = threading.Thread(target=wait)
    waiting.start()
    began = monotonic()
    store.give_up()
    store.give_up()
    waiting.join(20)
    assert refusals
    assert monotonic() - began < secret_store.UNLOCK_S / 4


def test_that_looking_for_a_keyring_does_not_take_for_ever(silent, monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", lambda: silent.get_password("", ""))
    store = SecretStore("here")
    assert not store.check()
    assert store.trouble is Trouble.SILENT


def test_that_only_keyrings_of_the_system_are_trusted(chosen):
    for backend in (WorkingKeyring(), null.Keyring(), fail.Keyring()):
        chosen(backend)
        with pytest.raises(NoKeyringError):
            trusted_backend()
    system = trusted(WorkingKeyring)()
    chosen(system)
    assert trusted_backend() is system


@pytest.mark.parametrize("module", secret_store._TRUSTED)
def test_that_the_trusted_ones_are_parts_of_the_keyring_library(module):
    """A name that the library does not have would trust nothing, or somebody else's module."""
    assert importlib.util.find_spec(module)


@pytest.mark.parametrize("name", ["PlaintextKeyring", "EncryptedKeyring"])
def test_that_files_of_keyrings_alt_are_refused_though_the_library_would_choose_them(
    chosen, monkeypatch, tmp_path, name
):
    """It comes with other software, writes plain text or its own files, and says nothing."""
    alternative = types.ModuleType("keyrings.alt.file")
    monkeypatch.setitem(sys.modules, "keyrings.alt.file", alternative)
    backend = type(name, (WorkingKeyring,), {"__module__": "keyrings.alt.file", "priority": 9})()
    setattr(alternative, name, type(backend))
    chosen(backend)
    store = SecretStore("here")
    assert not store.put("ws_desk", "secret")
    assert store.trouble is Trouble.ABSENT
    assert backend.kept == {}
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [backend])
    chosen(chainer.ChainerBackend())
    assert not SecretStore("here").put("ws_desk", "secret")
    assert backend.kept == {}


@pytest.mark.parametrize("module", ["keyring.backends.SecretServiceFile", "keyring.backends"])
def test_that_a_name_that_only_begins_like_a_trusted_one_is_refused(chosen, module):
    chosen(type("Keyring", (WorkingKeyring,), {"__module__": module})())
    with pytest.raises(NoKeyringError):
        trusted_backend()


def test_that_a_keyring_that_is_not_meant_for_use_is_refused(chosen):
    chosen(trusted(WorkingKeyring, priority=0.5)())
    with pytest.raises(NoKeyringError):
        trusted_backend()


def test_that_the_trusted_one_of_several_is_taken(chosen, monkeypatch):
    system = trusted(WorkingKeyring)()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [WorkingKeyring(), system])
    chosen(chainer.ChainerBackend())
    assert trusted_backend() is system


def test_that_a_keyring_library_that_fails_is_told(monkeypatch):
    def fail_to_look():
        raise RuntimeError

    monkeypatch.setattr(keyring, "get_keyring", fail_to_look)
    store = SecretStore("here")
    assert not store.check()
    assert store.trouble is Trouble.BROKEN


def test_that_a_sealed_file_once_there_takes_the_keyrings_place(monkeypatch, tmp_path):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    assert isinstance(own_secrets(), SecretStore)
    sealed_file().parent.mkdir()
    sealed_file().touch()
    assert isinstance(own_secrets(), SealedStore)
    assert sealed_file().is_relative_to(places().data_dir)
