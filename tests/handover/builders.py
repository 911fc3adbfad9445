"""What tests of the handover are made of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests import world
from ward_app.audit.service import open_reachable_charts
from ward_app.board.queries import ward_board
from ward_app.core.ids import new_id
from ward_app.handover.queries import ward_handover
from ward_app.handover.rules import facts_of
from ward_app.handover.service import answer, end_sheet, give, print_sheet
from ward_app.handover.sheet_types import NewPocketSheet, NewSheetEnd, Paper, PocketSheet, SheetEnd
from ward_app.handover.types import AnswerKind, Given, HandoverLine, NewAnswer, NewHandover

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
EAST = world.id_of("east")


def open_first(database, actor, *wards, ward_ids=()):
    """Open the charts of everybody on these wards (default: East), as a handover needs."""
    ids = ward_ids or tuple(world.id_of(ward) for ward in wards or ("east",))
    beds = database.run(actor, ward_board, ids).beds
    patients = [bed.patient_id for bed in beds if bed.patient_id]
    database.run(actor, open_reachable_charts, patients)


def handover(database, actor, ward="east"):
    """Open the charts and return the ward's handover."""
    open_first(database, actor, ward)
    return database.run(actor, ward_handover, world.id_of(ward))


def line_of(database, actor, admission_id, ward="east"):
    """Return one patient's line."""
    lines = handover(database, actor, ward).lines
    return next(line for line in lines if line.admission_id == admission_id)


def given(database, actor, admission_id, **changes):
    """Give a patient as shown now; return the line as it is then."""
    line = line_of(database, actor, admission_id)
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "facts_hash": line.facts_hash,
        "supersedes_id": line.given.id if line.given and not line.given.ended else None,
    } | changes
    database.run(actor, give, NewHandover(**facts))
    return line_of(database, actor, admission_id)


def answered(database, actor, admission_id, kind=AnswerKind.ACCEPTED, **changes):
    """Answer what was given as shown now; return the line as it is then."""
    line = line_of(database, actor, admission_id)
    facts = {
        "id": new_id(),
        "handover_id": line.given.id,
        "kind": kind,
        "read_back": True if kind is AnswerKind.ACCEPTED else None,
        "facts_hash": line.facts_hash,
    } | changes
    database.run(actor, answer, NewAnswer(**facts))
    return line_of(database, actor, admission_id)


def printed(database, actor, *patient_ids, **changes):
    """Put a pocket sheet on record; return its id and its number."""
    facts = {
        "id": new_id(),
        "paper": Paper.A4,
        "patient_ids": patient_ids,
        "expires_at": datetime.now(UTC) + timedelta(hours=8),
    } | changes
    return facts["id"], database.run(actor, print_sheet, NewPocketSheet(**facts))


def ended(database, actor, sheet_id, kind=SheetEnd.RETURNED, **changes):
    facts = {"id": new_id(), "sheet_id": sheet_id, "kind": kind} | changes
    database.run(actor, end_sheet, NewSheetEnd(**facts))


STORED = {
    "version": 1,
    "ward": "Ward 7 East",
    "room": "Bay A",
    "bed": "1",
    "family_name": "Okafor",
    "given_name": "Ada",
    "title": None,
    "sex": "female",
    "born_on": "1948-04-03",
    "mrn": "4001234567",
    "reason": "Pneumonia",
    "specialty": "General medicine",
    "consultant": "Dr Mensah",
    "admitted_at": "2026-11-18T09:00:00+00:00",
    "arrived_at": "2026-11-18T11:00:00+00:00",
    "expected_on": "2026-11-24",
    "allergy_status": "present",
    "allergies": [],
    "call": None,
}
A_SET = {
    "measured_at": "2026-11-20T06:00:00+00:00",
    "at": "2026-11-20T06:02:00.5+00:00",
    "total": 3,
    "at_least": 3,
    "risk": "low",
    "pack": "news2",
    "scale": 1,
    "on_oxygen": False,
    "respiratory_rate": 18,
    "spo2": 94,
    "systolic": 118,
    "diastolic": 70,
    "pulse": 92,
    "consciousness": "A",
    "temperature": 37.9,
    "further": {},
}
A_CALL = {
    "level": "medium",
    "points": 5,
    "opened_at": "2026-11-20T07:30:00+00:00",
    "state": "unanswered",
    "role": "medical_team",
    "respond_by": "2026-11-20T08:30:00+00:00",
    "answered_by": None,
    "answered_at": None,
    "at": "2026-11-20T07:30:00+00:00",
}


def facts(**changes):
    """Return a reading of the record without a database."""
    return facts_of(STORED | changes)


def a_given(**changes):
    """Return a giving that waits, without a database."""
    parts = {
        "id": new_id(),
        "at": AT - timedelta(minutes=20),
        "by_id": world.id_of("both"),
        "by": "Bo Both",
        "own_words": None,
        "facts": facts(),
        "facts_hash": "a",
        "answers": (),
        "ended": None,
        "ended_at": None,
        "ended_by": None,
    }
    return Given(**(parts | changes))


def a_line(**changes):
    """Return a line without a database."""
    parts = {
        "admission_id": new_id(),
        "patient_id": new_id(),
        "bed_id": None,
        "facts": facts(),
        "facts_hash": "a",
        "own_accepted_at": None,
        "draft": None,
        "given": None,
    }
    return HandoverLine(**(parts | changes))


def a_sheet(**changes):
    """Return a pocket sheet without a database."""
    parts = {
        "id": new_id(),
        "serial": 7,
        "printed_by": "Nora Nurse",
        "printed_at": AT - timedelta(hours=9),
        "expires_at": AT - timedelta(hours=1),
        "patients": 4,
        "ended": None,
        "ended_by": None,
        "ended_at": None,
    }
    return PocketSheet(**(parts | changes))
