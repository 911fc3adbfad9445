"""Pocket sheets of a handover: numbered papers that are counted until they come back. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class Paper(StrEnum):
    """What a pocket sheet is printed on."""

    A4 = "A4"
    LETTER = "Letter"


class SheetEnd(StrEnum):
    """What became of a pocket sheet."""

    RETURNED = "returned"
    SHREDDED = "shredded"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPocketSheet:
    """A pocket sheet about to be printed; `expires_at` is aware, at most 24 hours ahead.

    Attributes:
        as_file: it is saved as a PDF; the access log calls that an export, not a print.
    """

    id: UUID
    paper: Paper
    patient_ids: tuple[UUID, ...]
    expires_at: datetime
    as_file: bool = False


class PocketSheet(NamedTuple):
    """A printed pocket sheet; `ended` None = nobody returned or shredded it."""

    id: UUID
    serial: int
    printed_by: str
    printed_at: datetime
    expires_at: datetime
    patients: int
    ended: SheetEnd | None
    ended_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSheetEnd:
    """That a pocket sheet was returned, shredded or lost; a lost one needs words."""

    id: UUID
    sheet_id: UUID
    kind: SheetEnd
    words: str | None = None
