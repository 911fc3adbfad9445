"""What grew, as tables: on paper, in a file and on screen."""

from __future__ import annotations

from ward_app.operations.monitor.parts import Rows
from ward_app.operations.monitor.snapshots import Change, Growth, Trend
from ward_app.operations.monitor.words import ms_text
from ward_app.operations.sizes import size_text


def trend_rows(trend: Trend) -> tuple[Rows, ...]:
    """Return what grew and what became slower, as tables; those without rows are left out."""
    grown = tuple(_grown(one) for one in trend.growth)
    changed = tuple(_changed(one) for one in trend.changes)
    sizes = Rows("Sizes", ("Table", "Then", "Now", "A day"), grown, frozenset({1, 2, 3}))
    statements = Rows(
        "Slow statements, on average", ("Statement", "Then", "Now"), changed, frozenset({1, 2})
    )
    return tuple(table for table in (sizes, statements) if table.rows)


def _grown(one: Growth) -> tuple[str, ...]:
    sign = "+" if one.per_day_bytes > 0 else ""
    return (
        one.name or "the whole database",
        size_text(one.from_bytes),
        size_text(one.to_bytes),
        f"{sign}{size_text(one.per_day_bytes)}",
    )


def _changed(one: Change) -> tuple[str, ...]:
    return (one.shape, ms_text(one.from_ms), ms_text(one.to_ms))
