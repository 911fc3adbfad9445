"""CSV files of a data set, plain or gzipped: rows with their line numbers, or a clear refusal."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from ward_app.core.errors import WardError
from ward_app.exchange.report import ImportReport, SourceRow

LAYOUT = "This reads the layout of the MIMIC-IV demo 2.2"


class UnusableSourceError(WardError):
    """The files to import are missing, damaged or of another layout; nothing was imported."""


def check_folder(folder: Path) -> None:
    """Accept a folder that can be looked into.

    Raises:
        UnusableSourceError: it does not exist, or is not a folder.
    """
    if not folder.exists():
        raise UnusableSourceError(f"There is no folder {folder}.")
    if not folder.is_dir():
        raise UnusableSourceError(
            f"{folder} is not a folder. Name the folder that holds hosp/ and derived/."
        )


def read_rows(
    folder: Path, name: str, *, columns: Sequence[str], report: ImportReport
) -> list[SourceRow]:
    """Return the rows of one file with the columns asked for, in file order.

    Rows with too few or too many fields go to the report instead. `name` is the path in the
    data set without its ending; `.csv.gz` and `.csv` are both found.

    Raises:
        UnusableSourceError: the file is missing, damaged, empty or lacks a column.
    """
    path = _find(folder, name)
    file = path.relative_to(folder).as_posix()
    try:
        with _open(path) as text:
            rows = list(_rows(text, file, columns=columns, report=report))
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnusableSourceError(
            f"{file} is damaged: it cannot be unpacked to its end. Fetch it again."
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnusableSourceError(f"{file} is not a CSV file in UTF-8 ({error}).") from error
    except OSError as error:
        raise UnusableSourceError(f"{file} cannot be read: {error.strerror}.") from error
    return rows


def _find(folder: Path, name: str) -> Path:
    for ending in (".csv.gz", ".csv"):
        path = folder / f"{name}{ending}"
        if path.exists():
            return path
    raise UnusableSourceError(f"{folder} lacks {name}.csv.gz. {LAYOUT}.")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(
    text: TextIO, file: str, *, columns: Sequence[str], report: ImportReport
) -> Iterator[SourceRow]:
    reader = csv.reader(text, strict=True)
    heading = next(reader, None)
    if heading is None:
        raise UnusableSourceError(f"{file} is empty.")
    missing = [column for column in columns if column not in heading]
    if missing:
        raise UnusableSourceError(f"{file} lacks the column {missing[0]}. {LAYOUT}.")
    places = [heading.index(column) for column in columns]
    begins = reader.line_num + 1
    for fields in reader:
        if fields:
            report.count_rows(file, 1)
            fits = len(fields) == len(heading)
            values = [fields[place].strip() for place in places] if fits else []
            row = SourceRow(file, begins, dict(zip(columns, values, strict=False)))
            if fits:
                yield row
            else:
                report.refuse_row(row, "the row has too few or too many fields")
        begins = reader.line_num + 1
