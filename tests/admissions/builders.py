"""Board rows and choices for tests of the sheets."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from ward_app.board.types import BoardBed
from ward_app.patients.types import FoundPatient, PatientIdentity, Sex
from ward_app.rooms.bed_types import BedChoice
from ward_app.rooms.types import RoomKind

NOW = datetime(2026, 11, 21, 14, 7, tzinfo=UTC)
WARD_ID = UUID(int=7)
OTHER_WARD_ID = UUID(int=8)


def an_empty_bed(label="4", **changes):
    values = (
        dict.fromkeys(BoardBed._fields)
        | BoardBed._field_defaults
        | {
            "ward_id": WARD_ID,
            "ward_name": "Ward 7 East",
            "room_id": uuid4(),
            "room_name": "Bay A",
            "room_kind": "bay",
            "bed_id": uuid4(),
            "bed_label": label,
            "occupied": False,
            "readiness": "clean",
            "readiness_since": NOW - timedelta(hours=1),
            "availability": "open",
            "alike_name": False,
        }
    )
    return BoardBed(**values | changes)


def a_patient_in_bed(label="4", family="Okafor", given="Ada", **changes):
    values = {
        "occupied": True,
        "readiness": "clean",
        "patient_id": uuid4(),
        "admission_id": uuid4(),
        "mrn": "4001234567",
        "family_name": family,
        "given_name": given,
        "title": "Ms",
        "sex": "female",
        "born_on": date(1948, 4, 3),
        "specialty": "General medicine",
        "consultant": "Dr R. Mehta",
        "admission_reason": "Pneumonia",
        "admitted_at": NOW - timedelta(days=3),
        "arrived_at": NOW - timedelta(days=2),
        "expected_discharge_on": date(2026, 11, 24),
        "allergy_status": "present",
        "allergies": ("Penicillin", "Latex"),
        "flags": (("isolation", "contact"), ("falls", None)),
        "news2_total": 5,
        "news2_risk": "medium",
        "spo2_scale": 1,
    }
    return an_empty_bed(label, **values | changes)


def a_bed_choice(label="4", **changes):
    values = {
        "bed_id": uuid4(),
        "label": label,
        "ward_id": WARD_ID,
        "ward_name": "Ward 7 East",
        "room_name": "Bay A",
        "room_kind": RoomKind.BAY,
        "refusal": None,
        "caution": None,
        "distance": 0,
    }
    return BedChoice(**values | changes)


def a_found_patient(family="Okafor", given="Ada", **changes):
    identity = PatientIdentity(
        id=uuid4(),
        mrn="4001234567",
        family_name=family,
        given_name=given,
        title="Ms",
        sex=Sex.FEMALE,
        born_on=date(1948, 4, 3),
    )
    values = {
        "identity": identity,
        "location": None,
        "open_admission_id": None,
        "likeness": 0.9,
        "last_discharged_at": None,
    }
    return FoundPatient(**values | changes)
