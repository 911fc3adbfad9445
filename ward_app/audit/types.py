"""Words of the audit trail: what was done, what an auditor asks, how it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Action(StrEnum):
    """What an entry of the trail says was done; there are no others."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    VIEW = "VIEW"
    LOGIN = "LOGIN"
    LOGOUT = "LOGOUT"
    EXPORT = "EXPORT"
    PRINT = "PRINT"


class Question(StrEnum):
    """What an auditor asks of the trail; each is one choice of the screen."""

    EVERYTHING = "everything"
    OPENINGS = "openings"
    CHANGES = "changes"
    TAKEN_OUT = "taken_out"
    SIGN_INS = "sign_ins"
    FAILED_SIGN_INS = "failed_sign_ins"
    OFF_HOURS = "off_hours"
    BREAK_GLASS = "break_glass"
    MASS_OPENING = "mass_opening"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the trail is asked for.

    Attributes:
        since, until: aware; from, and before.
        person: a user name, or part of a name; None = everybody.
        patient: a patient number, or words of a name; None = everybody and nobody.
        workstation: part of its name; None = all.
    """

    question: Question
    since: datetime
    until: datetime
    person: str | None = None
    patient: str | None = None
    workstation: str | None = None


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry of the trail: who did what to which record, when and from where.

    Attributes:
        source: the log it is from: access, change or login. With `id` it names the entry.
        kind: what more is to say of the action: break_glass, failed_sign_in, …
        login, user_name: None where nobody was signed in.
        workstation: its name, or the role in the database for who was at none.
        mrn, family_name, given_name: of the patient it concerns; None of nobody's record.
        detail: the reason given, names of columns changed, what was printed.
    """

    source: str
    id: int
    at: datetime
    action: Action
    kind: str
    succeeded: bool
    login: str | None
    user_name: str | None
    session_id: UUID | None
    workstation: str
    ward_name: str | None
    patient_id: UUID | None
    mrn: str | None
    family_name: str | None
    given_name: str | None
    resource_type: str
    resource_id: UUID | None
    detail: str | None


class SealKind(StrEnum):
    """What a seal covers: rows, or rows that were archived and removed."""

    ROWS = "rows"
    CUT = "cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """One seal: a hash over the rows of finished transactions, and over the seal before.

    Attributes:
        k: from 1, without gaps.
        era: which cluster's transaction numbers the bounds are.
        from_xact, until_xact: rows from the one to before the other.
        changes, accesses, logins: rows of each log.
        first_at, last_at: earliest and latest time of its rows, aware.
        cut_k: of a cut, the last seal whose rows are gone; else None.
        digest: sha256 over the rows, or of the archive they are in.
        previous, hash: of the seal before, of this one.
    """

    k: int
    format: int
    era: int
    kind: SealKind
    from_xact: int
    until_xact: int
    changes: int
    accesses: int
    logins: int
    first_at: datetime
    last_at: datetime
    cut_k: int | None
    digest: bytes
    previous: bytes
    hash: bytes
    sealed_at: datetime

    @property
    def rows(self) -> int:
        """How many rows it covers."""
        return self.changes + self.accesses + self.logins
