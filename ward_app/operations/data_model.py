"""The data model in words, for people who write their own reports: `docs/data-model.md`."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Table, create_engine

from ward_app.operations.metadata import SCHEMAS, metadata

_HEAD = """# The data model

Made by `wardctl data-model` from the mapped classes; a test holds them equal to the database.
Every table keeps who wrote a row and when; rows of the clinical record are only ever added. Times
are `timestamptz`. Keys are UUIDs that the program makes (version 7, in the order of time); logs
are numbered by the database. A column that may be null is marked *or null*.

Clients read through row security: a query sees what the person who is signed in may see, and
nothing without one.
"""
# names the types; nothing is connected to
_DIALECT = create_engine("postgresql+psycopg://").dialect
_HOLDS = {
    "public": "People, roles, wards they work on, sessions, workstations, messages, shifts",
    "patient": "Patients and what is known of them whatever ward they are on",
    "room": "Buildings, floors, wards, rooms and beds",
    "admission": "Stays: who came, lies where, moved and left",
    "report": "The chart: observations, devices, notes, assessments, handovers, escalations",
    "rounding": "Rounds, their answers, and tasks",
    "audit": "What was changed, opened and who signed in, with the seals over it",
    "auth": "Keys of protected details; the functions that prove who asks are here too",
}


def data_model() -> str:
    """Return every table by schema, with its columns, as Markdown."""
    return "\n".join([_HEAD, *_contents(), *_chapters()])


def _contents() -> Iterator[str]:
    yield "| Schema | Holds | Tables |"
    yield "|---|---|---|"
    for schema in SCHEMAS:
        names = ", ".join(f"[{table.name}](#{schema}{table.name})" for table in _tables(schema))
        yield f"| `{schema}` | {_HOLDS[schema]} | {names} |"


def _chapters() -> Iterator[str]:
    for schema in SCHEMAS:
        yield f"\n## {schema}"
        for table in _tables(schema):
            yield from _table(table)


def _tables(schema: str) -> list[Table]:
    found = (table for table in metadata.tables.values() if table.schema == schema)
    return sorted(found, key=lambda table: table.name)


def _table(table: Table) -> Iterator[str]:
    yield f"\n### {table.schema}.{table.name}"
    yield f"\n{table.comment}\n"
    yield "| Column | Type | Meaning |"
    yield "|---|---|---|"
    for column in table.columns:
        yield f"| `{column.name}` | {_type(column)} | {_meaning(column)} |"


def _type(column: Column[object]) -> str:
    words = column.type.compile(dialect=_DIALECT).lower()
    words = words.replace("timestamp with time zone", "timestamptz")
    return f"{words} or null" if column.nullable else words


def _meaning(column: Column[object]) -> str:
    """Return what a column refers to and what its comment says; "" where the name says it all."""
    words = ["key"] if column.primary_key else []
    words += sorted(f"refers to {key.target_fullname}" for key in column.foreign_keys)
    if column.comment:
        words.append(column.comment.replace("|", "\\|"))
    return "; ".join(words)
