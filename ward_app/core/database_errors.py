"""What a driver's error means to the person who reads it.

Connection failures carry no SQLSTATE; `connect_texts` knows them by their words.
"""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolTimeout

from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.connect_texts import CONNECT_TEXTS, NO_PLACE, READ_ONLY
from ward_app.core.errors import (
    SIGNED_OUT,
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    DuplicateRecordError,
    MissingReferenceError,
    NotPermittedError,
    PoolExhaustedError,
    RuleBrokenError,
    SignInRequiredError,
    WardError,
)


class NoneFreeError(PoolTimeout):
    """Every connection of the pool was busy for as long as one is waited for."""


_RULE_BROKEN = "WA001"
_LOST = frozenset({"57P01", "57P02", "57P03", "25P03"})

UNREACHABLE = (
    "The ward database cannot be reached. Nothing was saved; what you typed is kept. "
    "Try again in a moment, and tell IT if it goes on."
)

NO_ANSWER = (
    "The ward database did not answer. Nothing was saved; what you typed is kept. "
    "Try again in a moment, and tell IT if it goes on."
)

ALL_BUSY = (
    "This workstation is busy with other work for the ward database. Nothing was saved; what you "
    "typed is kept. Try again in a moment, and tell IT if it goes on."
)

DISK_FULL = (
    "The ward database has no room left on its disk. Nothing was saved; what you typed is kept. "
    "Tell IT at once: nobody can save until there is room again."
)

_BY_STATE: dict[str | None, tuple[type[WardError], str]] = {
    "WA401": (SignInRequiredError, SIGNED_OUT),
    "WA403": (NotPermittedError, "The patient directory must be opened first. Try again."),
    "WA404": (
        NotPermittedError,
        "This chart is not open to you any more. Go back to the board and open it again.",
    ),
    "42501": (NotPermittedError, "Your role does not allow this, or the patient is not yours."),
    "55P03": (ConflictError, "Somebody else is changing this just now. Try again in a moment."),
    "57014": (
        DatabaseUnavailableError,
        "The ward database took too long to answer. Try again in a moment.",
    ),
    "40001": (ConflictError, "Several people changed this at once. Try again."),
    "40P01": (ConflictError, "Several people changed this at once. Try again."),
    "25006": (DatabaseUnavailableError, READ_ONLY),
    "53100": (DatabaseUnavailableError, DISK_FULL),
    "53300": (DatabaseUnavailableError, NO_PLACE),
}

# what a broken rule of the database is to the program; any other kind is a ConflictError
_RULES: dict[str | None, type[ConflictError]] = {
    "23505": DuplicateRecordError,
    "23503": MissingReferenceError,
}

# Rules of the database by the name of their constraint; anything else is told by its name.
_BY_CONSTRAINT = {
    "uq_vital_signs_supersedes_id": (
        "Somebody else corrected or struck out this set first. Look at the chart again."
    ),
    "uq_measurements_supersedes_id": (
        "Somebody else corrected or struck out this measurement first. Look at the chart again."
    ),
    "uq_admissions_one_open_per_patient": "This patient is already in hospital.",
    "uq_allergies_supersedes_id": (
        "Somebody else changed this allergy first. Look at the list again."
    ),
}


def ward_error(error: psycopg.Error) -> Exception:
    """Return what the user may read for a driver error, or the error itself (a bug)."""
    if error.sqlstate == _RULE_BROKEN:
        return RuleBrokenError(error.diag.message_primary or "")
    return _by_kind(error) or error


def _by_kind(cause: psycopg.Error) -> WardError | None:
    if cause.sqlstate in _BY_STATE:
        kind, text = _BY_STATE[cause.sqlstate]
        return kind(text)
    if isinstance(cause, NoAnswerError):
        return DatabaseUnavailableError(NO_ANSWER)
    if isinstance(cause, NoneFreeError):
        return PoolExhaustedError(ALL_BUSY)
    if isinstance(cause, psycopg.IntegrityError):
        return _refused_by_rule(cause)
    if isinstance(cause, psycopg.OperationalError):
        return connection_error(cause)
    return None


def connection_error(error: psycopg.OperationalError) -> WardError:
    """Return what a failure to connect, or a lost connection, means."""
    text = str(error)
    for marks, kind, sentence in CONNECT_TEXTS:
        if any(mark in text for mark in marks):
            return kind(sentence)
    return DatabaseUnavailableError(UNREACHABLE)


def is_lasting_refusal(error: psycopg.OperationalError) -> bool:
    """Whether only IT can mend what the server refused, so that waiting is in vain."""
    return isinstance(connection_error(error), ConfigurationError)


def is_lost_connection(error: BaseException) -> bool:
    """Whether the connection is gone (so a fresh one may do better)."""
    if isinstance(error, PoolTimeout | NoAnswerError) or not isinstance(
        error, psycopg.OperationalError
    ):
        return False
    state = error.sqlstate
    return state is None or state in _LOST or state.startswith("08")


def has_answered(error: WardError) -> bool:
    """Whether the server is there all the same: it said why, or nobody got to asking it."""
    if isinstance(error, PoolExhaustedError):
        return True
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate is None:
        return False
    return not is_lost_connection(cause)


def _refused_by_rule(error: psycopg.IntegrityError) -> WardError:
    name = error.diag.constraint_name or "of the database"
    sentence = _BY_CONSTRAINT.get(name, f"The ward database refused this by its rule {name}.")
    return _RULES.get(error.sqlstate, ConflictError)(sentence)
