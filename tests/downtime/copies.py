"""Copies of wards made for tests, without a database."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from tests.handover.builders import A_CALL, A_SET, STORED, a_given
from tests.observations.builders import LONDON, NOW, chart, patient_row, recorded
from ward_app.board.types import Board, BoardBed
from ward_app.downtime.copy_types import StayCopy, WardCopy
from ward_app.handover.rules import facts_of
from ward_app.notes.types import Note, Section
from ward_app.rooms.types import Ward
from ward_app.rounding.types import HistoryItem, OpenTask, RoundsOfWard

EAST = Ward(
    id=uuid4(), code="7E", name="Ward 7 East", specialty=None, time_zone=LONDON.key,
    wall_privacy="initials",
)  # fmt: skip


def free_bed(label="9"):
    """Return an open, clean, empty bed."""
    return BoardBed(
        **dict.fromkeys(BoardBed._fields)
        | BoardBed._field_defaults
        | {
            "ward_id": EAST.id,
            "ward_name": EAST.name,
            "bed_id": uuid4(),
            "bed_label": label,
            "occupied": False,
            "readiness": "clean",
            "readiness_since": NOW - timedelta(hours=2),
            "availability": "open",
            "alike_name": False,
        }
    )


def a_note(row, text="Slept well.", **changes):
    """Return a signed note of a patient."""
    facts = {
        "id": uuid4(), "note_id": uuid4(), "admission_id": row.admission_id, "kind": "progress",
        "about_id": None, "title": "Progress", "sections": (Section("", text),), "symptom": None,
        "template": None, "occurred_at": NOW - timedelta(hours=3),
        "recorded_at": NOW - timedelta(hours=3), "recorded_by": uuid4(),
        "signed_as": "Nora Nurse, Registered nurse", "change_reason": None, "corrects": False,
        "superseded": False, "struck_out": False,
    } | changes  # fmt: skip
    return Note(**facts)


def a_task(row, title="Weigh", **changes):
    """Return an open task of a patient."""
    facts = {
        "id": uuid4(), "ward_id": EAST.id, "room_name": row.room_name,
        "bed_label": row.bed_label, "bed_position": 1, "admission_id": row.admission_id,
        "patient_id": row.patient_id, "family_name": row.family_name,
        "given_name": row.given_name, "title": title, "due_at": NOW + timedelta(hours=2),
        "put_off": False, "opened_at": NOW - timedelta(hours=1), "opened_by": "Nora Nurse",
        "asked_by": None, "opened_for": row.bed_label, "shift_name": "Day", "shift_on": None,
        "held_by": None,
    } | changes  # fmt: skip
    return OpenTask(**facts)


def a_round(**changes):
    """Return what was recorded of a task."""
    facts = {
        "id": uuid4(), "title": "Weigh", "template": None, "outcome": "done", "answers": {},
        "words": {}, "reason": None, "deferred_until": None, "note": None,
        "occurred_at": NOW - timedelta(hours=5), "recorded_by": "Nora Nurse",
        "corrects_id": None, "change_reason": None, "ended": None, "ended_reason": None,
        "ended_by": None, "round_size": None,
    } | changes  # fmt: skip
    return HistoryItem(**facts)


def a_stay(row=None, *, sets=(), **changes):
    """Return what is kept of one patient: by default four sets, a handover and a note."""
    row = row or patient_row()
    at = NOW.isoformat()
    facts = facts_of(STORED | {"sets": [A_SET | {"measured_at": at, "at": at}], "call": A_CALL})
    kept = {
        "row": row,
        "chart": chart(*(sets or [recorded(4 * hours) for hours in range(4)])),
        "measured": (),
        "notes": (a_note(row),),
        "rounds": (a_round(),),
        "due": None,
        "handover": a_given(facts=facts, own_words="Watch her fluids."),
    }
    return StayCopy(**kept | changes)


def a_copy(*stays, empty=(), closed=(), tasks=(), **changes):
    """Return a copy of the ward with these stays, empty beds and patients marked private."""
    rows = (*(stay.row for stay in stays), *closed, *empty)
    facts = {
        "ward": EAST,
        "facility_name": "St. Test's Hospital",
        "environment": "production",
        "taken_at": NOW,
        "taken_by": uuid4(),
        "board": Board(ward_ids=(EAST.id,), beds=rows, read_at=NOW),
        "stays": {stay.row.admission_id: stay for stay in stays},
        "rounds": RoundsOfWard(templates=(), lines=(), tasks=tuple(tasks), read_at=NOW),
        "due": (),
    }
    return WardCopy(**facts | changes)
