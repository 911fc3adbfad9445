"""What follows from a device and the looks at its site. Pure.

Zero is a value and unknown is not zero: a sign that nobody looked for may be there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from ward_app.devices.types import Device, InPlace, Scheme, Signs, SiteScore

_A_MINUTE = timedelta(minutes=1)
_LAST = datetime.max.replace(tzinfo=UTC)


def site_score(scheme: Scheme, signs: Signs) -> SiteScore:
    """Return what the signs come to by a scheme.

    A sign that was not looked for counts as absent in `at_least`; the score is known once its
    presence would change nothing. Visual infusion phlebitis: Jackson 1998.
    """
    at_least = _highest(scheme, signs, unknown=False)
    return SiteScore(
        at_least if at_least == _highest(scheme, signs, unknown=True) else None, at_least
    )


def action(scheme: Scheme, score: int) -> str:
    """Return what a score asks for, in words."""
    return scheme.actions[score]


def needs_action(scheme: Scheme, device: Device) -> bool:
    """Whether the last look at a device in place asks for more than watching it."""
    return (
        is_in_place(device) and device.at_least is not None and device.at_least >= scheme.act_from
    )


def is_in_place(device: Device) -> bool:
    """Whether no removal is in force."""
    return device.removed_at is None


def next_check_at(device: Device) -> datetime | None:
    """Return when the site is to be looked at, aware; None = the device is out.

    Counted in elapsed time from the last look that sufficed for a score. Before the first one:
    from the insertion; a device put in nobody knows when is due as soon as it is recorded.
    """
    if not is_in_place(device):
        return None
    counted_from = device.scored_at or device.inserted_at
    if counted_from is None:
        return device.first_recorded_at
    return counted_from.astimezone(UTC) + timedelta(minutes=device.check_minutes)


def is_check_overdue(device: Device, now: datetime) -> bool:
    """Whether a look was due a whole minute ago or more."""
    due_at = next_check_at(device)
    return due_at is not None and now - due_at >= _A_MINUTE


def due_out_at(device: Device) -> datetime | None:
    """Return when the device is to come out, aware; None = neither decided nor set by the site.

    What was decided for this device goes before the hospital's longest stay for its kind.
    """
    if device.due_out_at is not None:
        return device.due_out_at
    if device.stay_hours is None or device.inserted_at is None:
        return None
    return device.inserted_at.astimezone(UTC) + timedelta(hours=device.stay_hours)


def is_due_out(device: Device, now: datetime) -> bool:
    """Whether a device in place was to come out by now."""
    out_at = due_out_at(device)
    return is_in_place(device) and out_at is not None and out_at <= now


def in_place(device: Device, now: datetime, zone: tzinfo) -> InPlace | None:
    """Return how long the device is or was in place; None = nobody knows since when.

    Args:
        device: also a removed one, which is counted until its removal.
        now: the present, aware.
        zone: the ward's; its midnights begin calendar days.
    """
    if device.inserted_at is None:
        return None
    until = device.removed_at or now
    elapsed = until.astimezone(UTC) - device.inserted_at.astimezone(UTC)
    days = until.astimezone(zone).date() - device.inserted_at.astimezone(zone).date()
    return InPlace(max(0, elapsed // _A_MINUTE), days.days + 1)


def urgency(scheme: Scheme, device: Device, now: datetime) -> tuple[Any, ...]:
    """Return what lists are sorted by: in place first, the worst look, then the earliest due."""
    worst = -(device.at_least or 0) if needs_action(scheme, device) else 0
    removed = device.removed_at
    return (
        removed is not None,
        worst,
        not is_due_out(device, now),
        next_check_at(device) or _LAST,
        -(removed.timestamp() if removed else 0),
        str(device.id),
    )


def _highest(scheme: Scheme, signs: Signs, *, unknown: bool) -> int:
    return max(
        level.score
        for level in scheme.levels
        if sum(signs.get(name, unknown) for name in level.of) >= level.at_least
    )
