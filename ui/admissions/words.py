"""What admissions are called on screen, and the sentences said after a save."""

from __future__ import annotations

from datetime import datetime, tzinfo

from ui.formats import moment_text
from ward_app.admissions.types import (
    AdmissionSource,
    Destination,
    Placement,
    StayEvent,
)

SOURCE_WORDS = {
    AdmissionSource.EMERGENCY_DEPARTMENT: "Emergency department",
    AdmissionSource.ELECTIVE: "Planned (elective)",
    AdmissionSource.CLINIC: "Clinic",
    AdmissionSource.OTHER_HOSPITAL: "Other hospital",
    AdmissionSource.HOME: "Home",
    AdmissionSource.BIRTH: "Born here",
}

DESTINATION_WORDS = {
    Destination.HOME: "Home",
    Destination.CARE_HOME: "Care home",
    Destination.OTHER_HOSPITAL: "Other hospital",
    Destination.REHABILITATION: "Rehabilitation",
    Destination.SELF_DISCHARGE: "Left against advice (self-discharge)",
    Destination.DIED: "Died",
}

EVENT_WORDS = {
    StayEvent.ADMITTED: "Admitted",
    StayEvent.TRANSFERRED: "Moved",
    StayEvent.DISCHARGED: "Discharged",
    StayEvent.SWAPPED: "Swapped beds",
    StayEvent.ADMISSION_CANCELLED: "Admission cancelled",
    StayEvent.TRANSFER_CANCELLED: "Transfer cancelled",
    StayEvent.DISCHARGE_CANCELLED: "Discharge cancelled",
}

CANCEL_REASONS = (
    "Wrong patient",
    "Wrong bed",
    "Wrong time",
    "Did not happen",
    "Entered twice",
)

TRANSFER_REASONS = (
    "Clinical need",
    "Isolation",
    "Closer observation",
    "Step down",
    "Bed needed",
    "Patient's wish",
)


SHARE_REASONS = (
    "Mother and baby",
    "Twins",
    "Brothers or sisters",
    "Parent stays with child",
)


def place_of(placement: Placement, home_ward: str | None = None) -> str:
    """Return where a command left the patient: "bed 7", "Ward 7 East without a bed".

    The ward is named unless it is `home_ward`, the one the user is looking at.
    """
    if placement.bed_label is None:
        return f"{placement.ward_name} without a bed"
    ward = "" if placement.ward_name == home_ward else f", {placement.ward_name}"
    shared = f", shared with {placement.shared_with}," if placement.shared_with else ""
    return f"bed {placement.bed_label}{ward}{shared}"


def bed_left_words(label: str | None, others: str | None, freed: str) -> str:
    """Return what became of the bed that was left: " Bed 4 is marked dirty.", or who stays.

    Args:
        label: None = the patient had no bed.
        others: who still lies in it; None for nobody.
        freed: what became of it when nobody does: "is marked dirty".
    """
    if label is None:
        return ""
    return f" Still in bed {label}: {others}." if others else f" Bed {label} {freed}."


def at_text(at: datetime, zone: tzinfo, now: datetime) -> str:
    """Return "at 14:07", or "on 20-Nov 14:07" when it was not today."""
    words = moment_text(at, zone, now)
    return f"at {words}" if words[2:3] == ":" else f"on {words}"
