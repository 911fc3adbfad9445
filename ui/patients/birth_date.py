"""Reading a typed date of birth; day first, as the ward's language writes it."""

from __future__ import annotations

import re
from datetime import date

from ui.formats import MONTHS

_MONTHS = [month.casefold() for month in MONTHS]
_PARTS = re.compile(r"(\d{1,2})[\s./-]*(\d{1,2}|[a-z]{3,9})[\s./-]*(\d{4})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_SEPARATED = re.compile(r"\d{1,2}[\s./-]+\d{1,2}[\s./-]+\d{4}")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# the oldest age ever proved is 122 years; a few more keep a late-found record enterable
_OLDEST_YEARS = 130


def read_birth_date(text: str, today: date) -> date | None:
    """Return the date a nurse typed, or None for an empty text.

    Understands `3/4/1948`, `3.4.1948`, `03041948`, `03-Apr-1948`, `3 April 1948` and
    `1948-04-03`. The year always has four digits: "48" may be a child or a centenarian.

    Raises:
        ValueError: not a date, in the future, or more than 130 years ago; the text says
            what to type instead.
    """
    typed = text.strip().casefold()
    if not typed:
        return None
    born_on = _date(*_parts(typed))
    if born_on > today:
        raise ValueError("The date of birth is in the future.")
    if today.year - born_on.year > _OLDEST_YEARS:
        raise ValueError(f"The date of birth is more than {_OLDEST_YEARS} years ago.")
    return born_on


def _parts(typed: str) -> tuple[str, str, str]:
    """Return day, month and year as typed."""
    if found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = found.groups()
        return day, month, year
    found = _DIGITS.fullmatch(typed)
    if found is None and (_SEPARATED.fullmatch(typed) or re.search("[a-z]", typed)):
        found = _PARTS.fullmatch(typed)
    if found is None:
        raise ValueError("Type day, month and the year with four digits: 3/4/1948.")
    day, month, year = found.groups()
    return day, month, year


def _date(day: str, month: str, year: str) -> date:
    try:
        return date(int(year), _month(month), int(day))
    except ValueError:
        raise ValueError("There is no such day in the calendar.") from None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3]) + 1
