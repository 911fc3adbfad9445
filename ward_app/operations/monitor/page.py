"""The report as one file for a browser: no part of it comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.parts import Bar, Rows
from ward_app.operations.monitor.report import Report, Section
from ward_app.operations.monitor.snapshots import Trend
from ward_app.operations.monitor.text import MARKS
from ward_app.operations.monitor.trend_parts import trend_rows
from ward_app.operations.monitor.words import moment_text, percent_text
from ward_app.operations.sizes import size_text

_WIDTH, _HEIGHT = 240, 40
_LEAST_POINTS = 2
# nothing is fetched, and nothing in it runs
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5b6675; --line: #d5dbe3;
  --ground: #ffffff; --panel: #f5f7fa; --good: #1d6f42; --warning: #8a5a00; --error: #b3261e;
  --bar: #2f6fb3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf3; --soft: #a3afbd; --line: #39434f;
  --ground: #14191f; --panel: #1d242c; --good: #6fce9a; --warning: #f0b94d; --error: #ff8a80;
  --bar: #6aa9e9; } }
body { font: 15px/1.45 Inter, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--ground); margin: 24px auto; max-width: 1100px; padding: 0 16px; }
h1 { font-size: 24px; margin: 0 } h2 { font-size: 18px; margin: 32px 0 8px }
h3 { font-size: 14px; color: var(--soft); margin: 16px 0 4px }
.soft { color: var(--soft) } ul { list-style: none; padding: 0; margin: 8px 0 }
li { padding: 2px 0 } .mark { display: inline-block; min-width: 72px; font-weight: 600 }
.ok { color: var(--good) } .warning { color: var(--warning) } .error { color: var(--error) }
.info { color: var(--soft) }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th { text-align: left; color: var(--soft); font-weight: 600 }
th, td { border-bottom: 1px solid var(--line); padding: 4px 8px; vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.bars { display: grid; grid-template-columns: max-content 240px 1fr; gap: 4px 12px;
  align-items: center } svg { display: block }
nav a { color: inherit; margin-right: 12px }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } }
"""


def page(made: Report, trend: Trend | None = None) -> str:
    """Return the report as HTML, with what grew if a trend is given."""
    return "".join(_page(made, trend))


def sparkline(values: Sequence[float]) -> str:
    """Return a line of values as SVG, "" for less than two."""
    if len(values) < _LEAST_POINTS:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    step = _WIDTH / (len(values) - 1)
    points = " ".join(
        f"{number * step:.1f},{_HEIGHT - 3 - (value - low) / span * (_HEIGHT - 6):.1f}"
        for number, value in enumerate(values)
    )
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="trend">'
        f'<polyline fill="none" stroke="var(--bar)" stroke-width="2" points="{points}"/></svg>'
    )


def _page(made: Report, trend: Trend | None) -> Iterator[str]:
    title = f"{made.database}: report on the server"
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(title)}</h1>"
    about = f"PostgreSQL {made.server_version}, {moment_text(made.taken_at)}"
    yield f'<p class="soft">{escape(about)}</p>'
    yield "<nav>" + "".join(
        f'<a href="#{section.kind}">{escape(section.title)}</a>' for section in made.sections
    )
    yield "</nav>" + _findings([one for one in made.findings if one.level is not Level.GOOD])
    for section in made.sections:
        yield from _section(section)
    if trend is not None:
        yield from _trend(trend)
    yield "</body></html>\n"


def _section(section: Section) -> Iterator[str]:
    yield f'<h2 id="{section.kind}">{escape(section.title)}</h2>'
    yield _findings(section.findings)
    if section.parts.facts:
        facts = ", ".join(f"{fact.label}: {fact.text}" for fact in section.parts.facts)
        yield f'<p class="soft">{escape(facts)}</p>'
    if section.parts.bars:
        yield '<div class="bars">' + "".join(_bar(bar) for bar in section.parts.bars) + "</div>"
    for table in section.parts.tables:
        yield _table(table)


def _findings(findings: Sequence[Finding]) -> str:
    items = (
        f'<li><span class="mark {found.level}">{MARKS[found.level]}</span>'
        f"{escape(found.says)} {escape(found.remedy)}</li>"
        for found in findings
    )
    return f"<ul>{''.join(items)}</ul>"


def _bar(bar: Bar) -> str:
    share = min(max(bar.share or 0, 0), 1)
    colour = "var(--error)" if bar.is_bad else "var(--bar)"
    mark = "" if bar.limit is None else _limit(bar.limit)
    drawn = (
        f'<svg width="{_WIDTH}" height="14" role="img" aria-label="{percent_text(100 * share)}">'
        f'<rect width="{_WIDTH}" height="14" fill="var(--line)"/>'
        f'<rect width="{share * _WIDTH:.1f}" height="14" fill="{colour}"/>{mark}</svg>'
    )
    return f"<span>{escape(bar.label)}</span>{drawn}<span>{escape(bar.said)}</span>"


def _limit(limit: float) -> str:
    at = limit * _WIDTH
    return f'<line x1="{at:.1f}" x2="{at:.1f}" y2="14" stroke="var(--ink)" stroke-width="2"/>'


def _table(table: Rows) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=number' if column in table.numbers else ''}>{escape(text)}</{tag}>"
            for column, text in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    return (
        f"<h3>{escape(table.title)}</h3><table><thead><tr>{cells('th', table.columns)}</tr>"
        f"</thead><tbody>{body}</tbody></table>"
    )


def _trend(trend: Trend) -> Iterator[str]:
    yield '<h2 id="trend">What grew</h2>'
    if not trend.is_known:
        yield "<p>There is nothing to compare yet: two snapshots are needed.</p>"
        return
    sizes = [snapshot.size.bytes for snapshot in trend.snapshots]
    first, last = trend.snapshots[0].taken_at, trend.snapshots[-1].taken_at
    words = (
        f"{moment_text(first)} to {moment_text(last)}: from {size_text(sizes[0])} to "
        f"{size_text(sizes[-1])}."
    )
    yield f"<p>{escape(words)}</p>{sparkline(sizes)}"
    for table in trend_rows(trend):
        yield _table(table)
