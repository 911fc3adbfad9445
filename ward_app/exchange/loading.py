"""Writing a plan into the ward database: COPY into temporary tables, then one INSERT a table.

Runs as `ward_loader`, which may add rows and never change or remove one. COPY itself cannot
write into tables with row security; every trigger runs, so an import is audited like a nurse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from ward_app.core.database_errors import connection_error
from ward_app.core.errors import (
    ConfigurationError,
    ConflictError,
    DatabaseUnavailableError,
    SchemaMismatchError,
)
from ward_app.exchange.load_plan import MRN_PLACE, PATIENTS, TARGETS, LoadPlan, Row, Target

Announce = Callable[[int, int], None]

_ROLE = "ward_loader"
_LOCK_TIMEOUT_MS = 10_000
_ROWS_A_STATEMENT = 2_000
_STAGE = sql.Identifier("pg_temp", "staged")


@contextmanager
def loader(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """Yield a transaction as `ward_loader`: committed at the end, or nothing of it.

    Args:
        dsn: how the administrator, or a member of `ward_migrator`, connects.

    Raises:
        ConfigurationError: the role may not load data.
        DatabaseUnavailableError: the server cannot be reached.
        SchemaMismatchError: the database has no or an older schema.
        ConflictError: rows that are there stand in the way, or another import runs.
    """
    try:
        with _connected(dsn) as connection:
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise _not_a_loader() from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
        raise SchemaMismatchError(
            "The database is not prepared for this program. Run first: wardctl migrate run."
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise ConflictError(
            "Another import, or a change that takes long, is running. Nothing was imported; "
            "try again when it is over."
        ) from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailableError(
            "The connection to the ward database broke during the import. Run it again: what "
            "is there already is recognised, and nothing is loaded twice."
        ) from error
    except psycopg.IntegrityError as error:
        raise _in_the_way(error) from error


def _connected(dsn: str) -> psycopg.Connection[Any]:
    options = f"-c role={_ROLE} -c lock_timeout={_LOCK_TIMEOUT_MS}"
    try:
        return psycopg.connect(make_conninfo(dsn, options=options))
    except psycopg.OperationalError as error:
        if "permission denied to set role" in str(error):
            raise _not_a_loader() from error
        raise connection_error(error) from error


def _not_a_loader() -> ConfigurationError:
    return ConfigurationError(
        f"This user may not load data. Connect as the administrator, or as a member of {_ROLE}."
    )


def _in_the_way(error: psycopg.IntegrityError) -> ConflictError:
    name = error.diag.constraint_name or ""
    if name.startswith("bed_stays_one_patient_per_bed"):
        text = "A bed of the imported wards was given to somebody else since the first import."
    elif name == "uq_patients_facility_id_external_id":
        text = "A patient with a number of this data set was registered from elsewhere."
    else:
        text = f"What is in the database already stands in the way (rule {name})."
    return ConflictError(f"{text} Nothing was imported.")


def write_plan(
    connection: psycopg.Connection[Any], plan: LoadPlan, *, announce: Announce
) -> dict[str, int]:
    """Add the rows that are not there yet; return how many of each table were added.

    `announce` hears (rows done, of how many).
    """
    total = sum(len(rows) for rows in plan.rows.values())
    done = 0
    added = {}
    for target in TARGETS:
        rows = plan.rows[target]
        _stage(connection, target, rows=rows)
        added[target.table] = 0
        for first in range(0, len(rows), _ROWS_A_STATEMENT):
            part = (first, min(first + _ROWS_A_STATEMENT, len(rows)))
            added[target.table] += _insert(connection, target, part=part)
            announce(done + part[1], total)
        done += len(rows)
    return added


def give_numbers(dsn: str, plan: LoadPlan, *, facility_id: UUID, known: set[UUID]) -> None:
    """Put patient numbers into the plan, and take out the patients that are `known`.

    The numbers are taken in a transaction of their own: whoever registers a patient waits for
    the last number, and must not wait for the whole import. An import that fails leaves a gap.
    """
    new = [row for row in plan.rows[PATIENTS] if row[0] not in known]
    with loader(dsn) as connection:
        numbers = [
            mrn
            for (mrn,) in connection.execute(
                "SELECT patient.next_mrn(%s) FROM generate_series(1, %s)", (facility_id, len(new))
            )
        ]
    plan.rows[PATIENTS] = [
        (*row[:MRN_PLACE], mrn, *row[MRN_PLACE + 1 :])
        for row, mrn in zip(new, numbers, strict=True)
    ]


def _stage(connection: psycopg.Connection[Any], target: Target, *, rows: Sequence[Row]) -> None:
    columns = _columns(target)
    connection.execute("DROP TABLE IF EXISTS pg_temp.staged")
    create = sql.SQL(
        "CREATE TEMPORARY TABLE staged ON COMMIT DROP AS"
        " SELECT 0 AS row_number, {} FROM {} WITH NO DATA"
    )
    connection.execute(create.format(columns, _table(target)))
    copy = sql.SQL("COPY {} (row_number, {}) FROM STDIN").format(_STAGE, columns)
    with connection.cursor() as cursor, cursor.copy(copy) as stream:
        for number, row in enumerate(rows):
            stream.write_row(tuple(chain((number,), row)))


def _insert(connection: psycopg.Connection[Any], target: Target, *, part: tuple[int, int]) -> int:
    # what is there is left out first, because a trigger would look at it before the conflict is
    # noticed; the conflict clause is for rows that come in at the same moment
    insert = sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {columns} FROM {stage} AS new"
        " WHERE row_number >= %s AND row_number < %s"
        " AND NOT EXISTS (SELECT FROM {table} AS old WHERE old.{key} = new.{key})"
        " ORDER BY row_number ON CONFLICT ({key}) DO NOTHING"
    ).format(
        table=_table(target),
        columns=_columns(target),
        stage=_STAGE,
        key=sql.Identifier(target.key),
    )
    return connection.execute(insert, part).rowcount


def _table(target: Target) -> sql.Identifier:
    return sql.Identifier(*target.table.split("."))


def _columns(target: Target) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, target.columns))
