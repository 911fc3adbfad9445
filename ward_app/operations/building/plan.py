"""What is to be made of a hospital, and the rules of its names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from zoneinfo import available_timezones

from ward_app.rooms.types import RoomKind

LOWEST, HIGHEST = -20, 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
_LONGEST = {"bed": 12, "room": 40, "floor": 40, "building": 80, "specialty": 80}
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital; `time_zone` is an IANA name."""

    code: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class PlannedRoom:
    """A bay or side room with the labels of its beds, in their order."""

    name: str
    kind: RoomKind
    beds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWard:
    """A ward that is to be made.

    Attributes:
        time_zone: None = that of the hospital.
        level: of the floor; 0 = the ground floor.
    """

    code: str
    name: str
    building: str
    floor: str
    level: int
    specialty: str | None = None
    time_zone: str | None = None
    rooms: tuple[PlannedRoom, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A hospital and the wards that are to be made in it."""

    hospital: Hospital
    wards: tuple[PlannedWard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How much was made; what was there already is not counted."""

    hospitals: int = 0
    wards: int = 0
    rooms: int = 0
    beds: int = 0


def problem_of(column: str, text: str) -> str | None:
    """Return what is wrong with a word, and what to write instead; None: nothing.

    `column`: as the columns of a file are named.
    """
    if not text.isprintable():
        return "There is a sign in it that cannot be seen. Type it anew."
    rule = _RULES.get(column)
    if rule is not None:
        return rule(text)
    return _length_problem(text, _LONGEST.get(column, _LONGEST_NAME))


def problems_of(words: Mapping[str, str | None]) -> list[str]:
    """Return what is wrong with words that were typed by the names of their columns."""
    found = ((name, problem_of(name, word) if word else "It is missing.")
             for name, word in words.items() if word is not None)  # fmt: skip
    return [f"{name.replace('_', ' ')}: {problem}" for name, problem in found if problem]


def zone_problem(name: str) -> str | None:
    """Return why a name is no time zone of a place, and what may be meant; None: it is one."""
    known = available_timezones()
    if name in known and ("/" in name or name == "UTC"):
        return None
    near = get_close_matches(name, known, n=1)
    meant = f" Is {near[0]} meant?" if near and "/" in near[0] else ""
    return f"“{name}” is no time zone of a place. Write it like Europe/London.{meant}"


def _code_problem(code: str) -> str | None:
    if _CODE.fullmatch(code):
        return None
    return f"“{code}” is no code. Write up to 20 letters, digits, dots and dashes, such as 7A."


def _level_problem(level: str) -> str | None:
    if re.fullmatch(r"-?[0-9]{1,3}", level) and LOWEST <= int(level) <= HIGHEST:
        return None
    return f"“{level}” is no level. Write a whole number, 0 for the ground floor."


def _kind_problem(kind: str) -> str | None:
    if kind in set(RoomKind):
        return None
    return f"“{kind}” is no kind of room. Write {' or '.join(RoomKind)}."


def _length_problem(text: str, longest: int) -> str | None:
    if len(text) <= longest:
        return None
    return f"It has {len(text)} letters. Write {longest} at most."


_RULES = {
    "hospital_code": _code_problem,
    "ward_code": _code_problem,
    "time_zone": zone_problem,
    "ward_time_zone": zone_problem,
    "level": _level_problem,
    "kind": _kind_problem,
}
