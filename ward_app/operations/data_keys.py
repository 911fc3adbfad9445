"""Data keys as IT makes them: in the recovery copy first, then in the database, wrapped.

The database learns a key's number, its purpose and a check value; the bytes leave IT's computer
only wrapped for a workstation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from ward_app.core.data_keys import (
    HIGHEST_NUMBER,
    DataKey,
    KeyRing,
    KeyState,
    Purpose,
    fingerprint,
    new_key,
    wrapped,
)
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.core.recovery import LOG2_COST, opened_copy, sealed_copy
from ward_app.operations.bootstrap import administrator
from ward_app.operations.recovery_file import read_copy, write_copy

Connection = psycopg.Connection[Any]

_KNOWN = "SELECT number, purpose, state, check_value FROM auth.data_keys ORDER BY number"
_ENTER = """
INSERT INTO auth.data_keys (id, number, purpose, state, check_value)
VALUES (%s, %s, %s, 'active', %s)
"""
_REST = "UPDATE auth.data_keys SET state = 'readable' WHERE purpose = %s AND state = 'active'"
_STATIONS = """
SELECT id, role_name, public_key FROM public.workstations
WHERE revoked_at IS NULL AND public_key IS NOT NULL AND %s IN ('', role_name)
ORDER BY role_name
"""
_WRAP = """
INSERT INTO auth.key_wraps (data_key_id, workstation_id, wrapped)
SELECT id, %s, %s FROM auth.data_keys WHERE number = %s AND state <> 'retired'
ON CONFLICT (data_key_id, workstation_id) DO UPDATE SET wrapped = excluded.wrapped
WHERE key_wraps.wrapped <> excluded.wrapped
"""
_WRAPPED = """
SELECT k.number, s.role_name, s.public_key, w.wrapped
FROM auth.data_keys k CROSS JOIN public.workstations s
LEFT JOIN auth.key_wraps w ON w.data_key_id = k.id AND w.workstation_id = s.id
WHERE s.revoked_at IS NULL AND k.state <> 'retired' ORDER BY s.role_name, k.number
"""
_LIST = """
SELECT k.number, k.purpose, k.state, k.created_at, count(w.workstation_id)
FROM auth.data_keys k LEFT JOIN auth.key_wraps w ON w.data_key_id = k.id
GROUP BY k.id ORDER BY k.number
"""
_LIST_STATIONS = """
SELECT s.role_name, s.name, s.public_key,
    (SELECT count(*) FROM auth.data_keys k WHERE k.state <> 'retired'
     AND NOT EXISTS (SELECT FROM auth.key_wraps w
                     WHERE w.data_key_id = k.id AND w.workstation_id = s.id))
FROM public.workstations s WHERE s.revoked_at IS NULL ORDER BY s.role_name
"""


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What the database says of one data key, and how many workstations have it."""

    number: int
    purpose: str
    state: str
    created_at: datetime
    stations: int


@dataclass(frozen=True, slots=True)
class KeyedStation:
    """A workstation, and how many keys it lacks. `fingerprint` None = it has no key of its own."""

    role_name: str
    name: str
    fingerprint: str | None
    missing: int


@dataclass(frozen=True, slots=True)
class Vault:
    """The database, and the recovery copy that goes with it.

    Attributes:
        dsn: how the server's administrator connects.
        log2_cost: of sealing the copy; lower only for invented data.
    """

    dsn: str
    database: str
    file: Path
    log2_cost: int = LOG2_COST


def generate(vault: Vault, passphrase: str, *, first: bytes | None = None) -> list[DataKey]:
    """Make the first field key and the first index key, for all workstations; return them.

    Args:
        vault: its recovery copy must not exist yet, nor its database have keys.
        passphrase: seals the recovery copy.
        first: the field key that somebody brings along, 32 bytes; None = a random one.

    Raises:
        ConflictError: there are keys already.
    """
    with administrator(vault.dsn, vault.database) as connection, connection.transaction():
        connection.execute("LOCK TABLE auth.data_keys IN EXCLUSIVE MODE")
        if vault.file.exists() or connection.execute(_KNOWN).fetchone() is not None:
            raise ConflictError(
                f"There are data keys already (database, or {vault.file}). To replace one: "
                "wardctl keys rotate."
            )
        made = [_key(1, Purpose.FIELD, first), new_key(2, Purpose.INDEX)]
        _keep(vault, made, passphrase)
        for key in made:
            _enter(connection, key)
        _wrap_all(connection, made)
    return made


def rotate(
    vault: Vault, passphrase: str, purpose: Purpose, *, brought: bytes | None = None
) -> DataKey:
    """Make a new key of a purpose, which encrypts from now on; return it.

    The one before stays readable until nothing is left that it encrypted.

    Raises:
        RuleBrokenError: the recovery copy does not open, or is of another database.
        ConflictError: there are as many keys as there can be.
    """
    kept = opened_copy(read_copy(vault.file), passphrase)
    with administrator(vault.dsn, vault.database) as connection, connection.transaction():
        connection.execute("LOCK TABLE auth.data_keys IN EXCLUSIVE MODE")
        _with_states(connection, kept)
        number = max((key.number for key in kept.keys), default=0) + 1
        if number > HIGHEST_NUMBER:
            raise ConflictError("There are as many data keys as there can be.")
        made = _key(number, purpose, brought)
        _keep(vault, [*kept.keys, made], passphrase)
        connection.execute(_REST, (purpose.value,))
        _enter(connection, made)
        _wrap_all(connection, [made])
    return made


def wrap(vault: Vault, passphrase: str, role_name: str | None = None) -> int:
    """Give workstations the keys they lack; return how many wraps were made.

    Args:
        vault: database and recovery copy.
        passphrase: opens the recovery copy.
        role_name: of one workstation; None = all that are enrolled.

    Raises:
        RuleBrokenError: the recovery copy does not open, or is of another database.
    """
    kept = opened_copy(read_copy(vault.file), passphrase)
    with administrator(vault.dsn, vault.database) as connection, connection.transaction():
        return _wrap_all(connection, _with_states(connection, kept).keys, role_name)


def opened(vault: Vault, passphrase: str) -> KeyRing:
    """Return the keys of the recovery copy with the states that the database says.

    Raises:
        RuleBrokenError: the copy does not open, lacks a key, or is of another database.
    """
    kept = opened_copy(read_copy(vault.file), passphrase)
    with administrator(vault.dsn, vault.database) as connection:
        return _with_states(connection, kept)


def disagreements(vault: Vault, passphrase: str) -> list[str]:
    """Return what is wrong between recovery copy, database and wraps, in sentences.

    A wrap is a function of key and workstation: it is made again and compared.

    Raises:
        RuleBrokenError: the recovery copy does not open, lacks a key, or is of another database.
    """
    keys = {key.number: key for key in opened(vault, passphrase).keys}
    with administrator(vault.dsn, vault.database) as connection:
        rows = connection.execute(_WRAPPED).fetchall()
    return [said for row in rows if (said := _wrong(keys, *row)) is not None]


def known(dsn: str, *, database: str) -> tuple[list[KnownKey], list[KeyedStation]]:
    """Return the keys and the workstations that the database knows."""
    with administrator(dsn, database) as connection:
        keys = [KnownKey(*row) for row in connection.execute(_LIST)]
        stations = [
            KeyedStation(role, name, fingerprint(public) if public else None, missing)
            for role, name, public, missing in connection.execute(_LIST_STATIONS)
        ]
    return keys, stations


def _key(number: int, purpose: Purpose, brought: bytes | None) -> DataKey:
    if brought is None:
        return new_key(number, purpose)
    return DataKey(number=number, purpose=purpose, secret=brought)


def _keep(vault: Vault, keys: Iterable[DataKey], passphrase: str) -> None:
    """Write the copy before the database knows of the keys: none may be used that is not kept."""
    write_copy(vault.file, sealed_copy(keys, passphrase, log2_cost=vault.log2_cost))


def _enter(connection: Connection, key: DataKey) -> None:
    values = (new_id(), key.number, key.purpose.value, key.check_value)
    connection.execute(_ENTER, values)


def _wrap_all(
    connection: Connection, keys: Sequence[DataKey], role_name: str | None = None
) -> int:
    made = 0
    for station_id, station, public_key in connection.execute(_STATIONS, (role_name or "",)):
        for key in keys:
            wrap = wrapped(key, public_key, station)
            made += connection.execute(_WRAP, (station_id, wrap, key.number)).rowcount
    return made


def _with_states(connection: Connection, kept: KeyRing) -> KeyRing:
    """Return the kept keys that the database knows, each with its state."""
    by_number = {key.number: key for key in kept.keys}
    found = []
    for number, purpose, state, check_value in connection.execute(_KNOWN):
        key = by_number.get(number)
        if key is None or key.check_value != check_value or key.purpose != purpose:
            raise RuleBrokenError(
                f"The recovery copy does not have the database's key {number}: it is older, or "
                "of another database."
            )
        found.append(
            DataKey(number=number, purpose=key.purpose, secret=key.secret, state=KeyState(state))
        )
    return KeyRing(found)


def _wrong(
    keys: dict[int, DataKey],
    number: int,
    role_name: str,
    public_key: bytes | None,
    wrap: bytes | None,
) -> str | None:
    if public_key is None:
        return f"{role_name} has no key of its own: enrol it again."
    if wrap is None:
        return f"{role_name} lacks the key {number}: wardctl keys wrap."
    if wrap != wrapped(keys[number], public_key, role_name):
        return f"The key {number} of {role_name} is not the one kept: wardctl keys wrap."
    return None
