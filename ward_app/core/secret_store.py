"""The workstation's secrets, kept by the operating system and never in a file of ours.

Without a usable keyring a secret lives in memory until the program ends, and `note` says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError, PasswordDeleteError

from ward_app.core.places import places

_T = TypeVar("_T")

# A locked keyring asks its user, in a window that may be behind ours or on no screen at all.
TIMEOUT_S = 5.0
_SERVICE = "ward-app"
# By module: `keyrings.alt` and the like would write plain text into a file without a word.
_TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
NOT_KEPT = (
    "This computer has no keyring that can be used, so the workstation's password is kept only "
    "until the program is closed."
)
DID_NOT_ANSWER = (
    "The keyring of this computer does not answer (it may be waiting to be unlocked), so the "
    "workstation's password is kept only until the program is closed."
)


class SecretStore:
    """Keeps secrets of one installation by name.

    Attributes:
        note: a sentence for the user when the last secret is in memory only, else None.
    """

    def __init__(self, installation: str, backend: KeyringBackend | None = None) -> None:
        """Use the trusted keyring of this computer, or `backend`.

        Args:
            installation: tells several installations on one computer apart.
            backend: given by tests; None looks for one.
        """
        self._service = f"{_SERVICE} {installation}"
        self._backend = backend or trusted_backend()
        self._remembered: dict[str, str] = {}
        self.note: str | None = None if self._backend else NOT_KEPT

    @property
    def lasting(self) -> bool:
        """Whether secrets are still there after the program has ended."""
        return self.note is None

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none (or the keyring does not tell)."""
        if name in self._remembered:
            return self._remembered[name]
        return self._ask(lambda backend: backend.get_password(self._service, name))

    def put(self, name: str, secret: str) -> bool:
        """Keep the secret; return whether it lasts beyond this program."""

        def keep(backend: KeyringBackend) -> bool:
            backend.set_password(self._service, name, secret)
            # a back end that swallows secrets is no keyring
            return backend.get_password(self._service, name) == secret

        if self._ask(keep):
            self._remembered.pop(name, None)
            return True
        self.note = self.note or NOT_KEPT
        self._remembered[name] = secret
        return False

    def remove(self, name: str) -> None:
        """Forget the secret, if there is one."""
        self._remembered.pop(name, None)

        def delete(backend: KeyringBackend) -> None:
            try:
                backend.delete_password(self._service, name)
            except PasswordDeleteError:
                return

        self._ask(delete)

    def _ask(self, question: Callable[[KeyringBackend], _T]) -> _T | None:
        """Return the keyring's answer, None when it has none; `note` then says why."""
        backend = self._backend
        if backend is None:
            return None
        try:
            answer = _in_time(lambda: question(backend))
        except TimeoutError:
            self.note = DID_NOT_ANSWER
            # its thread still waits; asking again would only queue up behind it
            self._backend = None
            return None
        except KeyringError:
            self.note = NOT_KEPT
            return None
        self.note = None
        return answer


def own_secrets() -> SecretStore:
    """Return the secrets of this installation (WARD_HOME)."""
    return SecretStore(str(places().config_file))


def trusted_backend() -> KeyringBackend | None:
    """Return the computer's keyring if it is one that encrypts, else None."""
    try:
        found = _in_time(keyring.get_keyring)
    except (KeyringError, TimeoutError):
        return None
    candidates = found.backends if isinstance(found, ChainerBackend) else [found]
    return next((backend for backend in candidates if _is_trusted(backend)), None)


def _is_trusted(backend: KeyringBackend) -> bool:
    return type(backend).__module__.startswith(_TRUSTED)


def _in_time(question: Callable[[], _T]) -> _T:
    """Return the answer of a thread that may never end.

    Not an executor's: the interpreter would wait for that thread when the program ends.

    Raises:
        TimeoutError: no answer in time.
        KeyringError: the keyring cannot be used, for whatever reason.
    """
    answer: Future[_T] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 - back ends let their libraries' errors through
            answer.set_exception(KeyringError(repr(error)))

    threading.Thread(target=ask, name="keyring", daemon=True).start()
    return answer.result(timeout=TIMEOUT_S)
