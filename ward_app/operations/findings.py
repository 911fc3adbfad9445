"""What an examination of a database says, one finding at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    GOOD = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: what was looked at, in two or three words.
        says: what was found, a sentence.
        remedy: what to do, a sentence; "" where nothing is to be done.
        code: of the symptom, which `wardctl doctor --explain` tells more about; "" for none.
    """

    about: str
    level: Level
    says: str
    remedy: str = ""
    code: str = ""
