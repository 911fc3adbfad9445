"""The manifest beside each backup: what it is, and what its file must come to. No patients."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from ward_app.core.errors import CodedError
from ward_app.core.settings_operations import Compression
from ward_app.core.whole_file import write_whole
from ward_app.operations.backup.container import CIPHER, KDF, FileKeys, Sums, keys_of
from ward_app.operations.backup_symptoms import BAD_MANIFEST, WRONG_KEY

FORMAT_VERSION = 1
SUFFIX = ".json"
_TIMES = ("started_at", "finished_at", "verified_at", "tested_at")


class DumpFormat(StrEnum):
    """Custom is what pg_restore reads; plain is SQL, for psql."""

    CUSTOM = "custom"
    PLAIN = "plain"


class Purpose(StrEnum):
    """Why a backup was made."""

    REGULAR = "regular"
    BEFORE_MIGRATION = "before a migration"
    BEFORE_RESTORE = "before a restore"
    BEFORE_ENCRYPTION = "before an encryption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encryption:
    """How a file is encrypted; what its key derives from is in no manifest.

    Attributes:
        salt: in hexadecimal, as in the file's head.
        proof: what the right key comes to; tells a wrong key from damage.
    """

    cipher: str = CIPHER
    kdf: str = KDF
    rounds: int
    salt: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealHead:
    """The newest seal of the audit trail in the backup; `hash` in hexadecimal."""

    k: int
    era: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFile:
    """A file that belongs to the backup: the schema alone, or the server's roles."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is known of one backup.

    Attributes:
        id: such as `backup_20261122_020000`, the time of its start in UTC.
        file: name of the dump, in the folder of the manifest.
        environment: what the database is for; None where it does not say.
        alembic_revision: of the schema, None before the first.
        schema_only: there are no rows in it: no backup of the data.
        tables: rows by table, counted in the very moment of the dump.
        lsn: where the server's log was in that moment.
        seal: newest of the audit trail, None before the first.
        hmac: over the whole file, None where it is not encrypted.
        verified_at, tested_at: when it was last checked, and last restored for a test.
        mac: of everything else here, where there is a key.
    """

    format_version: int = FORMAT_VERSION
    id: str
    purpose: Purpose = Purpose.REGULAR
    file: str
    database: str
    environment: str | None
    server_version: str
    dump_version: str
    alembic_revision: str | None
    started_at: datetime
    finished_at: datetime
    format: DumpFormat
    compression: Compression
    schema_only: bool = False
    bytes: int
    sha256: str
    hmac: str | None
    encryption: Encryption | None
    database_bytes: int
    tables: dict[str, int] = field(default_factory=dict)
    lsn: str
    system_identifier: str
    seal: SealHead | None
    sides: tuple[SideFile, ...] = ()
    host: str
    tool_version: str
    verified_at: datetime | None = None
    tested_at: datetime | None = None
    mac: str | None = None

    @property
    def sums(self) -> Sums:
        """What the file must come to."""
        return Sums(self.bytes, self.sha256, self.hmac)

    @property
    def is_good(self) -> bool:
        """Whether it was verified and has the data: what retention and doctor count."""
        return self.verified_at is not None and not self.schema_only


def keys_for(manifest: Manifest, secret: str) -> FileKeys:
    """Return the keys of an encrypted backup, its manifest being the one that was written.

    Raises:
        CodedError: the secret is another one, or the manifest was changed.
    """
    keys = proved_keys(manifest.encryption, secret, manifest.id)
    if not hmac.compare_digest(_mac_of(manifest, keys), manifest.mac or ""):
        raise _bad(manifest.id, "was changed since it was written")
    return keys


def proved_keys(how: Encryption | None, secret: str, name: str) -> FileKeys:
    """Return the keys of a file that is encrypted so, the secret being the right one.

    Raises:
        CodedError: the secret is another one, or nothing says how the file is encrypted.
    """
    if how is None or (how.cipher, how.kdf) != (CIPHER, KDF):
        raise _bad(name, "does not say how it is encrypted")
    try:
        keys = keys_of(secret, bytes.fromhex(how.salt), how.rounds)
    except ValueError as error:
        raise _bad(name, "has no salt") from error
    if not hmac.compare_digest(keys.proof, how.proof):
        raise CodedError(WRONG_KEY, f"This is not the key of {name}.")
    return keys


def signed(manifest: Manifest, keys: FileKeys | None) -> Manifest:
    """Return the manifest with its mac; without keys it has none."""
    plain = replace(manifest, mac=None)
    return replace(plain, mac=_mac_of(plain, keys)) if keys else plain


def write(folder: Path, manifest: Manifest) -> Path:
    """Write the manifest, or write it anew, as a whole; return its file.

    Raises:
        OSError: it cannot be written; an old one is untouched.
    """
    path = folder / f"{manifest.id}{SUFFIX}"
    write_whole(path, (json.dumps(document(manifest), indent=2) + "\n").encode())
    return path


def read(path: Path) -> Manifest:
    """Return a manifest as it stands; `keys_for` tells whether it is the one that was written.

    Raises:
        CodedError: it is missing, cut off, or of a newer program.
    """
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["format_version"] > FORMAT_VERSION:
            raise _bad(path.stem, "was written by a newer program: update this one")
        manifest = _made(known)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _bad(path.stem, "is missing or cannot be read") from error
    if manifest.id != path.stem or Path(manifest.file).name != manifest.file:
        raise _bad(path.stem, "is that of another backup")
    return manifest


def document(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest as JSON has it."""
    known = asdict(manifest)
    for name in _TIMES:
        known[name] = known[name] and known[name].isoformat()
    return known


def _made(known: dict[str, Any]) -> Manifest:
    """Return the manifest of a JSON document; raises what a wrong one leads to."""
    times = {name: _time(known[name]) for name in _TIMES}
    of_enums = {
        "purpose": Purpose(known["purpose"]),
        "format": DumpFormat(known["format"]),
        "compression": Compression(known["compression"]),
    }
    how, seal = known["encryption"], known["seal"]
    parts = {
        "encryption": how and Encryption(**how),
        "seal": seal and SealHead(**seal),
        "sides": tuple(SideFile(**side) for side in known["sides"]),
    }
    names = {one.name for one in fields(Manifest)}
    if known.keys() != names:
        raise ValueError(names ^ known.keys())
    return Manifest(**known | times | of_enums | parts)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def mac_of(facts: dict[str, Any], keys: FileKeys) -> str:
    """Return what signs the facts of a backup, which JSON can tell, without their own mac."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hmac.new(keys.manifest, text.encode(), "sha256").hexdigest()


def _mac_of(manifest: Manifest, keys: FileKeys) -> str:
    facts = document(manifest)
    del facts["mac"]
    return mac_of(facts, keys)


def _bad(name: str, how: str) -> CodedError:
    return CodedError(BAD_MANIFEST, f"The manifest of {name} {how}, so the backup is not used.")
