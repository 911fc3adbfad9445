"""Lane, handover and alerts of a ward, answered from its copy while the database is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from ward_app.assessments.queries import assessment_chart, instruments_in_use, ward_dues
from ward_app.board.types import Board
from ward_app.devices.queries import devices_of
from ward_app.downtime.answers import Copies, not_kept
from ward_app.downtime.copy_types import HandoverCopy, ShiftCopy, StayCopy, WardCopy
from ward_app.downtime.kept_here import NOT_SENT
from ward_app.downtime.kept_record import KeptRecord, kept_record
from ward_app.escalations.queries import alerts, watched_items
from ward_app.escalations.types import OpenItems
from ward_app.handover.queries import ward_handover
from ward_app.handover.types import Facts, Given, HandoverLine, Holder, VitalSet, WardHandover
from ward_app.lane.queries import HOURS, is_held, nurse_of, shift_lane
from ward_app.lane.types import LaneOfWards
from ward_app.messages.queries import my_messages
from ward_app.observations.types import RecordedObservations
from ward_app.staff.types import SignedIn

_ELSEWHERE = (
    "What was recorded last stands with each patient (Ctrl+J) and in Handover. Assessments"
)
_DEVICES = "What is in place stands with each patient (K) and in Handover. The ward's register"
_MESSAGES = "Call by telephone meanwhile. Messages"


def _shift(copy: WardCopy, what: str) -> ShiftCopy:
    if copy.shift is None:
        raise not_kept(what)
    return copy.shift


def _lane(copies: Copies, ward_ids: tuple[UUID, ...], hours: int = HOURS) -> LaneOfWards:
    wards = [copies.ward(ward_id) for ward_id in ward_ids]
    shifts = [_shift(copy, "The lane of this ward") for copy in wards]
    until = copies.now + timedelta(hours=hours)
    beds = [bed for shift in shifts for bed in shift.beds]
    return LaneOfWards(
        patients=tuple(one for shift in shifts for one in shift.patients),
        entries=tuple(
            entry._replace(times=times)
            for shift in shifts
            for entry in shift.entries
            if (times := tuple(at for at in entry.times if at < until))
        ),
        policies={copy.ward.id: shift.policy for copy, shift in zip(wards, shifts, strict=True)},
        read_at=min(copy.taken_at for copy in wards),
        until=until,
        nurses={bed.bed_id: nurse for bed in beds if (nurse := nurse_of(bed))},
        not_taken=frozenset(bed.bed_id for bed in beds if not is_held(bed)),
        mine=_mine(copies, shifts),
    )


def _mine(copies: Copies, shifts: Sequence[ShiftCopy]) -> frozenset[UUID]:
    """Return the beds that who is here held, whoever took the copy."""
    reader = copies.reader
    held = {bed.bed_id: bed.user_id for shift in shifts for bed in shift.beds}
    return frozenset(bed for bed, who in held.items() if reader and who == reader.user_id)


def _handover(copies: Copies, ward_id: UUID) -> WardHandover:
    copy, reader = copies.ward(ward_id), copies.reader
    shift = _shift(copy, "The handover of this ward")
    if shift.handover is None or reader is None:
        raise not_kept("The handover (nobody who may read it was signed in here)")
    draft_is_own = copy.taken_by == reader.user_id
    return WardHandover(
        lines=tuple(
            _line(line, copy.stays.get(line.admission_id), reader, draft_is_own=draft_is_own)
            for line in shift.handover
        ),
        sheets=shift.sheets,
        holders={bed.bed_id: Holder(bed.user_name, bed.since) for bed in shift.beds},
        mine=_mine(copies, [shift]),
        shift_until=shift.shift_until,
        read_at=copy.taken_at,
    )


def _line(
    line: HandoverCopy, stay: StayCopy | None, reader: SignedIn, *, draft_is_own: bool
) -> HandoverLine:
    return HandoverLine(
        line.admission_id,
        line.patient_id,
        line.bed_id,
        _with_sets(line.facts, stay) if stay else line.facts,
        line.facts_hash,
        line.accepted.get(reader.user_id),
        line.draft if draft_is_own else None,
        _given(stay.handover, reader) if stay and stay.handover else None,
    )


def _given(given: Given, reader: SignedIn) -> Given:
    by_role = given.to_role is not None and given.to_name in reader.role_names
    return replace(given, to_me=by_role or given.to_user_id == reader.user_id)


def _with_sets(facts: Facts, stay: StayCopy) -> Facts:
    """Return the record of a patient with the sets that are kept here, newest first."""
    new = [_vital_set(one) for one in stay.chart.sets if one.source == NOT_SENT]
    sets = sorted((*facts.sets, *new), key=lambda one: one.measured_at, reverse=True)
    return replace(facts, sets=tuple(sets))


def _vital_set(recorded: RecordedObservations) -> VitalSet:
    signs, score = recorded.vital_signs, recorded.score
    return VitalSet(
        measured_at=recorded.occurred_at,
        at=recorded.recorded_at,
        total=score.total if score else None,
        at_least=score.at_least if score else None,
        risk=score.risk.value if score else None,
        pack=score.pack if score else None,
        respiratory_rate=signs.respiratory_rate_per_min,
        spo2=signs.spo2_percent,
        scale=signs.spo2_scale,
        on_oxygen=signs.on_oxygen,
        flow=_number(signs.oxygen_flow_l_per_min),
        systolic=signs.systolic_bp_mmhg,
        diastolic=signs.diastolic_bp_mmhg,
        pulse=signs.pulse_per_min,
        consciousness=signs.consciousness.value if signs.consciousness else None,
        temperature=_number(signs.temperature_celsius),
        further=signs.further,
        note="; ".join(filter(None, (recorded.note, NOT_SENT))),
    )


def _number(exact: Decimal | None) -> float | None:
    return None if exact is None else float(exact)


def _record(copies: Copies, admission_id: UUID) -> KeptRecord:
    for copy in copies.wards():
        for line in (copy.shift.handover if copy.shift else None) or ():
            if line.admission_id == admission_id:
                facts = line.facts
                return KeptRecord(facts.assessed, facts.devices, facts.dues, copy.taken_at)
    raise not_kept("Assessments and devices of this patient")


def _watched(copies: Copies, ward_ids: tuple[UUID, ...]) -> OpenItems:
    wards = [copies.ward(ward_id) for ward_id in ward_ids]
    found = [item for copy in wards for item in _shift(copy, "Alerts").alerts]
    return OpenItems(escalations=tuple(found), read_at=min(copy.taken_at for copy in wards))


def _alerts(copies: Copies, ward_ids: tuple[UUID, ...]) -> OpenItems:
    boards = [copies.ward(ward_id).board for ward_id in ward_ids]
    return replace(_watched(copies, ward_ids), unscored=_unscored(boards))


def _unscored(boards: Sequence[Board]) -> tuple[tuple[str, str | None], ...]:
    """Return the beds whose patient's latest set has no score, which calls nobody."""
    return tuple(
        (row.ward_name, row.bed_label)
        for board in boards
        for row in board.beds
        if row.observed_at and row.news2_total is None and row.news2_at_least is None
    )


def _not_kept(what: str) -> Callable[..., Any]:
    def refuse(_copies: Copies, *_args: object, **_kwargs: object) -> None:
        raise not_kept(what)

    return refuse


SHIFT_ANSWERS: Mapping[Callable[..., Any], Callable[..., Any]] = {
    shift_lane: _lane,
    ward_handover: _handover,
    watched_items: _watched,
    alerts: _alerts,
    kept_record: _record,
    instruments_in_use: _not_kept(_ELSEWHERE),
    assessment_chart: _not_kept(_ELSEWHERE),
    ward_dues: _not_kept(_ELSEWHERE),
    devices_of: _not_kept(_DEVICES),
    my_messages: _not_kept(_MESSAGES),
}
