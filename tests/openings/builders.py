"""Patients marked private, and a reason to open what is closed."""

from __future__ import annotations

from tests.steps import ago
from ward_app.core.ids import new_id
from ward_app.patients.service import change_flag
from ward_app.patients.types import FlagChange, FlagKind

REASON = "cardiac arrest on Ward 3"


def mark_private(database, actor, patient, *, active=True):
    change = FlagChange(id=new_id(), patient_id=patient, kind=FlagKind.PRIVACY, active=active,
                        occurred_at=ago(0), reason="works here")  # fmt: skip
    database.run(actor, change_flag, change)
