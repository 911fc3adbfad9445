"""The plan that a file says, or everything that is wrong with it, each with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ward_app.core.errors import RuleBrokenError
from ward_app.operations.building.lines import NEEDED, OPTIONAL, Cell, Line, read_lines
from ward_app.operations.building.plan import (
    Hospital,
    Plan,
    PlannedRoom,
    PlannedWard,
    problem_of,
)
from ward_app.rooms.types import RoomKind

_MOST_TOLD = 20
_NOTHING = Cell("", 0)
# what one thing is told by, and what must be the same wherever it is told
_SAME = (
    ("hospital", (), ("hospital_code", "hospital_name", "time_zone")),
    ("building", ("building",), ("building",)),
    ("floor", ("building", "floor"), ("floor", "level")),
    ("ward", ("ward_code",),
     ("ward_code", "ward_name", "building", "floor", "specialty", "ward_time_zone")),
    ("room", ("ward_code", "room"), ("room", "kind")),
)  # fmt: skip
# of which there is one only: what it is, whose it is, and what else would tell it apart
_ONCE = (
    ("bed", ("ward_code", "bed"), None),
    ("name", ("ward_name",), "ward_code"),
)


def read_plan(file: Path) -> Plan:
    """Return what a file says is to be made.

    Raises:
        RuleBrokenError: names each line and column that is wrong, and what to write instead.
        ConfigurationError: the file cannot be read.
    """
    lines = read_lines(file)
    if not lines:
        raise RuleBrokenError(f"{file} has no beds.")
    bad = {word: problem for line in lines for word, problem in _bad_words(line)}
    wrong = [(cell.line, f"Line {cell.line}, column {column}: {problem}")
             for (cell, column), problem in bad.items()]  # fmt: skip
    wrong += [*_contradictions(lines, bad), *_doubles(lines)]
    if wrong:
        told = [f"{file}: nothing was made."]
        told += [words for _, words in sorted(wrong)[:_MOST_TOLD]]
        more = len(wrong) - _MOST_TOLD
        raise RuleBrokenError("\n".join([*told, *([f"And {more} more."] if more > 0 else ())]))
    return _plan(lines)


def _bad_words(line: Line) -> Iterator[tuple[tuple[Cell, str], str]]:
    for column in (*NEEDED, *OPTIONAL):
        cell = line.get(column, _NOTHING)
        if cell.text:
            problem = problem_of(column, cell.text)
        else:
            problem = "It is empty. Write it in every line." if column in NEEDED else None
        if problem:
            yield (cell, column), problem


def _contradictions(
    lines: Sequence[Line], bad: Collection[tuple[Cell, str]]
) -> Iterator[tuple[int, str]]:
    """Yield where a line says else than one before it; of bad words enough is said."""
    for what, key, columns in _SAME:
        first: dict[tuple[str, ...], Line] = {}
        for line in lines:
            before = first.setdefault(_key(line, key), line)
            for column in columns:
                cell, other = line.get(column, _NOTHING), before.get(column, _NOTHING)
                is_told = (cell, column) in bad or (other, column) in bad
                if cell.text != other.text and not is_told:
                    yield (
                        cell.line,
                        (
                            f"Line {cell.line}, column {column}: “{cell.text}”, and line "
                            f"{other.line} has “{other.text}” for the same {what}. Write the same."
                        ),
                    )


def _doubles(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    for what, key, apart in _ONCE:
        first: dict[tuple[str, ...], Line] = {}
        for line in lines:
            before = first.setdefault(_key(line, key), line)
            if before is line or (apart and before[apart].text == line[apart].text):
                continue
            column, other = key[-1], before[key[-1]]
            cell = line[column]
            yield (
                cell.line,
                (
                    f"Line {cell.line}, column {column}: {what} “{cell.text}” of ward "
                    f"{line['ward_code'].text} stands in line {other.line} too. Write another."
                ),
            )


def _key(line: Line, columns: Sequence[str]) -> tuple[str, ...]:
    """Return what tells a thing apart; letters count the same whether small or large."""
    return tuple(line[column].text.casefold() for column in columns)


def _plan(lines: Sequence[Line]) -> Plan:
    first = lines[0]
    hospital = Hospital(*(first[name].text for name in _SAME[0][2]))
    of_ward: dict[str, list[Line]] = {}
    for line in lines:
        of_ward.setdefault(line["ward_code"].text, []).append(line)
    return Plan(hospital, tuple(_ward(found) for found in of_ward.values()))


def _ward(lines: Sequence[Line]) -> PlannedWard:
    first = lines[0]
    beds: dict[str, list[Line]] = {}
    for line in lines:
        beds.setdefault(line["room"].text, []).append(line)
    return PlannedWard(
        code=first["ward_code"].text,
        name=first["ward_name"].text,
        building=first["building"].text,
        floor=first["floor"].text,
        level=int(first["level"].text),
        specialty=first.get("specialty", _NOTHING).text or None,
        time_zone=first.get("ward_time_zone", _NOTHING).text or None,
        rooms=tuple(
            PlannedRoom(
                name, RoomKind(found[0]["kind"].text), tuple(one["bed"].text for one in found)
            )
            for name, found in beds.items()
        ),
    )
