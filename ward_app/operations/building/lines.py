"""A building as a file has it, CSV or TOML: one line for each bed, each word with its place."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError, RuleBrokenError

NEEDED = (
    "hospital_code", "hospital_name", "time_zone", "building", "floor", "level", "ward_code",
    "ward_name", "room", "kind", "bed",
)  # fmt: skip
OPTIONAL = ("specialty", "ward_time_zone")
_MOST_BYTES = 10_000_000
# where the columns stand in a TOML file
_OF_HOSPITAL = {"hospital_code": "code", "hospital_name": "name", "time_zone": "time_zone"}
_OF_WARD = {
    "ward_code": "code", "ward_name": "name", "building": "building", "floor": "floor",
    "level": "level", "specialty": "specialty", "ward_time_zone": "time_zone",
}  # fmt: skip
_OF_ROOM = {"room": "name", "kind": "kind"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A word of a file and the line it stands in; "" where nothing stands."""

    text: str
    line: int


Line = Mapping[str, Cell]


def read_lines(file: Path) -> list[Line]:
    """Return what a file says, a bed a line.

    Raises:
        RuleBrokenError: it is neither CSV nor TOML, or lacks a column; says where.
        ConfigurationError: it cannot be read.
    """
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise RuleBrokenError(f"{file} is larger than 10 MB, which no building is.")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise RuleBrokenError(f"{file} is not in UTF-8. Save it as “CSV UTF-8”.") from error
    if file.suffix.lower() == ".toml":
        return list(_of_toml(text))
    if file.suffix.lower() == ".csv":
        return list(_of_csv(text))
    raise RuleBrokenError(f"{file} is neither .csv nor .toml.")


def _of_csv(text: str) -> Iterator[Line]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _require_columns(names)
        ended = reader.line_num
        for row in reader:
            line, ended = ended + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(names):
                raise RuleBrokenError(
                    f"Line {line} has {len(row)} columns, the first line has {len(names)}. "
                    "Write a word with a comma in it in quotes."
                )
            cells = (Cell(cell.strip(), line) for cell in row)
            yield dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise RuleBrokenError(f"Line {reader.line_num} is no CSV: {error}.") from error


def _delimiter(first: str) -> str:
    """Return what stands between the columns: spreadsheets write semicolons in some countries."""
    return ";" if first.count(";") > first.count(",") else ","


def _require_columns(names: Sequence[str]) -> None:
    known = (*NEEDED, *OPTIONAL)
    wrong = [f"column {name or '(without a name)'} is not known" for name in names
             if name not in known]  # fmt: skip
    wrong += [f"column {name} is missing" for name in NEEDED if name not in names]
    wrong += [f"column {name} stands twice" for name in known if names.count(name) > 1]
    if wrong:
        raise RuleBrokenError(
            f"Line 1: {'; '.join(wrong)}. Write there: {','.join(NEEDED)}; also, where needed: "
            f"{', '.join(OPTIONAL)}."
        )


def _of_toml(text: str) -> Iterator[Line]:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleBrokenError(f"The file is no TOML: {error}.") from error
    places = _Places(text)
    hospital = _table(told, "hospital", 1)
    _known(told, {"hospital", "wards"}, 1)
    top = places.header(r"\[hospital\]", 0)
    _known(hospital, set(_OF_HOSPITAL.values()), top)
    for of_ward, ward in enumerate(_tables(told, "wards", 1)):
        at = places.header(r"\[\[wards\]\]", of_ward)
        _known(ward, {*_OF_WARD.values(), "rooms"}, at)
        words = _cells(hospital, _OF_HOSPITAL, places, top) | _cells(ward, _OF_WARD, places, at)
        yield from _rooms(ward, words, places, at)


def _rooms(
    ward: Mapping[str, Any], words: dict[str, Cell], places: _Places, ward_at: int
) -> Iterator[Line]:
    rooms = _tables(ward, "rooms", ward_at)
    if not rooms:
        raise RuleBrokenError(f"Line {ward_at}: the ward has no rooms. Write [[wards.rooms]].")
    for number, room in enumerate(rooms):
        at = places.header(r"\[\[wards\.rooms\]\]", number, after=ward_at)
        _known(room, {*_OF_ROOM.values(), "beds"}, at)
        beds = room.get("beds")
        if not isinstance(beds, list) or not beds:
            raise RuleBrokenError(f'Line {at}: the room has no beds. Write beds = ["1", "2"].')
        found = words | _cells(room, _OF_ROOM, places, at)
        line = places.key("beds", at)
        yield from (found | {"bed": Cell(str(bed).strip(), line)} for bed in beds)


class _Places:
    """Where tables and keys stand in a TOML text; lines count from 1."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def header(self, pattern: str, number: int, *, after: int = 0) -> int:
        """Return the line of such a header, counted from 0 after a line; that line if none is."""
        found = [line for line, text in enumerate(self._lines, 1)
                 if line > after and re.match(rf"\s*{pattern}", text)]  # fmt: skip
        return found[number] if number < len(found) else max(after, 1)

    def key(self, name: str, at: int) -> int:
        """Return the line of a key in the table whose header stands at a line, or that line."""
        for line, text in enumerate(self._lines[at:], at + 1):
            if text.lstrip().startswith("["):
                break
            if re.match(rf"\s*{name}\s*=", text):
                return line
        return at


def _cells(
    table: Mapping[str, Any], names: Mapping[str, str], places: _Places, at: int
) -> dict[str, Cell]:
    return {
        column: Cell(str(table.get(name, "")).strip(), places.key(name, at))
        for column, name in names.items()
    }


def _table(told: Mapping[str, Any], name: str, line: int) -> Mapping[str, Any]:
    found = told.get(name)
    if not isinstance(found, dict):
        raise RuleBrokenError(f"Line {line}: there is no [{name}]. Write it with code and name.")
    return found


def _tables(told: Mapping[str, Any], name: str, line: int) -> list[Mapping[str, Any]]:
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RuleBrokenError(f"Line {line}: write each of the {name} as [[…{name}]].")
    return found


def _known(table: Mapping[str, Any], names: set[str], line: int) -> None:
    for name in table:
        if name not in names:
            raise RuleBrokenError(
                f"Line {line}: {name} is not known. Write {', '.join(sorted(names))}."
            )
