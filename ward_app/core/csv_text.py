"""Tables as CSV that a spreadsheet opens as what they are: words and numbers, never formulas."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

# What spreadsheets take for the beginning of a formula, also in the wide forms of East Asia, after
# blanks, and behind a tab or a line's end (OWASP, "CSV Injection").
_FORMULA = re.compile(r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)?$")


def csv_text(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180), the headers first.

    A cell that a spreadsheet would take for a formula begins with an apostrophe, which it shows
    as words; numbers stay numbers.
    """
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_plain(cell) for cell in headers])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue()


def _plain(cell: str) -> str:
    if _FORMULA.search(cell) and not _NUMBER.match(cell):
        return f"'{cell}"
    return cell
