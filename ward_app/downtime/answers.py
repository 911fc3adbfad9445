"""What the panels ask, answered from the copies of wards while the database is away.

By the function that reads it online: what is not here is not kept, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from ward_app.audit.service import open_chart, open_charts, open_reachable_charts
from ward_app.board.queries import ward_board
from ward_app.board.types import Board
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.downtime.copy_types import StayCopy, WardCopy
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.types import MeasurementChart
from ward_app.notes.queries import notes_of, own_drafts
from ward_app.notes.types import Draft, Note
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.oxygen_target import OxygenRecord, TargetRange
from ward_app.observations.pack_queries import scoring_of, scorings_of
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.queries import observation_chart
from ward_app.observations.target_queries import oxygen_record, targets_of
from ward_app.observations.ward_charting import LastSet, last_sets
from ward_app.rounding.queries import (
    open_task_of,
    round_history,
    rounds_of_wards,
    template_version,
    templates_in_force,
)
from ward_app.rounding.types import HistoryItem, OpenTask, RoundsOfWard, Template
from ward_app.schedule.queries import due_list, due_of
from ward_app.schedule.types import DueItem
from ward_app.staff.service import touch
from ward_app.staff.types import SignedIn


class NotKeptForDowntimeError(DatabaseUnavailableError):
    """This is not in the copies of this station; it is not told what it would say."""


class Copies(Protocol):
    """The copies of the wards of who is here, with what was charted on this station."""

    @property
    def reader(self) -> SignedIn | None:
        """Who is here; None = nobody is."""

    @property
    def now(self) -> datetime:
        """The present, aware, by the clock of this computer."""

    def wards(self) -> tuple[WardCopy, ...]:
        """Return every copy there is."""

    def ward(self, ward_id: UUID) -> WardCopy:
        """Return the copy of a ward.

        Raises:
            NotKeptForDowntimeError: there is none, or it is not for who is here.
        """


Answer = Callable[..., Any]


def stay_of(copies: Copies, admission_id: UUID) -> StayCopy:
    """Return what is kept of a stay.

    Raises:
        NotKeptForDowntimeError: nothing is: private, or of another ward.
    """
    for copy in copies.wards():
        if admission_id in copy.stays:
            return copy.stays[admission_id]
    raise not_kept("This chart")


def not_kept(what: str) -> NotKeptForDowntimeError:
    """Return that something is not kept; `what` begins the sentence."""
    return NotKeptForDowntimeError(
        f"Not kept for downtime. {what} can be read again when the server is back."
    )


def notes_kept(copies: Copies, admission_ids: Sequence[UUID]) -> tuple[Note, ...]:
    """Return the notes of the last 48 hours of these stays, what happened last first.

    A stay whose chart is not kept is left out.

    Raises:
        NotKeptForDowntimeError: who took the copy may not read notes.
    """
    stays = [stay for copy in copies.wards() for stay in copy.stays.values()]
    asked = [stay for stay in stays if stay.chart.admission_id in set(admission_ids)]
    if any(stay.notes is None for stay in asked):
        raise not_kept("Notes (nobody who may read them was signed in here)")
    notes = (note for stay in asked for note in stay.notes or ())
    return tuple(sorted(notes, key=lambda note: (note.occurred_at, note.id), reverse=True))


def _board(copies: Copies, ward_ids: tuple[UUID, ...]) -> Board:
    boards = [copies.ward(ward_id).board for ward_id in ward_ids]
    return Board(
        ward_ids=ward_ids,
        beds=tuple(row for board in boards for row in board.beds),
        read_at=min(board.read_at for board in boards),
    )


def _due_list(copies: Copies, ward_ids: tuple[UUID, ...]) -> tuple[DueItem, ...]:
    return tuple(item for ward_id in ward_ids for item in copies.ward(ward_id).due)


def _due_of(copies: Copies, ward_id: UUID, admission_id: UUID) -> DueItem | None:
    found = (item for item in copies.ward(ward_id).due if item.admission_id == admission_id)
    return next(found, None)


def _rounds(copies: Copies, ward_ids: tuple[UUID, ...]) -> RoundsOfWard:
    rounds = [copies.ward(ward_id).rounds for ward_id in ward_ids]
    return RoundsOfWard(
        templates=rounds[0].templates,
        lines=tuple(line for each in rounds for line in each.lines),
        tasks=tuple(task for each in rounds for task in each.tasks),
        read_at=min(each.read_at for each in rounds),
    )


def _history(
    copies: Copies, *, admission_id: UUID | None, ward_id: UUID
) -> tuple[HistoryItem, ...]:
    if admission_id is None:
        raise not_kept(f"Earlier rounds of {copies.ward(ward_id).ward.name} itself")
    return stay_of(copies, admission_id).rounds


def _templates(copies: Copies) -> tuple[Template, ...]:
    found = {one.id: one for copy in copies.wards() for one in copy.rounds.templates}
    return tuple(found.values())


def _template(copies: Copies, template_id: UUID) -> Template | None:
    return next((one for one in _templates(copies) if one.id == template_id), None)


def _task(copies: Copies, ward_id: UUID, task_id: UUID) -> OpenTask | None:
    return next((one for one in copies.ward(ward_id).rounds.tasks if one.id == task_id), None)


def _chart(copies: Copies, admission_id: UUID) -> ObservationChart:
    return stay_of(copies, admission_id).chart


def _measured(copies: Copies, admission_id: UUID) -> MeasurementChart:
    stay = stay_of(copies, admission_id)
    return MeasurementChart(
        admission_id=admission_id, sets=stay.measured, read_at=stay.chart.read_at
    )


def _notes(
    copies: Copies, admission_ids: Sequence[UUID], *, since: datetime | None = None
) -> tuple[Note, ...]:
    found = notes_kept(copies, admission_ids)
    return tuple(one for one in found if since is None or one.occurred_at >= since)


def _no_drafts(_copies: Copies) -> tuple[Draft, ...]:
    return ()


def _basis(copies: Copies, admission_id: UUID) -> ScoringBasis:
    return stay_of(copies, admission_id).chart.basis


def _kept(copies: Copies, admission_ids: Sequence[UUID]) -> dict[UUID, StayCopy]:
    wanted = set(admission_ids)
    stays = (item for copy in copies.wards() for item in copy.stays.items())
    return {stay_id: stay for stay_id, stay in stays if stay_id in wanted}


def _bases(copies: Copies, admission_ids: Sequence[UUID]) -> dict[UUID, ScoringBasis]:
    kept = _kept(copies, admission_ids)
    return {stay_id: stay.chart.basis for stay_id, stay in kept.items()}


def _targets(copies: Copies, admission_ids: Sequence[UUID]) -> dict[UUID, TargetRange]:
    kept = _kept(copies, admission_ids)
    found = {stay_id: stay.chart.oxygen.target for stay_id, stay in kept.items()}
    return {stay_id: target for stay_id, target in found.items() if target is not None}


def _oxygen(copies: Copies, admission_id: UUID) -> OxygenRecord:
    return stay_of(copies, admission_id).chart.oxygen


def _last_sets(copies: Copies, admission_ids: Sequence[UUID]) -> tuple[LastSet, ...]:
    kept = _kept(copies, admission_ids)
    found = (_last_set(stay_id, stay) for stay_id, stay in kept.items())
    return tuple(one for one in found if one is not None)


def _last_set(admission_id: UUID, stay: StayCopy) -> LastSet | None:
    in_force = [one for one in stay.chart.sets if one.superseded_by is None and not one.struck_out]
    if not in_force:
        return None
    last, score = in_force[-1], in_force[-1].score
    return LastSet(
        admission_id,
        last.id,
        last.occurred_at,
        score.total if score else None,
        score.at_least if score else None,
        score.pack if score else None,
        last.vital_signs,
    )


def _open_chart(copies: Copies, patient_id: UUID) -> None:
    if patient_id not in _kept_patients(copies):
        raise not_kept("A chart that is marked private, or of another ward,")


def _open_charts(copies: Copies, patient_ids: Sequence[UUID]) -> None:
    if not set(patient_ids) <= _kept_patients(copies):
        raise not_kept("A chart that is marked private, or of another ward,")


def _open_reachable(copies: Copies, patient_ids: Sequence[UUID]) -> frozenset[UUID]:
    return frozenset(patient_ids) & _kept_patients(copies)


def _kept_patients(copies: Copies) -> frozenset[UUID]:
    rows = (stay.row for copy in copies.wards() for stay in copy.stays.values())
    return frozenset(row.patient_id for row in rows if row.patient_id is not None)


def _nothing(_copies: Copies) -> None:
    """The session is not kept alive from here: nobody is there to be told."""


ANSWERS: Mapping[Callable[..., Any], Answer] = {
    ward_board: _board,
    due_list: _due_list,
    due_of: _due_of,
    rounds_of_wards: _rounds,
    round_history: _history,
    templates_in_force: _templates,
    template_version: _template,
    open_task_of: _task,
    observation_chart: _chart,
    measurement_chart: _measured,
    notes_of: _notes,
    own_drafts: _no_drafts,
    scoring_of: _basis,
    scorings_of: _bases,
    targets_of: _targets,
    oxygen_record: _oxygen,
    last_sets: _last_sets,
    open_chart: _open_chart,
    open_charts: _open_charts,
    open_reachable_charts: _open_reachable,
    touch: _nothing,
}
