"""The history of the schema: one line, there and back, and equal to the mapped classes."""

import os
import re
from pathlib import Path

import pytest

from ward_app.core.schema_version import REVISION
from ward_app.operations.bootstrap import drop_database, initialise
from ward_app.operations.migrate import BASE, downgrade, history, status, upgrade
from ward_app.operations.model_drift import differences
from ward_app.operations.schema_text import schema_lines

ALEMBIC = Path(__file__).parents[2] / "alembic"
EMPTY = "ward_test_migrations"


@pytest.fixture
def empty(server):
    """An initialised database without any revision."""
    name = f"{EMPTY}_{os.getpid()}"
    initialise(server.dsn("postgres"), name)
    yield server.dsn(name)
    drop_database(server.dsn("postgres"), name)


def test_that_the_history_is_one_line_and_the_program_knows_its_head():
    numbers = [revision.number for revision in history()]
    assert numbers == [f"{count:04d}" for count in range(1, len(numbers) + 1)]
    assert numbers[-1] == REVISION


@pytest.mark.long
def test_that_every_revision_goes_and_comes_back_to_the_same_schema(empty):
    """[M13] Each downgrade leaves what the revision before it made; the way up is the same."""
    schemas = {}
    for revision in history():
        upgrade(empty, revision.number)
        schemas[revision.number] = schema_lines(empty)
    for revision in reversed(history()[:-1]):
        downgrade(empty, revision.number)
        assert schema_lines(empty) == schemas[revision.number], revision
    downgrade(empty, BASE)
    assert status(empty).current == BASE
    upgrade(empty)
    assert schema_lines(empty) == schemas[REVISION]


def test_that_a_database_in_use_can_be_taken_back(admin_dsn):
    """Roles are given to people by then, and rows refer to each other."""
    downgrade(admin_dsn, BASE)
    assert status(admin_dsn).current == BASE


def test_that_the_mapped_classes_are_the_tables(admin_dsn):
    """[P18]"""
    assert differences(admin_dsn) == ()


def test_that_running_the_migrations_twice_changes_nothing(admin_dsn):
    """[M01]"""
    announced = []
    upgrade(admin_dsn, announce=announced.append)
    assert announced == []


def test_that_each_sql_file_belongs_to_exactly_one_direction_of_one_revision():
    used = []
    for revision in sorted((ALEMBIC / "versions").glob("*.py")):
        used += set(re.findall(r'sql_file\("([^"]+)"\)', revision.read_text(encoding="utf-8")))
    written = {str(path.relative_to(ALEMBIC / "sql")) for path in ALEMBIC.glob("sql/*/*.sql")}
    repeatable = {f"auth/ownership.v{number}.sql" for number in (1, 2, 3)}
    assert set(used) == written
    assert sorted(set(used) - repeatable) == sorted(
        name for name in used if name not in repeatable
    )
