"""Reads of openings: who lies elsewhere, what is open now, what waits for a review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.openings.types import (
    Decision,
    FoundElsewhere,
    LiveOpening,
    Opening,
    OpeningKind,
    Review,
)
from ward_app.patients.rules import search_terms

SHOWN_DAYS = 30
"""How far back decided openings are listed; those that wait are listed whatever their age."""

_ELSEWHERE = "SELECT * FROM patient.search_elsewhere(%s, %s, %s)"
_LIVE = "SELECT * FROM auth.live_openings()"
_TO_REVIEW = "SELECT * FROM auth.openings_to_review(%s)"


def search_elsewhere(tx: Transaction, text: str) -> tuple[FoundElsewhere, ...]:
    """Return up to 20 patients of other wards who fit, by name alone, best first.

    The directory must have been opened (`audit.service.open_directory`) in an earlier
    transaction. Who is marked private is found by the patient number only.

    Raises:
        RuleBrokenError: fewer than two characters were asked for.
        NotPermittedError: the role does not break the glass.
    """
    terms = search_terms(text)
    if terms.is_empty:
        raise RuleBrokenError("Type at least two letters of a name, a number or a date of birth.")
    values = terms.name, terms.born_on, terms.mrn
    return tuple(tx.rows(_found, _ELSEWHERE, values))


def live_openings(tx: Transaction) -> tuple[LiveOpening, ...]:
    """Return what this session opened with a reason and may still read."""
    return tuple(tx.rows(_live, _LIVE))


def live_opening(tx: Transaction, patient_id: UUID) -> LiveOpening | None:
    """Return the opening of one patient that is in force, None when there is none."""
    return next((one for one in live_openings(tx) if one.patient_id == patient_id), None)


def openings_to_review(tx: Transaction, days: int = SHOWN_DAYS) -> tuple[Opening, ...]:
    """Return what waits for the reader's review, and what was decided in the last days.

    Raises:
        NotPermittedError: the role reviews nothing.
    """
    return tuple(tx.rows(_opening, _TO_REVIEW, (days,)))


def _found(
    patient_id: UUID, family_name: str, given_name: str, title: str | None, *rest: Any
) -> FoundElsewhere:
    is_private, _likeness = rest
    return FoundElsewhere(
        id=patient_id,
        family_name=family_name,
        given_name=given_name,
        title=title,
        is_private=is_private,
    )


def _live(
    patient_id: UUID, kind: str, opened_at: datetime, valid_until: datetime, told: list[str]
) -> LiveOpening:
    return LiveOpening(
        patient_id=patient_id,
        kind=OpeningKind(kind),
        opened_at=opened_at,
        valid_until=valid_until,
        told=tuple(told),
    )


_COLUMNS = (
    "id", "kind", "opened_at", "user_id", "user_name", "workstation", "patient_words",
    "ward_name", "reason", "valid_until", "closed_at", "charts", "told", "done", "reviews",
    "is_mine",
)  # fmt: skip


def _opening(*columns: Any) -> Opening:
    """Return a row of `auth.openings_to_review`."""
    values = dict(zip(_COLUMNS, columns, strict=True))
    values["kind"] = OpeningKind(values["kind"])
    values["told"], values["done"] = tuple(values["told"]), tuple(values["done"])
    values["reviews"] = tuple(map(_review, values["reviews"]))
    return Opening(**values)


def _review(stored: Mapping[str, str]) -> Review:
    return Review(
        id=UUID(stored["id"]),
        decision=Decision(stored["decision"]),
        words=stored["words"],
        by=stored["by"],
        at=datetime.fromisoformat(stored["at"]),
    )
