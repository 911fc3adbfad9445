"""Reading what is typed about a patient: dates of birth, numbers, words to search for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_PARTS = re.compile(r"(\d{1,2})[\s./-]*(\d{1,2}|[a-z]{3,9})[\s./-]*(\d{4})")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
_SEPARATED = re.compile(r"\d{1,2}[\s./-]+\d{1,2}[\s./-]+\d{4}")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# the oldest age ever proved is 122 years; a few more keep a late-found record enterable
_OLDEST_YEARS = 130
_MRN_DIGITS = 10
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerms:
    """What a search asks for; None = not asked."""

    name: str | None = None
    born_on: date | None = None
    mrn: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return self == SearchTerms()


def search_terms(text: str) -> SearchTerms:
    """Return a typed search as a patient number, a date of birth or parts of a name.

    Ten digits, however grouped, are a number; anything that reads as a date is a date of
    birth; the rest is a name of at least two letters.
    """
    typed = text.strip()
    digits = re.sub(r"[\s-]", "", typed)
    if digits.isdigit() and len(digits) == _MRN_DIGITS:
        return SearchTerms(mrn=digits)
    try:
        return SearchTerms(born_on=_date(*_parts(typed.casefold())))
    except ValueError:
        return SearchTerms(name=typed) if len(typed) >= _SHORTEST_NAME else SearchTerms()


def is_valid_mrn(mrn: str) -> bool:
    """Whether the check digit of a patient number is right (Luhn, as the database makes it)."""
    if len(mrn) != _MRN_DIGITS or not mrn.isdigit():
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in mrn[-2::-2]]
    return (sum(doubled) + sum(int(digit) for digit in mrn[::-2])) % 10 == 0


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
