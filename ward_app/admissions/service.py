"""Admit, transfer, swap, discharge and undo. Callers own the transaction.

The database decides, in one function per step; here its outcome becomes a sentence.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ward_app.admissions.outcomes import Outcome, placement
from ward_app.admissions.types import (
    Arrival,
    Arrived,
    LeaveKind,
    NewAdmission,
    NewCancellation,
    NewDischarge,
    NewLeave,
    NewSwap,
    NewTransfer,
    Placement,
)
from ward_app.core.database import Transaction
from ward_app.core.errors import RuleBrokenError
from ward_app.core.requires import requires
from ward_app.core.station_keys import StationKeys
from ward_app.patients.detail_service import record_details
from ward_app.patients.service import change_alerts, register_patient
from ward_app.staff.types import Permission

_ADMIT = "SELECT * FROM admission.admit(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_TRANSFER = "SELECT * FROM admission.transfer(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
_SWAP = "SELECT * FROM admission.swap(%s, %s, %s, %s, %s, %s)"
_DISCHARGE = "SELECT * FROM admission.discharge(%s, %s, %s, %s, %s)"
_CANCEL = "SELECT * FROM admission.cancel_latest_step(%s, %s, %s, %s)"

_EXPECT = """
INSERT INTO admission.expected_discharges (id, admission_id, expected_on, reason)
VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""

_LEAVE = """
INSERT INTO admission.leaves (id, admission_id, kind, expected_back_at, reason, occurred_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


@requires(Permission.ADMISSION_ADMIT)
def arrive(tx: Transaction, arrival: Arrival, keys: StationKeys | None = None) -> Arrived:
    """Register (if new) and admit the patient, with allergies, flags and details, or none of it.

    Args:
        tx: of a signed-in session.
        arrival: everything that was entered.
        keys: of this workstation; needed for protected details alone.

    Raises as `admit`, and:
        RuleBrokenError: a name or a substance is missing, or a detail cannot be.
        KeyMissingError: details were entered and this workstation has no key.
    """
    registered = register_patient(tx, arrival.new_patient) if arrival.new_patient else None
    placement = admit(tx, arrival.admission)
    change_alerts(tx, arrival.alerts)
    if arrival.details is not None:
        record_details(tx, keys or StationKeys(), arrival.details)
    return Arrived(placement=placement, registered=registered)


@requires(Permission.ADMISSION_ADMIT)
def admit(tx: Transaction, admission: NewAdmission) -> Placement:
    """Admit a patient to a ward, with or without a bed; repeating it changes nothing.

    Raises:
        BedTakenError: somebody else lies in the bed at that time, or who was to share it
            does not lie there.
        BedNotReadyError: the bed is not marked clean; repeat with `accept_not_clean`.
        ConflictError: the patient is already in hospital.
        RuleBrokenError: the time or the bed cannot be.
        NotPermittedError: the ward is not one of the reader's.
    """
    return _one(
        tx,
        _ADMIT,
        admission.id,
        admission.patient_id,
        admission.ward_id,
        admission.bed_id,
        admission.admitted_at,
        admission.source.value,
        admission.specialty,
        admission.consultant,
        admission.reason,
        admission.expected_discharge_on,
        admission.accept_not_clean,
        admission.share.reason if admission.share else None,
        admission.share.with_admission_id if admission.share else None,
    )


@requires(Permission.ADMISSION_TRANSFER)
def transfer(tx: Transaction, move: NewTransfer) -> Placement:
    """Move a patient to another bed or ward; raises as `admit`."""
    return _one(
        tx,
        _TRANSFER,
        move.id,
        move.admission_id,
        move.ward_id,
        move.bed_id,
        move.occurred_at,
        move.reason,
        move.accept_not_clean,
        move.share.with_admission_id if move.share else None,
        move.share.reason if move.share else None,
    )


@requires(Permission.ADMISSION_TRANSFER)
def swap(tx: Transaction, exchange: NewSwap) -> tuple[Placement, Placement]:
    """Exchange the beds of two patients in one step; raises as `admit`.

    A shared bed is not exchanged: it would be open who else goes along.
    """
    outcomes = tx.rows(
        Outcome,
        _SWAP,
        (
            exchange.id,
            exchange.other_id,
            exchange.admission_id,
            exchange.other_admission_id,
            exchange.occurred_at,
            exchange.reason,
        ),
    )
    first, second = placement(outcomes[0]), placement(outcomes[-1])
    return first, second


@requires(Permission.ADMISSION_DISCHARGE)
def discharge(tx: Transaction, leaving: NewDischarge) -> Placement:
    """Record that a patient has left, which frees the bed and marks it dirty.

    Raises:
        RuleBrokenError: the time lies before the arrival or in the future.
        ConflictError: the patient has already left.
    """
    return _one(
        tx,
        _DISCHARGE,
        leaving.id,
        leaving.admission_id,
        leaving.occurred_at,
        leaving.destination.value,
        leaving.note,
    )


@requires(Permission.ADMISSION_CANCEL)
def cancel_latest_step(tx: Transaction, cancellation: NewCancellation) -> Placement:
    """Undo an admission's latest step in force: admission, move, swap or discharge.

    The patient returns to the former bed, or, where it is taken, to that ward without a bed.

    Raises:
        RuleBrokenError: no reason is given, or there is nothing to undo.
        ConflictError: another step was recorded or undone since `step_id` was shown.
    """
    return _one(
        tx,
        _CANCEL,
        cancellation.id,
        cancellation.admission_id,
        cancellation.reason.strip(),
        cancellation.step_id,
    )


@requires(Permission.ADMISSION_ADMIT)
def set_expected_discharge(
    tx: Transaction, *, statement_id: UUID, admission_id: UUID, expected_on: date, reason: str
) -> None:
    """State when the patient is expected to leave; earlier statements stay on record.

    Raises:
        RuleBrokenError: no reason is given.
    """
    if not reason.strip():
        raise RuleBrokenError("Say why the expected discharge changes.", field="reason")
    tx.execute(_EXPECT, (statement_id, admission_id, expected_on, reason.strip()))


def _one(tx: Transaction, statement: str, *values: object) -> Placement:
    [outcome] = tx.rows(Outcome, statement, values)
    return placement(outcome)


@requires(Permission.ADMISSION_LEAVE)
def record_leave(tx: Transaction, leave: NewLeave) -> None:
    """Record that a patient went on leave or came back; repeating it changes nothing.

    The bed stays the patient's; observations pause until the return.

    Raises:
        RuleBrokenError: the step does not follow the one before, its time is not possible, or
            nobody said when the patient should be back.
        NotPermittedError: the patient is not on the recorder's wards.
    """
    back_at = leave.expected_back_at
    if leave.kind is LeaveKind.LEFT and (back_at is None or back_at <= leave.occurred_at):
        raise RuleBrokenError(
            "Say when the patient should be back; after leaving.", field="expected_back_at"
        )
    reason = (leave.reason or "").strip() or None
    values = (leave.id, leave.admission_id, leave.kind.value, back_at, reason, leave.occurred_at)
    tx.execute(_LEAVE, values)
