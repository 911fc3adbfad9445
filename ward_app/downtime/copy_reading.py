"""A ward's copy as values: the same that the panels are shown while the database is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from ward_app.board.queries import board_of
from ward_app.board.types import Board, BoardBed
from ward_app.core.errors import WardError
from ward_app.core.json_rows import typed
from ward_app.downtime.copy_types import StayCopy, WardCopy
from ward_app.downtime.json_in_bites import read_in_bites
from ward_app.downtime.kept_types import CopyHead
from ward_app.downtime.shift_reading import read_shift
from ward_app.handover.queries import given_of
from ward_app.handover.types import Given
from ward_app.measurements.queries import recorded_measurement
from ward_app.measurements.types import RecordedMeasurement
from ward_app.notes.queries import note_of
from ward_app.notes.types import Note, Symptom
from ward_app.observations.pack_queries import BasisRow, bases_of
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.queries import ChartFacts, SetRow, chart_of
from ward_app.rounding.queries import answers_of
from ward_app.rounding.rules import template_of, urgency
from ward_app.rounding.types import DueLine, HistoryItem, OpenTask, RoundsOfWard, Template
from ward_app.schedule.rules import urgency as set_urgency
from ward_app.schedule.types import DueItem

_FORM = 1
_Row = Mapping[str, Any]


class CopyUnreadableError(WardError):
    """The copy was taken by another version of the program, or is not one."""


def read_copy(head: CopyHead, text: str) -> WardCopy:
    """Return what `copy_queries.ward_copy_text` took of a ward.

    Raises:
        CopyUnreadableError: it was taken by another version of the program.
    """
    try:
        found = read_in_bites(text)
        if found["form"] != _FORM:
            raise CopyUnreadableError(_OTHER_VERSION)
        return _Reading(head, found).copy()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CopyUnreadableError(_OTHER_VERSION) from error


_OTHER_VERSION = (
    "The copy of the ward on this workstation was taken by another version of the program, which"
    " alone can read it. Use the printed ward pack until the server is back."
)


class _Reading:
    """One copy being read: the parts that the others need are read once."""

    def __init__(self, head: CopyHead, found: _Row) -> None:
        self._head = head
        self._found = found
        self._taken_at = datetime.fromisoformat(found["taken_at"])
        self._board = self._read_board()
        self._rows = {row.admission_id: row for row in self._board.beds if row.admission_id}
        self._templates = self._read_templates("templates")
        old = self._read_templates("versions")
        self._versions = {one.id: one for one in (*self._templates, *old)}
        self._bases = self._read_bases()
        due = [DueItem(**typed(row, DueItem)) for row in found["due"] or ()]
        self._due = {item.admission_id: item for item in sorted(due, key=set_urgency)}

    def copy(self) -> WardCopy:
        head, found = self._head, self._found
        stays = (self._stay(stay) for stay in found["stays"])
        return WardCopy(
            ward=head.ward,
            facility_name=head.facility_name,
            environment=head.environment,
            taken_at=self._taken_at,
            taken_by=UUID(found["taken_by"]),
            board=self._board,
            stays={one.chart.admission_id: one for one in stays if one is not None},
            rounds=self._rounds(),
            due=tuple(self._due.values()),
            shift=read_shift(head.ward.id, found) if "shift" in found else None,
        )

    def _read_board(self) -> Board:
        rows = (tuple(typed(row, BoardBed).values()) for row in self._found["board"] or ())
        return board_of(rows, (self._head.ward.id,), self._taken_at)

    def _read_templates(self, which: str) -> tuple[Template, ...]:
        rows: Sequence[_Row] = self._found[which] or ()
        return tuple(template_of(UUID(row["id"]), row["content"]) for row in rows)

    def _read_bases(self) -> Mapping[UUID, ScoringBasis]:
        packs: Mapping[str, str] = self._found["packs"] or {}
        rows = [BasisRow(**typed(row, BasisRow)) for row in self._found["bases"] or ()]
        return bases_of(rows, self._taken_at, packs.__getitem__)

    def _rounds(self) -> RoundsOfWard:
        lines = [DueLine(**typed(row, DueLine)) for row in self._found["lines"] or ()]
        tasks = self._found["tasks"] or ()
        return RoundsOfWard(
            templates=self._templates,
            lines=tuple(sorted(lines, key=urgency)),
            tasks=tuple(OpenTask(**typed(row, OpenTask)) for row in tasks),
            read_at=self._taken_at,
        )

    def _stay(self, stay: _Row) -> StayCopy | None:
        """Return one patient's part; None: she left or came between two looks at the ward."""
        admission_id = UUID(stay["admission_id"])
        row, basis = self._rows.get(admission_id), self._bases.get(admission_id)
        if row is None or basis is None:
            return None
        facts = ChartFacts(next_due_at=row.next_due_at, **stay["facts"])
        sets = (SetRow(**typed(one, SetRow)) for one in stay["sets"])
        notes = stay["notes"]
        return StayCopy(
            row=row,
            chart=chart_of(admission_id, facts, sets, basis=basis, read_at=self._taken_at),
            measured=tuple(map(_measurement, stay["measured"])),
            notes=None if notes is None else tuple(map(_note, notes)),
            rounds=tuple(map(partial(_history, self._versions), stay["rounds"])),
            due=self._due.get(admission_id),
            handover=_given(stay["handover"]),
        )


def _measurement(row: _Row) -> RecordedMeasurement:
    return recorded_measurement(*typed(row, RecordedMeasurement).values())


def _note(row: _Row) -> Note:
    kept = typed(row, Note) | {"since_on": typed(row, Symptom)["since_on"]}
    return note_of(*kept.values())


def _history(versions: Mapping[UUID, Template], row: _Row) -> HistoryItem:
    kept = typed(row, HistoryItem)
    template_id = kept.pop("template_id")
    kept["template"] = versions.get(UUID(template_id)) if template_id else None
    kept["answers"] = answers_of(kept["answers"])
    return HistoryItem(round_size=None, **kept)


def _given(row: _Row | None) -> Given | None:
    return None if row is None else given_of(*typed(row, Given).values())
