"""The table of what befell the server, and what became of all that was saved meanwhile."""

from __future__ import annotations

import textwrap

SUMS = ("acknowledged", "written", "doubled", "lost", "untold")
LONGEST = ("cpu_ms", "wall_ms", "recovery_s")
HEADS = ("fault", "runs", *SUMS, *LONGEST)
KILLED = ("kills", "acknowledged", "arrived")
WIDTH = 120


def lines_of(reports):
    """Return the lines about the tests of these reports, each fault once; none: no faults."""
    told = [dict(report.user_properties) for report in reports]
    found = [each for each in told if "fault" in each]
    faults = sorted({each["fault"] for each in found})
    lines = _columns([HEADS, *(_row(fault, found) for fault in faults)])
    for fault in faults:
        runs = [each for each in found if each["fault"] == fault]
        lines.append(f"{fault}:")
        lines += [f"    {line}" for each in _sentences(runs) for line in each]
    return [*lines, *_kills(told)]


def _row(fault, found):
    runs = [each for each in found if each["fault"] == fault]
    sums = (str(sum(each[name] for each in runs)) for name in SUMS)
    longest = (f"{max(each[name] for each in runs):.1f}" for name in LONGEST)
    return (fault, str(len(runs)), *sums, *longest)


def _columns(rows):
    if len(rows) == 1:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"{row[0]:<{widths[0]}}"
        + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]


def _sentences(runs):
    sentences = sorted({sentence for each in runs for sentence in each["sentences"]})
    return [textwrap.wrap(sentence, WIDTH) for sentence in sentences or ["nobody noticed"]]


def _kills(told):
    found = [each for each in told if "kills" in each]
    return [", ".join(f"{name} {each[name]}" for name in KILLED) for each in found]
