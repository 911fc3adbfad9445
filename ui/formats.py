"""How values read on screen: names, ages, dates, times, numbers. Pure functions, no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ward_app.board.types import BedMate

UNKNOWN = "not known"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SEXES = {"female": "Female", "male": "Male", "other": "Other", "unknown": "Sex not known"}
_MONTHS_PER_YEAR = 12
_AGE_IN_DAYS_BELOW_MONTHS = 1
_AGE_IN_MONTHS_BELOW_YEARS = 2
_MINUTES_PER_HOUR = 60
_MINUTES_PER_DAY = 24 * _MINUTES_PER_HOUR
_CENTURY = 100
_LENGTHS_OF_A_BARE_DATE = {4, 6, 8}


def person_name(family_name: str | None, given_name: str | None, title: str | None = None) -> str:
    """Return "SURNAME, Given (Title)"; the parts that are not known are left out."""
    family = (family_name or "").upper()
    name = ", ".join(part for part in (family, given_name or "") if part) or "Name not known"
    return f"{name} ({title})" if title else name


def mates_text(mates: Sequence[BedMate]) -> str:
    """Return who else lies in a bed: "OKAFOR, Ada (Ms)", several joined by "and"."""
    return " and ".join(
        person_name(mate.family_name, mate.given_name, mate.title) for mate in mates
    )


def initials(family_name: str | None, given_name: str | None) -> str:
    """Return "S. G.", surname first as everywhere; empty when no name is known."""
    return " ".join(f"{part[0].upper()}." for part in (family_name, given_name) if part)


def age(born_on: date | None, on: date) -> str:
    """Return the age on a day with its unit: "3 d", "7 m", "84 y".

    Days below one month, months below two years, years from there.
    """
    if born_on is None:
        return "age not known"
    months = _whole_months(born_on, on)
    if months < _AGE_IN_DAYS_BELOW_MONTHS:
        return f"{(on - born_on).days} d"
    if months < _AGE_IN_MONTHS_BELOW_YEARS * _MONTHS_PER_YEAR:
        return f"{months} m"
    return f"{months // _MONTHS_PER_YEAR} y"


def sex_word(sex: str | None) -> str:
    """Return administrative sex as a word."""
    return _SEXES.get(sex or "unknown", _SEXES["unknown"])


def mrn_text(mrn: str | None) -> str:
    """Return a patient number in groups that can be read aloud: "400 123 4567"."""
    digits = mrn or ""
    if not re.fullmatch(r"\d{10}", digits):
        return digits or UNKNOWN
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def date_text(day: date | None) -> str:
    """Return "20-Nov-2026", the same in every locale; None reads "not known"."""
    if day is None:
        return UNKNOWN
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"


def short_date_text(day: date | None) -> str:
    """Return "20-Nov" for places where the year is plain."""
    return UNKNOWN if day is None else f"{day.day:02}-{MONTHS[day.month - 1]}"


def time_text(at: datetime | None, zone: tzinfo) -> str:
    """Return "14:07" in the zone."""
    return UNKNOWN if at is None else f"{at.astimezone(zone):%H:%M}"


def moment_text(at: datetime | None, zone: tzinfo, now: datetime) -> str:
    """Return "14:07" today, "19-Nov 14:07" on another day, in the zone.

    The year is added when it is not this year's.
    """
    if at is None:
        return UNKNOWN
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    day = short_date_text(local) if local.year == today.year else date_text(local.date())
    return f"{day} {local:%H:%M}"


def date_time_text(at: datetime | None, zone: tzinfo) -> str:
    """Return "20-Nov-2026 14:07" in the zone."""
    if at is None:
        return UNKNOWN
    local = at.astimezone(zone)
    return f"{date_text(local.date())} {local:%H:%M}"


def duration_text(length: timedelta) -> str:
    """Return elapsed time in its two largest units: "12 min", "3 h 05 min", "2 d 4 h", "1 d"."""
    minutes = int(abs(length).total_seconds()) // 60
    if minutes < _MINUTES_PER_HOUR:
        return f"{minutes} min"
    if minutes < _MINUTES_PER_DAY:
        return f"{minutes // _MINUTES_PER_HOUR} h {minutes % _MINUTES_PER_HOUR:02} min"
    hours = minutes // _MINUTES_PER_HOUR
    days, rest = divmod(hours, 24)
    return f"{days} d {rest} h" if rest else f"{days} d"


def due_text(due_at: datetime | None, now: datetime) -> str:
    """Return "due in 12 min", "due now" or "overdue 25 min", by elapsed time.

    None reads "nothing due": no next set is scheduled.
    """
    if due_at is None:
        return "nothing due"
    left = due_at.astimezone(UTC) - now.astimezone(UTC)
    if abs(left) < timedelta(minutes=1):
        return "due now"
    if left > timedelta(0):
        return f"due in {duration_text(left)}"
    return f"overdue {duration_text(left)}"


def is_overdue(due_at: datetime | None, now: datetime) -> bool:
    """Whether `due_text` would say "overdue": due a minute or more ago."""
    return due_at is not None and now - due_at >= timedelta(minutes=1)


def day_of_stay(arrived_at: datetime, now: datetime, zone: tzinfo) -> int:
    """Return the day of stay, 1 on the day of arrival, by midnights in the zone."""
    return (now.astimezone(zone).date() - arrived_at.astimezone(zone).date()).days + 1


def read_date(text: str, today: date) -> date | None:
    """Return the day a person typed, or None when it is no date.

    Reads "20-Nov-2026", "20/11/2026", "20.11.26", "20 11 2026", "20112026", "20 nov" and "20.11."
    (this year), "t" or "today", "+3" and "-1" (days from today). The day comes first.
    A two-digit year is the one of the hundred years that end next year.
    """
    typed = text.strip().casefold()
    if typed in {"t", "today"}:
        return today
    if match := re.fullmatch(r"([+-])\s*(\d{1,3})", typed):
        return today + timedelta(days=int(match[1] + match[2]))
    return _day_month_year(typed, today)


def read_time(text: str) -> time | None:
    """Return the time a person typed ("14:07", "14.07", "1407", "907", "9"), or None."""
    match = re.fullmatch(r"(\d{1,2})(?:[:.h ]?(\d{2}))?", text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def at_local(day: date, at: time, zone: tzinfo, near: datetime) -> datetime | None:
    """Return the instant the ward's clock showed that day and time, or None if it never did.

    An hour that happens twice (clocks going back) is read as the one closer to `near`.
    """
    readings = [datetime.combine(day, at, tzinfo=zone).replace(fold=fold) for fold in (0, 1)]
    existing = [r for r in readings if r.astimezone(UTC).astimezone(zone).time() == at]
    if not existing:
        return None
    return min(existing, key=lambda reading: abs(reading.astimezone(UTC) - near))


def _whole_months(start: date, end: date) -> int:
    months = (end.year - start.year) * _MONTHS_PER_YEAR + end.month - start.month
    return months - (end.day < start.day)


def _day_month_year(typed: str, today: date) -> date | None:
    match = re.fullmatch(
        r"(\d{1,2})[-/. ]?(\d{1,2}|[a-z]{3,9})(?:[-/. ]?(\d{4}|\d{2}))?[.]?", typed
    )
    if match is None or (typed.isdigit() and len(typed) not in _LENGTHS_OF_A_BARE_DATE):
        return None
    month = _month_number(match[2])
    try:
        return date(_full_year(match[3], today), month, int(match[1]))
    except ValueError:
        return None


def _month_number(word: str) -> int:
    """Return 1-12, or 0 for no month."""
    if word.isdigit():
        return int(word)
    names = [month.casefold() for month in MONTHS]
    return names.index(word[:3]) + 1 if word[:3] in names else 0


def _full_year(typed: str | None, today: date) -> int:
    if typed is None:
        return today.year
    year = int(typed)
    if year >= _CENTURY:
        return year
    latest = today.year + 1
    return latest - (latest - year) % _CENTURY
