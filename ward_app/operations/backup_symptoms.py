"""The symptoms of backups that fail or cannot be trusted, and their remedies."""

from __future__ import annotations

from ward_app.operations.symptom import Symptom

NO_ROOM = "WDB-501"
NOT_LET_IN = "WDB-502"
OFFSITE_NOT_LET_IN = "WDB-503"
NO_SERVER = "WDB-504"
OLD_PROGRAM = "WDB-505"
NO_FOLDER = "WDB-506"
DAMAGED = "WDB-507"
WRONG_KEY = "WDB-508"
NO_KEY = "WDB-509"
PLAIN_REFUSED = "WDB-510"
DUMP_FAILED = "WDB-511"
BAD_MANIFEST = "WDB-512"
OFFSITE_DIFFERS = "WDB-513"
NO_RECENT = "WDB-514"
ENGINE_FAILED = "WDB-515"

BACKUP_SYMPTOMS = (
    Symptom(
        NO_ROOM,
        "There is no room for the backup",
        "The disk of the backups is full, or would be. The unfinished file was removed; the "
        "backups that are there were left alone.",
        (
            "See what is there: df -h, and wardctl backup list.",
            "Remove what is older than backup.retention_days: wardctl backup prune.",
            "Enlarge the disk, or set backup.dir to a larger one.",
        ),
    ),
    Symptom(
        NOT_LET_IN,
        "The role of the backup is not let in, or may not read everything",
        "A backup that lacks rows would be none, so nothing was written.",
        (
            "Put its password into ~/.pgpass of the account that runs the backup (chmod 600).",
            "Make it a member of ward_backup: GRANT ward_backup TO ROLE.",
            "Give ward_backup its rights again: wardctl init.",
        ),
    ),
    Symptom(
        OFFSITE_NOT_LET_IN,
        "The second place does not let the copy in",
        "The backup itself is good; it is in one place only.",
        (
            (
                "Sign in again as the account that runs the backup: rclone config, az login, "
                "aws configure, gcloud auth login."
            ),
            "Compare backup.offsite.account and backup.offsite.container: wardctl config check.",
            "Then copy what is missing: wardctl backup offsite push.",
        ),
    ),
    Symptom(
        NO_SERVER,
        "The server of the backup cannot be reached",
        "No backup was made. The older ones were left alone.",
        (
            "Ask it from here: wardctl ping.",
            "Behind PgBouncer a backup needs the server itself: database.direct_url, or --dsn.",
            "See WDB-101 and WDB-106: wardctl doctor --explain WDB-101.",
        ),
    ),
    Symptom(
        OLD_PROGRAM,
        "PostgreSQL's programs on this computer are missing or too old",
        "pg_dump must be as new as the server; an older one refuses, or loses what it does not "
        "know.",
        (
            "Install the server's version: apt-get install postgresql-client-VERSION.",
            "Compare them: pg_dump --version, and SHOW server_version.",
            "Or make the backup on the server itself, which has the right one.",
        ),
    ),
    Symptom(
        NO_FOLDER,
        "The folder of the backups cannot be written or read",
        "No backup was made, or nobody knows which there are.",
        (
            "See whether it is there and mounted, and whose it is: ls -ld, mount.",
            "Give it to the account that runs the backup (chown, chmod 700).",
            "Or set backup.dir to another one: wardctl config check shows it.",
        ),
    ),
    Symptom(
        DAMAGED,
        "A backup is damaged",
        "Its file is not the one that was written: changed, cut off, or missing. It is not used, "
        "and does not count as a backup.",
        (
            "See which ones are good: wardctl backup verify ID for each, newest first.",
            "Look for its second copy: wardctl backup offsite check.",
            "Make a new one now: wardctl backup create.",
            "Look after the disk: smartctl -a, dmesg.",
        ),
    ),
    Symptom(
        WRONG_KEY,
        "This is not the backup's key",
        "The backup was encrypted with another one. Nothing was decrypted.",
        (
            "Use the key of the time the backup was made: backup.key, or --key-file.",
            "Look for the printed copy of that key; without it nobody can open the backup.",
            "Compare the days: wardctl backup list, and when the key was changed.",
        ),
    ),
    Symptom(
        NO_KEY,
        "The key of the backups is not there",
        "Without it no backup can be made or opened.",
        (
            "Set where it is: backup.key in config.toml, or --key-file.",
            "Make the first one and print it: wardctl backup key.",
            "A keyring is locked while nobody is signed in: nightly backups need a file.",
        ),
    ),
    Symptom(
        PLAIN_REFUSED,
        "A backup of patients' data must be encrypted",
        "The database is for the care of patients, and whoever finds an open file reads it all.",
        (
            "Make a key and set backup.key: wardctl backup key.",
            "A database that is no production says so: wardctl migrate run --environment.",
        ),
    ),
    Symptom(
        DUMP_FAILED,
        "pg_dump failed",
        "The unfinished file was removed; the backups that are there were left alone.",
        (
            "Read the log of the run, in the folder logs beside the backups.",
            "A table in use by a migration is waited for ten minutes: try again later.",
            "See whether the server was stopped or ran full: its own log, WDB-305.",
        ),
    ),
    Symptom(
        BAD_MANIFEST,
        "A backup's manifest is missing or not the one that was written",
        "What it says of its backup cannot be believed, so the backup is not used.",
        (
            "Look for its second copy: wardctl backup offsite check.",
            "Use another backup: wardctl backup list.",
            "In an emergency openssl opens the file without it: docs/it/backup.md.",
        ),
    ),
    Symptom(
        OFFSITE_DIFFERS,
        "The second copy of a backup is missing or differs",
        "If this place is lost, that backup is lost.",
        (
            "Copy it again: wardctl backup offsite push ID.",
            "Compare them: wardctl backup offsite check.",
            "See whether something else deletes or changes files there (rules of the container).",
        ),
    ),
    Symptom(
        NO_RECENT,
        "There is no good backup of the last 26 hours",
        "If the database is lost now, more than a day of charting is lost.",
        (
            "Make one now: wardctl backup create.",
            "See why the nightly one failed: systemctl status ward-backup, and its log.",
            "See that it is scheduled: wardctl backup schedule install.",
        ),
    ),
    Symptom(
        ENGINE_FAILED,
        "pgBackRest failed",
        "It made no backup, or cannot say what it has. What it had before was left alone.",
        (
            "Read its own log, in log-path of its file (usually /var/log/pgbackrest).",
            "See whether it is set up: sudo -u postgres pgbackrest --stanza=ward check.",
            "The stanza was never made: sudo -u postgres pgbackrest --stanza=ward stanza-create.",
            "Compare backup.stanza and backup.pgbackrest_config: wardctl config check.",
            "Run it as the account of the server, or as root.",
        ),
    ),
)
