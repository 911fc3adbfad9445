"""Messages of the invented hospital: one waits for the nurse, one is urgent, some are answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ward_app.demo.hospital import SEVEN_EAST, id_of
from ward_app.demo.load import Load
from ward_app.demo.staff import NURSE
from ward_app.demo.stays import Stay

# beds of Ward 7 East that messages speak of
THEATRE_BED, FAMILY_BED, PHARMACY_BED = "8", "24", "14"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A message to be invented; to one person (`told` is its login) or to a role, who are told."""

    sender: str
    told: tuple[str, ...]
    role: str | None = None
    body: str
    bed: str | None = None
    minutes_ago: int
    urgent: bool = False
    answered_by: str | None = None


_PLANS = (
    _Plan(sender="doctor", told=(NURSE,), bed=THEATRE_BED, minutes_ago=18,
          body="Theatre asks for him at 15:30. Please nil by mouth from now, and a fresh set of"
               " observations before he goes."),
    _Plan(sender="coordinator", told=("charge", NURSE), role="nurse", minutes_ago=7, urgent=True,
          body="Two from the emergency department within the hour. Which of your beds are next"
               " to be clean?"),
    _Plan(sender=NURSE, told=("doctor",), role="doctor", bed=FAMILY_BED, minutes_ago=95,
          answered_by="doctor",
          body="The daughter would like to speak to you today, after 14:00 if it can be."),
    _Plan(sender="charge", told=(NURSE, "nurse2", "nurse3"), role="nurse", minutes_ago=240,
          answered_by="nurse2",
          body="The bladder scanner is back from repair, in the store by bay C."),
    _Plan(sender=NURSE, told=("charge",), bed=PHARMACY_BED, minutes_ago=44,
          body="Discharge medicines are still missing, transport is booked for 16:00."),
)  # fmt: skip


def add_messages(load: Load, stays: Iterable[Stay], now: datetime) -> None:
    """Add the messages of Ward 7 East, who was told of them, and who answered."""
    beds = {
        stay.places[-1].bed: stay.admission_id
        for stay in stays
        if stay.left_at is None and stay.ward is SEVEN_EAST
    }
    for number, plan in enumerate(_PLANS):
        _add(load, id_of("message", f"{number}"), plan, beds.get(plan.bed), now)


def _add(
    load: Load, message_id: UUID, plan: _Plan, admission_id: UUID | None, now: datetime
) -> None:
    sent_at = now - timedelta(minutes=plan.minutes_ago)
    load.add(
        "public.messages",
        id=message_id,
        about_ward_id=id_of("ward", SEVEN_EAST.code),
        to_user_id=None if plan.role else id_of("staff", plan.told[0]),
        to_role=plan.role,
        urgency="urgent" if plan.urgent else "routine",
        body=plan.body,
        admission_id=admission_id,
        recorded_at=sent_at,
        recorded_by=id_of("staff", plan.sender),
    )
    for login in plan.told:
        load.add(
            "public.notifications",
            id=id_of("notification", f"{message_id} {login}"),
            message_id=message_id,
            user_id=id_of("staff", login),
            step=0,
            recorded_at=sent_at,
        )
    if plan.answered_by:
        load.add(
            "public.message_events",
            id=id_of("message event", f"{message_id}"),
            message_id=message_id,
            kind="acknowledged",
            recorded_at=sent_at + timedelta(minutes=6),
            recorded_by=id_of("staff", plan.answered_by),
        )
