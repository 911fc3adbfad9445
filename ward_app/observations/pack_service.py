"""Commands on the choice of a score: decide on the pack, record a pregnancy.

Callers own the transaction. What is recorded holds for sets scored from then on; a set that is
corrected is scored anew.
"""

from __future__ import annotations

from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.observations.pack_choice import Pregnancy
from ward_app.observations.pack_types import NewPackDecision, NewPregnancyRecord
from ward_app.staff.types import Permission

_DECIDE = """
INSERT INTO report.score_pack_decisions (id, admission_id, pack, decided_by, reason, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_RECORD_PREGNANCY = """
INSERT INTO patient.pregnancies (id, admission_id, status, ended_on, note, occurred_at,
    supersedes_id, change_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


@requires(Permission.OBSERVATION_PACK)
def decide_pack(tx: Transaction, decision: NewPackDecision) -> None:
    """Record which score applies to a stay from now on, who decided it and why.

    Repeating it with the same id changes nothing.

    Raises:
        RuleBrokenError: name or reason are missing, the pack is not in use here, or the time
            has no zone or lies in the future.
        NotPermittedError: the patient is not on one of the recorder's wards.
    """
    if decision.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time of the decision needs a zone.", field="occurred_at")
    if not decision.decided_by.strip():
        raise RuleBrokenError("Name who decided on the score.", field="decided_by")
    if not decision.reason.strip():
        raise RuleBrokenError("Say why this score applies.", field="reason")
    tx.execute(
        _DECIDE,
        (
            decision.id,
            decision.admission_id,
            decision.pack,
            decision.decided_by.strip(),
            decision.reason.strip(),
            decision.occurred_at,
        ),
    )


@requires(Permission.PATIENT_PREGNANCY)
def record_pregnancy(tx: Transaction, record: NewPregnancyRecord) -> None:
    """Record that a patient is pregnant, was, or is not; the newest record counts.

    Repeating it with the same id changes nothing.

    Raises:
        RuleBrokenError: the day of the end is missing, lies in the future or does not belong
            here, the reason of a correction is missing, or the time has no zone or lies in the
            future.
        NotPermittedError: the patient is not on one of the recorder's wards.
    """
    if record.occurred_at.tzinfo is None:
        raise RuleBrokenError("The time needs a zone.", field="occurred_at")
    if (record.status is Pregnancy.ENDED) != (record.ended_on is not None):
        raise RuleBrokenError(
            "Say on which day the pregnancy ended, and only if it did.", field="ended_on"
        )
    if record.supersedes_id is not None and not (record.change_reason or "").strip():
        raise RuleBrokenError("Say why the record is corrected.", field="change_reason")
    tx.execute(
        _RECORD_PREGNANCY,
        (
            record.id,
            record.admission_id,
            record.status.value,
            record.ended_on,
            record.note,
            record.occurred_at,
            record.supersedes_id,
            record.change_reason,
        ),
    )
