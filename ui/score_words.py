"""What scores and their risks are called wherever a number of theirs is shown. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ward_app.observations.kinds import Risk

NEWS2 = "news2"
_NAMES = {NEWS2: "NEWS2", "mewc": "MEWC", "paediatric": "Paediatric score", "meows": "MEOWS"}
_SHORT = {"paediatric": "Paed"}
RISK_NAMES = {
    Risk.LOW: "low risk",
    Risk.LOW_MEDIUM: "low to medium risk",
    Risk.MEDIUM: "medium risk",
    Risk.HIGH: "high risk",
}


def score_name(pack: str | None) -> str:
    """Return what a score is called; None (nothing is scored yet) is "Score"."""
    return "Score" if pack is None else _NAMES.get(pack, pack)


def name_beside(pack: str | None) -> str:
    """Return what must stand beside a number that is not NEWS2; empty for NEWS2.

    A 4 of another score is not a NEWS2 of 4.
    """
    return "" if pack in (None, NEWS2) else _SHORT.get(pack, score_name(pack))


def with_name(number: str, pack: str | None) -> str:
    """Return "4", or "MEWC 1" for a number that is not NEWS2."""
    return f"{name_beside(pack)} {number}".strip()


@dataclass(frozen=True, slots=True)
class ScoreNames:
    """What one row of numbers is called.

    Attributes:
        label: of the row: "NEWS2", or "NEWS2, M MEWC" where several scores stand in it.
        marks: what stands before a number of a score, by pack; empty = the label says it.
    """

    label: str
    marks: Mapping[str, str]


def score_names(packs: Iterable[str]) -> ScoreNames:
    """Return what a row with numbers of these packs is called; without any, "Score"."""
    used = sorted(set(packs), key=lambda pack: (pack != NEWS2, pack))
    if len(used) <= 1:
        label = name_beside(used[0]) or score_name(used[0]) if used else score_name(None)
        return ScoreNames(label, dict.fromkeys(used, ""))
    marks: dict[str, str] = {}
    for pack in used:
        letters = [letter for letter in name_beside(pack) if letter not in marks.values()]
        marks[pack] = letters[0] if letters else ""
    words = (f"{marks[pack]} {name_beside(pack) or score_name(pack)}".strip() for pack in used)
    return ScoreNames(", ".join(words), marks)
