"""Handovers of the invented ward: accepted at the last change, some given anew, two papers out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE, SECOND_NURSE, THIRD_NURSE
from ward_app.demo.stays import Stay

# beds of Ward 7 East that the second nurse has given and nobody accepted yet
GIVEN_BEDS = {
    "3": "Chase the potassium by 18:00 and call the doctor with it. Daughter rings at seven.",
    "5": "The cannula in the left forearm must be resited before the evening dose.",
    "9": None,
}
# whom he gave them to; the others to whoever takes over
_GIVEN_TO = {"3": id_of("staff", THIRD_NURSE), "5": id_of("staff", NURSE)}
ASKED_BED = "5"
QUESTION = "Who is to resite it, you or the night team?"
_LAST_CHANGE = timedelta(hours=5)
_NURSE_ID, _SECOND_ID = id_of("staff", NURSE), id_of("staff", SECOND_NURSE)


def add_handovers(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add what was handed over on Ward 7 East, and the sheets that were printed of it."""
    here = [stay for stay in stays if stay.left_at is None and stay.ward is SEVEN_EAST]
    for stay in here:
        changed_at = now - _LAST_CHANGE
        if stay.places[-1].start < changed_at:
            given_id = _give(load, stay, changed_at, "last")
            _answer(load, given_id, stay, changed_at + timedelta(minutes=6), "accepted")
    for stay in here:
        bed = stay.places[-1].bed
        if bed in GIVEN_BEDS:
            given_at = now - timedelta(minutes=12)
            given_id = _give(load, stay, given_at, "now", bed)
            if bed == ASKED_BED:
                at = given_at + timedelta(minutes=5)
                _answer(load, given_id, stay, at, "question", QUESTION)
    _add_sheets(load, [stay.patient_id for stay in here], now)


def _give(load: Load, stay: Stay, at: datetime, word: str, bed: str | None = None) -> UUID:
    """Add a giving, with the words and to whom the bed names; return its id."""
    given_id = id_of("handover", stay.admission_id, word)
    load.add(
        "report.handovers",
        id=given_id,
        admission_id=stay.admission_id,
        own_words=GIVEN_BEDS.get(bed or ""),
        to_user_id=_GIVEN_TO.get(bed or ""),
        facts_hash="",  # the database reads the record and says
        occurred_at=at,
        recorded_at=at,
        recorded_by=_SECOND_ID,
    )
    return given_id


def _answer(
    load: Load, given_id: UUID, stay: Stay, at: datetime, kind: str, words: str | None = None
) -> None:
    load.add(
        "report.handover_answers",
        id=id_of("handover answer", stay.admission_id, kind),
        handover_id=given_id,
        kind=kind,
        words=words,
        read_back=True if kind == "accepted" else None,
        recorded_at=at,
        recorded_by=_NURSE_ID,
    )


def _add_sheets(load: Load, patient_ids: list[UUID], now: datetime) -> None:
    for word, hours, who in (("expired", 13, _SECOND_ID), ("in time", 5, _NURSE_ID)):
        printed_at = now - timedelta(hours=hours)
        load.add(
            "report.pocket_sheets",
            id=id_of("pocket sheet", word),
            ward_id=SEVEN_EAST.id,
            paper="A4",
            patient_ids=patient_ids[:8],
            expires_at=printed_at + timedelta(hours=12),
            recorded_at=printed_at,
            recorded_by=who,
        )
