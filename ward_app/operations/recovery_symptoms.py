"""The symptoms of restores and recoveries that fail or would, and their remedies."""

from __future__ import annotations

from ward_app.operations.symptom import Symptom

DAMAGED = "WDB-601"
NO_KEY = "WDB-602"
NO_ROOM = "WDB-603"
NOT_LET_IN = "WDB-604"
OTHER_VERSION = "WDB-605"
RESTORE_FAILED = "WDB-606"
DIFFERS = "WDB-607"
BASE_FAILED = "WDB-608"
NOT_REACHED = "WDB-609"
ARCHIVE_BEHIND = "WDB-610"
NO_DRILL = "WDB-611"
LOG_DAMAGED = "WDB-612"
LOG_IN_CLEAR = "WDB-613"

RECOVERY_SYMPTOMS = (
    Symptom(
        DAMAGED,
        "What should be restored is damaged",
        "Its checksum is not that of the file that was written. Nothing was restored from it, and "
        "what runs was not touched.",
        (
            "Use the backup before it: wardctl restore lists them, wardctl backup verify ID.",
            "Fetch its second copy: wardctl backup offsite list, then --file.",
            "Look after the disk: smartctl -a, dmesg.",
        ),
    ),
    Symptom(
        NO_KEY,
        "The backup or the log is encrypted, and its key is not here",
        "Without the key of the time it was made nobody can open it. Nothing was touched.",
        (
            "Set where the key is: backup.key in config.toml, or --key-file.",
            "Type it from the printed copy into a file that only its owner reads (chmod 600).",
            "See which key a backup wants: the day it was made, and when the key was changed.",
        ),
    ),
    Symptom(
        NO_ROOM,
        "There is no room to restore",
        "The old database stays beside the new one, so there must be room for both. Nothing was "
        "touched.",
        (
            "See what is there: df -h in the server's data folder and in backup.dir.",
            "Remove databases that an earlier restore kept: wardctl restore kept.",
            "Enlarge the disk, or recover into a folder on another one.",
        ),
    ),
    Symptom(
        NOT_LET_IN,
        "This role may not restore",
        "A restore makes and renames databases, which the server's administrator may. Nothing was "
        "touched.",
        (
            "Name the administrator: --dsn 'host=… user=postgres dbname=ward'.",
            "Put the password into ~/.pgpass of the account that restores (chmod 600).",
            "A base backup needs a line for 'replication' in pg_hba.conf as well.",
        ),
    ),
    Symptom(
        OTHER_VERSION,
        "The backup is of another version",
        "An older server cannot read what a newer one wrote, and an older program does not know a "
        "newer schema. Nothing was touched.",
        (
            "Restore to a server at least as new: wardctl doctor says what this one is.",
            "Install its programs: apt-get install postgresql-client-VERSION.",
            "Install the Ward App of the time the backup was made, or a newer one.",
        ),
    ),
    Symptom(
        RESTORE_FAILED,
        "PostgreSQL could not restore it",
        "The half restored database was removed again, and what runs was not touched.",
        (
            (
                "Read the log of the run, in the folder logs beside the backups; its last lines "
                "say which part failed."
            ),
            "See whether the server was stopped or ran full: its own log, WDB-305.",
            "Roles that are missing on a new server: wardctl init first.",
            "Use the backup before it: wardctl restore.",
        ),
    ),
    Symptom(
        DIFFERS,
        "What was restored is not what the backup says",
        "Rows, schema or the seals of the audit trail differ. The new database was removed again, "
        "and what runs was not touched.",
        (
            "Read which table or seal differs, in the message and in the log of the run.",
            "Use the backup before it: wardctl restore.",
            "Keep this backup aside, and tell who is responsible for data protection.",
        ),
    ),
    Symptom(
        BASE_FAILED,
        "The server could not be copied",
        "There is no new base backup; the older ones were left alone.",
        (
            "Compare the server's settings: wardctl server-config pitr.",
            "Let this role replicate: a line for 'replication' in pg_hba.conf.",
            "See whether it has a free place: max_wal_senders.",
        ),
    ),
    Symptom(
        NOT_REACHED,
        "The kept log does not lead to that moment",
        "It begins later, ends earlier or lacks a file on the way. What runs was not touched.",
        (
            "See from when to when it leads: wardctl backup wal status.",
            "Recover everything that there is: wardctl restore pitr --latest.",
            "Look in the old server's data folder, in pg_wal, for what the archive lacks.",
            "A dump of before may be there: wardctl backup list.",
        ),
    ),
    Symptom(
        ARCHIVE_BEHIND,
        "The log of changes was not kept for more than 15 minutes",
        "If the server is lost now, everything charted since then is lost.",
        (
            "See what fails: wardctl backup wal status, and the server's log.",
            "Make the archive's folder writable for the server's account, or make room there.",
            "Start the receiver again: systemctl status ward-wal.",
        ),
    ),
    Symptom(
        NO_DRILL,
        "No restore was tried for more than 31 days",
        "A backup that was never restored is a hope. Nobody knows how long it takes either.",
        (
            "Try it now; what runs is not touched: wardctl backup drill.",
            "Have it done each month: docs/it/restore.md.",
        ),
    ),
    Symptom(
        LOG_DAMAGED,
        "A file of the kept log is damaged",
        "It was changed, cut off or given another name since it was written, so it is not used. "
        "Nothing after it can be recovered from that archive. What runs was not touched.",
        (
            "Put its second copy in its place, if the archive is copied to another place.",
            "Look in the server's data folder, in pg_wal, for the file of that name.",
            (
                "Without it: move the damaged file away; wardctl restore pitr --latest recovers "
                "everything before it and says what is missing."
            ),
            "While the server runs, make a new base backup now: wardctl backup base.",
            "Look after the disk: smartctl -a, dmesg.",
        ),
    ),
    Symptom(
        LOG_IN_CLEAR,
        "The kept log is not encrypted",
        "It holds what the wards chart, and whoever finds its files reads them.",
        (
            "Make a key and set backup.key: wardctl backup key.",
            "Encrypt what is there: wardctl backup wal seal.",
            "Where the server archives by itself: wardctl server-config pitr --key-file.",
            "A receiver does it once it is started again: wardctl backup wal start.",
        ),
    ),
)
