"""Whose names are easily taken for each other. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import combinations
from uuid import UUID

_WARDS_REMEMBERED = 256
# below this a one-letter difference is another name, not a slip (Lee and Lea)
_SPELLING_MATTERS_BELOW_LETTERS = 5

# admission, patient, family name, given name
Named = tuple[UUID, UUID | None, str, str]


def names_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two (family, given) names are easily taken for each other.

    The same family name, family names of five letters or more that differ by one slip of the
    pen, or family and given name exchanged. Capitals, accents, hyphens and spaces do not
    matter. (Local rule, to be signed off by the site's clinical safety officer.)
    """
    return _names_alike(_name_letters(*one), _name_letters(*other))


def plain(text: str) -> str:
    """Return the text for comparing: lower case, without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


@lru_cache(maxsize=_WARDS_REMEMBERED)
def alike_admissions(patients: tuple[Named, ...]) -> frozenset[UUID]:
    """Return the admissions of one ward whose patients' names are alike.

    Only names that share a key are compared, and the answer is kept: a ward is read many times
    a minute and its names change a few times a day.
    """
    names = [_name_letters(family, given) for _, _, family, given in patients]
    sharing: dict[object, list[int]] = {}
    for at, name in enumerate(names):
        for key in _likeness_keys(*name):
            sharing.setdefault(key, []).append(at)
    return frozenset(
        patients[place][0]
        for places in sharing.values()
        for pair in combinations(places, 2)
        if patients[pair[0]][1] != patients[pair[1]][1]
        and _names_alike(names[pair[0]], names[pair[1]])
        for place in pair
    )


def _likeness_keys(family: str, given: str) -> set[object]:
    """Return keys of which any two like names share one: each letter of a family left out."""
    keys: set[object] = {family, (min(family, given), max(family, given))}
    keys.update(family[:at] + family[at + 1 :] for at in range(len(family)))
    return keys


def _name_letters(family: str, given: str) -> tuple[str, str]:
    return _letters(family), _letters(given)


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, plain(name)))


def _names_alike(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (family, given), (other_family, other_given) = one, other
    if not family or not other_family:
        return False
    return _families_alike(family, other_family) or (family, given) == (other_given, other_family)


def _families_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    long_enough = min(len(one), len(other)) >= _SPELLING_MATTERS_BELOW_LETTERS
    return long_enough and _one_slip_apart(one, other)


def _one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or two neighbours exchanged make them equal."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return (len(one) <= 1 and len(other) <= 1) or (
        len(one) == 2 and one == other[::-1]  # noqa: PLR2004 - two neighbours
    )
