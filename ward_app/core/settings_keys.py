"""What a single setting may be; each reader raises ValueError saying what is allowed."""

from __future__ import annotations

from collections.abc import Callable

Reader = Callable[[object], object]
# what libpq can ask of one of several servers
SESSION_ATTRS = ("any", "read-write", "read-only", "primary", "standby", "prefer-standby")


def text(value: object) -> str:
    """Return the text without blanks around it."""
    if isinstance(value, str):
        return value.strip()
    raise ValueError("text in quotes")


def address(value: object) -> str:
    """Return the address of a PostgreSQL server: host, port and database at most; "" for none."""
    if value == "":
        return ""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        given = conninfo_to_dict(text(value))
    except ProgrammingError:
        given = {}
    if "host" in given and given.keys() <= {"host", "port", "dbname"}:
        return text(value)
    raise ValueError("an address, such as postgresql://db.example:5432/ward, and nothing more")


def signs(longest: int) -> Reader:
    """Return a reader of a few signs of a keyboard without blanks; none are allowed too."""

    def read(value: object) -> str:
        if (
            isinstance(value, str)
            and len(value) <= longest
            and all("!" <= x <= "~" for x in value)
        ):
            return value
        raise ValueError(f"up to {longest} signs in quotes, without blanks")

    return read


def yes_or_no(value: object) -> bool:
    """Return the truth value, also written as text, as the environment gives it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    raise ValueError("true or false")


def whole(lowest: int, highest: int) -> Reader:
    """Return a reader of whole numbers, also written as text, as the environment gives them."""

    def read(value: object) -> int:
        digits = str(value) if isinstance(value, int | str) else ""
        if digits.isdecimal() and lowest <= int(digits) <= highest:
            return int(digits)
        raise ValueError(f"a whole number from {lowest} to {highest}")

    return read


def decimal(lowest: float, highest: float) -> Reader:
    """Return a reader of numbers, also written as text, as the environment gives them."""

    def read(value: object) -> float:
        try:
            number = float(value) if isinstance(value, int | float | str) else lowest - 1
        except ValueError:
            number = lowest - 1
        # a truth value is a number to Python; "nan" is in no range
        if not isinstance(value, bool) and lowest <= number <= highest:
            return number
        raise ValueError(f"a number from {lowest:g} to {highest:g}")

    return read


def ports(value: object) -> int | str:
    """Return a port, or one for each of several hosts, as text with commas between."""
    numbers = [_port(part.strip()) for part in str(value).split(",")]
    return numbers[0] if len(numbers) == 1 else ",".join(str(number) for number in numbers)


def one_of(*words: str) -> Reader:
    """Return a reader of one of the given words (members of a StrEnum stay members)."""

    def read(value: object) -> str:
        for word in words:
            if word == value:
                return word
        raise ValueError("one of " + ", ".join(words))

    return read


def _port(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65_535:  # noqa: PLR2004 - the ports there are
        return int(text)
    raise ValueError("a whole number from 1 to 65535")
