"""MIMIC-IV's codes in the words of a stay, and what a care unit is called as a ward."""

from __future__ import annotations

import hashlib
import re

from ward_app.admissions.types import AdmissionSource, Destination

# https://mimic.mit.edu/docs/iv/modules/hosp/services/ ; for OMED its editions disagree
# (orthopaedic, oncologic): its patients lie on the haematology and oncology units
SPECIALTIES = {
    "CMED": "Cardiology",
    "CSURG": "Cardiac surgery",
    "DENT": "Dentistry",
    "ENT": "Ear, nose and throat",
    "EYE": "Ophthalmology",
    "GU": "Urology",
    "GYN": "Gynaecology",
    "MED": "General medicine",
    "NB": "Newborn",
    "NBB": "Newborn",
    "NMED": "Neurology",
    "NSURG": "Neurosurgery",
    "OBS": "Obstetrics",
    "OMED": "Medical oncology",
    "ORTHO": "Orthopaedics",
    "PSURG": "Plastic surgery",
    "PSYCH": "Psychiatry",
    "SURG": "General surgery",
    "TRAUM": "Trauma",
    "TSURG": "Thoracic surgery",
    "VSURG": "Vascular surgery",
}

_PLANNED_CLASSES = ("ELECTIVE", "SURGICAL SAME DAY ADMISSION")
_CLASSES = {
    "AMBULATORY OBSERVATION": "Ambulatory observation",
    "DIRECT EMER.": "Direct emergency admission",
    "DIRECT OBSERVATION": "Direct observation",
    "ELECTIVE": "Elective admission",
    "EU OBSERVATION": "Emergency observation",
    "EW EMER.": "Emergency admission",
    "OBSERVATION ADMIT": "Admission from observation",
    "SURGICAL SAME DAY ADMISSION": "Same-day surgery",
    "URGENT": "Urgent admission",
}
_SOURCES = {
    "CLINIC REFERRAL": AdmissionSource.CLINIC,
    "EMERGENCY ROOM": AdmissionSource.EMERGENCY_DEPARTMENT,
    "INTERNAL TRANSFER TO OR FROM PSYCH": AdmissionSource.OTHER_HOSPITAL,
    "TRANSFER FROM HOSPITAL": AdmissionSource.OTHER_HOSPITAL,
}
_SOURCES_WITHOUT_ED = {
    "PACU": AdmissionSource.CLINIC,
    "PROCEDURE SITE": AdmissionSource.CLINIC,
    "PHYSICIAN REFERRAL": AdmissionSource.HOME,
    "TRANSFER FROM SKILLED NURSING FACILITY": AdmissionSource.HOME,
    "WALK-IN/SELF REFERRAL": AdmissionSource.HOME,
}
_DESTINATIONS = {
    "ACUTE HOSPITAL": Destination.OTHER_HOSPITAL,
    "AGAINST ADVICE": Destination.SELF_DISCHARGE,
    "CHRONIC/LONG TERM ACUTE CARE": Destination.OTHER_HOSPITAL,
    "DIED": Destination.DIED,
    "HOME": Destination.HOME,
    "HOME HEALTH CARE": Destination.HOME,
    "HOSPICE": Destination.CARE_HOME,
    "OTHER FACILITY": Destination.OTHER_HOSPITAL,
    "PSYCH FACILITY": Destination.OTHER_HOSPITAL,
    "REHAB": Destination.REHABILITATION,
    "SKILLED NURSING FACILITY": Destination.CARE_HOME,
}
_UNKNOWN_UNIT = "Unknown"

_FIRST = "Ash Birch Brook Clear Coal Corn Elder Fen Gold Grey Haze Heron Iron Moss Oak Quill"
_LAST = "bank beck bury combe croft dale fold gate hurst mere moor ridge stow thorpe wick worth"
_GIVEN = """Amber Aspen Basil Briar Cedar Clover Coral Ember Fern Flint Hazel Heath Indigo Ivy
Jade Jasper Juniper Lark Laurel Linden Maple Olive Pearl Poppy Rain Reed River Robin Rowan Sage
Sky Wren"""


def admission_source(
    location: str, admission_class: str, *, came_through_ed: bool
) -> AdmissionSource | None:
    """Return where the patient came from; None when the source does not say.

    A planned class counts before the place, and a stay that began in the emergency department
    came from there unless another hospital or a clinic sent the patient.
    """
    if admission_class in _PLANNED_CLASSES:
        return AdmissionSource.ELECTIVE
    if location in _SOURCES:
        return _SOURCES[location]
    if came_through_ed:
        return AdmissionSource.EMERGENCY_DEPARTMENT
    return _SOURCES_WITHOUT_ED.get(location)


def admission_reason(location: str, admission_class: str) -> str | None:
    """Return class and place in plain words: "Urgent admission: transfer from hospital"."""
    words = (_CLASSES.get(admission_class, admission_class.capitalize()), location.lower())
    return ": ".join(word for word in words if word) or None


def destination(location: str) -> Destination | None:
    """Return where the patient went; None when the source does not say."""
    return _DESTINATIONS.get(location)


def ward_name(unit: str) -> str:
    """Return what the ward of a care unit is called."""
    return "Unknown unit" if unit == _UNKNOWN_UNIT else unit


def ward_code(unit: str) -> str:
    """Return the short name that tells wards apart: "mimic-medicine-cardiology"."""
    return "mimic-" + re.sub(r"[^a-z0-9]+", "-", unit.lower()).strip("-")


def invented_name(subject_id: str) -> tuple[str, str]:
    """Return an invented family and given name, always the same for the same number.

    Landscapes and plants, so that nobody takes them for a patient's own; MIMIC has no names.
    """
    digest = hashlib.sha256(f"mimic-iv {subject_id}".encode()).digest()
    first, last, given = (
        words[digest[place] % len(words)]
        for place, words in enumerate((_FIRST.split(), _LAST.split(), _GIVEN.split()))
    )
    return first + last, given
