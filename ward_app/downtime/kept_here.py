"""What was charted on this station since a copy was taken, shown in it as if it were there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from ward_app.board.types import BoardBed
from ward_app.core.json_rows import typed
from ward_app.downtime.copy_types import StayCopy, WardCopy
from ward_app.downtime.due_here import after_a_round, after_a_set
from ward_app.downtime.types import HeldEntry, OfflineEntry, OfflineKind
from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import derive, measured_values, summary
from ward_app.measurements.types import RecordedMeasurement
from ward_app.notes.queries import note_of
from ward_app.notes.types import Note, Symptom
from ward_app.observations.queries import SetRow, recorded_set
from ward_app.observations.types import RecordedObservations
from ward_app.rounding.queries import answers_of
from ward_app.rounding.types import DueLine, DueReason, HistoryItem, RoundsOfWard, Template

NOT_SENT = "kept here, not yet sent"


def with_entries(copy: WardCopy, held: Sequence[HeldEntry], names: Mapping[UUID, str]) -> WardCopy:
    """Return the copy with what was charted here and is not in it yet, the earliest first.

    `names` are of the authors, by user id; of somebody else it says "somebody".
    """
    for one in sorted(held, key=lambda held: held.entry.occurred_at):
        by = f"{names.get(one.entry.author, 'somebody')}, {NOT_SENT}"
        copy = _with(copy, one.entry, by)
    return copy


def _with(copy: WardCopy, entry: OfflineEntry, by: str) -> WardCopy:
    stay = copy.stays.get(entry.admission_id) if entry.admission_id is not None else None
    if entry.kind is OfflineKind.ROUND_ANSWERS:
        rounds = _with_answers(copy.rounds, entry, by)
        lines = (line for line in rounds.lines if line not in copy.rounds.lines)
        copy = after_a_round(replace(copy, rounds=rounds), lines)
    if stay is None or entry.admission_id is None or _is_there(stay, entry):
        return copy
    stay = _ADDERS[entry.kind](stay, entry, by, copy)
    if entry.kind is OfflineKind.OBSERVATIONS and stay.row.observed_at == entry.occurred_at:
        copy = after_a_set(copy, stay.row)
    board = replace(copy.board, beds=tuple(_marked(row, stay) for row in copy.board.beds))
    return replace(copy, board=board, stays={**copy.stays, entry.admission_id: stay})


def _is_there(stay: StayCopy, entry: OfflineEntry) -> bool:
    """Whether the server had the entry already when the copy was taken."""
    return entry.id in {
        *(one.id for one in stay.chart.sets),
        *(one.id for one in stay.measured),
        *(one.id for one in stay.notes or ()),
        *(one.id for one in stay.rounds),
    }


def _marked(row: BoardBed, stay: StayCopy) -> BoardBed:
    return stay.row if row.admission_id == stay.row.admission_id else row


def _with_set(stay: StayCopy, entry: OfflineEntry, by: str, _copy: WardCopy) -> StayCopy:
    columns: dict[str, Any] = dict.fromkeys(SetRow._fields)
    columns |= {"struck_out": False, "further_signs": {}, "spo2_scale": 1, "source": NOT_SENT}
    columns |= {name: entry.payload[name] for name in SetRow._fields if name in entry.payload}
    columns |= {
        "id": str(entry.id),
        "occurred_at": entry.occurred_at.isoformat(),
        "recorded_at": entry.entered_at.isoformat(),
        "recorded_by": by,
    }
    row = SetRow(**typed(columns, SetRow))
    sets = tuple(sorted((*_replaced(stay.chart.sets, row, by), recorded_set(row)), key=_by_time))
    latest = max((one for one in sets if _counts(one)), key=_by_time)
    chart = replace(stay.chart, sets=sets, next_due_at=_due_at(entry, stay, latest))
    if latest.id != entry.id:
        return replace(stay, chart=chart, row=_counted(stay.row))
    return replace(stay, chart=chart, row=_with_score(stay.row, latest, chart.next_due_at))


def _replaced(
    sets: Sequence[RecordedObservations], new: SetRow, by: str
) -> Sequence[RecordedObservations]:
    """Return the sets with the one that the new one corrects marked as corrected."""
    return [
        replace(
            one,
            superseded_by=new.id,
            corrected_by=by,
            corrected_at=new.recorded_at,
            change_reason=new.change_reason,
        )
        if one.id == new.supersedes_id
        else one
        for one in sets
    ]


def _counts(one: RecordedObservations) -> bool:
    return one.superseded_by is None and not one.struck_out


def _by_time(one: RecordedObservations | RecordedMeasurement) -> tuple[Any, ...]:
    return one.occurred_at, one.recorded_at


def _due_at(entry: OfflineEntry, stay: StayCopy, latest: RecordedObservations) -> Any:
    """Return when the next set is due: by the new set, if it is the latest."""
    if latest.id != entry.id:
        return stay.chart.next_due_at
    return typed({"next_due_at": entry.payload.get("next_due_at")}, BoardBed)["next_due_at"]


def _with_score(row: BoardBed, latest: RecordedObservations, due_at: Any) -> BoardBed:
    score = latest.score
    return row._replace(
        news2_previous_total=row.news2_total,
        news2_total=score.total if score else None,
        news2_at_least=score.at_least if score else None,
        news2_risk=score.risk.value if score else None,
        score_pack=score.pack if score else None,
        observed_at=latest.occurred_at,
        next_due_at=due_at,
        due_reason="score",
        kept_here=row.kept_here + 1,
    )


def _with_measurement(stay: StayCopy, entry: OfflineEntry, by: str, _copy: WardCopy) -> StayCopy:
    row = entry.payload
    kind = kinds()[row["kind"]]
    fields = [{"name": field.name, "type": field.type.value} for field in kind.fields]
    values = measured_values(fields, row["values"])
    new = RecordedMeasurement(
        id=entry.id,
        kind=kind.name,
        kind_version=kind.version,
        kind_hash=kind.hash,
        values=values,
        derived=derive(kind, values),
        summary=summary(kind, values),
        occurred_at=entry.occurred_at,
        recorded_at=entry.entered_at,
        recorded_by=by,
        note=row.get("note"),
        source=NOT_SENT,
        supersedes_id=None,
        superseded_by=None,
        struck_out=False,
        corrected_by=None,
        corrected_at=None,
        change_reason=None,
    )
    measured = tuple(sorted((*stay.measured, new), key=_by_time))
    return replace(stay, measured=measured, row=_counted(stay.row))


def _with_note(stay: StayCopy, entry: OfflineEntry, by: str, _copy: WardCopy) -> StayCopy:
    row = entry.payload
    columns = typed(
        {
            "id": str(entry.id),
            "note_id": str(entry.id),
            "admission_id": str(entry.admission_id),
            "kind": row["kind"],
            "about_id": row.get("addendum_to_id"),
            "title": row["title"],
            "sections": row["sections"],
            "symptom": row.get("symptom"),
            "severity": row.get("severity"),
            "since_on": row.get("since_on"),
            "own_words": row.get("own_words"),
            "template": row.get("template"),
        },
        Note,
        Symptom,
    )
    signed = (entry.occurred_at, entry.entered_at, entry.author, by, None, False, False, False)
    new = note_of(*columns.values(), *signed)
    notes = sorted((*(stay.notes or ()), new), key=lambda note: note.occurred_at, reverse=True)
    return replace(stay, notes=tuple(notes), row=_counted(stay.row))


def _with_round(stay: StayCopy, entry: OfflineEntry, by: str, copy: WardCopy) -> StayCopy:
    row = entry.payload
    template = _template(copy.rounds, row["template_id"])
    until = typed({"deferred_until": row.get("deferred_until")}, HistoryItem)["deferred_until"]
    item = HistoryItem(
        id=entry.id,
        title=template.title if template else "Checklist",
        template=template,
        outcome=row.get("outcome") or "done",
        answers=answers_of(row.get("answers") or {}),
        words=row.get("words") or {},
        reason=row.get("reason"),
        deferred_until=until,
        note=row.get("note"),
        occurred_at=entry.occurred_at,
        recorded_by=by,
        corrects_id=None,
        change_reason=None,
        ended=None,
        ended_reason=None,
        ended_by=None,
        round_size=None,
    )
    return replace(stay, rounds=(item, *stay.rounds), row=_counted(stay.row))


def _with_answers(rounds: RoundsOfWard, entry: OfflineEntry, by: str) -> RoundsOfWard:
    """Return the rounds with one checklist answered, or put off, later than it was."""
    template = _template(rounds, entry.payload["template_id"])
    if template is None:
        return rounds
    lines = tuple(
        _answered(line, entry, by)
        if (line.admission_id, line.name) == (entry.admission_id, template.name)
        else line
        for line in rounds.lines
    )
    return replace(rounds, lines=lines)


def _answered(line: DueLine, entry: OfflineEntry, by: str) -> DueLine:
    if line.done_at is not None and line.done_at >= entry.occurred_at:
        return line
    row = entry.payload
    if row.get("outcome") == "deferred":
        until = typed({"due_at": row["deferred_until"]}, DueLine)["due_at"]
        return line._replace(
            due_at=until, due_reason=DueReason.DEFERRED.value, deferral_reason=row["reason"]
        )
    # how often it is asked is the server's to say: the same stretch as before, until it does
    before, due = line.done_at, line.due_at
    again = entry.occurred_at + (due - before) if before and due and due > before else None
    reason = DueReason.INTERVAL if again else DueReason.DONE
    return line._replace(
        done_at=entry.occurred_at,
        done_by=by,
        due_at=again,
        due_reason=reason.value,
        deferral_reason=None,
    )


def _template(rounds: RoundsOfWard, template_id: str) -> Template | None:
    """Return the checklist in force that an entry answers."""
    return next((one for one in rounds.templates if str(one.id) == template_id), None)


def _counted(row: BoardBed) -> BoardBed:
    return row._replace(kept_here=row.kept_here + 1)


_Adder = Callable[[StayCopy, OfflineEntry, str, WardCopy], StayCopy]
_ADDERS: Mapping[OfflineKind, _Adder] = {
    OfflineKind.OBSERVATIONS: _with_set,
    OfflineKind.MEASUREMENT: _with_measurement,
    OfflineKind.NOTE: _with_note,
    OfflineKind.ROUND_ANSWERS: _with_round,
}
