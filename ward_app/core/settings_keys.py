"""What a single setting may be; each reader raises ValueError saying what is allowed."""

from __future__ import annotations

from collections.abc import Callable

Reader = Callable[[object], object]


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


def one_of(*words: str) -> Reader:
    """Return a reader of one of the given words (members of a StrEnum stay members)."""

    def read(value: object) -> str:
        for word in words:
            if word == value:
                return word
        raise ValueError("one of " + ", ".join(words))

    return read
