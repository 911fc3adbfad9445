"""Reads of rounds: what is due on wards, the checklists in force, open tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.reading import unhurried
from ward_app.core.reference import reference
from ward_app.rounding.rules import template_of, urgency
from ward_app.rounding.types import (
    Answer,
    AnswerAsked,
    AnsweredRecord,
    AnsweredStays,
    Answers,
    ChecklistVersion,
    DueLine,
    FoundRound,
    HistoryItem,
    OpenTask,
    RoundsOfWard,
    Template,
)

# Calls; their columns are those of the named tuples, in their order.
_DUE_LIST = "SELECT * FROM rounding.due_list(%s)"
_OPEN_TASKS = "SELECT * FROM rounding.tasks_of_beds(%s) t ORDER BY t.due_at, t.id"
_OPEN_TASK = "SELECT * FROM rounding.tasks_of_beds(%s) t WHERE t.id = %s"

_IN_FORCE = """
SELECT t.id, t.content FROM rounding.templates t
WHERE t.id IN (SELECT DISTINCT ON (n.name) n.id FROM rounding.templates n
               ORDER BY n.name, n.version DESC, n.facility_id NULLS LAST)
  AND NOT coalesce((t.content ->> 'retired')::boolean, false)
ORDER BY t.content ->> 'title'
"""

# What was answered and put off with what became of it, and tasks opened and ended.
_HISTORY = """
SELECT r.id, t.content ->> 'title', t.id, t.content, r.outcome, r.answers, r.words, r.reason,
    r.deferred_until, r.note, r.occurred_at, coalesce(u.display_name, 'imported'),
    r.supersedes_id, r.change_reason,
    CASE WHEN c.status = 'final' THEN 'corrected' WHEN c.id IS NOT NULL THEN 'struck_out' END,
    c.change_reason, cu.display_name, rounding.round_size(r.round_id)
FROM rounding.round_records r
JOIN rounding.templates t ON t.id = r.template_id
LEFT JOIN public.users u ON u.id = r.recorded_by
LEFT JOIN rounding.round_records c ON c.supersedes_id = r.id
LEFT JOIN public.users cu ON cu.id = c.recorded_by
WHERE r.status = 'final' AND CASE WHEN %(stay)s::uuid IS NULL
    THEN r.admission_id IS NULL AND r.subject_ward_id = %(ward)s ELSE r.admission_id = %(stay)s END
UNION ALL
SELECT k.id, k.title, NULL, NULL, e.kind, '{}', '{}', e.reason, e.deferred_until, NULL,
    e.occurred_at, coalesce(u.display_name, 'imported'), NULL, NULL, NULL, NULL, NULL, NULL
FROM rounding.tasks k
CROSS JOIN LATERAL (
    SELECT v.kind, v.reason, v.deferred_until, v.occurred_at, v.recorded_by
    FROM rounding.task_events v WHERE v.task_id = k.id
    UNION ALL SELECT 'opened', NULL, k.due_at, k.recorded_at, k.recorded_by) e
LEFT JOIN public.users u ON u.id = e.recorded_by
WHERE CASE WHEN %(stay)s::uuid IS NULL
    THEN k.admission_id IS NULL AND k.subject_ward_id = %(ward)s ELSE k.admission_id = %(stay)s END
ORDER BY 11 DESC LIMIT 200
"""

_VERSIONS = """
SELECT t.id, t.name, t.version, t.content, t.change_reason, t.recorded_at, u.display_name,
    row_number() OVER (PARTITION BY t.name ORDER BY t.version DESC, t.facility_id NULLS LAST) = 1
FROM rounding.templates t LEFT JOIN public.users u ON u.id = t.recorded_by
ORDER BY max(t.content ->> 'title') OVER (PARTITION BY t.name), t.name, t.version DESC
"""

_ANSWERED = "SELECT * FROM rounding.answered(%s, %s, %s, %s)"

# The checklist by the titles its versions had: whose records they are is not read here.
_ANSWERED_STAYS = """
SELECT coalesce(array_agg(DISTINCT s.patient_id) FILTER (WHERE s.patient_id IS NOT NULL), '{}'),
    count(DISTINCT f.id)
FROM rounding.answered(%s, %s, %s, %s) f
LEFT JOIN admission.admissions s ON s.id = f.admission_id
WHERE f.title IN (SELECT t.content ->> 'title' FROM rounding.templates t WHERE t.name = %s)
"""

# Row security leaves out whoever's chart is not open.
_ANSWERED_ROWS = """
SELECT r.id, r.admission_id, r.patient_id, r.ward_id, w.name, p.family_name, p.given_name, b.label,
    r.occurred_at, coalesce(u.display_name, 'imported'), t.id, t.content, r.answers, r.words
FROM rounding.answered(%s, %s, %s, %s) f
JOIN rounding.round_records r ON r.id = f.id
JOIN rounding.templates t ON t.id = r.template_id AND t.name = %s
JOIN room.wards w ON w.id = r.ward_id
LEFT JOIN patient.patients p ON p.id = r.patient_id
LEFT JOIN admission.bed_stays s
    ON s.admission_id = r.admission_id AND upper_inf(s.during) AND s.voided_at IS NULL
LEFT JOIN room.beds b ON b.id = s.bed_id
LEFT JOIN public.users u ON u.id = r.recorded_by
ORDER BY r.occurred_at DESC, r.id DESC LIMIT 200
"""

_ONE = "SELECT t.id, t.content FROM rounding.templates t WHERE t.id = %s"


def rounds_of_wards(tx: Transaction, ward_ids: tuple[UUID, ...]) -> RoundsOfWard:
    """Return the checklists of these wards, what is due of them, and the open tasks.

    Wards on which the reader does not work are left out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    wards = (list(ward_ids),)
    return RoundsOfWard(
        templates=templates_in_force(tx),
        lines=tuple(sorted(tx.rows(DueLine, _DUE_LIST, wards), key=urgency)),
        tasks=tuple(tx.rows(OpenTask, _OPEN_TASKS, wards)),
        read_at=tx.now,
    )


def round_history(
    tx: Transaction, *, admission_id: UUID | None, ward_id: UUID
) -> tuple[HistoryItem, ...]:
    """Return what was recorded of rounds and tasks of a patient, or of the ward (None).

    The latest first, 200 at most; of a patient only when her chart was opened before.
    """
    found = tx.rows(_history_item, _HISTORY, {"stay": admission_id, "ward": ward_id})
    return tuple(found)


def answered(
    tx: Transaction,
    ward_ids: tuple[UUID, ...],
    answers: Answers,
    *,
    since: datetime,
    until: datetime,
) -> tuple[AnsweredRecord, ...]:
    """Return the records of wards that hold all these answers, earliest first.

    From `since` to before `until`, both aware. Of a body map a record holds at least the places
    asked for. Wards on which the reader does not work are left out.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    asked = Jsonb({name: _as_stored(answer) for name, answer in answers.items()})
    return tuple(tx.rows(AnsweredRecord, _ANSWERED, (list(ward_ids), asked, since, until)))


@unhurried
def answered_stays(tx: Transaction, asked: AnswerAsked) -> AnsweredStays:
    """Return whose rounds hold an answer, so that their charts can be opened, and how many.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    found = tx.row(lambda ids, count: AnsweredStays(tuple(ids), count), _ANSWERED_STAYS,
                   _asked(asked))  # fmt: skip
    return found or AnsweredStays((), 0)


@unhurried
def answered_rounds(tx: Transaction, asked: AnswerAsked) -> tuple[FoundRound, ...]:
    """Return the rounds that hold an answer, the latest first, 200 at most.

    Of the ward, and of patients whose chart was opened in an earlier transaction.

    Raises:
        NotPermittedError: the reader may not see patients.
    """
    return tuple(tx.rows(_found_round, _ANSWERED_ROWS, _asked(asked)))


def checklist_versions(tx: Transaction) -> tuple[ChecklistVersion, ...]:
    """Return every version of every checklist of the hospital, the newest of each first."""
    return tuple(tx.rows(ChecklistVersion, _VERSIONS))


@reference
def templates_in_force(tx: Transaction) -> tuple[Template, ...]:
    """Return the newest version of each checklist that is not retired, by title."""
    return tuple(tx.rows(template_of, _IN_FORCE))


def open_task_of(tx: Transaction, ward_id: UUID, task_id: UUID) -> OpenTask | None:
    """Return one open task of a ward; None when somebody brought it to an end."""
    return tx.row(OpenTask, _OPEN_TASK, ([ward_id], task_id))


@reference
def template_version(tx: Transaction, template_id: UUID) -> Template | None:
    """Return one version of a checklist, in force or not; None = there is none such here."""
    return tx.row(template_of, _ONE, (template_id,))


def _as_stored(answer: Answer) -> object:
    return list(answer) if isinstance(answer, tuple) else answer


def _asked(asked: AnswerAsked) -> tuple[object, ...]:
    answers = Jsonb({name: _as_stored(answer) for name, answer in asked.answers.items()})
    return (list(asked.ward_ids), answers, asked.since, asked.until, asked.checklist)


def answers_of(answers: Mapping[str, Any]) -> Answers:
    """Return stored answers as values: the places of a body map as a tuple."""
    return {
        name: tuple(answer) if isinstance(answer, list) else answer
        for name, answer in answers.items()
    }


def _found_round(*columns: Any) -> FoundRound:
    *facts, template_id, content, answers, words = columns
    answered_with = (template_of(template_id, content), answers_of(answers), words)
    return FoundRound(*(*facts, *answered_with))


def _history_item(*columns: Any) -> HistoryItem:
    record_id, title, template_id, content, outcome, answers, *rest = columns
    return HistoryItem(
        record_id,
        title,
        template_of(template_id, content) if content else None,
        outcome,
        answers_of(answers),
        *rest,
    )
