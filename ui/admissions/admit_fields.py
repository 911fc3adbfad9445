"""The fields of an admission, and the reading of its allergies and flags."""

from __future__ import annotations

from datetime import tzinfo

from ui.admissions.bed_sheet import PLACE, share_field
from ui.admissions.fields import ComingDay, PastMoment
from ui.admissions.words import SOURCE_WORDS
from ui.context import Context
from ui.patients.alert_fields import flag_fields
from ui.rooms.bed_picker import Bed, BedSearch
from ui.widgets.form import Field, OneOf, Text
from ui.widgets.inputs import Choice
from ui.widgets.option_model import Option
from ward_app.patients.types import AllergyStatus
from ward_app.rooms.types import Ward

_ALLERGIES = (
    Choice(AllergyStatus.NOT_RECORDED, "Not asked yet"),
    Choice(AllergyStatus.NONE_KNOWN, "No known allergies"),
    Choice(AllergyStatus.PRESENT, "Allergic to …"),
)


def stay_fields(
    context: Context, ward: Ward, zone: tzinfo, bed: Option | None
) -> tuple[Field, ...]:
    """Return where, when, whence, under whom and why, in reading order."""
    sources = tuple(Choice(source, words) for source, words in SOURCE_WORDS.items())
    place = Bed(context, BedSearch(ward.id))
    now = context.clock()
    return (
        Field(name=PLACE, label="Bed", kind=place, value=bed, required=True),
        share_field(),
        Field(
            name="occurred_at",
            label="Arrived at",
            kind=PastMoment(zone),
            value=now,
            required=True,
        ),
        Field(name="source", label="From", kind=OneOf(sources), required=True),
        Field(
            name="expected_discharge_on",
            label="Expected discharge",
            kind=ComingDay(zone),
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
        *flag_fields(),
    )
