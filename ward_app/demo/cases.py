"""One invented patient with a stay, and the case mix of the wards that are drawn at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from ward_app.admissions.types import AdmissionSource, Destination
from ward_app.demo import courses
from ward_app.demo.courses import Course
from ward_app.demo.hospital import ADMISSIONS_UNIT, FIVE_NORTH, FOUR_WEST, WardPlan
from ward_app.demo.names import Name, draw_name
from ward_app.observations.oxygen_target import TargetRange
from ward_app.patients.types import FlagKind, Sex

Flags = tuple[tuple[FlagKind, str | None], ...]

CONTACT: Flags = ((FlagKind.ISOLATION, "contact"),)
DROPLET: Flags = ((FlagKind.ISOLATION, "droplet"),)
AIRBORNE: Flags = ((FlagKind.ISOLATION, "airborne"),)
FALLS: Flags = ((FlagKind.FALLS, None),)
DNACPR: Flags = ((FlagKind.RESUSCITATION, "DNACPR"),)
NIL_BY_MOUTH: Flags = ((FlagKind.NIL_BY_MOUTH, "for theatre"),)
PRIVACY: Flags = ((FlagKind.PRIVACY, None),)

_SUBSTANCES = ("Penicillin", "Latex", "Ibuprofen", "Codeine", "Trimethoprim", "Nuts", "Aspirin")
_FORMER_PATIENTS = 24
_A_DAY = 24
_OVERDUE_SHARE = 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who somebody is.

    Attributes:
        age: in years; None = not known.
        born_on: where the day itself matters; else it is drawn to fit the age.
        allergies: substances; () = none known, None = nobody asked.
    """

    name: Name
    age: int | None
    allergies: tuple[str, ...] | None = None
    born_on: date | None = None


FORMER_PATIENT = Person(
    name=Name(family="Whitfield", given="Margaret", title="Mrs", sex=Sex.FEMALE),
    age=None,
    born_on=date(1944, 3, 12),
    allergies=("Penicillin",),
)
"""Somebody known, for whom a new registration is easily mistaken."""

NEWBORN = Person(
    name=Name(family="Sorensen", given="Linnea", title=None, sex=Sex.FEMALE),
    age=0,
    allergies=(),
)
"""A baby known and not in hospital, whose mother is a patient of Ward 7 East."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One stay on one ward.

    Attributes:
        bed: None = on the ward without a bed.
        hours_in: since the admission to hospital.
        hours_elsewhere: of those, how many first in the admissions unit.
        leaves_in_days: expected discharge from today; None = not said.
        overdue: how long the next set of observations is overdue; None = it is not.
        pregnancy: how many days ago it ended, 0 = it has not; None = nothing is recorded.
            The maternal criteria score whoever has one.
        decided_pack: name of the score somebody decided on; None = automatic.
        target: oxygen target prescribed at the admission; None = nobody prescribed one.
        corrected, struck_out: what became of the last but one set of observations.
        left: how long ago the patient was discharged; None = still here.
        shares_because: why the bed is shared with who was cast for it before; None = it is not.
    """

    person: Person
    ward: str
    bed: str | None
    hours_in: float
    course: Course
    reason: str
    source: AdmissionSource = AdmissionSource.EMERGENCY_DEPARTMENT
    hours_elsewhere: float = 0
    leaves_in_days: int | None = None
    flags: Flags = ()
    overdue: timedelta | None = None
    pregnancy: int | None = None
    decided_pack: str | None = None
    target: TargetRange | None = None
    corrected: bool = False
    struck_out: bool = False
    left: timedelta | None = None
    destination: Destination = Destination.HOME
    shares_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mix:
    """What a ward treats: reasons, courses, ages and stays to draw from."""

    reasons: tuple[str, ...]
    courses: tuple[Course, ...]
    ages: tuple[int, int]
    days: tuple[float, float]
    from_admissions_unit: float
    flags: tuple[Flags, ...]


_USUAL = (courses.WELL,) * 4 + (courses.SETTLED,) * 4 + (courses.STEADY,) * 3
_MIXES = {
    FOUR_WEST.code: _Mix(
        reasons=(
            "Appendicectomy",
            "Cholecystitis",
            "Bowel resection",
            "Small bowel obstruction",
            "Inguinal hernia repair",
            "Abscess, drainage",
            "Diverticulitis",
            "Thyroidectomy",
        ),
        courses=(*_USUAL, courses.RECOVERING, courses.MEDIUM, courses.IMPROVING),
        ages=(16, 88),
        days=(0.2, 9),
        from_admissions_unit=0.25,
        flags=((), (), (), (), NIL_BY_MOUTH, NIL_BY_MOUTH, FALLS, CONTACT),
    ),
    ADMISSIONS_UNIT.code: _Mix(
        reasons=(
            "Chest pain",
            "Pneumonia",
            "Asthma, acute",
            "Sepsis, source unknown",
            "Pulmonary embolism",
            "Overdose",
            "Diabetic ketoacidosis",
            "Headache, under investigation",
            "Collapse",
        ),
        courses=(*_USUAL, courses.MEDIUM, courses.GRAVE, courses.RECOVERING, courses.CONFUSED),
        ages=(17, 94),
        days=(0.1, 1.8),
        from_admissions_unit=0,
        flags=((), (), (), (), FALLS, DROPLET, AIRBORNE),
    ),
    FIVE_NORTH.code: _Mix(
        reasons=(
            "Fall, hip pain",
            "Delirium",
            "Urinary infection",
            "Reduced mobility",
            "Aspiration pneumonia",
            "Heart failure",
            "Dehydration",
            "Stroke, rehabilitation",
        ),
        courses=(*_USUAL, courses.CONFUSED, courses.CONFUSED, courses.RETAINER, courses.MEDIUM),
        ages=(74, 101),
        days=(1.5, 29),
        from_admissions_unit=0.6,
        flags=((), FALLS, FALLS, FALLS + DNACPR, DNACPR, CONTACT),
    ),
}


def drawn_cases(ward: WardPlan, rng: Random, taken: set[str]) -> Iterator[Case]:
    """Yield a patient for every bed of a ward that is not to stay empty."""
    mix = _MIXES[ward.code]
    for bed in ward.occupied():
        hours_in = _A_DAY * rng.uniform(*mix.days)
        elsewhere = hours_in > _A_DAY / 2 and rng.random() < mix.from_admissions_unit
        yield Case(
            person=drawn_person(rng, taken, mix.ages),
            ward=ward.code,
            bed=bed,
            hours_in=hours_in,
            hours_elsewhere=rng.uniform(3, min(40, hours_in - 6)) if elsewhere else 0,
            course=rng.choice(mix.courses),
            reason=rng.choice(mix.reasons),
            leaves_in_days=rng.choice((None, -1, 0, 1, 1, 2, 3, 4, 6)),
            flags=rng.choice(mix.flags),
            overdue=timedelta(minutes=rng.randint(4, 70))
            if rng.random() < _OVERDUE_SHARE
            else None,
        )


def drawn_person(rng: Random, taken: set[str], ages: tuple[int, int] = (16, 95)) -> Person:
    """Return somebody with allergies recorded, known to be none, or never asked about."""
    name = draw_name(rng, taken)
    few = tuple(rng.sample(_SUBSTANCES, rng.choice((1, 1, 2, 3))))
    return Person(
        name=name, age=rng.randint(*ages), allergies=rng.choice((None, (), (), (), few, few))
    )


def former_patients(rng: Random) -> Iterator[Person]:
    """Yield people who were registered once and are not in hospital now."""
    yield FORMER_PATIENT
    yield NEWBORN
    taken: set[str] = set()
    for _ in range(_FORMER_PATIENTS):
        yield drawn_person(rng, taken)
