"""The server's pgcrypto as an engine of `FieldCipher`, and what other systems wrote with it.

The key and the value reach the server, as bound parameters only. pgcrypto knows no associated
data, so the place stands encrypted in front of the value and is compared when it is read.
"""

from __future__ import annotations

from base64 import b64encode

import psycopg

from ward_app.core.data_keys import DataKey
from ward_app.core.database import Transaction
from ward_app.core.field_cipher import AlteredValueError

_SEAL = "SELECT public.pgp_sym_encrypt_bytea(%s, %s, 'cipher-algo=aes256')"
_OPEN = "SELECT public.pgp_sym_decrypt_bytea(%s, %s)"
_END_OF_PLACE = b"\0"
# an OpenPGP message begins with a packet of tag 3, version 4: in the new format, and the old one
_OPENPGP = ((0xC3, 2), (0x8C, 2))
_VERSION = 4


class PgCrypto:
    """`pgp_sym_encrypt` with AES-256, run in a transaction of the caller."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def seal(self, key: DataKey, bound: bytes, clear: bytes) -> bytes:
        """Return an OpenPGP message."""
        sealed: bytes = self._tx.value(_SEAL, (bound + _END_OF_PLACE + clear, _password(key)))
        return sealed

    def open(self, key: DataKey, bound: bytes, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            AlteredValueError: another key, another place, or a changed byte.
        """
        place, _, clear = decrypted(self._tx, sealed, _password(key)).partition(_END_OF_PLACE)
        if place != bound:
            raise AlteredValueError
        return clear


def decrypted(tx: Transaction, message: bytes, password: str) -> bytes:
    """Return what an OpenPGP message holds; the transaction goes on after a failure.

    Raises:
        AlteredValueError: the password is wrong, or a byte was changed.
    """
    tx.execute("SAVEPOINT opening")
    try:
        clear: bytes = tx.value(_OPEN, (message, password))
    except psycopg.errors.ExternalRoutineInvocationException:
        tx.execute("ROLLBACK TO SAVEPOINT opening")
        raise AlteredValueError from None
    finally:
        tx.execute("RELEASE SAVEPOINT opening")
    return clear


def is_openpgp(value: bytes) -> bool:
    """Whether a value is one that `pgp_sym_encrypt` wrote; text never looks like it."""
    return any(
        len(value) > at and value[0] == first and value[at] == _VERSION for first, at in _OPENPGP
    )


def _password(key: DataKey) -> str:
    return b64encode(key.secret).decode()
