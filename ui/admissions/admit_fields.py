"""The fields of an admission, and the reading of its allergies and flags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from uuid import UUID

from ui.admissions.bed_sheet import PLACE
from ui.admissions.fields import ComingDay, PastMoment
from ui.admissions.words import SOURCE_WORDS
from ui.context import Context
from ui.patients.banner import FLAG_WORDS
from ui.rooms.bed_picker import Bed, BedSearch
from ui.widgets.form import Check, Field, OneOf, Text
from ui.widgets.inputs import Choice
from ui.widgets.option_model import Option
from ward_app.admissions.types import NewAdmission
from ward_app.patients.types import Allergy, AllergyStatus, FlagChange, FlagKind
from ward_app.rooms.types import Ward

_ALLERGIES = (
    Choice(AllergyStatus.NOT_RECORDED, "Not asked yet"),
    Choice(AllergyStatus.NONE_KNOWN, "No known allergies"),
    Choice(AllergyStatus.PRESENT, "Allergic to …"),
)
FLAG_DETAILS = {
    FlagKind.ISOLATION: "contact, droplet, airborne …",
    FlagKind.FALLS: "",
    FlagKind.RESUSCITATION: "DNACPR, for full treatment …",
    FlagKind.NIL_BY_MOUTH: "from 22:00 …",
    FlagKind.PRIVACY: "",
}


def stay_fields(
    context: Context, ward: Ward, zone: tzinfo, bed: Option | None
) -> tuple[Field, ...]:
    """Return where, when, whence, under whom and why, in reading order."""
    sources = tuple(Choice(source, words) for source, words in SOURCE_WORDS.items())
    place = Bed(context, BedSearch(ward.id))
    now = context.clock()
    return (
        Field(name=PLACE, label="Bed", kind=place, value=bed, required=True),
        Field(
            name="admitted_at",
            label="Arrived at",
            kind=PastMoment(zone),
            value=now,
            required=True,
        ),
        Field(name="source", label="From", kind=OneOf(sources), required=True, half=True),
        Field(
            name="expected_discharge_on",
            label="Expected discharge",
            kind=ComingDay(zone),
            half=True,
        ),
        Field(name="specialty", label="Specialty", kind=Text(), value=ward.specialty, half=True),
        Field(name="consultant", label="Consultant", kind=Text(), half=True),
        Field(name="reason", label="Reason for admission", kind=Text()),
    )


def alert_fields() -> tuple[Field, ...]:
    """Return allergies and flags; each flag's detail stands beside it once it is ticked."""
    allergies = OneOf(_ALLERGIES, empty_text=None)
    substances = Text("Penicillin, latex, nuts …")
    return (
        Field(name="allergies", label="Allergies", kind=allergies),
        Field(name="substances", label="Allergic to", kind=substances, required=True),
        *(field for kind in FlagKind for field in _flag_fields(kind)),
    )


def _flag_fields(kind: FlagKind) -> tuple[Field, ...]:
    tick = Check(FLAG_WORDS[kind])
    if not FLAG_DETAILS[kind]:
        return (Field(name=kind, label="", kind=tick),)
    detail = Text(FLAG_DETAILS[kind])
    return (
        Field(name=kind, label="", kind=tick, half=True),
        Field(name=f"{kind} detail", label="", kind=detail, half=True),
    )


def detail_name(kind: FlagKind) -> str | None:
    """Return the name of the field with a flag's detail; None for a flag that has none."""
    return f"{kind} detail" if FLAG_DETAILS[kind] else None


def allergies_named(text: str | None, ids: Mapping[str, UUID]) -> tuple[Allergy, ...]:
    """Return one allergy per substance; commas, semicolons and "and" part them.

    Args:
        text: as typed.
        ids: gives each substance the same id however often the entry is saved.
    """
    names = dict.fromkeys(name.strip() for name in re.split(r"[,;]|\band\b", text or ""))
    return tuple(Allergy(id=ids[name.casefold()], substance=name) for name in names if name)


def flags_raised(
    values: Mapping[str, Any], admission: NewAdmission, ids: Mapping[str, UUID]
) -> tuple[FlagChange, ...]:
    """Return the flags that were ticked, with their details; `ids` as in `allergies_named`."""
    return tuple(
        FlagChange(
            id=ids[kind],
            patient_id=admission.patient_id,
            kind=kind,
            active=True,
            occurred_at=admission.admitted_at,
            detail=values.get(detail_name(kind) or ""),
        )
        for kind in FlagKind
        if values[kind]
    )
