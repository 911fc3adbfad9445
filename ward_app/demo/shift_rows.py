"""The running shift of the invented hospital: who is planned, who holds beds, who is on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from ward_app.demo.hospital import SEVEN_EAST, TIME_ZONE, WARDS, WardPlan, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE, STAFF

# held by who leads the shift until the nurse takes them
PLANNED_FOR_NURSE = tuple(str(number) for number in range(1, 7))
# planned for nobody, held by nobody
GAP_BEDS = ("29", "30")
_LEADS = "charge"
_DAY, _NIGHT = (time(7, 30), time(20)), (time(19, 30), time(8))
_TOOK_OVER = timedelta(minutes=20)


def running_shift(now: datetime) -> tuple[str, datetime, datetime]:
    """Return name, start and end of the usual shift that began last, aware."""
    zone = ZoneInfo(TIME_ZONE)
    local = now.astimezone(zone)
    if _DAY[0] <= local.time() < _NIGHT[0]:
        begins, ends = (datetime.combine(local.date(), at, zone) for at in _DAY)
        return "Day", begins, ends
    evening = local.date() - timedelta(days=local.time() < _DAY[0])
    begins = datetime.combine(evening, _NIGHT[0], zone)
    return "Night", begins, datetime.combine(evening + timedelta(days=1), _NIGHT[1], zone)


def add_shifts(load: Load, now: datetime) -> None:
    """Add the plan of the running shift, who took which bed from it, and who is on duty."""
    for ward in WARDS:
        for bed_id, planned, holder in _beds(ward):
            _add_bed(load, ward, bed_id, planned, holder, now)
        for login in dict.fromkeys(holder for _, _, holder in _beds(ward)):
            _sign_on(load, ward, login, now)
    _sign_on(load, SEVEN_EAST, "assistant", now)
    _sign_on(load, SEVEN_EAST, "doctor", now, on_call="Medical registrar on call")


def _beds(ward: WardPlan) -> Iterator[tuple[UUID, str, str]]:
    """Yield bed, who is planned, and who holds it."""
    nurses = [
        one.login
        for one in STAFF
        if one.wards[:1] == (ward.code,) and one.role == "nurse" and one.login != NURSE
    ]
    labels = [bed.label for bed in ward.beds()]
    for number, label in enumerate(labels):
        planned = nurses[number * len(nurses) // len(labels)]
        if ward is not SEVEN_EAST:
            yield ward.bed_id(label), planned, planned
        elif label not in GAP_BEDS:
            planned = NURSE if label in PLANNED_FOR_NURSE else planned
            yield ward.bed_id(label), planned, _LEADS if planned == NURSE else planned


def _add_bed(
    load: Load, ward: WardPlan, bed_id: UUID, planned: str, holder: str, now: datetime
) -> None:
    name, begins, ends = running_shift(now)
    made_at, took_at = begins - timedelta(hours=2), min(begins + _TOOK_OVER, now)
    load.add(
        "public.shift_allocations",
        id=id_of("allocation", bed_id),
        ward_id=ward.id,
        bed_id=bed_id,
        user_id=id_of("staff", planned),
        shift_name=name,
        shift_on=begins.date(),
        shift_from=begins,
        shift_until=ends,
        occurred_at=begins,
        recorded_at=made_at,
    )
    load.add(
        "public.bed_responsibilities",
        id=id_of("responsibility", bed_id),
        ward_id=ward.id,
        bed_id=bed_id,
        user_id=id_of("staff", holder),
        how="allocated" if holder == planned else "taken",
        occurred_at=took_at,
        recorded_at=took_at,
        recorded_by=id_of("staff", holder),
    )


def _sign_on(
    load: Load, ward: WardPlan, login: str, now: datetime, *, on_call: str | None = None
) -> None:
    _name, begins, ends = running_shift(now)
    at = min(begins, now)
    load.add(
        "public.duty_signs",
        id=id_of("duty", ward.code, login),
        ward_id=ward.id,
        user_id=id_of("staff", login),
        duty="on_call" if on_call else "ward",
        kind="on",
        works_as=on_call,
        until_at=ends,
        occurred_at=at,
        recorded_at=at,
        recorded_by=id_of("staff", login),
    )
