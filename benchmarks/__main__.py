"""`./dev bench`: measure, print a table, write the figures as JSON."""

from __future__ import annotations

import argparse
import json
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import (
    audit,
    backup,
    database,
    details,
    fleet,
    hospital,
    interface,
    lane,
    monitor,
    outbox,
    recovery,
    replica_and_copy,
    rounds,
    security,
)
from benchmarks.measure import Figure

PARTS = ("database", "interface", "fleet", "recovery", "backup", "monitor")
# so many sets are enough for a part that is measured alone
MOST_ALONE = {
    "interface": 1_000_000_000,
    "fleet": 200_000,
    "backup": 1_000_000_000,
    "monitor": 1_000_000_000,
}


def main() -> None:
    """Measure what was asked for."""
    arguments = _arguments()
    figures = _measure(arguments.rows, arguments.only)
    _print(figures)
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "figures": [asdict(f) | {"ratio": f.ratio, "met": f.met} for f in figures],
    }
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(document, indent=1) + "\n")
    Console().print(f"Figures: {arguments.json}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument(
        "--rows",
        type=lambda text: [int(part) for part in text.split(",")],
        default=[1_000_000, 10_000_000],
        help="vital-sign rows to measure with, growing (default 1000000,10000000)",
    )
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"))
    return parser.parse_args()


def _measure(rows: list[int], only: str | None) -> list[Figure]:
    figures = recovery.measure() if only in (None, "recovery") else []
    if only == "recovery":
        return figures
    made = hospital.build()
    try:
        if only in MOST_ALONE:
            hospital.fill_vital_signs(made, first=1, last=min(rows[0], MOST_ALONE[only]))
        else:
            figures += _database(made, rows)
        if only == "backup":
            figures += backup.measure(made, rows[0])
        if only in (None, "monitor"):
            figures += monitor.measure(made, rows[0] if only else rows[-1])
        if only in (None, "interface"):
            figures += interface.measure(made)
        if only in (None, "fleet"):
            figures += fleet.figures(made)
    finally:
        made.cluster.stop()
    return figures


def _database(made: hospital.Hospital, rows: list[int]) -> list[Figure]:
    figures: list[Figure] = []
    rounds.fill(made)
    filled = 0
    by_size: list[list[Figure]] = []
    for count in rows:
        Console(stderr=True).print(f"Making {count:,} sets of vital signs …")
        hospital.fill_vital_signs(made, first=filled + 1, last=count)
        filled = count
        with database.bench(made) as it:
            by_size.append(
                [
                    *database.boards(it, f"{count:,}"),
                    lane.reading(it, f"{count:,}"),
                    *security.figures(it, f"{count:,}"),
                    database.recording(it, f"{count:,}"),
                ]
            )
        figures += by_size[-1]
    figures += [
        Figure(
            name=f"growth to {larger.name}",
            ours_ms=larger.ours_ms,
            reference_ms=smaller.ours_ms,
            reference=f"the same at {rows[0]:,} sets",
            target=1.2,
        )
        for smaller, larger in zip(by_size[0], by_size[-1], strict=True)
        if len(by_size) > 1
    ]
    with database.bench(made) as it:
        figures += database.steps(it)
        figures += rounds.figures(it)
        figures += audit.figures(it)
        figures.append(details.opening(it))
        figures += replica_and_copy.figures(it)
    return [*figures, *outbox.figures()]


def _print(figures: list[Figure]) -> None:
    table = Table("what", "ours ms", "reference ms", "ratio", "target", "", "reference is")
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.ours_ms:.2f}",
            "" if figure.reference_ms is None else f"{figure.reference_ms:.2f}",
            "" if figure.ratio is None else f"{figure.ratio:.2f}",
            "" if figure.target is None else f"{figure.target:g}",
            {True: "met", False: "MISSED", None: ""}[figure.met],
            figure.reference,
        )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
