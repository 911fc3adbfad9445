"""Commands on rounds: answer checklists, put them off, strike out, open and end tasks.

Callers own the transaction. Who did it, when and where is the database's to say, and it checks
every answer against the version of the checklist. Repeating a command with the same id changes
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.rounding.rules import WORDS_LONGEST, missing, problem
from ward_app.rounding.types import (
    DeferralReason,
    NewDeferral,
    NewRecord,
    NewTask,
    NewVersion,
    RecordStrikeOut,
    TaskOutcome,
)
from ward_app.staff.types import Permission

_RECORD = """
INSERT INTO rounding.round_records (id, round_id, template_id, admission_id, subject_ward_id,
    answers, words, note, occurred_at, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_DEFER = """
INSERT INTO rounding.round_records (id, round_id, template_id, admission_id, subject_ward_id,
    outcome, reason, deferred_until, note, occurred_at)
VALUES (%s, %s, %s, %s, %s, 'deferred', %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_STRIKE_OUT = """
INSERT INTO rounding.round_records (id, template_id, admission_id, subject_ward_id, outcome,
    occurred_at, status, supersedes_id, change_reason)
SELECT %s, template_id, admission_id, subject_ward_id, outcome, occurred_at, 'entered_in_error',
    id, %s
FROM rounding.round_records WHERE id = %s ON CONFLICT DO NOTHING
"""

_SAVE_CHECKLIST = """
INSERT INTO rounding.templates (id, name, content, change_reason) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""

_VERSION_STORED = "SELECT true FROM rounding.templates WHERE id = %s"

_STORED = "SELECT true FROM rounding.round_records WHERE id = %s"

_OPEN_TASK = """
INSERT INTO rounding.tasks (id, subject_ward_id, admission_id, title, due_at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_END_TASK = """
INSERT INTO rounding.task_events (id, task_id, kind, reason, deferred_until, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_ENDED_BY = """
SELECT e.id = %s, coalesce(u.display_name, 'somebody')
FROM rounding.task_events e LEFT JOIN public.users u ON u.id = e.recorded_by
WHERE e.task_id = %s AND e.kind IN ('done', 'cancelled')
"""


@requires(Permission.ROUND_RECORD)
def record_round(tx: Transaction, records: Sequence[NewRecord]) -> datetime:
    """Store the answers of a round, all of them or none; return the server's time.

    Raises:
        RuleBrokenError: an answer is missing or not possible, or a correction has no reason.
        ConflictError: somebody else corrected the same record first.
        NotPermittedError: a patient, or the ward, is not the recorder's.
    """
    for record in records:
        _record(tx, record)
    return tx.now


@requires(Permission.ROUND_RECORD)
def save_round(
    tx: Transaction, records: Sequence[NewRecord], deferrals: Sequence[NewDeferral]
) -> datetime:
    """Store what a round answered and what it put off, all of it or nothing.

    Return the server's time. Raises what `record_round` and `defer_round` raise.
    """
    at = record_round(tx, records)
    for deferral in deferrals:
        defer_round(tx, deferral)
    return at


@requires(Permission.ROUND_RECORD)
def defer_round(tx: Transaction, deferral: NewDeferral) -> None:
    """Put a checklist off for a legitimate reason.

    Raises:
        RuleBrokenError: the reason does not count for this checklist, or the time is not possible.
        NotPermittedError: the patient, or the ward, is not the recorder's.
    """
    note = (deferral.note or "").strip()
    if deferral.reason is DeferralReason.OTHER and not note:
        raise RuleBrokenError("Say what the reason is.", field="note")
    if deferral.reason not in deferral.template.deferrals:
        raise RuleBrokenError("For this reason the checklist cannot be put off.", field="reason")
    tx.execute(
        _DEFER,
        (
            deferral.id,
            deferral.round_id,
            deferral.template.id,
            deferral.admission_id,
            deferral.ward_id,
            deferral.reason.value,
            deferral.deferred_until,
            note or None,
            deferral.occurred_at,
        ),
    )


@requires(Permission.ROUND_RECORD)
def strike_out_record(tx: Transaction, mark: RecordStrikeOut) -> None:
    """Mark a record as entered in error; what was due before it is due again.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else corrected or struck it out first, or it is out of reach.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why the record is struck out.", field="reason")
    if not tx.execute(_STRIKE_OUT, (mark.id, mark.reason.strip(), mark.struck_id)):
        _require_stored(tx, mark.id)


@requires(Permission.ROUND_EDIT)
def save_checklist(tx: Transaction, new: NewVersion) -> None:
    """Store the next version of a checklist; what was answered keeps the version before.

    Raises:
        RuleBrokenError: no reason is given, it cannot be used, or somebody changed it before.
        ConflictError: somebody changed it at the same moment.
        NotPermittedError: the person does not edit checklists.
    """
    if not new.change_reason.strip():
        raise RuleBrokenError("Say why the checklist is changed.", field="change_reason")
    tx.change_reference()
    values = (new.id, new.name, Jsonb(dict(new.content)), new.change_reason.strip())
    if not tx.execute(_SAVE_CHECKLIST, values) and not tx.value(_VERSION_STORED, (new.id,)):
        raise ConflictError("Somebody else changed this checklist first. Look at it again.")


@requires(Permission.ROUND_RECORD)
def open_task(tx: Transaction, task: NewTask) -> None:
    """Open a task of a patient's bed, or of the ward.

    Raises:
        RuleBrokenError: it does not say what is to be done, or its time has no zone.
        NotPermittedError: the patient, or the ward, is not the recorder's.
    """
    if not task.title.strip():
        raise RuleBrokenError("Say what is to be done.", field="title")
    if task.due_at.tzinfo is None:
        raise RuleBrokenError("The time needs a zone.", field="due_at")
    values = (task.id, task.ward_id, task.admission_id, task.title.strip(), task.due_at)
    tx.execute(_OPEN_TASK, values)


@requires(Permission.ROUND_RECORD)
def end_task(tx: Transaction, outcome: TaskOutcome) -> None:
    """Record that a task is done, or cancelled or put off with a reason.

    Raises:
        RuleBrokenError: it is not done and no reason is given.
        ConflictError: somebody else brought it to an end first.
        NotPermittedError: its ward is not the recorder's.
    """
    reason = (outcome.reason or "").strip()
    if outcome.kind != "done" and not reason:
        raise RuleBrokenError("Say why it is not done.", field="reason")
    values = (
        outcome.id,
        outcome.task_id,
        outcome.kind,
        reason or None,
        outcome.deferred_until,
        outcome.occurred_at,
    )
    if not tx.execute(_END_TASK, values):
        _tell_who_ended_it(tx, outcome)


def _record(tx: Transaction, record: NewRecord) -> None:
    _check(record)
    stored = {
        name: list(answer) if isinstance(answer, tuple) else answer
        for name, answer in record.answers.items()
    }
    values = (
        record.id,
        record.round_id,
        record.template.id,
        record.admission_id,
        record.ward_id,
        Jsonb(stored),
        Jsonb(dict(record.words)),
        (record.note or "").strip() or None,
        record.occurred_at,
        record.supersedes_id,
        record.change_reason,
    )
    if not tx.execute(_RECORD, values) and record.supersedes_id is not None:
        _require_stored(tx, record.id)


def _check(record: NewRecord) -> None:
    if record.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the round needs a zone.", field="occurred_at")
    if record.supersedes_id is not None and not (record.change_reason or "").strip():
        raise RuleBrokenError("Say why the record is corrected.", field="change_reason")
    for item in missing(record.template, record.answers):
        raise RuleBrokenError(f"{item.label} is not answered.", field=item.name)
    by_name = {item.name: item for item in record.template.items}
    for name, answer in record.answers.items():
        if name not in by_name:
            raise RuleBrokenError("This checklist has no such item.", field=name)
        found = problem(by_name[name], answer)
        if found:
            raise RuleBrokenError(found, field=name)
    for name, words in record.words.items():
        if not 0 < len(words) <= WORDS_LONGEST:
            raise RuleBrokenError(
                f"The words to an answer have at most {WORDS_LONGEST} letters.", field=name
            )


def _require_stored(tx: Transaction, record_id: UUID) -> None:
    """Tell a repeat of the same change (stored already) from somebody else's change."""
    if not tx.value(_STORED, (record_id,)):
        raise ConflictError(
            "Somebody else corrected or struck out this record first. Look at it again."
        )


def _tell_who_ended_it(tx: Transaction, outcome: TaskOutcome) -> None:
    ended = tx.row(lambda *columns: columns, _ENDED_BY, (outcome.id, outcome.task_id))
    if ended is not None and not ended[0]:
        raise ConflictError(f"{ended[1]} brought this task to an end first.")
