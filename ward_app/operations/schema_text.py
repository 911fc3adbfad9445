"""A database's schema as pg_dump writes it, to be compared with itself at another time."""

from __future__ import annotations

import subprocess
from collections import Counter

from psycopg.conninfo import conninfo_to_dict

from ward_app.core.errors import ConfigurationError
from ward_app.operations.backup.programs import environment, programs_for
from ward_app.operations.bootstrap import administrator

# made by the first migration that knows it, whichever way that goes
_LOG = "public.migration_log"


def schema_lines(dsn: str) -> list[str]:
    """Return the schema's lines, without what differs from dump to dump.

    Grants stand last and sorted: they come in the order they were given, which says nothing.

    Raises:
        ConfigurationError: pg_dump failed; its words are in the sentence.
        DatabaseUnavailableError: the server cannot be reached.
    """
    database = str(conninfo_to_dict(dsn)["dbname"])
    with administrator(dsn, database) as connection:
        programs = programs_for(connection.info.server_version // 10_000)
    done = subprocess.run(
        [
            programs.path("pg_dump"), f"--dbname={dsn}", "--schema-only", "--no-comments",
            "--no-password", f"--exclude-table={_LOG}",
        ],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )  # fmt: skip
    if done.returncode:
        raise ConfigurationError(f"The schema cannot be read: {done.stderr.strip()}")
    # \restrict has another word each time
    lines = [line for line in done.stdout.splitlines() if line and line[:1] not in {"-", "\\"}]
    grants = sorted(line for line in lines if line.startswith(("GRANT", "REVOKE")))
    return [line for line in lines if not line.startswith(("GRANT", "REVOKE"))] + grants


def first_difference(before: list[str], after: list[str]) -> str:
    """Return what one of two schemas has and the other lacks, in words; "" when they are equal."""
    if before == after:
        return ""
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    # the longest line names the most
    words = [f"{said}: {max(lines, key=len).strip()}" for said, lines in
             (("gone", gone), ("new", new)) if lines]  # fmt: skip
    return "; ".join(words) or "the same lines in another order"
