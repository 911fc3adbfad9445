"""Base of every mapped class: one metadata, one naming convention, common columns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


class Table(DeclarativeBase):
    """Base of every mapped class; each names its PostgreSQL schema and has a comment."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text(), datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own hook


Id = Annotated[UUID, mapped_column(primary_key=True)]
Now = Annotated[
    datetime, mapped_column(DateTime(timezone=True), server_default=text("clock_timestamp()"))
]


def one_of(column: str, values: type[StrEnum]) -> str:
    """Return the CHECK condition that `column` holds one of the enum's values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def plausible(column: str, kind: str = "TIMESTAMPTZ") -> str:
    """Return the CHECK condition that a time (or a DATE) is one that programs can show.

    PostgreSQL knows infinity and the year 294276; one such row would break every screen that
    reads it.
    """
    zone = "" if kind == "DATE" else "Z"
    return f"{column} BETWEEN {kind} '1900-01-01{zone}' AND {kind} '2200-01-01{zone}'"


def corrections(
    table: str, *, reason_given: str = "change_reason <> ''"
) -> tuple[CheckConstraint, CheckConstraint, CheckConstraint, Index]:
    """Return what holds for rows that are corrected and struck out by another row.

    Each at most once, with a reason; the columns are status, supersedes_id and change_reason.
    """
    return (
        CheckConstraint("status IN ('final', 'entered_in_error')", name="status_known"),
        CheckConstraint(f"supersedes_id IS NULL OR {reason_given}", name="correction_with_reason"),
        CheckConstraint(
            "status = 'final' OR supersedes_id IS NOT NULL", name="strike_out_names_original"
        ),
        Index(
            f"uq_{table}_supersedes_id",
            "supersedes_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NOT NULL"),
        ),
    )
