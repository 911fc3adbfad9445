"""Commands on assessments: record, correct, strike out, put off.

Callers own the transaction. Who did it, when and where is the database's to say; it comes to
score and band itself and refuses another one. Repeating a command with the same id changes
nothing.
"""

from __future__ import annotations

from datetime import timedelta

from psycopg.types.json import Jsonb

from ward_app.assessments.rules import first_problem, result
from ward_app.assessments.types import (
    AssessmentDeferral,
    AssessmentDeferralStrikeOut,
    AssessmentStrikeOut,
    NewAssessment,
    Result,
)
from ward_app.core.database import Transaction
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.requires import requires
from ward_app.rounding.service import open_task
from ward_app.rounding.types import DeferralReason, NewTask
from ward_app.staff.types import Permission

_RECORD = """
INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers, score, band,
    note, occurred_at, supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

# the rest of a row is the original's; the database copies it
_STRIKE_OUT = """
INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers, occurred_at,
    status, supersedes_id, change_reason)
SELECT %s, admission_id, instrument, version, hash, answers, occurred_at, 'entered_in_error', id,
    %s
FROM report.assessments WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""

_STORED = "SELECT true FROM report.assessments WHERE id = %s"

_DEFER = """
INSERT INTO report.assessment_deferrals
    (id, admission_id, instrument, due_at, reason, note, deferred_until, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

# the rest of the row is the original's; the database copies it
_TAKE_BACK = """
INSERT INTO report.assessment_deferrals (id, admission_id, instrument, due_at, reason, note,
    deferred_until, occurred_at, status, supersedes_id, change_reason)
SELECT %s, admission_id, instrument, due_at, reason, note, deferred_until, occurred_at,
    'entered_in_error', id, %s
FROM report.assessment_deferrals WHERE id = %s AND admission_id = %s ON CONFLICT DO NOTHING
"""

_DEFERRAL_STORED = "SELECT true FROM report.assessment_deferrals WHERE id = %s"


@requires(Permission.ASSESSMENT_RECORD)
def record_assessment(tx: Transaction, new: NewAssessment) -> Result:
    """Record an assessment, or correct one, open the tasks asked for, and return its result.

    An incomplete one is stored as such: it has no score and nothing is done with it.

    Raises:
        RuleBrokenError: nothing is answered, an answer is not possible, the time has no zone or
            lies in the future, a correction has no reason, or the instrument is not in use.
        ConflictError: somebody else corrected or struck it out first.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    _check(new)
    found = result(new.instrument, new.answers)
    values = (
        new.id,
        new.admission_id,
        new.instrument.name,
        new.instrument.version,
        new.instrument.hash,
        Jsonb(dict(new.answers)),
        found.score,
        found.band,
        (new.note or "").strip() or None,
        new.occurred_at,
        new.supersedes_id,
        (new.change_reason or "").strip() or None,
    )
    if not tx.execute(_RECORD, values):
        _require_stored(tx, new.id)
    _open_tasks(tx, new)
    return found


@requires(Permission.ASSESSMENT_RECORD)
def strike_out_assessment(tx: Transaction, mark: AssessmentStrikeOut) -> None:
    """Mark an assessment as entered in error; the one before counts again.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else corrected or struck it out first, or it is out of reach.
        NotPermittedError: the role may not do this.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why it is struck out.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    if not tx.execute(_STRIKE_OUT, values):
        _require_stored(tx, mark.id)


@requires(Permission.ASSESSMENT_RECORD)
def defer_assessment(tx: Transaction, deferral: AssessmentDeferral) -> None:
    """Put an assessment off for a legitimate reason.

    Raises:
        RuleBrokenError: another reason is not explained, what is due changed meanwhile, nothing is
            due, or the time is not possible.
        NotPermittedError: the role may not do this, or the patient is not on its wards.
    """
    note = (deferral.note or "").strip()
    if deferral.reason is DeferralReason.OTHER and not note:
        raise RuleBrokenError("Say what the reason is.", field="note")
    tx.execute(
        _DEFER,
        (
            deferral.id,
            deferral.admission_id,
            deferral.instrument,
            deferral.due_at,
            deferral.reason.value,
            note or None,
            deferral.deferred_until,
            deferral.occurred_at,
        ),
    )


@requires(Permission.ASSESSMENT_RECORD)
def take_back_assessment_deferral(tx: Transaction, mark: AssessmentDeferralStrikeOut) -> None:
    """Mark a deferral as a mistake; what was due before is due again.

    Raises:
        RuleBrokenError: no reason is given.
        ConflictError: somebody else took it back first, or it is out of reach.
    """
    if not mark.reason.strip():
        raise RuleBrokenError("Say why this is taken back.", field="reason")
    values = (mark.id, mark.reason.strip(), mark.struck_id, mark.admission_id)
    if not tx.execute(_TAKE_BACK, values) and not tx.value(_DEFERRAL_STORED, (mark.id,)):
        raise ConflictError("Somebody else took this back first. Look at the list again.")


def _check(new: NewAssessment) -> None:
    if new.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time needs a zone.", field="occurred_at")
    if new.supersedes_id is not None and not (new.change_reason or "").strip():
        raise RuleBrokenError("Say why it is corrected.", field="change_reason")
    if not new.answers:
        raise RuleBrokenError("Nothing is answered.", field="answers")
    refused = first_problem(new.instrument, new.answers)
    if refused is not None:
        raise RuleBrokenError(refused[1], field="answers")


def _open_tasks(tx: Transaction, new: NewAssessment) -> None:
    if new.ward_id is None:
        return
    for task_id, proposal in new.proposals:
        due_at = new.occurred_at + timedelta(minutes=proposal.minutes)
        open_task(
            tx,
            NewTask(
                id=task_id,
                ward_id=new.ward_id,
                admission_id=new.admission_id,
                title=proposal.task,
                due_at=due_at,
            ),
        )


def _require_stored(tx: Transaction, row_id: object) -> None:
    """Tell a repeat of the same change (stored already) from somebody else's change."""
    if not tx.value(_STORED, (row_id,)):
        raise ConflictError("Somebody else changed this first. Look at the list again.")
