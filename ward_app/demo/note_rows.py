"""Notes of the invented hospital: of every kind, one added to, one corrected, one struck out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from psycopg.types.json import Jsonb

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE, STAFF
from ward_app.demo.stays import Stay

_NURSE_ID = id_of("staff", NURSE)
# beds of Ward 7 East whose notes show something
SHOWN_BED, SYMPTOM_BED, FALL_BED = "5", "13", "9"

Sections = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A note to be invented; `ago` is how long ago it was signed."""

    kind: str
    title: str
    sections: Sections
    ago: timedelta
    late: timedelta = timedelta(0)
    symptom: tuple[str, str, str] | None = None


_USUAL = (
    ("Progress", "Slept well, two short wakings. Washed with help, sat out for breakfast."),
    ("Progress", "Walked to the bathroom with one person. No dizziness. Ate half of lunch."),
    ("Progress", "Settled afternoon. Drinks encouraged, jug within reach. Skin of heels intact."),
    ("Progress", "Wound dressing dry. Mobilised twice with the physiotherapist, stairs tomorrow."),
    ("Progress", "Restless until midnight, then slept. Call bell in reach, low bed."),
    ("Progress", "Bowels opened, type 4. Catheter draining clear urine. No pain at rest."),
)
_FAMILY = (
    ("Who", "Daughter, by phone."),
    ("Talked about", "How the night was, and what the scan is for."),
    ("Agreed", "She comes on Thursday to meet the consultant."),
)
_SHOWN: dict[str, tuple[Written, ...]] = {
    SHOWN_BED: (
        Written(
            kind="sbar",
            title="SBAR to the medical registrar",
            ago=timedelta(minutes=50),
            sections=(
                ("Situation", "Redness and pain along the vein above the left forearm cannula."),
                ("Background", "Third day of intravenous antibiotics for pneumonia."),
                ("Assessment", "Phlebitis score 3. No fever since the morning."),
                (
                    "Recommendation",
                    "Resite today; asked whether tablets will do. Read back by Dr Osei.",
                ),
            ),
        ),
        Written(kind="family", title="Talk with family", ago=timedelta(hours=5), sections=_FAMILY),
    ),
    SYMPTOM_BED: (
        Written(
            kind="symptom",
            title="Nausea, moderate",
            ago=timedelta(hours=3),
            sections=(("Seen and done", "Pale, no vomiting. A bowl given; told Dr Osei."),),
            symptom=("Nausea", "moderate", "Like on a ship, worse when I sit up."),
        ),
        Written(
            kind="procedure",
            title="Dressing of the long line",
            ago=timedelta(hours=8),
            late=timedelta(minutes=40),
            sections=(
                ("Procedure", "Dressing changed as planned; agreed by the patient."),
                ("Course", "Site clean and dry, flushed without resistance."),
                ("After", "Comfortable. Next change in seven days."),
            ),
        ),
    ),
    FALL_BED: (
        Written(
            kind="event",
            title="Found on the floor beside the bed",
            ago=timedelta(hours=9),
            late=timedelta(minutes=25),
            sections=(
                ("What happened", "Got up alone to the toilet at night; nobody saw the fall."),
                ("Found", "Alert, moving all limbs, no wound. Left hip not tender."),
                ("Done", "Neurological observations begun; doctor and daughter told."),
            ),
        ),
    ),
}  # fmt: skip


def add_notes(load: Load, stays: Iterable[Stay], now: datetime, rng: Random) -> None:
    """Add notes about everybody in hospital; the database signs them as it does any other."""
    for stay in stays:
        if stay.left_at is None:
            bed = stay.places[-1].bed if stay.ward is SEVEN_EAST else None
            for number, written in enumerate(_written(bed, rng)):
                _add(load, stay, f"{number}", written, now)
            if bed == FALL_BED:
                _add_what_followed(load, stay, now)


def _written(bed: str | None, rng: Random) -> tuple[Written, ...]:
    """Return the notes about a patient: those to be shown, and one or two usual ones."""
    usual = rng.sample(_USUAL, rng.randrange(1, 3))
    begun = rng.randrange(30, 600)
    return (
        *_SHOWN.get(bed or "", ()),
        *(
            Written(
                kind="progress",
                title=title,
                sections=(("", text),),
                ago=timedelta(minutes=begun + 640 * number),
            )
            for number, (title, text) in enumerate(usual)
        ),
    )


def _add(load: Load, stay: Stay, word: str, written: Written, now: datetime) -> None:
    # nobody wrote about somebody who was not there yet
    signed_at = max(now - written.ago, stay.admitted_at + timedelta(minutes=5))
    nurses = [one.id for one in STAFF if "nurse" in one.role and stay.ward.code in one.wards]
    symptom, severity, own_words = written.symptom or (None, None, None)
    _row(
        load,
        id=id_of("note", stay.admission_id, word),
        admission_id=stay.admission_id,
        kind=written.kind,
        title=written.title,
        sections=_jsonb(written.sections),
        symptom=symptom,
        severity=severity,
        since_on=(now - timedelta(days=1)).date() if symptom else None,
        own_words=own_words,
        occurred_at=max(signed_at - written.late, stay.admitted_at),
        recorded_at=signed_at,
        recorded_by=nurses[signed_at.hour % len(nurses)],
    )


def _add_what_followed(load: Load, stay: Stay, now: datetime) -> None:
    """Add to the note about the fall, correct the addition, and strike a wrong note out."""
    fall, wrong = id_of("note", stay.admission_id, "0"), id_of("note", stay.admission_id, "wrong")
    added = id_of("note", stay.admission_id, "added")
    said = {
        "title": "Addition",
        "sections": _jsonb((("", "Seen by the doctor at 05:30: no imaging needed."),)),
    }
    facts = {"admission_id": stay.admission_id, "kind": "event"}
    at = now - timedelta(hours=7)
    _row(load, id=added, addendum_to_id=fall, **facts, **said,
         occurred_at=at, recorded_at=at)  # fmt: skip
    at += timedelta(minutes=20)
    text = "Seen by the doctor at 05:30: no imaging needed, review in the morning."
    said = said | {"sections": _jsonb((("", text),))}
    _row(load, id=id_of("note", added, "corrected"), addendum_to_id=fall, **facts, **said,
         occurred_at=at, recorded_at=at, supersedes_id=added,
         change_reason="Incomplete")  # fmt: skip
    facts = facts | {"kind": "progress", "title": "Progress"}
    facts["sections"] = _jsonb((("", "Theatre called: ready at 11:00."),))
    at = now - timedelta(hours=4)
    _row(load, id=wrong, **facts, occurred_at=at, recorded_at=at)
    at += timedelta(minutes=3)
    _row(load, id=id_of("note", wrong, "struck"), **facts, occurred_at=at, recorded_at=at,
         status="entered_in_error", supersedes_id=wrong,
         change_reason="Wrong patient")  # fmt: skip


def _row(load: Load, **columns: object) -> None:
    """Add a row with every column there may be: all rows of a table have the same."""
    usual: dict[str, object] = {
        "id": None, "admission_id": None, "kind": None, "addendum_to_id": None, "title": None,
        "sections": None, "symptom": None, "severity": None, "since_on": None, "own_words": None,
        "occurred_at": None, "recorded_at": None, "recorded_by": _NURSE_ID, "status": "final",
        "supersedes_id": None, "change_reason": None,
    }  # fmt: skip
    load.add("report.nursing_notes", **(usual | columns))


def _jsonb(sections: Sections) -> Jsonb:
    return Jsonb([{"heading": heading, "text": text} for heading, text in sections])
