"""How soon eight writing workstations go on after each fault, and how long a window was busy.

The fault matrix of the tests is what runs: its assertions hold while it is timed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from benchmarks.measure import Figure

MATRIX = "tests/resilience/server/test_fault_matrix.py"
WINDOW_TARGET_MS = 50.0
_FAULT = re.compile(r"\[(.+)\]$")


def measure() -> list[Figure]:
    """Return two figures of each fault; a fault that cannot be made here has none."""
    with tempfile.TemporaryDirectory(prefix="ward-recovery-") as folder:
        report = Path(folder) / "report.xml"
        _run_matrix(report)
        cases = ET.parse(report).iter("testcase")  # noqa: S314 - pytest has just written it
        return [figure for case in cases for figure in _figures(case)]


def _run_matrix(report: Path) -> None:
    to_report = [f"--junitxml={report}", "-o", "junit_family=xunit1"]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", *to_report, MATRIX],
        stdout=sys.stderr,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )


def _figures(case: ET.Element) -> list[Figure]:
    found = _FAULT.search(case.get("name", ""))
    told = {each.get("name"): float(each.get("value", "nan")) for each in case.iter("property")}
    if found is None or not told:
        return []
    fault = found[1]
    return [
        Figure(
            name=f"{fault}: until all of eight workstations saved again",
            ours_ms=told["recovery_s"] * 1000,
            reference_ms=None,
            reference="from the end of the fault",
            target=None,
        ),
        Figure(
            name=f"{fault}: longest work of the window at a stretch, CPU time",
            ours_ms=told["window_ms"],
            reference_ms=None,
            reference="50 ms",
            target=WINDOW_TARGET_MS,
        ),
    ]
