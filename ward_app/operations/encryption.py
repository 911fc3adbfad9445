"""Encrypting what is there: plain values, another system's, and those of keys gone by.

A batch is a range of the primary key and one transaction; what is current is left alone, so a run
that was killed is simply run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from ward_app.core.data_keys import DataKey, KeyMissingError, KeyRing, Purpose
from ward_app.core.database import Transaction
from ward_app.core.field_cipher import (
    AES_GCM,
    PGCRYPTO,
    AlteredValueError,
    FieldCipher,
    NotSealedError,
    blind_index,
)
from ward_app.core.pgcrypto import PgCrypto, decrypted, is_openpgp
from ward_app.core.settings_groups import EncryptionEngine
from ward_app.operations.bootstrap import administrator
from ward_app.operations.sealed_columns import SEALED_COLUMNS, SealedColumn
from ward_app.patients.detail_rules import cell_of
from ward_app.patients.types import ProtectedField

Connection = psycopg.Connection[Any]
Tell = Callable[[str], None]

BATCH = 500
_FIRST = UUID(int=0)
_STALE_INDEXES = """
SELECT patient_id, national_id_encrypted FROM patient.patient_details
WHERE patient_id > %(after)s AND national_id_encrypted <> ''
  AND national_id_index_key IS DISTINCT FROM %(number)s
ORDER BY patient_id LIMIT %(size)s FOR UPDATE
"""
_SET_INDEX = """
UPDATE patient.patient_details SET national_id_index = %s, national_id_index_key = %s
WHERE patient_id = %s
"""
_INDEXES = """
SELECT patient_id, national_id_encrypted, national_id_index, national_id_index_key
FROM patient.patient_details WHERE national_id_encrypted <> ''
"""
_INDEX_COUNTS = """
SELECT national_id_index_key, count(*) FROM patient.patient_details
WHERE national_id_encrypted <> '' GROUP BY 1
"""
_OUT_OF_USE = "SELECT number FROM auth.data_keys WHERE state = 'readable' ORDER BY number"
_RETIRE = "UPDATE auth.data_keys SET state = 'retired' WHERE number = %s"
_TAKE_BACK = """
DELETE FROM auth.key_wraps w USING auth.data_keys k
WHERE k.id = w.data_key_id AND k.number = %s
"""


@dataclass(frozen=True, slots=True)
class Stock:
    """A database with encrypted values, and what reads them.

    Attributes:
        keys: all of the recovery copy, with their states.
        theirs: text key of another system that used `pgp_sym_encrypt`; None = there is none.
        batch: rows in one transaction.
    """

    dsn: str
    database: str
    keys: KeyRing = field(repr=False)
    engine: EncryptionEngine = EncryptionEngine.AES_GCM
    theirs: str | None = field(default=None, repr=False)
    batch: int = BATCH


@dataclass(slots=True)
class Done:
    """What a run did: values encrypted by what they were, and keys nobody needs any more."""

    encrypted: Counter[str]
    retired: list[int]
    left: Counter[str]


@dataclass(slots=True)
class Found:
    """What was found when everything was read, by field.

    Attributes:
        values: how many there are.
        old: of them, those that an old key or the other engine still has to read.
        wrong: how many cannot be trusted, by what is wrong with them.
    """

    values: Counter[str]
    old: Counter[str]
    wrong: Counter[str]


def migrate(stock: Stock, tell: Tell) -> Done:
    """Encrypt with the active key whatever is not; retire keys that nothing needs any more.

    What cannot be read is left as it is and counted.
    """
    done = Done(Counter(), [], Counter())
    with administrator(stock.dsn, stock.database) as connection:
        for column in SEALED_COLUMNS:
            _migrate_column(connection, stock, column, done)
            tell(f"{column.table}, {column.field.value.replace('_', ' ')}: done.")
        _index_anew(connection, stock, done)
        _retire(connection, done)
    return done


def verify(stock: Stock) -> Found:
    """Read every value, and compare every blind index; return what was found."""
    found = Found(Counter(), Counter(), Counter())
    with administrator(stock.dsn, stock.database) as connection, connection.transaction():
        cipher = _cipher(connection, stock)
        for column in SEALED_COLUMNS:
            for patient_id, value in connection.execute(column.every).fetchall():
                _look_at(cipher, found, (column.field, patient_id, bytes(value)))
        _verify_indexes(connection, stock, cipher, found)
    return found


def status(dsn: str, *, database: str) -> dict[str, Counter[str]]:
    """Return how many values each key encrypted, by field; no key is needed to tell."""
    told: dict[str, Counter[str]] = {}
    with administrator(dsn, database) as connection:
        for column in SEALED_COLUMNS:
            counts = told.setdefault(column.field.value, Counter())
            for number, count in connection.execute(column.counts):
                counts["not encrypted" if number is None else f"key {number}"] += count
        index = told.setdefault("index of national ids", Counter())
        for number, count in connection.execute(_INDEX_COUNTS):
            index["missing" if number is None else f"key {number}"] += count
    return told


def _migrate_column(
    connection: Connection, stock: Stock, column: SealedColumn, done: Done
) -> None:
    writes = PGCRYPTO if stock.engine is EncryptionEngine.PGCRYPTO else AES_GCM
    number = stock.keys.active(Purpose.FIELD).number
    place: dict[str, Any] = {
        "after": _FIRST,
        "size": stock.batch,
        "head": bytes([writes]) + number.to_bytes(2),
    }
    while True:
        with connection.transaction():
            rows = connection.execute(column.batch, place).fetchall()
            for key, patient_id, value in rows:
                _seal_anew(connection, stock, column, (key, patient_id, bytes(value)), done)
        if not rows:
            return
        place["after"] = rows[-1][0]


def _seal_anew(
    connection: Connection,
    stock: Stock,
    column: SealedColumn,
    row: tuple[UUID, UUID, bytes],
    done: Done,
) -> None:
    key, patient_id, value = row
    cipher = _cipher(connection, stock)
    try:
        was, text = _read(connection, stock, cipher, (column.field, patient_id, value))
    except (AlteredValueError, KeyMissingError, UnicodeDecodeError):
        done.left[column.field.value.replace("_", " ")] += 1
        return
    sealed = cipher.seal(text, cell_of(column.field, patient_id))
    connection.execute(column.replace, {"sealed": sealed, "key": key})
    done.encrypted[was] += 1


def _read(
    connection: Connection,
    stock: Stock,
    cipher: FieldCipher,
    value: tuple[ProtectedField, UUID, bytes],
) -> tuple[str, str]:
    """Return what a value was and its text."""
    name, patient_id, stored = value
    try:
        return "of an old key or engine", cipher.open(stored, cell_of(name, patient_id))
    except NotSealedError:
        if not is_openpgp(stored):
            return "plain", stored.decode()
    if stock.theirs is None:
        raise KeyMissingError("ENCRYPTION_KEY is not set.")
    return "of another system", decrypted(Transaction(connection), stored, stock.theirs).decode()


def _cipher(connection: Connection, stock: Stock) -> FieldCipher:
    writes = PGCRYPTO if stock.engine is EncryptionEngine.PGCRYPTO else AES_GCM
    return FieldCipher(stock.keys, {PGCRYPTO: PgCrypto(Transaction(connection))}, writes=writes)


def _index_anew(connection: Connection, stock: Stock, done: Done) -> None:
    """Make the blind indexes that are missing or of an old key."""
    active = stock.keys.active(Purpose.INDEX)
    place = {"after": _FIRST, "size": stock.batch, "number": active.number}
    while True:
        with connection.transaction():
            rows = connection.execute(_STALE_INDEXES, place).fetchall()
            for patient_id, value in rows:
                _index_one(connection, stock, active, patient_id, bytes(value), done)
        if not rows:
            return
        place["after"] = rows[-1][0]


def _index_one(
    connection: Connection,
    stock: Stock,
    active: DataKey,
    patient_id: UUID,
    value: bytes,
    done: Done,
) -> None:
    cipher = _cipher(connection, stock)
    try:
        text = cipher.open(value, cell_of(ProtectedField.NATIONAL_ID, patient_id))
    except (AlteredValueError, KeyMissingError, NotSealedError):
        return
    connection.execute(_SET_INDEX, (blind_index(active, text), active.number, patient_id))
    done.encrypted["without a current index"] += 1


def _retire(connection: Connection, done: Done) -> None:
    """Take keys out of use that nothing is encrypted or indexed with any more."""
    with connection.transaction():
        # nothing is entered with a key meanwhile: only the active one is taken
        in_use = {number for number, _ in connection.execute(_INDEX_COUNTS)}
        for column in SEALED_COLUMNS:
            in_use |= {number for number, _ in connection.execute(column.counts)}
        for (number,) in connection.execute(_OUT_OF_USE).fetchall():
            if number not in in_use:
                connection.execute(_RETIRE, (number,))
                connection.execute(_TAKE_BACK, (number,))
                done.retired.append(number)


def _look_at(cipher: FieldCipher, found: Found, value: tuple[ProtectedField, UUID, bytes]) -> None:
    name, patient_id, stored = value
    field_name = name.value.replace("_", " ")
    found.values[field_name] += 1
    wrong = _wrong(cipher, name, patient_id, stored)
    if wrong is not None:
        found.wrong[f"{field_name}: {wrong}"] += 1
    elif not cipher.is_current(stored):
        found.old[field_name] += 1


def _wrong(
    cipher: FieldCipher, name: ProtectedField, patient_id: UUID, value: bytes
) -> str | None:
    try:
        cipher.open(value, cell_of(name, patient_id))
    except NotSealedError:
        return "not encrypted"
    except KeyMissingError:
        return "its key is missing"
    except AlteredValueError:
        return "changed outside the program"
    return None


def _verify_indexes(
    connection: Connection, stock: Stock, cipher: FieldCipher, found: Found
) -> None:
    keys = {key.number: key for key in stock.keys.of(Purpose.INDEX)}
    for patient_id, value, index, number in connection.execute(_INDEXES).fetchall():
        try:
            text = cipher.open(bytes(value), cell_of(ProtectedField.NATIONAL_ID, patient_id))
        except (AlteredValueError, KeyMissingError, NotSealedError):
            continue
        if number not in keys or bytes(index or b"") != blind_index(keys[number], text):
            found.wrong["index of national ids: missing or wrong"] += 1
