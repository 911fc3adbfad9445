"""The workstation's secrets, kept by the operating system's keyring or in a sealed file.

A keyring is asked on a thread of its own and never waited for any longer than allowed: a locked
one asks its owner, in a window that may be behind ours or on no screen at all.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

from ward_app.core.errors import KeyringLockedError
from ward_app.core.places import places

_T = TypeVar("_T")

TIMEOUT_S = 5.0
# for its owner to type a password
UNLOCK_S = 120.0
# what every keyring keeps: that of Windows takes 1,280 characters, of which some are its own
LONGEST_SECRET = 511
_SERVICE = "ward-app"
_PROBE = "is there anybody"
_SEALED_NAME = "workstation.sealed"
# By module: `keyrings.alt` and the like would write plain text into a file without a word.
_TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
# the library's own mark of what is for use, and not for want of anything better
_LOWEST_PRIORITY = 1
# Windows says of what is too long for it: "The stub received bad data."
_WINDOWS_TOO_LONG = 1783
_OR_A_FILE = (
    "A file sealed by a passphrase can take its place: wardctl workstation enrol --sealed-file."
)


class Trouble(Enum):
    """Why a keyring did not do what it was asked; the value is the sentence for the user."""

    ABSENT = f"This computer has no keyring that may be used. {_OR_A_FILE}"
    LOCKED = "The keyring of this computer is locked."
    SILENT = (
        "The keyring of this computer does not answer. It may be waiting for its password in a "
        "window behind this one."
    )
    TOO_SMALL = f"The keyring of this computer does not keep what it is given. {_OR_A_FILE}"
    BROKEN = f"The keyring of this computer does not work. {_OR_A_FILE}"


class Secrets(Protocol):
    """Where secrets of one workstation are kept, by name."""

    @property
    def note(self) -> str | None:
        """A sentence for the user about why the last call did not do it, None when it did."""

    def check(self) -> bool:
        """Whether secrets can be kept; `note` says why not."""

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none or it is not told."""

    def put(self, name: str, secret: str) -> bool:
        """Keep the secret; return whether it lasts beyond this program."""

    def remove(self, name: str) -> None:
        """Forget the secret, if there is one."""

    def refuse_locked(self) -> None:
        """Do nothing, unless the last call found a keyring that waits for its owner.

        Raises:
            KeyringLockedError: it does; it says how to go on.
        """

    def give_up(self) -> None:
        """Wait for nothing any more, from any thread: the program ends."""


class SecretStore:
    """Keeps secrets of one installation in a keyring.

    Attributes:
        trouble: why the last call did not do what it was asked, None when it did.
    """

    def __init__(self, installation: str, backend: KeyringBackend | None = None) -> None:
        """Use the trusted keyring of this computer, or `backend`.

        Args:
            installation: tells several installations on one computer apart.
            backend: given by tests; None looks for one, when it is first asked for something.
        """
        self._service = f"{_SERVICE} {installation}"
        self._backend = backend
        self._pending: Future[Any] | None = None
        self._given_up: Future[None] = Future()
        self.trouble: Trouble | None = None

    @property
    def note(self) -> str | None:
        """A sentence for the user about the last call, None when it did what it was asked."""
        return self.trouble.value if self.trouble else None

    def check(self) -> bool:
        """Whether the keyring is there and answers; `note` says why not."""
        self.get(_PROBE)
        return self.trouble is None

    def get(self, name: str) -> str | None:
        """Return the secret, or None when there is none (or the keyring does not tell)."""
        return self._ask(lambda backend: backend.get_password(self._service, name))

    def put(self, name: str, secret: str) -> bool:
        """Keep the secret; return whether it lasts beyond this program."""
        if len(secret) > LONGEST_SECRET:
            self.trouble = Trouble.TOO_SMALL
            return False

        def keep(backend: KeyringBackend) -> bool:
            backend.set_password(self._service, name, secret)
            # some swallow secrets or cut them off
            return backend.get_password(self._service, name) == secret

        is_kept = self._ask(keep)
        if is_kept is False:
            self.remove(name)
            self.trouble = Trouble.TOO_SMALL
        return bool(is_kept)

    def remove(self, name: str) -> None:
        """Forget the secret, if there is one."""

        def delete(backend: KeyringBackend) -> None:
            try:
                backend.delete_password(self._service, name)
            except PasswordDeleteError:
                return

        self._ask(delete)

    def unlock(self) -> None:
        """Have the keyring ask its owner, and wait for them; returns when it is open.

        Raises:
            KeyringLockedError: they did not open it, or it is of no use.
        """
        self._ask(lambda backend: backend.get_password(self._service, _PROBE), UNLOCK_S)
        self.refuse_locked()

    def refuse_locked(self) -> None:
        """Do nothing, unless the keyring waits for its owner.

        Raises:
            KeyringLockedError: it does; it says how to go on.
        """
        if self.trouble in {Trouble.LOCKED, Trouble.SILENT}:
            raise KeyringLockedError(self.trouble.value, self.unlock)

    def give_up(self) -> None:
        """Wait for nothing any more, from any thread: the program ends."""
        if not self._given_up.done():
            self._given_up.set_result(None)

    def _ask(
        self, question: Callable[[KeyringBackend], _T], within_s: float | None = None
    ) -> _T | None:
        """Return the keyring's answer, None when it has none; `trouble` then says why."""
        patience_s = TIMEOUT_S if within_s is None else within_s
        if self._pending is not None:
            # its owner may be typing: another question would only queue up behind the first
            if not self._is_answered(self._pending, patience_s if within_s else 0):
                return None
            self._pending = None
        answer = _asked_for(lambda: question(self._found()))
        if not self._is_answered(answer, patience_s):
            self._pending = answer
            return None
        return self._told(answer)

    def _found(self) -> KeyringBackend:
        if self._backend is None:
            self._backend = trusted_backend()
        return self._backend

    def _is_answered(self, answer: Future[Any], within_s: float) -> bool:
        either: tuple[Future[Any], ...] = (answer, self._given_up)
        wait(either, timeout=within_s, return_when=FIRST_COMPLETED)
        if not answer.done():
            self.trouble = Trouble.SILENT
        return answer.done()

    def _told(self, answer: Future[_T]) -> _T | None:
        error = answer.exception()
        self.trouble = _trouble(error) if error else None
        return None if error else answer.result()


class NoKeyringError(Exception):
    """There is none, or none that encrypts."""


def own_secrets() -> Secrets:
    """Return the secrets of this installation (WARD_HOME), in a sealed file where there is one."""
    if not sealed_file().exists():
        return SecretStore(str(places().config_file))
    from ward_app.core.sealed_store import SealedStore  # noqa: PLC0415 - few stations have one

    return SealedStore(sealed_file())


def sealed_file() -> Path:
    """Return where the sealed secrets of this installation are, if it has any."""
    return places().data_dir / "keys" / _SEALED_NAME


def trusted_backend() -> KeyringBackend:
    """Return the computer's keyring if it is one that encrypts.

    Raises:
        NoKeyringError: it is none of those that do.
    """
    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, ChainerBackend) else [found]
    for backend in candidates:
        if type(backend).__module__ in _TRUSTED and backend.priority >= _LOWEST_PRIORITY:
            return backend
    raise NoKeyringError


def _asked_for(question: Callable[[], _T]) -> Future[_T]:
    """Return the answer to come, of a thread that may never end.

    Not an executor's: the interpreter would wait for that thread when the program ends.
    """
    answer: Future[_T] = Future()

    def ask() -> None:
        try:
            answer.set_result(question())
        except Exception as error:  # noqa: BLE001 - back ends let their libraries' errors through
            answer.set_exception(error)

    threading.Thread(target=ask, name="keyring", daemon=True).start()
    return answer


def _trouble(error: BaseException) -> Trouble:
    """Return what an error of a keyring means for its user."""
    if isinstance(error, NoKeyringError):
        return Trouble.ABSENT
    # a prompt that was dismissed, or that had no screen to appear on
    if isinstance(error, KeyringLocked | InitError):
        return Trouble.LOCKED
    if getattr(error, "winerror", None) == _WINDOWS_TOO_LONG:
        return Trouble.TOO_SMALL
    return Trouble.BROKEN
