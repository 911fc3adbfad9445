"""The risk that a score stands for: all of a set that the board needs to know."""

from __future__ import annotations

from enum import StrEnum


class Risk(StrEnum):
    """Clinical risk band of NEWS2 (RCP 2017, chart 2)."""

    LOW = "low"
    LOW_MEDIUM = "low-medium"
    MEDIUM = "medium"
    HIGH = "high"
