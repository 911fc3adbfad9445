"""What a station keeps of a ward, to be read and printed while the server is away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.board.types import Board, BoardBed
from ward_app.escalations.types import OpenEscalation
from ward_app.handover.sheet_types import PocketSheet
from ward_app.handover.types import Facts, Given
from ward_app.lane.types import DueEntry, LanePatient, Policy
from ward_app.measurements.types import RecordedMeasurement
from ward_app.notes.types import Note
from ward_app.observations.chart_types import ObservationChart
from ward_app.rooms.types import Ward
from ward_app.rounding.types import HistoryItem, RoundsOfWard
from ward_app.schedule.types import DueItem
from ward_app.shifts.types import Responsible


@dataclass(frozen=True, slots=True, kw_only=True)
class StayCopy:
    """What a copy holds of one patient on the ward.

    Attributes:
        row: the patient as the board shows her, with allergies, flags and bed.
        chart: the sets of the last 48 hours, oldest first, and what is decided about them.
        measured: measurements beside the vital signs of the last 48 hours, oldest first.
        notes: the newest row of each note of the last 48 hours, what happened last first; None =
            who took the copy may not read notes.
        rounds: what was recorded of rounds and tasks in the last 48 hours, the latest first.
        due: when the next set is due and why; None = she came or left as the copy was taken.
        handover: the last giving, with the facts of that moment and its answers; None = never
            given, or the reader may not see handovers.
    """

    row: BoardBed
    chart: ObservationChart
    measured: tuple[RecordedMeasurement, ...]
    notes: tuple[Note, ...] | None
    rounds: tuple[HistoryItem, ...]
    due: DueItem | None
    handover: Given | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverCopy:
    """One patient's line of the handover, whoever reads it.

    Attributes:
        facts_hash: names the reading, as `HandoverLine` has it.
        accepted: when each person accepted this patient last, by user id.
        draft: own words, not given yet, of who took the copy; None = there are none.
    """

    admission_id: UUID
    patient_id: UUID
    bed_id: UUID | None
    facts: Facts
    facts_hash: str
    accepted: Mapping[UUID, datetime]
    draft: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCopy:
    """What a copy holds of the shift's work.

    Attributes:
        patients, entries, policy: of the lane, as `LaneOfWards` has them.
        until: to when what is due was asked for, aware.
        alerts: open escalations, worst first.
        handover: in bed order; None = who took the copy may not read handovers.
        beds: who holds each bed, in bed order.
        shift_until: when the shift that ran ends, aware; None = none ran.
        sheets: pocket sheets that are out, or came back within two days.
    """

    patients: tuple[LanePatient, ...]
    entries: tuple[DueEntry, ...]
    policy: Policy
    until: datetime
    alerts: tuple[OpenEscalation, ...]
    handover: tuple[HandoverCopy, ...] | None
    beds: tuple[Responsible, ...]
    shift_until: datetime | None
    sheets: tuple[PocketSheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WardCopy:
    """One ward as the server knew it at one moment, read in one statement.

    Attributes:
        taken_at: the server's clock, aware; what "as of" says on screen and paper.
        taken_by: the user in whose name it was read: row security showed it to them.
        environment: what the database is for: "production", "staging", "training", "demo" …
        board: beds in ward, room and bed order, patients without a bed last.
        stays: by admission. A patient of the board who is missing here is marked private: her
            chart is not kept, and a screen or a page says so.
        rounds: checklists in force, what is due of them, open tasks.
        due: when each patient's next set is due, longest overdue first.
        shift: None = the copy was taken before such things were kept.
    """

    ward: Ward
    facility_name: str
    environment: str
    taken_at: datetime
    taken_by: UUID
    board: Board
    stays: Mapping[UUID, StayCopy]
    rounds: RoundsOfWard
    due: tuple[DueItem, ...]
    shift: ShiftCopy | None = None
