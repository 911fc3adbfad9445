"""Finding by a few letters: which texts match what was typed, and how well. Pure, no Qt."""

from __future__ import annotations

import re
import unicodedata


def match_rank(typed: str, text: str) -> int | None:
    """Return how well a text matches, 0 best, or None when it does not.

    Every typed word must begin a word of the text; accents and case do not count. Rank is the
    place of the first word that matched, so that "Admit…" comes before "Cancel admission".
    """
    wanted, words = _words(typed), _words(text)
    if not wanted:
        return 0
    places = []
    for begin in wanted:
        place = next((n for n, word in enumerate(words) if word.startswith(begin)), None)
        if place is None:
            return None
        places.append(place)
    return places[0]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.findall(r"\w+", letters)
