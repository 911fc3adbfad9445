"""What of one patient's record is read from a ward's copy alone: assessments and devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.handover.types import Assessed, DeviceInPlace, Due


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """What a copy holds of a patient beside the chart.

    Attributes:
        assessed: the last assessment by each instrument.
        devices: those in place, each with its last look.
        dues: what was due for the patient when the copy was taken.
        taken_at: the server's clock, aware.
    """

    assessed: tuple[Assessed, ...]
    devices: tuple[DeviceInPlace, ...]
    dues: tuple[Due, ...]
    taken_at: datetime


def kept_record(_tx: Transaction, _admission_id: UUID) -> KeptRecord | None:
    """Return None: the server answers, and has more than a copy. Without it the ladder answers."""
    return None
