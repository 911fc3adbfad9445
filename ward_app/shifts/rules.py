"""Pure rules of shifts: timelines of responsibility, gaps, skill mix, workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from ward_app.shifts.types import (
    Gap,
    Held,
    OnDuty,
    Place,
    ResponsibilityEvent,
    Responsible,
    SkillCount,
    StaffMember,
    Workload,
)


def timeline(
    beds: Mapping[UUID, str],
    events: Iterable[ResponsibilityEvent],
    from_at: datetime,
    until_at: datetime,
) -> tuple[Held, ...]:
    """Return who held each bed at every minute of [from_at, until_at), gaps as rows of nobody.

    `beds` are labels by id, in the order they are returned; `events` come oldest first, also
    those before `from_at`. Every bed's rows follow one another without a hole or an overlap.
    """
    of_bed: dict[UUID, list[ResponsibilityEvent]] = {bed_id: [] for bed_id in beds}
    for event in events:
        if event.bed_id in of_bed:
            of_bed[event.bed_id].append(event)
    return tuple(
        held
        for bed_id, label in beds.items()
        for held in _stretches(label, of_bed[bed_id], ResponsibilityEvent(
            bed_id, None, None, None, from_at), until_at)
    )  # fmt: skip


def _stretches(
    label: str,
    events: Sequence[ResponsibilityEvent],
    start: ResponsibilityEvent,
    until_at: datetime,
) -> list[Held]:
    """Return the stretches of one bed; `start` says that nobody held it when nothing is known."""
    points = [start]
    for event in events:
        if event.at <= start.at:
            points = [event._replace(at=start.at)]
        elif event.at < until_at:
            points.append(event)
    end = start._replace(at=until_at)
    return [
        Held(
            here.bed_id,
            label,
            here.user_id,
            here.user_name,
            here.at,
            after.at,
            here.how,
            here.given_by,
            here.given_to,
        )
        for here, after in pairwise([*points, end])
        if here.at < after.at
    ]


def gaps_of(beds: Iterable[Responsible]) -> tuple[Gap, ...]:
    """Return the patients' beds that nobody on duty holds; an empty bed is no gap."""
    return tuple(
        Gap(bed.bed_id, bed.bed_label, bed.room_name, bed.since, bed.user_name, bed.allocated_name)
        for bed in beds
        if is_gap(bed)
    )


def is_gap(bed: Responsible) -> bool:
    """Whether a patient lies in the bed and nobody on duty holds it."""
    return bed.is_occupied and (bed.user_id is None or bed.on_duty_until is None)


def skill_mix(
    staff: Iterable[StaffMember], there: frozenset[UUID], wanted: Mapping[str, int]
) -> tuple[SkillCount, ...]:
    """Return how many of each grade are `there`, and how many the ward wants of it.

    Grades come in the order of `staff`; one that is wanted and that nobody of the ward has
    follows with 0, by its name.
    """
    titles: dict[str, str] = {}
    counts: dict[str, int] = {}
    for member in staff:
        titles.setdefault(member.grade, member.grade_title)
        counts.setdefault(member.grade, 0)
        counts[member.grade] += member.user_id in there
    for grade in wanted:
        titles.setdefault(grade, grade.replace("_", " ").capitalize())
    return tuple(
        SkillCount(grade, title, counts.get(grade, 0), wanted.get(grade))
        for grade, title in titles.items()
    )


def workloads(
    plan: Mapping[UUID, UUID], scores: Mapping[UUID, int | None]
) -> dict[UUID, Workload]:
    """Return what each nurse has by plan, by the nurse.

    `plan` is nurse by bed; `scores` has the score of each bed with a patient, None = no score
    yet. No score is no 0: such patients are counted apart.
    """
    found: dict[UUID, Workload] = {}
    for bed_id, user_id in plan.items():
        has = found.get(user_id, Workload(user_id, 0, 0, 0, 0))
        score = scores.get(bed_id)
        found[user_id] = Workload(
            user_id,
            has.beds + 1,
            has.patients + (bed_id in scores),
            has.score_sum + (score or 0),
            has.unscored + (bed_id in scores and score is None),
        )
    return found


def initials(name: str) -> str:
    """Return the first letters of the first and last word of a name: "Nora Nurse" -> "NN"."""
    words = name.split()
    letters = [word[0] for word in words]
    return "".join(letters[:1] + letters[1:][-1:]).upper()


def nearest_first(people: Iterable[OnDuty], ward_id: UUID, place: Place) -> tuple[OnDuty, ...]:
    """Return who is on duty on the ward, then on its floor, in its building, and elsewhere.

    Those equally near stay in the order they came in.
    """

    def steps_away(one: OnDuty) -> int:
        if one.ward_id == ward_id:
            return 0
        if one.building_name != place.building_name:
            return 3
        return 1 if one.floor_name == place.floor_name else 2

    return tuple(sorted(people, key=steps_away))
