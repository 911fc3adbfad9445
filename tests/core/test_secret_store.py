"""The keyring: which ones are trusted, what happens without one."""

import threading

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked, PasswordDeleteError

from ward_app.core import secret_store
from ward_app.core.secret_store import DID_NOT_ANSWER, NOT_KEPT, SecretStore, trusted_backend


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
    """Waits for a user who is not there."""

    def __init__(self):
        super().__init__()
        self.user = threading.Event()
        self.asked = 0

    def get_password(self, *_):
        self.asked += 1
        self.user.wait()

    set_password = get_password


@pytest.fixture
def silent(monkeypatch):
    monkeypatch.setattr(secret_store, "TIMEOUT_S", 0.05)
    silent = SilentKeyring()
    yield silent
    silent.user.set()


@pytest.fixture
def chosen(monkeypatch):
    """Choose what the keyring library finds on this computer."""
    return lambda backend: monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


def trusted(backend_class):
    return type("Keyring", (backend_class,), {"__module__": "keyring.backends.SecretService"})


def test_that_a_kept_secret_is_there_in_the_next_program():
    backend = WorkingKeyring()
    assert SecretStore("here", backend).put("ws_desk", "secret")
    later = SecretStore("here", backend)
    assert later.get("ws_desk") == "secret"
    assert later.lasting
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
    assert store.lasting


def test_that_without_a_keyring_secrets_live_in_memory_and_it_is_said(chosen):
    chosen(fail.Keyring())
    store = SecretStore("here")
    assert store.note == NOT_KEPT
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") == "secret"
    assert not store.lasting
    assert SecretStore("here").get("ws_desk") is None
    store.remove("ws_desk")
    assert store.get("ws_desk") is None


@pytest.mark.parametrize("error", [KeyringLocked(), RuntimeError(), EOFError(), OSError()])
def test_that_a_broken_keyring_is_as_good_as_none(error):
    store = SecretStore("here", BrokenKeyring(error))
    assert store.get("ws_desk") is None
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") == "secret"
    assert store.note == NOT_KEPT


def test_that_a_keyring_that_swallows_secrets_is_found_out():
    store = SecretStore("here", null.Keyring())
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") == "secret"
    assert store.note == NOT_KEPT


def test_that_a_silent_keyring_is_waited_for_once_and_not_for_ever(silent):
    store = SecretStore("here", silent)
    assert store.get("ws_desk") is None
    assert store.note == DID_NOT_ANSWER
    assert not store.put("ws_desk", "secret")
    assert store.get("ws_desk") == "secret"
    assert store.note == DID_NOT_ANSWER
    assert silent.asked == 1


def test_that_looking_for_a_keyring_does_not_take_for_ever(silent, monkeypatch):
    monkeypatch.setattr(keyring, "get_keyring", lambda: silent.get_password("", ""))
    assert trusted_backend() is None


def test_that_only_keyrings_of_the_system_are_trusted(chosen):
    for backend in (WorkingKeyring(), null.Keyring(), fail.Keyring()):
        chosen(backend)
        assert trusted_backend() is None
    system = trusted(WorkingKeyring)()
    chosen(system)
    assert trusted_backend() is system


def test_that_the_trusted_one_of_several_is_taken(chosen, monkeypatch):
    system = trusted(WorkingKeyring)()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [WorkingKeyring(), system])
    chosen(chainer.ChainerBackend())
    assert trusted_backend() is system


def test_that_a_keyring_library_that_fails_means_no_keyring(monkeypatch):
    def fail_to_look():
        raise RuntimeError

    monkeypatch.setattr(keyring, "get_keyring", fail_to_look)
    assert trusted_backend() is None
