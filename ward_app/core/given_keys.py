"""A key that somebody brings along: how it is read, and when it is refused. No I/O."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from math import log2

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ward_app.core.data_keys import KEY_BYTES
from ward_app.core.errors import RuleBrokenError

BASE64_NAME = "DATABASE_ENCRYPTION_KEY"
TEXT_NAME = "ENCRYPTION_KEY"
# what 32 random characters of sixteen, the poorest alphabet in use, hardly ever stay below
_FEWEST_BITS = 90.0
_SHORTEST_PASSPHRASE = 14


def key_from(environment: Mapping[str, str]) -> bytes:
    """Return the 32 bytes of the key that the environment names.

    `DATABASE_ENCRYPTION_KEY` is 32 bytes in base64; `ENCRYPTION_KEY` is that too, or a text of
    at least 32 characters, from which a key is derived.

    Raises:
        RuleBrokenError: neither is there, it is too short, or easily guessed. The key is never
            repeated.
    """
    if given := environment.get(BASE64_NAME):
        secret = _decoded(given)
        if secret is None:
            raise RuleBrokenError(f"{BASE64_NAME} must be 32 random bytes in base64.")
    elif given := environment.get(TEXT_NAME):
        secret = _decoded(given) or _from_text(text_key(environment))
    else:
        raise RuleBrokenError(f"Neither {BASE64_NAME} nor {TEXT_NAME} is set.")
    if is_guessable(secret.decode("latin-1")):
        raise RuleBrokenError("That key is no random one. Make one: openssl rand -base64 32.")
    return secret


def text_key(environment: Mapping[str, str]) -> str:
    """Return `ENCRYPTION_KEY` as another system passed it to `pgp_sym_encrypt`.

    Raises:
        RuleBrokenError: it is missing, shorter than 32 characters, or easily guessed.
    """
    given = environment.get(TEXT_NAME, "")
    if len(given) < KEY_BYTES:
        raise RuleBrokenError(f"{TEXT_NAME} must have at least {KEY_BYTES} characters.")
    if is_guessable(given):
        raise RuleBrokenError(f"{TEXT_NAME} is no random key. Make one: openssl rand -base64 32.")
    return given


def check_passphrase(passphrase: str) -> None:
    """Accept a passphrase for the recovery copy, or for the secrets of a workstation.

    Raises:
        RuleBrokenError: it is short or repeats itself.
    """
    too_plain = len(set(passphrase)) < _SHORTEST_PASSPHRASE // 2
    if len(passphrase) < _SHORTEST_PASSPHRASE or too_plain:
        raise RuleBrokenError(
            f"The passphrase needs at least {_SHORTEST_PASSPHRASE} characters, such as five words "
            "that do not belong together."
        )


def is_guessable(text: str) -> bool:
    """Whether a key is one that nobody drew at random: repeats, runs, too few characters."""
    count = len(text)
    if count < 2:  # noqa: PLR2004 - nothing to compare
        return True
    bits = -sum(n * log2(n / count) for n in Counter(text).values())
    in_a_row = sum(abs(ord(a) - ord(b)) <= 1 for a, b in pairwise(text))
    return bits < _FEWEST_BITS or text in (text + text)[1:-1] or in_a_row > count // 2


def _decoded(text: str) -> bytes | None:
    """Return 32 bytes from base64, None when it is not that."""
    try:
        secret = b64decode(text.strip(), altchars=b"-_" if set(text) & set("-_") else None)
    except (binascii.Error, ValueError):
        return None
    return secret if len(secret) == KEY_BYTES else None


def _from_text(text: str) -> bytes:
    info = b"ward-app key from text"
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(text.encode())
