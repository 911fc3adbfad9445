"""Steps of a stay and lately discharged patients as rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from ui.admissions.stay import Stay
from ui.admissions.words import EVENT_WORDS
from ui.formats import moment_text, mrn_text, person_name
from ui.widgets.option_model import Option
from ward_app.admissions.types import Destination, RecentDischarge, StayEvent, StayStep


def step_text(step: StayStep, home_ward: str, zone: tzinfo, now: datetime) -> str:
    """Return "14:07 Moved from bed 4 to bed 7"; wards other than `home_ward` are named."""
    words = f"{moment_text(step.occurred_at, zone, now)} {_event_words(step)}"
    if step.from_place:
        words += f" from {_short(step.from_place, home_ward)}"
    if step.to_place:
        words += f" to {_short(step.to_place, home_ward)}"
    return words


def _event_words(step: StayStep) -> str:
    """Return "Moved"; a discharge by death is "Died"."""
    left = step.event is StayEvent.DISCHARGED
    died = left and (step.reason or "").startswith(Destination.DIED.value)
    return "Died" if died else EVENT_WORDS[step.event]


def _short(place: str, home_ward: str) -> str:
    return place.removeprefix(f"{home_ward}, ")


def step_option(step: StayStep, home_ward: str, zone: tzinfo, now: datetime) -> Option:
    """Return the row of one step; all but the one that can be undone are dim."""
    recorded = f"by {step.recorded_by} at {moment_text(step.recorded_at, zone, now)}"
    facts = " · ".join(filter(None, ("undone later" if step.cancelled else "", recorded)))
    detail = f"{facts} · {step.reason}" if step.reason else facts
    mark = "↶ " if step.can_cancel else ""
    refusal = None if step.can_cancel else detail
    return Option(mark + step_text(step, home_ward, zone, now), detail, step, refusal)


def undo_sentence(step: StayStep, stay: Stay, zone: tzinfo, now: datetime) -> str:
    """Return what undoing a step does, as a sentence."""
    name, when = stay.name, moment_text(step.occurred_at, zone, now)
    if step.event is StayEvent.ADMITTED:
        return f"This cancels the admission of {name} at {when}. What was charted is kept."
    if step.event is StayEvent.DISCHARGED:
        return (
            f"This undoes the discharge at {when}: {name} is back in the former bed, or on the"
            " ward without a bed if it was given away or closed."
        )
    back = _short(step.from_place or "the former place", stay.ward_name)
    other = " The other patient goes back too." if step.event is StayEvent.SWAPPED else ""
    return (
        f"This undoes the transfer at {when}: {name} goes back to {back}, or to that ward"
        f" without a bed if it was given away or closed.{other}"
    )


def discharge_options(
    left: Sequence[RecentDischarge], zone: tzinfo, now: datetime
) -> tuple[Option, ...]:
    """Return the patients who left lately, latest first; each stands for its `Stay`."""
    return tuple(_discharge_option(each, zone, now) for each in left)


def _discharge_option(left: RecentDischarge, zone: tzinfo, now: datetime) -> Option:
    stay = Stay(
        admission_id=left.admission_id,
        patient_id=left.patient_id,
        name=person_name(left.family_name, left.given_name, left.title),
        ward_id=left.ward_id,
        ward_name=left.ward_name,
        bed_label=left.bed_label,
    )
    bed = f"bed {left.bed_label}" if left.bed_label else "without a bed"
    when = moment_text(left.discharged_at, zone, now)
    gone = f"Died {moment_text(left.died_at, zone, now)}" if left.died_at else f"left {when}"
    detail = f"{gone} · {left.ward_name}, {bed} · {mrn_text(left.mrn)}"
    return Option(stay.name, detail, stay)
