"""The text of a statement without what somebody wrote into it: no value of a patient's."""

from __future__ import annotations

import re

_HIDDEN = "?"
# Names between double quotes come first: an apostrophe in one begins no text. What is cut off in
# the middle of a text is hidden to its end. Remarks hold whatever a person wrote.
_PARTS = re.compile(
    r"""
    (?P<name>"(?:[^"]|"")*(?:"|\Z))
    | --[^\n]*
    | /\*(?:.*\*/|.*\Z)
    | \$(?P<tag>[A-Za-z_]?\w*)\$.*?(?:\$(?P=tag)\$|\Z)
    | \b[eE]'(?:[^'\\]|''|\\.)*(?:'|\\?\Z)
    | '(?:[^']|'')*(?:'|\Z)
    | (?<![\w$])\d[\w.]*
    """,
    re.VERBOSE | re.DOTALL,
)


def without_values(text: str) -> str:
    """Return a statement in one line, with ? for every text, number and remark in it.

    Parameters such as $1 and names of tables and columns stay.
    """
    return " ".join(_PARTS.sub(lambda part: part["name"] or _HIDDEN, text).split())
