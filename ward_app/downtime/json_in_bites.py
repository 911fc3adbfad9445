"""Reading JSON of megabytes a part at a time, so that other threads have their turns between."""

from __future__ import annotations

import json
import re
from typing import Any

_decode = json.JSONDecoder().raw_decode
_SPACE = re.compile(r"[ \t\r\n]*")


def read_in_bites(text: str) -> Any:
    """Return what `json.loads` would, holding the interpreter for one part at a time.

    What is parsed at once keeps every other thread waiting, the window's too. A part is a value of
    the outermost object; of a list there, each of what is in it.

    Raises:
        ValueError: it is no JSON.
    """
    reading = _Reading(text)
    if not reading.passes("{"):
        return json.loads(text)
    found = reading.rest_of_object()
    if reading.at != len(text):
        raise ValueError("something follows the JSON")
    return found


class _Reading:
    """A text and how far it is read, past the space that follows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self._skip()

    def passes(self, sign: str) -> bool:
        """Go on behind a sign, if it stands here."""
        if not self._text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        self._skip()
        return True

    def rest_of_object(self) -> dict[str, Any]:
        """Read an object from behind its brace."""
        found: dict[str, Any] = {}
        if self.passes("}"):
            return found
        while True:
            key = self._key()
            self._must_pass(":")
            found[key] = self._rest_of_list() if self.passes("[") else self._value()
            if not self.passes(","):
                self._must_pass("}")
                return found

    def _rest_of_list(self) -> list[Any]:
        found: list[Any] = []
        if self.passes("]"):
            return found
        while True:
            found.append(self._value())
            if not self.passes(","):
                self._must_pass("]")
                return found

    def _key(self) -> Any:
        if not self._text.startswith('"', self.at):
            raise ValueError(f"no key at {self.at}")
        return self._value()

    def _value(self) -> Any:
        value, self.at = _decode(self._text, self.at)
        self._skip()
        return value

    def _must_pass(self, sign: str) -> None:
        if not self.passes(sign):
            raise ValueError(f"no {sign} at {self.at}")

    def _skip(self) -> None:
        space = _SPACE.match(self._text, self.at)
        self.at = space.end() if space else self.at
