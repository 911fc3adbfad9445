"""Settings of what IT runs: backups, and who is told how they went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ward_app.core.settings_keys import one_of, text, whole, yes_or_no
from ward_app.core.settings_values import section_of


class Compression(StrEnum):
    """How a dump is made smaller; zstd needs pg_dump 16 or newer."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class BackupEngine(StrEnum):
    """What makes the backups: this program with pg_dump, or another one that is installed."""

    PG_DUMP = "pg_dump"
    PGBACKREST = "pgbackrest"
    BARMAN = "barman"


class BaseEngine(StrEnum):
    """What copies the whole server; found: pgBackRest where it is set up for it."""

    FOUND = "found"
    PG_BASEBACKUP = "pg_basebackup"
    PGBACKREST = "pgbackrest"


class OffsiteProvider(StrEnum):
    """How the second copy travels."""

    DIRECTORY = "directory"
    RCLONE = "rclone"
    AZURE = "azure"
    AWS = "aws"
    GCLOUD = "gcloud"


class MailSecurity(StrEnum):
    """How the mail server is spoken to."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsiteSettings:
    """Where the second copy of each backup goes.

    Attributes:
        account: of the provider: Azure's storage account, AWS' or Google's profile.
        container: a folder, rclone's `remote:path`, or the provider's container or bucket.
    """

    enabled: bool = False
    provider: OffsiteProvider = OffsiteProvider.DIRECTORY
    account: str = ""
    container: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """Where backups go and how they are made.

    Attributes:
        dir: their folder; empty means one beside the program's own data.
        archive: folder of the kept log of changes; empty means `wal` in theirs.
        retention_days: an older one is deleted, once a newer one is verified.
        key: where the key is: "keyring", or the path of a file; empty: not encrypted.
        encrypt_log: whether the kept log of changes is encrypted too, where there is a key.
        stanza: pgBackRest's stanza, or Barman's server.
        pgbackrest_config: its file; empty: where pgBackRest itself looks.
    """

    dir: str = ""
    archive: str = ""
    retention_days: int = 30
    key: str = ""
    encrypt_log: bool = True
    compression: Compression = Compression.GZIP
    engine: BackupEngine = BackupEngine.PG_DUMP
    base_engine: BaseEngine = BaseEngine.FOUND
    stanza: str = "ward"
    pgbackrest_config: str = ""
    offsite: OffsiteSettings = field(default_factory=OffsiteSettings)


def backup_settings(values: Mapping[str, Any]) -> BackupSettings:
    """Return the settings of backups with these values, and the defaults for the rest."""
    offsite = OffsiteSettings(**section_of(values, "backup.offsite"))
    return BackupSettings(**section_of(values, "backup"), offsite=offsite)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """How long is kept what `wardctl retention run` removes, beside the audit trail.

    Attributes:
        monitor_d: reports on the server that `wardctl monitor --keep` kept.
    """

    monitor_d: int = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """Who is told how backups, restores and alerts went; never with anything about a patient.

    Attributes:
        email: addresses, with commas between.
        webhook: address that gets the notice as JSON.
        sender: address the mail comes from; empty means ward-app at this computer.
        smtp_user: as whom the mail server is signed in to; empty means nobody.
        smtp_credential: file with that password, for its owner alone.
    """

    enabled: bool = False
    email: str = ""
    webhook: str = ""
    sender: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    smtp_user: str = ""
    smtp_credential: str = ""


OPERATIONS_KEYS = {
    "backup.dir": text,
    "backup.archive": text,
    "backup.retention_days": whole(1, 3_650),
    "backup.key": text,
    "backup.encrypt_log": yes_or_no,
    "backup.compression": one_of(*Compression),
    "backup.engine": one_of(*BackupEngine),
    "backup.base_engine": one_of(*BaseEngine),
    "backup.stanza": text,
    "backup.pgbackrest_config": text,
    "backup.offsite.enabled": yes_or_no,
    "backup.offsite.provider": one_of(*OffsiteProvider),
    "backup.offsite.account": text,
    "backup.offsite.container": text,
    "retention.monitor_d": whole(30, 36_500),
    "notify.enabled": yes_or_no,
    "notify.email": text,
    "notify.webhook": text,
    "notify.sender": text,
    "notify.smtp_host": text,
    "notify.smtp_port": whole(1, 65_535),
    "notify.smtp_security": one_of(*MailSecurity),
    "notify.smtp_user": text,
    "notify.smtp_credential": text,
}
