"""Found patients as options of a type-ahead list, and the ways on when nobody fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ui.formats import age, date_text, mrn_text, person_name, sex_word
from ui.widgets.option_model import Option
from ward_app.patients.types import FoundPatient, PatientIdentity


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Somebody who is not in the list: a name to register, None = nobody knows who it is."""

    name: str | None


def identity_text(identity: PatientIdentity, today: date) -> str:
    """Return what tells two people of one name apart: birth, age, sex, patient number."""
    facts = (born_text(identity, today), sex_word(identity.sex), mrn_text(identity.mrn))
    return " · ".join(facts)


def born_text(identity: PatientIdentity, today: date) -> str:
    """Return "born 03-Apr-1948 · 78 y", marked when estimated."""
    if identity.born_on is None:
        return "date of birth not known"
    about = "about " if identity.born_on_is_estimate else ""
    return f"born {about}{date_text(identity.born_on)} · {age(identity.born_on, today)}"


def full_name(identity: PatientIdentity) -> str:
    """Return "SURNAME, Given (Title)"."""
    return person_name(identity.family_name, identity.given_name, identity.title)


def patient_option(found: FoundPatient, today: date) -> Option:
    """Return the row of one found patient; who is in hospital cannot be admitted again."""
    facts = identity_text(found.identity, today)
    refusal = None
    if found.open_admission_id is not None:
        where = found.location or "on another ward"
        refusal = f"Already in hospital: {where} · {facts}"
    return Option(full_name(found.identity), facts, found, refusal)


def patient_options(found: Sequence[FoundPatient], typed: str, today: date) -> tuple[Option, ...]:
    """Return the found patients, best first, then "register" and "not known who it is".

    With somebody found, registering is never ready for Enter: one must go to it.
    """
    name = typed.strip()
    register = Option(
        text=f"Register “{name}”" if name else "Register a new patient",
        detail="Nobody in the list is this person",
        value=Unlisted(name),
        marks_itself=bool(name) and not found,
    )
    unknown = Option(
        text="Not known who it is",
        detail="Admit as “Unknown, Female A”",
        value=Unlisted(None),
        marks_itself=False,
    )
    return (*(patient_option(each, today) for each in found), register, unknown)


AWAY = Option(
    "The server is away",
    "",
    None,
    refusal="Nobody can be looked up or registered now",
)
SEARCHING = Option("Searching…", "", None, refusal="Name, patient number or date of birth")
