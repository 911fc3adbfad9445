"""Words, glyphs and colours of the report on the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ward_app.operations.findings import Finding, Level

# said by glyph, word and colour
GLYPHS = {Level.GOOD: "○", Level.INFO: "●", Level.WARNING: "▲", Level.ERROR: "◆"}
WORDS = {Level.GOOD: "Well", Level.INFO: "Note", Level.WARNING: "Warning", Level.ERROR: "Problem"}
COLOURS = {
    Level.GOOD: "dim",
    Level.INFO: "dim",
    Level.WARNING: "risk_medium",
    Level.ERROR: "risk_high",
}
_MANY = {Level.WARNING: "warnings", Level.ERROR: "problems", Level.INFO: "notes"}


def state_text(findings: Sequence[Finding]) -> str:
    """Return how many of the worst there are: "▲ 2 warnings", "○ Well"."""
    counted = Counter(finding.level for finding in findings)
    for level in (Level.ERROR, Level.WARNING, Level.INFO):
        count = counted[level]
        if count:
            word = WORDS[level].lower() if count == 1 else _MANY[level]
            return f"{GLYPHS[level]} {count} {word}"
    return f"{GLYPHS[Level.GOOD]} {WORDS[Level.GOOD].lower()}"


def worst(findings: Sequence[Finding]) -> Level:
    """Return the worst level among findings."""
    levels = {finding.level for finding in findings}
    for level in (Level.ERROR, Level.WARNING, Level.INFO):
        if level in levels:
            return level
    return Level.GOOD
