"""Several changes of allergies and flags of one patient in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.patients.service import (
    change_flag,
    record_allergy,
    record_no_known_allergies,
    refute_allergy,
)
from ward_app.patients.types import Allergy, FlagChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """An allergy on record that was found not to be one."""

    id: UUID
    allergy_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChanges:
    """What a nurse changed of a patient's allergies and flags.

    Attributes:
        allergies: newly named.
        no_known_allergies: the patient was asked and has none.
    """

    patient_id: UUID
    flags: tuple[FlagChange, ...] = ()
    allergies: tuple[Allergy, ...] = ()
    refutations: tuple[Refutation, ...] = ()
    no_known_allergies: bool = False


def change_alerts(tx: Transaction, changes: AlertChanges) -> None:
    """Record all of the changes, or none; repeating them changes nothing.

    Raises:
        RuleBrokenError: a substance or a reason is missing.
    """
    for refutation in changes.refutations:
        refute_allergy(tx, refutation.id, refutation.allergy_id, refutation.reason)
    for allergy in changes.allergies:
        record_allergy(tx, changes.patient_id, allergy)
    if changes.no_known_allergies:
        record_no_known_allergies(tx, changes.patient_id)
    for flag in changes.flags:
        change_flag(tx, flag)
