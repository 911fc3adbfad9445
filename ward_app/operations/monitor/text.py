"""The report as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.parts import Bar, Rows
from ward_app.operations.monitor.report import Report, Section
from ward_app.operations.monitor.snapshots import Trend
from ward_app.operations.monitor.trend_parts import trend_rows
from ward_app.operations.monitor.words import moment_text

MARKS = {Level.GOOD: "ok", Level.INFO: "info", Level.WARNING: "warning", Level.ERROR: "ERROR"}
_BAR_SIGNS = 20
_WIDEST = 60


def lines_of(made: Report) -> Iterator[str]:
    """Yield the report line by line."""
    yield f"{made.database} on PostgreSQL {made.server_version}, {moment_text(made.taken_at)}"
    yield from _pressing(made)
    for remark in made.remarks:
        yield finding_line(remark)
    for section in made.sections:
        yield ""
        yield from _section(section)


def _pressing(made: Report) -> Iterator[str]:
    """Yield which parts to read first, the problems before the warnings."""
    for level in (Level.ERROR, Level.WARNING):
        titles = [section.title for section in made.sections if section.level is level]
        if titles:
            yield f"{MARKS[level]:7} in {', '.join(titles)}"


def finding_line(found: Finding) -> str:
    """Return what was found and what to do, in one line."""
    remedy = f" {found.remedy}" if found.remedy else ""
    code = f" [{found.code}]" if found.code else ""
    return f"{MARKS[found.level]:7} {found.says}{remedy}{code}"


def table_lines(table: Rows) -> Iterator[str]:
    """Yield a table with its columns below each other."""
    grid = [table.columns, *table.rows]
    widths = [
        min(max(len(row[column]) for row in grid), _WIDEST) for column in range(len(grid[0]))
    ]
    yield f"  {table.title}"
    for row in grid:
        cells = (
            text.rjust(width) if column in table.numbers else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "    " + "  ".join(cells).rstrip()


def trend_lines(trend: Trend) -> Iterator[str]:
    """Yield what grew, line by line."""
    yield ""
    yield "WHAT GREW"
    if not trend.is_known:
        yield "  There is nothing to compare yet: two snapshots are needed (--keep)."
        return
    first, last = trend.snapshots[0].taken_at, trend.snapshots[-1].taken_at
    yield f"  {moment_text(first)} to {moment_text(last)}, {len(trend.snapshots)} snapshots"
    for table in trend_rows(trend):
        yield from table_lines(table)


def _section(section: Section) -> Iterator[str]:
    yield f"{section.title.upper()}"
    for found in section.findings:
        yield f"  {finding_line(found)}"
    parts = section.parts
    if parts.facts:
        yield "  " + ", ".join(f"{fact.label}: {fact.text}" for fact in parts.facts)
    for bar in parts.bars:
        yield f"  {_bar(bar)}"
    for table in parts.tables:
        yield from table_lines(table)


def _bar(bar: Bar) -> str:
    filled = round(_BAR_SIGNS * min(max(bar.share or 0, 0), 1))
    drawn = "#" * filled + "." * (_BAR_SIGNS - filled)
    return f"{bar.label:30} [{drawn}] {bar.said}"
