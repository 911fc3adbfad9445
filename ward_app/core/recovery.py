"""The recovery copy of all data keys: sealed by a passphrase, fit to be printed. No I/O.

Lines of base32 in groups of four with a check of each line, so that a printed page can be typed
in again and a wrong letter is found where it is.
"""

from __future__ import annotations

import binascii
import json
import os
from base64 import b32decode, b32encode, b64decode, b64encode
from collections.abc import Iterable
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ward_app.core.data_keys import KEY_BYTES, DataKey, KeyRing, Purpose
from ward_app.core.errors import RuleBrokenError

# 128 MiB and about half a second for each guess
LOG2_COST = 17
_CHEAPEST, _DEAREST = 10, 20
_BLOCK, _LANES = 8, 1
_SALT_BYTES, _NONCE_BYTES = 16, 12
_HEAD = b"WARDKEY1"
_FIRST_LINE = "WARD APP RECOVERY COPY OF THE DATA KEYS"
_LAST_LINE = "END OF THE RECOVERY COPY"
_LINE_CHARACTERS, _GROUP = 40, 4


def sealed_copy(keys: Iterable[DataKey], passphrase: str, *, log2_cost: int = LOG2_COST) -> str:
    """Return the keys as text that only the passphrase opens; another text every time.

    Args:
        keys: all there are.
        passphrase: of at least 14 characters (`given_keys.check_passphrase`).
        log2_cost: of scrypt; lower only for keys of invented data.
    """
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    head = _HEAD + bytes([log2_cost]) + salt + nonce
    told = [
        {
            "number": key.number,
            "purpose": key.purpose,
            "key": b64encode(key.secret).decode(),
        }
        for key in keys
    ]
    sealer = AESGCM(_stretched(passphrase, salt, log2_cost))
    return _printed(head + sealer.encrypt(nonce, json.dumps(told).encode(), head))


def opened_copy(text: str, passphrase: str) -> KeyRing:
    """Return the keys of a recovery copy; their states are the database's to say.

    Raises:
        RuleBrokenError: no such copy, mistyped (the line is named), or the wrong passphrase.
    """
    sealed = _read(text)
    end = len(_HEAD) + 1 + _SALT_BYTES + _NONCE_BYTES
    head, body = sealed[:end], sealed[end:]
    cost = head[len(_HEAD)] if len(head) == end and head.startswith(_HEAD) else 0
    if not _CHEAPEST <= cost <= _DEAREST:
        raise RuleBrokenError("This is no recovery copy that this program can read.")
    salt, nonce = head[len(_HEAD) + 1 : -_NONCE_BYTES], head[-_NONCE_BYTES:]
    try:
        told = AESGCM(_stretched(passphrase, salt, cost)).decrypt(nonce, body, head)
    except InvalidTag:
        raise RuleBrokenError("The passphrase does not open this recovery copy.") from None
    return KeyRing(
        DataKey(
            number=each["number"],
            purpose=Purpose(each["purpose"]),
            secret=b64decode(each["key"]),
        )
        for each in json.loads(told)
    )


def _stretched(passphrase: str, salt: bytes, log2_cost: int) -> bytes:
    stretch = Scrypt(salt=salt, length=KEY_BYTES, n=2**log2_cost, r=_BLOCK, p=_LANES)
    return stretch.derive(passphrase.encode())


def _printed(sealed: bytes) -> str:
    letters = b32encode(sealed).decode()
    lines = [
        letters[at : at + _LINE_CHARACTERS] for at in range(0, len(letters), _LINE_CHARACTERS)
    ]
    shown = (
        f"{number:02d}  {' '.join(_groups(line))}  {_check(number, line)}"
        for number, line in enumerate(lines, 1)
    )
    return "\n".join((_FIRST_LINE, *shown, _LAST_LINE, ""))


def _read(text: str) -> bytes:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    body = [words for words in lines if words[0].isdigit()]
    letters = []
    for number, words in enumerate(body, 1):
        line = "".join(words[1:-1]).upper()
        if words[0] != f"{number:02d}" or words[-1].upper() != _check(number, line):
            raise RuleBrokenError(f"Line {number} of the recovery copy is mistyped or missing.")
        letters.append(line)
    try:
        return b32decode("".join(letters))
    except binascii.Error:
        raise RuleBrokenError("The recovery copy is not complete.") from None


def _groups(line: str) -> list[str]:
    return [line[at : at + _GROUP] for at in range(0, len(line), _GROUP)]


def _check(number: int, line: str) -> str:
    return f"{crc32(f'{number}{line}'.encode()) & 0xFFFF:04X}"
