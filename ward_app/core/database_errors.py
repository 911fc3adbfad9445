"""What a driver's error means to the person who reads it.

PostgreSQL runs with `lc_messages=C`; the few texts looked at are those of connection failures,
which carry no SQLSTATE.
"""

from __future__ import annotations

import psycopg
from psycopg_pool import PoolTimeout

from ward_app.core.bounded_connection import NoAnswerError
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    NotPermittedError,
    RuleBrokenError,
    SignInRequiredError,
    WardError,
)

_RULE_BROKEN = "WA001"
_ROLLED_BACK = frozenset({"40001", "40P01"})
_LOST = frozenset({"57P01", "57P02", "57P03", "25P03"})

UNREACHABLE = (
    "The ward database cannot be reached. Nothing was saved; what you typed is kept. "
    "Try again in a moment, and tell IT if it goes on."
)

NO_ANSWER = (
    "The ward database did not answer. Nothing was saved; what you typed is kept. "
    "Try again in a moment, and tell IT if it goes on."
)

NO_PLACE = (
    "The ward database has no place for another connection. Try again in a moment, and tell IT "
    "if it goes on."
)

_BY_STATE: dict[str | None, tuple[type[WardError], str]] = {
    "WA401": (SignInRequiredError, "You have been signed out. Sign in again to go on."),
    "WA403": (NotPermittedError, "The patient directory must be opened first. Try again."),
    "42501": (NotPermittedError, "Your role does not allow this, or the patient is not yours."),
    "55P03": (ConflictError, "Somebody else is changing this just now. Try again in a moment."),
    "57014": (
        DatabaseUnavailableError,
        "The ward database took too long to answer. Try again in a moment.",
    ),
    "40001": (ConflictError, "Several people changed this at once. Try again."),
    "40P01": (ConflictError, "Several people changed this at once. Try again."),
    "53300": (DatabaseUnavailableError, NO_PLACE),
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

# What the server says of a connection it refuses -> what that means. A broken connection may
# speak of SSL too, so only words that belong to a refusal are looked for.
_CONNECT_TEXTS: tuple[tuple[tuple[str, ...], type[WardError], str], ...] = (
    (
        (
            "password authentication failed",
            "pg_hba.conf",
            "no password supplied",
            "not permitted to log in",
            "permission denied for database",
        ),
        ConfigurationError,
        (
            "The ward database does not accept this workstation. IT can enrol it again "
            "(wardctl workstation enrol)."
        ),
    ),
    (
        ("certificate", "does not support SSL", "channel binding"),
        ConfigurationError,
        (
            "The ward database's certificate cannot be trusted. IT must check the certificate "
            "authority and the host name in the settings."
        ),
    ),
    (
        ("too many connections", "remaining connection slots"),
        DatabaseUnavailableError,
        NO_PLACE,
    ),
    (
        ('" does not exist',),
        ConfigurationError,
        (
            "The server has no ward database of that name. IT must check database.name in the "
            "settings, or create it (wardctl init)."
        ),
    ),
)


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
    if isinstance(cause, psycopg.IntegrityError):
        return _refused_by_rule(cause)
    if isinstance(cause, psycopg.OperationalError):
        return connection_error(cause)
    return None


def connection_error(error: psycopg.OperationalError) -> WardError:
    """Return what a failure to connect, or a lost connection, means."""
    text = str(error)
    for marks, kind, sentence in _CONNECT_TEXTS:
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


def is_rolled_back_for_certain(error: BaseException) -> bool:
    """Whether PostgreSQL undid the transaction itself and a repeat may succeed."""
    return isinstance(error, psycopg.Error) and error.sqlstate in _ROLLED_BACK


def _refused_by_rule(error: psycopg.IntegrityError) -> WardError:
    name = error.diag.constraint_name or "of the database"
    sentence = _BY_CONSTRAINT.get(name, f"The ward database refused this by its rule {name}.")
    return ConflictError(sentence)
