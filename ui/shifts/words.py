"""How a shift reads: a bed with its nurse, a nurse with her beds, gaps, skill mix. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple
from uuid import UUID

from ui.formats import moment_text, person_name, time_text
from ui.widgets.rows_table import RowColumn
from ward_app.board.types import BoardBed
from ward_app.shifts.rules import gaps_of, initials, is_gap, skill_mix, workloads
from ward_app.shifts.types import (
    Allocation,
    OnDuty,
    Responsible,
    Shift,
    ShiftPlan,
    StaffMember,
    Workload,
)

TOPIC = "shifts"
ONE_WARD = "Choose one ward (Ctrl+W): a shift is planned ward by ward."
READING = "The shift is being read…"
NO_STAFF = "Nobody who works on this ward can hold beds. An administrator assigns people to wards."
NOBODY = "▲ NOBODY"
DUTY_OVER = "▲ DUTY OVER"
# one key each, so that a nurse is chosen without looking for her
NURSE_KEYS = "1234567890"
_LISTED = 4


class BedLine(NamedTuple):
    """One bed of the shift planned.

    `patients` and `score` are of who lies there now (score None = none yet, or nobody there).
    """

    bed: Responsible
    allocation: Allocation | None
    patients: str
    score: int | None


class NurseLine(NamedTuple):
    """One person who may hold beds; `key` is empty after the tenth."""

    key: str
    member: StaffMember
    load: Workload
    holds: int


def bed_lines(plan: ShiftPlan, rows: Sequence[BoardBed]) -> tuple[BedLine, ...]:
    """Return the beds in bed order with who lies there."""
    given = {one.bed_id: one for one in plan.allocations}
    lying: dict[UUID | None, list[BoardBed]] = {}
    for row in rows:
        if row.admission_id is not None:
            lying.setdefault(row.bed_id, []).append(row)
    return tuple(
        BedLine(
            bed,
            given.get(bed.bed_id),
            ", ".join(person_name(p.family_name, p.given_name) for p in lying.get(bed.bed_id, ())),
            _score(lying.get(bed.bed_id, ())),
        )
        for bed in plan.beds
    )


def nurse_lines(plan: ShiftPlan, beds: Sequence[BedLine]) -> tuple[NurseLine, ...]:
    """Return who may hold beds, with key and what each has by plan and in hand."""
    given = {one.bed_id: one.user_id for one in plan.allocations if one.user_id is not None}
    loads = workloads(given, {line.bed.bed_id: line.score for line in beds if line.patients})
    members = [member for member in plan.staff if member.holds_beds]
    return tuple(
        NurseLine(
            NURSE_KEYS[number] if number < len(NURSE_KEYS) else "",
            member,
            loads.get(member.user_id, Workload(member.user_id, 0, 0, 0, 0)),
            sum(line.bed.user_id == member.user_id for line in beds),
        )
        for number, member in enumerate(members)
    )


def shift_text(shift: Shift, zone: tzinfo, now: datetime) -> str:
    """Return "Night, from 20-Nov 19:30 to 08:00"."""
    begins = moment_text(shift.from_at, zone, now)
    return f"{shift.name}, {begins} to {time_text(shift.until_at, zone)}"


def gap_text(beds: Sequence[Responsible]) -> str:
    """Return the loud words about patients nobody on duty holds; empty when there are none."""
    labels = [gap.bed_label for gap in gaps_of(beds)]
    if not labels:
        return ""
    word = "bed" if len(labels) == 1 else "beds"
    return f"▲ No nurse on duty holds {word} {', '.join(labels)}"


def mix_text(plan: ShiftPlan) -> str:
    """Return "Skill mix: Registered nurse 2 of 3 ▲, Student 1", of plan and of who signed on."""
    if plan.shift is None:
        return "This ward has no shift at this time."
    there = frozenset(one.user_id for one in plan.allocations if one.user_id is not None)
    if plan.shift == plan.shifts[0]:
        there |= {one.user_id for one in plan.staff if one.on_duty_until is not None}
    parts = []
    for count in skill_mix(plan.staff, there, plan.shift.wanted):
        if not count.has and count.wanted is None:
            continue
        of = "" if count.wanted is None else f" of {count.wanted}"
        parts.append(f"{count.title} {count.has}{of}{' ▲' if count.is_short else ''}")
    return f"Skill mix: {', '.join(parts) or 'nobody planned or signed on'}"


def holder_text(bed: Responsible) -> str:
    """Return who holds a bed, in loud words where a patient's bed has nobody on duty."""
    if bed.user_id is None:
        return NOBODY if bed.is_occupied else ""
    if bed.on_duty_until is None and bed.is_occupied:
        return f"{DUTY_OVER}: {bed.user_name}"
    return bed.user_name or ""


def nurse_fact(bed: Responsible, zone: tzinfo, now: datetime) -> str:
    """Return who holds a bed since when, and who is to by plan, for the bed's details."""
    if bed.user_id is None:
        held = f"{NOBODY} holds this bed" if bed.is_occupied else "nobody"
    else:
        held = f"{holder_text(bed)} ({initials(bed.user_name or '')})"
    since = f", since {moment_text(bed.since, zone, now)}" if bed.since else ""
    plan = ""
    if bed.allocated_id is not None and bed.allocated_id != bed.user_id:
        plan = f"; planned: {bed.allocated_name}"
    return f"{held}{since}{plan}"


def load_text(load: Workload) -> str:
    """Return "3 · 2 · 7, 1 unscored": beds, patients in them, the sum of their scores."""
    if not load.beds:
        return "—"
    unscored = f", {load.unscored} unscored" if load.unscored else ""
    return f"{load.beds} · {load.patients} · {load.score_sum}{unscored}"


def duty_text(member: StaffMember, zone: tzinfo) -> str:
    """Return until when somebody is on duty."""
    return f"to {time_text(member.on_duty_until, zone)}" if member.on_duty_until else "—"


def bed_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[BedLine], ...]:
    """Return the columns of the beds."""

    def since(line: BedLine) -> str:
        return moment_text(line.bed.since, zone, now) if line.bed.since else ""

    return (
        RowColumn("Bay", 104, lambda line: line.bed.room_name),
        RowColumn("Bed", 48, lambda line: line.bed.bed_label),
        RowColumn("Patient", 176, lambda line: line.patients or "(free)", colour=_free),
        RowColumn("Score", 60, _score_text, number=True),
        RowColumn("Planned", 126, _planned_text, colour=_unplanned),
        RowColumn("Holds it now", 160, lambda line: holder_text(line.bed), colour=_loud),
        RowColumn("Since", 90, since),
    )


def nurse_columns(zone: tzinfo) -> tuple[RowColumn[NurseLine], ...]:
    """Return the columns of the nurses."""
    return (
        RowColumn("Key", 40, lambda line: line.key),
        RowColumn("Nurse", 116, lambda line: line.member.name),
        RowColumn("On duty", 78, lambda line: duty_text(line.member, zone), colour=_off_duty),
        RowColumn("Beds · in · scores", 164, lambda line: load_text(line.load)),
        RowColumn("Holds", 56, lambda line: str(line.holds), number=True),
    )


def on_duty_columns(zone: tzinfo, now: datetime) -> tuple[RowColumn[OnDuty], ...]:
    """Return the columns of the directory."""
    return (
        RowColumn("Where", 150, lambda one: f"{one.ward_name}, {one.floor_name}"),
        RowColumn("Who", 112, lambda one: one.name),
        RowColumn("As", 160, on_duty_as),
        RowColumn("Until", 96, lambda one: moment_text(one.until_at, zone, now)),
        RowColumn("Phone", 60, lambda one: one.phone or ""),
        RowColumn("Beds", 100, held_text),
    )


def held_text(one: OnDuty) -> str:
    """Return the beds somebody holds; many as "1 … 10 (8)"."""
    if len(one.beds) <= _LISTED:
        return ", ".join(one.beds)
    return f"{one.beds[0]} … {one.beds[-1]} ({len(one.beds)})"


def on_duty_as(one: OnDuty) -> str:
    """Return as what somebody is on duty: "on call: Medical registrar", else the grade."""
    if one.duty == "on_call":
        return f"on call: {one.works_as}"
    return one.works_as or one.grade_title


def finds(one: OnDuty, words: str) -> bool:
    """Whether every word typed is in what the directory says of somebody."""
    said = " ".join(
        (one.name, one.ward_name, one.floor_name, one.building_name, on_duty_as(one))
    ).lower()
    return all(word in said for word in words.lower().split())


def _score(rows: Sequence[BoardBed]) -> int | None:
    scores = [row.news2_total for row in rows if row.news2_total is not None]
    return sum(scores) if scores else None


def _score_text(line: BedLine) -> str:
    if line.score is not None:
        return str(line.score)
    return "—" if line.patients else ""


def _planned_text(line: BedLine) -> str:
    if line.allocation is None or line.allocation.user_id is None:
        return "—"
    return line.allocation.user_name or ""


def _free(line: BedLine) -> str | None:
    return None if line.patients else "dim"


def _unplanned(line: BedLine) -> str | None:
    return "dim" if line.allocation is None or line.allocation.user_id is None else None


def _loud(line: BedLine) -> str | None:
    return "problem" if is_gap(line.bed) else None


def _off_duty(line: NurseLine) -> str | None:
    return None if line.member.on_duty_until else "dim"
