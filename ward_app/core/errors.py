"""Errors whose text a user may read; anything else is a bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

# of a failure on the way to the database, while somebody was about to save
NOTHING_SAVED = "Nothing was saved; what you typed is kept."
SIGNED_OUT = "You have been signed out. Sign in again to go on."


class WardError(Exception):
    """Base of every error shown to the user as it stands.

    The text is one or two plain sentences: what happened, what it means, what to do.

    Attributes:
        is_recorded: the refusal itself must stay on record, so the transaction that raised it
            is committed (a wrong password).
    """

    is_recorded: ClassVar[bool] = False


class RuleBrokenError(WardError):
    """The entry breaks a clinical or ward rule; `field` names the offending input, if one does."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class ConflictError(WardError):
    """Somebody else changed the same thing first; what was typed is kept by the caller."""


class DuplicateRecordError(ConflictError):
    """The same record is there already."""


class MissingReferenceError(ConflictError):
    """What an entry refers to is not in the database, or something still refers to it."""


class RecordNotFoundError(ConflictError):
    """The record that was to be changed is not there."""


class NotPermittedError(WardError):
    """Row security, a missing grant or a missing permission refused the work."""


class SignInRequiredError(WardError):
    """The session ended (idle, expired, signed out elsewhere); sign in again."""


class DatabaseUnavailableError(WardError):
    """The server cannot be reached; nothing was saved."""


class PoolExhaustedError(DatabaseUnavailableError):
    """Every connection of this workstation was busy for too long; nothing was saved."""


class OutcomeUnknownError(DatabaseUnavailableError):
    """The connection broke while a change was being saved; repeating the same change is safe."""


class SchemaMismatchError(WardError):
    """The database has an older or newer schema than this program can work with."""


class ConfigurationError(WardError):
    """A setting or an installed part is missing or wrong."""


class CodedError(WardError):
    """Work of IT was refused or failed, for a reason that has a code and remedies of its own.

    Attributes:
        code: of the symptom, such as `WDB-501`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PassphraseNeededError(ConfigurationError):
    """The workstation's secrets are sealed, and nobody has opened them yet.

    Attributes:
        unlock: opens them with a passphrase; raises a WardError when it does not.
    """

    def __init__(self, message: str, unlock: Callable[[str], None]) -> None:
        super().__init__(message)
        self.unlock = unlock


class KeyringLockedError(ConfigurationError):
    """The computer's keyring is locked, or waits for its owner and does not answer.

    Attributes:
        unlock: lets its owner open it, and waits for them; not on the GUI thread.
    """

    def __init__(self, message: str, unlock: Callable[[], None]) -> None:
        super().__init__(message)
        self.unlock = unlock


class TlsError(ConfigurationError):
    """The connection to the ward database cannot be encrypted, or its server not be trusted."""


def words_of_system(error: OSError) -> str:
    """Return what the system refused, in a sentence, for a command or a notice to IT."""
    what = "a file or folder" if error.filename is None else error.filename
    why = error.strerror or type(error).__name__
    if isinstance(error, PermissionError):
        return (
            f"This account may not use {what} ({why}). Run it as whom that belongs to, or as root."
        )
    return f"The system cannot use {what}: {why}."
