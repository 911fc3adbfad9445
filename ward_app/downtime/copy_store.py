"""The copies of wards on this station's disk: sealed, written whole, gone when they are old.

    WARDCOPY | form 1 | nonce 12 | AES-256-GCM of (head as JSON, newline, copy), compressed

The ward's id is part of what is authenticated: a file cannot stand in for that of another ward.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ward_app.core.errors import WardError
from ward_app.core.whole_file import write_whole
from ward_app.downtime.kept_types import CopyHead, KeptCopy
from ward_app.rooms.types import Ward

COPIES = "ward copies"
_KIND = b"WARDCOPY\x01"
_NONCE_BYTES = 12
_ENDING = ".copy"
# text of one form: the quick level leaves a tenth, and the slow ones little less
_QUICK = 1


class CopyDamagedError(WardError):
    """The copy of a ward on this station was changed, or cannot be read."""


class CopyStore:
    """One file for each ward. Every method may wait for the disk: not for the GUI thread."""

    def __init__(self, folder: Path, key: bytes, keep: timedelta) -> None:
        """Take the folder (made when first needed), its key, and how long a copy is kept."""
        self._folder, self._cipher, self._keep = folder, AESGCM(key), keep

    def save(self, head: CopyHead, text: str, now: datetime) -> None:
        """Replace the copy of a ward: after a crash the old one or the new one is whole.

        Raises:
            OSError: it cannot be written; the old one is untouched.
        """
        about = asdict(head) | {"kept_at": now.isoformat()}
        plain = f"{json.dumps(about, default=str)}\n{text}".encode()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, zlib.compress(plain, _QUICK), _bound_to(head.ward.id))
        write_whole(self._file(head.ward.id), _KIND + nonce + sealed)

    def read(self, ward_id: UUID, now: datetime) -> KeptCopy | None:
        """Return the copy of a ward as it was kept; None: there is none, or it is too old.

        Raises:
            CopyDamagedError: it was changed, or the disk does not give it.
        """
        file = self._file(ward_id)
        try:
            raw = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _damaged(error.strerror or "the disk does not give it") from error
        kept = self._opened(raw, ward_id)
        return None if now - kept.kept_at > self._keep else kept

    def wards(self) -> tuple[UUID, ...]:
        """Return the wards of which a file is here, whatever is in it."""
        return tuple(ward_id for _file, ward_id in self._files())

    def purge(self, now: datetime) -> int:
        """Remove the copies that are too old, by the clock of this computer; return how many.

        Raises:
            OSError: a file cannot be removed.
        """
        gone = 0
        for file, _ward_id in self._files():
            if now.timestamp() - file.stat().st_mtime > self._keep.total_seconds():
                file.unlink(missing_ok=True)
                gone += 1
        return gone

    def _opened(self, raw: bytes, ward_id: UUID) -> KeptCopy:
        begin = len(_KIND) + _NONCE_BYTES
        if not raw.startswith(_KIND):
            raise _damaged("it is no copy")
        try:
            packed = self._cipher.decrypt(raw[len(_KIND) : begin], raw[begin:], _bound_to(ward_id))
        except (InvalidTag, ValueError):
            raise _damaged("it was changed, or was sealed by another station") from None
        about, _, text = zlib.decompress(packed).decode().partition("\n")
        facts = json.loads(about)
        ward = facts["ward"]
        head = CopyHead(
            ward=Ward(**{**ward, "id": UUID(ward["id"])}),
            facility_name=facts["facility_name"],
            environment=facts["environment"],
        )
        return KeptCopy(head=head, text=text, kept_at=datetime.fromisoformat(facts["kept_at"]))

    def _file(self, ward_id: UUID) -> Path:
        return self._folder / f"{ward_id}{_ENDING}"

    def _files(self) -> Iterator[tuple[Path, UUID]]:
        for file in sorted(self._folder.glob(f"*{_ENDING}")):
            try:
                yield file, UUID(file.stem)
            except ValueError:
                continue


def _bound_to(ward_id: UUID) -> bytes:
    return _KIND + ward_id.bytes


def _damaged(why: str) -> CopyDamagedError:
    return CopyDamagedError(
        f"The copy of this ward on this computer is damaged: {why}. Nothing in it is shown. Use "
        "the printed ward pack until the server is back, and tell IT."
    )
