"""What an import did not take over, or took over with a remark: one line each, for IT.

The lines name files, lines and values of the source, never a patient of the hospital.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from ward_app.core.errors import ConfigurationError

_LONGEST_VALUE = 60


class Effect(StrEnum):
    """What became of the row or value that a line is about."""

    ROW_REFUSED = "row not loaded"
    VALUE_REFUSED = "value not loaded"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a source file.

    Attributes:
        file: its name inside the data set, such as "hosp/patients.csv.gz".
        line: where it begins in the unpacked file; the heading is line 1.
        values: column -> text as it stands there; "" = nothing stands there.
    """

    file: str
    line: int
    values: Mapping[str, str]


class ReportLine(NamedTuple):
    """One line of the report, in the order of its columns. `field` "" = the row as a whole."""

    source_file: str
    line: int
    field: str
    value: str
    reason: str
    effect: Effect


class Remark(NamedTuple):
    """How often the same thing was said about a file."""

    source_file: str
    effect: Effect
    field: str
    reason: str
    times: int


class ImportReport:
    """Collects the lines of one import. Each source row is read, and either loaded or refused."""

    def __init__(self) -> None:
        self._lines: list[ReportLine] = []
        self._rows_read: Counter[str] = Counter()

    @property
    def lines(self) -> list[ReportLine]:
        """The lines so far, by file and line of the source."""
        return sorted(self._lines)

    def count_rows(self, file: str, rows: int) -> None:
        """Say how many rows a file has."""
        self._rows_read[file] += rows

    def refuse_row(self, row: SourceRow, reason: str, *, field: str = "", value: str = "") -> None:
        """Say that nothing of the row was loaded; `reason` is the same for all such rows."""
        self._add(row, Effect.ROW_REFUSED, reason=reason, about=(field, value))

    def refuse_value(self, row: SourceRow, field: str, *, reason: str) -> None:
        """Say that one value was left out of a row."""
        self._add(row, Effect.VALUE_REFUSED, reason=reason, about=(field, row.values[field]))

    def keep(self, row: SourceRow, field: str, *, reason: str) -> None:
        """Say that a remarkable value was loaded as it stands."""
        self._add(row, Effect.KEPT, reason=reason, about=(field, row.values[field]))

    def rows_read(self) -> dict[str, int]:
        """Return how many rows each file has."""
        return dict(self._rows_read)

    def rows_refused(self) -> dict[str, int]:
        """Return how many rows of each file were not loaded."""
        refused = {
            (line.source_file, line.line)
            for line in self._lines
            if line.effect is Effect.ROW_REFUSED
        }
        return dict(Counter(file for file, _line in refused))

    def remarks(self) -> list[Remark]:
        """Return what was said how often: refused rows by reason, values by their field."""
        said: Counter[tuple[str, Effect, str, str]] = Counter()
        for line in self._lines:
            whole_row = line.effect is Effect.ROW_REFUSED
            about = ("", line.reason) if whole_row else (line.field, "")
            said[line.source_file, line.effect, *about] += 1
        return [Remark(*about, times) for about, times in sorted(said.items())]

    def write(self, path: Path) -> None:
        """Write the report as CSV, readable by its owner alone.

        Raises:
            ConfigurationError: the file cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a handle
                writer = csv.writer(file)
                writer.writerow(ReportLine._fields)
                writer.writerows(self.lines)
        except OSError as error:
            raise ConfigurationError(
                f"The report {path} cannot be written: {error.strerror}. Nothing was imported; "
                "name another file with --report."
            ) from error

    def _add(self, row: SourceRow, effect: Effect, *, reason: str, about: tuple[str, str]) -> None:
        field, value = about
        line = ReportLine(row.file, row.line, field, value[:_LONGEST_VALUE], reason, effect)
        self._lines.append(line)
