"""Whether a bed may be given, in words."""

from __future__ import annotations

from datetime import datetime

from ward_app.rooms.types import Availability, Readiness


def bed_refusal(
    *,
    occupied: bool,
    availability: str | None,
    block_reason: str | None,
    until: datetime | None,
) -> str | None:
    """Return why a bed cannot be given now, None when it can.

    `availability` None = never changed, so open. `until` is shown in its own zone.
    """
    if occupied:
        return "Occupied."
    if availability in (None, Availability.OPEN):
        return None
    because = f" ({block_reason.replace('_', ' ')})" if block_reason else ""
    end = f" until {until:%d-%b-%Y %H:%M}" if until else ""
    return f"{str(availability).capitalize()}{because}{end}."


def not_clean_caution(label: str, readiness: str | None) -> str | None:
    """Return what to ask before the bed is given, None when it is clean or was never used."""
    if readiness in (None, Readiness.CLEAN):
        return None
    return f"Bed {label} is not marked clean ({str(readiness).replace('_', ' ')})."
