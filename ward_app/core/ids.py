"""Client-made identifiers: UUID version 7, so that a repeated write is the same write."""

from __future__ import annotations

import os
import time
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0x2 << 62
_RAND_A_MASK = 0xFFF
_RAND_B_MASK = (1 << 62) - 1


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562): 48-bit Unix milliseconds, then 74 random bits.

    Made when a form opens, not when it is saved: a double click, a retry and a repeat after
    a lost answer all carry the same id and collapse into one row.
    """
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = (milliseconds & ((1 << 48) - 1)) << 80
    rand_a = (random >> 62 & _RAND_A_MASK) << 64
    return UUID(int=high | _VERSION_7 | rand_a | _VARIANT | (random & _RAND_B_MASK))
