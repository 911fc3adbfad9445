"""Board rows for tests: one bed as wanted, a varied ward, a whole hospital."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from tests.made_up import numbers
from ward_app.board.types import Board, BoardBed
from ward_app.rooms.types import Ward

NOW = datetime(2026, 11, 20, 14, 7, tzinfo=UTC)
ZONE = "Europe/London"
BEDS_PER_BAY = 6

_FAMILIES = (
    "Okafor", "Lindqvist", "Haddad", "Moreau", "Tanaka", "Byrne", "Novák", "Silva", "Keller",
    "Osei", "Petrov", "Iqbal", "Jensen", "Rossi", "Walsh", "Amari", "O'Connor", "de la Cruz",
    "Featherstonehaugh-Cholmondeley",
)  # fmt: skip
_GIVEN = ("Grace", "John", "Amina", "Luc", "Yuki", "Siobhán", "Petr", "Maria", "Hans", "Kwame")
_CONSULTANTS = ("Dr Patel", "Mr Ahmed", "Dr Sørensen", "Prof. Whitfield")
_SPECIALTIES = ("Cardiology", "General medicine", "Stroke", "Trauma and orthopaedics")
_RISKS = ("low", "low", "low", "low", "low", "medium", "medium", "high", "high", "high")
_EMPTY = (
    ("clean", "open", None),
    ("dirty", "open", None),
    ("cleaning", "open", None),
    ("awaiting_inspection", "open", None),
    ("clean", "blocked", "staffing"),
    ("needs_deep_clean", "blocked", "infection"),
)


def an_id(number: int) -> UUID:
    """Return the same id for the same number."""
    return UUID(int=number)


def a_ward(number: int = 7, **changes) -> Ward:
    """Return a ward; its beds have `ward_id` `an_id(number)`."""
    values = {
        "id": an_id(number),
        "code": f"W{number}",
        "name": f"Ward {number} East",
        "specialty": "Cardiology",
        "time_zone": ZONE,
        "wall_privacy": "initials",
    }
    return Ward(**values | changes)


def an_empty_bed(number: int = 1, **changes) -> BoardBed:
    """Return an empty, open, clean bed in bay A of ward 7."""
    values = (
        dict.fromkeys(BoardBed._fields)
        | BoardBed._field_defaults
        | {
            "ward_id": an_id(7),
            "ward_name": "Ward 7 East",
            "room_id": an_id(7_100),
            "room_name": "Bay A",
            "room_kind": "bay",
            "bed_id": an_id(70_000 + number),
            "bed_label": str(number),
            "occupied": False,
            "readiness": "clean",
            "readiness_since": NOW - timedelta(minutes=27),
            "availability": "open",
            "alike_name": False,
        }
    )
    return BoardBed(**values | changes)


def a_patient(number: int = 1, **changes) -> BoardBed:
    """Return an occupied bed whose patient is stable and has a set due in 42 minutes."""
    values = an_empty_bed(number)._asdict() | {
        "occupied": True,
        "readiness": None,
        "readiness_since": None,
        "patient_id": an_id(80_000 + number),
        "admission_id": an_id(90_000 + number),
        "mrn": f"40012{number:05}",
        "family_name": "Okafor",
        "given_name": "Grace",
        "title": "Mrs",
        "sex": "female",
        "born_on": date(1942, 3, 14),
        "specialty": "Cardiology",
        "consultant": "Dr Patel",
        "admission_reason": "Heart failure",
        "admitted_at": NOW - timedelta(days=11),
        "arrived_at": NOW - timedelta(days=11),
        "expected_discharge_on": date(2026, 11, 24),
        "allergy_status": "none_known",
        "allergies": (),
        "flags": (),
        "news2_total": 2,
        "news2_at_least": 2,
        "score_pack": "news2",
        "news2_previous_total": 2,
        "observed_at": NOW - timedelta(hours=3, minutes=18),
        "next_due_at": NOW + timedelta(minutes=42),
        "spo2_scale": 1,
    }
    scored = {"news2_risk": risk_of(changes)} if "news2_risk" not in changes else {}
    return BoardBed(**values | changes | scored)


def risk_of(changes):
    """Return the risk that NEWS2 gives the changed points (RCP 2017); None without any."""
    points = changes.get("news2_total", 2)
    points = changes.get("news2_at_least", 2) if points is None else points
    return None if points is None else _RISKS[min(points, len(_RISKS) - 1)]


def a_patient_without_bed(number: int = 1, **changes) -> BoardBed:
    """Return a patient who is on the ward but has no bed."""
    no_place = dict.fromkeys(
        ("room_id", "room_name", "room_kind", "bed_id", "bed_label", "availability")
    )
    return a_patient(number, **no_place | {"occupied": False} | changes)


def a_withheld_bed(number: int = 1, **changes) -> BoardBed:
    """Return an occupied bed of a ward the reader has no access to."""
    return an_empty_bed(
        number, **{"occupied": True, "readiness": None, "readiness_since": None} | changes
    )


def a_board(*beds: BoardBed, read_at: datetime = NOW) -> Board:
    """Return a load of these rows."""
    return Board(
        ward_ids=tuple(dict.fromkeys(bed.ward_id for bed in beds)), beds=beds, read_at=read_at
    )


def a_varied_ward(beds: int = 30, *, ward: Ward | None = None, seed: int = 3) -> Board:
    """Return a ward in bays of six with every kind of bed, the same for the same seed."""
    return a_board(*_varied_beds(ward or a_ward(), beds, numbers(seed)))


def a_varied_hospital(wards: int = 34, beds_per_ward: int = 30, visible: int = 1) -> Board:
    """Return many wards; only the first `visible` come with patient data."""
    rows: list[BoardBed] = []
    for number in range(1, wards + 1):
        of_ward = _varied_beds(a_ward(number), beds_per_ward, numbers(number))
        rows += of_ward if number <= visible else [_withheld(bed) for bed in of_ward]
    return a_board(*rows)


def _withheld(bed: BoardBed) -> BoardBed:
    if bed.admission_id is None:
        return bed
    hidden = dict.fromkeys(BoardBed._fields[BoardBed._fields.index("patient_id") :])
    return bed._replace(**hidden | {"alike_name": False})


def _varied_beds(ward: Ward, count: int, chance: random.Random) -> list[BoardBed]:
    serial = ward.id.int % 1_000 * 1_000
    return [_varied_bed(ward, serial, number, chance) for number in range(1, count + 1)]


def _varied_bed(ward: Ward, serial: int, number: int, chance: random.Random) -> BoardBed:
    bay = (number - 1) // BEDS_PER_BAY
    place = {
        "ward_id": ward.id,
        "ward_name": ward.name,
        "room_id": an_id(serial + 500_000 + bay),
        "room_name": f"Bay {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[bay % 26]}",
    }
    bed = _occupied(number, chance) if chance.random() < 0.82 else _empty(number, chance)
    ids = {"bed_id": an_id(serial + 600_000 + number)}
    if bed.admission_id is not None:
        ids |= {
            "patient_id": an_id(serial + 700_000 + number),
            "admission_id": an_id(serial + 800_000 + number),
        }
    return bed._replace(**place | ids)


def _empty(number: int, chance: random.Random) -> BoardBed:
    readiness, availability, reason = chance.choice(_EMPTY)
    return an_empty_bed(
        number,
        readiness=readiness,
        availability=availability,
        availability_reason=reason,
        availability_until=NOW + timedelta(hours=chance.randint(1, 30)) if reason else None,
    )


def _occupied(number: int, chance: random.Random) -> BoardBed:
    total = chance.choice((0, 0, 1, 2, 3, 4, 5, 6, 7, 9, None))
    at_least = chance.choice((1, 3, 5)) if total is None else total
    came = NOW - timedelta(hours=chance.randint(1, 400))
    return a_patient(
        number,
        family_name=chance.choice(_FAMILIES),
        given_name=chance.choice(_GIVEN),
        sex=chance.choice(("female", "male")),
        born_on=date(chance.randint(1930, 2008), chance.randint(1, 12), chance.randint(1, 28)),
        specialty=chance.choice(_SPECIALTIES),
        consultant=chance.choice(_CONSULTANTS),
        arrived_at=came,
        admitted_at=came,
        expected_discharge_on=chance.choice(
            (None, date(2026, 11, 20), date(2026, 11, 19), date(2026, 11, 24), date(2026, 12, 2))
        ),
        news2_total=total,
        news2_at_least=at_least,
        news2_risk=_RISKS[at_least],
        news2_previous_total=chance.choice((None, 2, 4, 6)),
        next_due_at=NOW + timedelta(minutes=chance.randint(-40, 300)),
        alike_name=chance.random() < 0.1,
        **_varied_alerts(chance),
    )


def _varied_alerts(chance: random.Random) -> dict[str, object]:
    possible = (
        ("isolation", "contact"),
        ("falls", None),
        ("resuscitation", "DNACPR"),
        ("nil_by_mouth", "from 22:00"),
        ("privacy", None),
    )
    status = chance.choice(("present", "none_known", "none_known", "not_recorded"))
    return {
        "flags": tuple(flag for flag in possible if chance.random() < 0.2),
        "allergy_status": status,
        "allergies": ("Penicillin", "Latex") if status == "present" else (),
    }
