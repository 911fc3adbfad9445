"""Signing in while the database is away, for who signed in at this station before.

A pass is what the person was told at that sign-in, sealed by the password and once more by the
station's own key: the disk alone allows no guessing, and each guess at the station is counted.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.json_rows import typed
from ward_app.core.passphrase_seal import SealError, WrongPassphraseError, new_seal, seal_of
from ward_app.core.whole_file import write_whole
from ward_app.downtime.people import OfflinePerson
from ward_app.rooms.types import Ward
from ward_app.staff.types import AccountLockedError, SignedIn, WrongPasswordError

PASSES = "offline sign-in"
MOST_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
# as long as the database takes what is charted under a sign-in
GOOD_FOR = timedelta(hours=24)
# a clock that was put back a little is no reason to keep somebody out
_CLOCKS_DIFFER = timedelta(minutes=5)
_KIND = b"WARDPASS\x01"
_NONCE_BYTES = 12


class NoPassError(DatabaseUnavailableError):
    """Nobody may come in by this name while the server is away."""


@dataclass(frozen=True, slots=True)
class _Pass:
    sealed: bytes = field(repr=False)
    signed_in_at: datetime
    tries: int = 0
    locked_until: datetime | None = None


class PassStore:
    """One file for each person. Every method may take a second: not for the GUI thread."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Take the folder (made when first needed) and its key."""
        self._folder, self._cipher = folder, AESGCM(key)

    def keep(self, person: OfflinePerson, password: str) -> None:
        """Let a person who signed in just now come in later without the server.

        Nothing is kept of a sign-in that does not say when it was.

        Raises:
            OSError: it cannot be written; what was kept before still is.
        """
        known = person.signed_in
        if known.signed_in_at is None:
            return
        sealed = new_seal(password).close(json.dumps(_facts(person)).encode())
        self._write(known.login, _Pass(sealed, known.signed_in_at))

    def forget(self, login: str) -> None:
        """Let nobody come in by this name without the server."""
        self._file(login).unlink(missing_ok=True)

    def enter(self, login: str, password: str, now: datetime) -> OfflinePerson:
        """Return who comes in.

        Raises:
            NoPassError: they did not sign in here within a day, or the pass is damaged.
            WrongPasswordError: the password is not right; the try was counted.
            AccountLockedError: too many tries were wrong.
            OSError: the try cannot be counted, so it was not made.
        """
        kept = self._read(login)
        if kept is None or not -_CLOCKS_DIFFER <= now - kept.signed_in_at <= GOOD_FOR:
            raise _no_pass()
        if kept.locked_until is not None and now < kept.locked_until:
            raise _locked(kept.locked_until)
        # counted before it is made: whoever ends the program in between has had it
        tries = kept.tries + 1
        until = now + LOCKED_FOR if tries >= MOST_TRIES else None
        self._write(login, replace(kept, tries=0 if until else tries, locked_until=until))
        try:
            facts = json.loads(seal_of(kept.sealed, password).open(kept.sealed))
        except WrongPassphraseError:
            raise _locked(until) if until else _wrong() from None
        except SealError:
            raise _no_pass() from None
        self._write(login, replace(kept, tries=0, locked_until=None))
        return _person(facts)

    def purge(self, now: datetime) -> None:
        """Remove the passes that are too old, by the clock of this computer.

        Raises:
            OSError: a file cannot be removed.
        """
        for file in self._folder.glob("*.pass"):
            if now.timestamp() - file.stat().st_mtime > GOOD_FOR.total_seconds():
                file.unlink(missing_ok=True)

    def _read(self, login: str) -> _Pass | None:
        try:
            raw = self._file(login).read_bytes()
        except OSError:
            return None
        begin = len(_KIND) + _NONCE_BYTES
        if not raw.startswith(_KIND):
            raise _no_pass()
        try:
            plain = self._cipher.decrypt(raw[len(_KIND) : begin], raw[begin:], _bound_to(login))
        except (InvalidTag, ValueError):
            raise _no_pass() from None
        facts = json.loads(plain)
        until = facts["locked_until"]
        return _Pass(
            sealed=b64decode(facts["sealed"]),
            signed_in_at=datetime.fromisoformat(facts["signed_in_at"]),
            tries=facts["tries"],
            locked_until=datetime.fromisoformat(until) if until else None,
        )

    def _write(self, login: str, kept: _Pass) -> None:
        plain = json.dumps(
            {
                "sealed": b64encode(kept.sealed).decode(),
                "signed_in_at": kept.signed_in_at.isoformat(),
                "tries": kept.tries,
                "locked_until": kept.locked_until and kept.locked_until.isoformat(),
            }
        )
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain.encode(), _bound_to(login))
        write_whole(self._file(login), _KIND + nonce + sealed)

    def _file(self, login: str) -> Path:
        name = sha256(_name(login)).hexdigest()[:32]
        return self._folder / f"{name}.pass"


def _name(login: str) -> bytes:
    return login.strip().casefold().encode()


def _bound_to(login: str) -> bytes:
    return _KIND + _name(login)


def _facts(person: OfflinePerson) -> dict[str, Any]:
    """Return a person as JSON, without the token."""
    known = asdict(person.signed_in) | {"token": ""}
    known["permissions"] = sorted(person.signed_in.permissions)
    known["offline_key"] = person.signed_in.offline_key.hex()
    whole = {"signed_in": known, "wards": [asdict(ward) for ward in person.wards]}
    plain: dict[str, Any] = json.loads(json.dumps(whole, default=_plain))
    return plain


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _person(facts: Mapping[str, Any]) -> OfflinePerson:
    known = typed(facts["signed_in"], SignedIn)
    known |= {
        "role_names": tuple(known["role_names"]),
        "permissions": frozenset(known["permissions"]),
        "wards": tuple(_ward(ward) for ward in known["wards"]),
        "failures_since": 0,
        "offline_key": bytes.fromhex(known["offline_key"]),
    }
    wards = tuple(_ward(ward) for ward in facts["wards"])
    return OfflinePerson(SignedIn(**known), wards)


def _ward(facts: Mapping[str, Any]) -> Ward:
    return Ward(**{**facts, "id": UUID(facts["id"])})


def _no_pass() -> NoPassError:
    return NoPassError(
        "The server cannot be reached. Without it only who signed in at this computer within the "
        "last day can come in, with user name and password. Try a computer of your ward, or use "
        "the printed ward pack."
    )


def _wrong() -> WrongPasswordError:
    return WrongPasswordError(
        "User name or password are not right. The server cannot be reached, so it must be the "
        "password of your last sign-in at this computer."
    )


def _locked(until: datetime) -> AccountLockedError:
    return AccountLockedError(
        "Too many wrong passwords were tried at this computer while the server is away. Wait "
        f"until {until.astimezone():%H:%M}, or use another computer.",
        until=until,
    )
