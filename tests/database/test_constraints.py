"""Rules that `alembic check` does not compare: CHECKs, exclusions and deferrable keys.

Months of the logs are made by the server after their log: `tests/audit/test_months.py`.
"""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine

from ward_app.operations.bootstrap import create_database, drop_database
from ward_app.operations.metadata import SCHEMAS, metadata

_CONSTRAINTS = """
SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c
JOIN pg_namespace n ON n.oid = c.connamespace
JOIN pg_class t ON t.oid = c.conrelid AND NOT t.relispartition
WHERE n.nspname = ANY (%s)
"""
_COLUMNS = """
SELECT a.attrelid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
    col_description(a.attrelid, a.attnum)
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relname NOT IN ('alembic_version', 'migration_log')
"""


@pytest.fixture(scope="module")
def as_mapped(server):
    """A database made from the mapped classes alone."""
    name = f"ward_test_mapped_{uuid4().hex}"
    create_database(server.dsn("postgres"), name)
    with psycopg.connect(server.dsn(name), autocommit=True) as admin:
        for extension in ("btree_gist", "pg_trgm", "pgcrypto"):
            admin.execute(f"CREATE EXTENSION {extension} SCHEMA public")
        for schema in SCHEMAS:
            admin.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(server.dsn(name))
    )
    metadata.create_all(engine)
    engine.dispose()
    with psycopg.connect(server.dsn(name), autocommit=True) as admin:
        yield admin
    drop_database(server.dsn("postgres"), name)


@pytest.mark.parametrize("question", [_CONSTRAINTS, _COLUMNS], ids=["constraints", "columns"])
def test_that_the_classes_in_the_code_and_the_migrations_make_the_same(admin, as_mapped, question):
    """[P18]"""
    migrated = set(admin.execute(question, (list(SCHEMAS),)))
    mapped = set(as_mapped.execute(question, (list(SCHEMAS),)))
    migrated = {row for row in migrated if row[0] not in {"alembic_version", "migration_log"}}
    assert migrated - mapped == set()
    assert mapped - migrated == set()


def test_that_one_bed_and_one_patient_are_kept_apart_by_the_database(admin):
    """[field lesson 6] Not by a check before the write: by exclusion, also when deferred."""
    found = admin.execute(
        "SELECT conname, condeferrable, condeferred FROM pg_constraint"
        " WHERE contype = 'x' ORDER BY conname"
    )
    assert found.fetchall() == [
        ("bed_stays_one_patient_per_bed", True, False),
        ("bed_stays_one_place_per_patient", True, False),
    ]


def test_that_every_time_a_client_gives_is_one_that_can_be_shown(admin):
    """Each timestamp and date among the columns that clients may insert has a CHECK."""
    given = admin.execute(
        "SELECT p.table_name::text, p.column_name::text"
        " FROM information_schema.column_privileges p JOIN information_schema.columns c"
        " USING (table_schema, table_name, column_name)"
        " WHERE p.grantee = 'ward_client' AND p.privilege_type = 'INSERT'"
        " AND c.data_type IN ('timestamp with time zone', 'date')"
    ).fetchall()
    checked = {row[0] for row in admin.execute("SELECT conname FROM pg_constraint")}
    assert len(given) > 5
    for table, column in given:
        assert f"ck_{table}_{column}_plausible" in checked
