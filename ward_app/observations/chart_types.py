"""What one patient's chart shows, in one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ward_app.observations.oxygen_target import OxygenRecord, OxygenTarget
from ward_app.observations.pack_types import ScoringBasis
from ward_app.observations.types import RecordedObservations, SetNotTaken, SpO2ScaleDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationChart:
    """Everything one patient's chart shows.

    Attributes:
        not_taken: sets refused or put off, oldest first; those taken back are left out.
        sets: rows in force and superseded, oldest first.
        scale: SpO2 scale in force, with the decision behind it (None = default scale 1).
        basis: which score applies to the patient, and why.
        next_due_at: None when no further set is scheduled.
        read_at: the server's clock when it was read.
        target_decisions: on the oxygen target prescribed, the newest first.
    """

    admission_id: UUID
    sets: tuple[RecordedObservations, ...]
    scale: int
    scale_decision: SpO2ScaleDecision | None
    basis: ScoringBasis
    next_due_at: datetime | None
    read_at: datetime
    not_taken: tuple[SetNotTaken, ...] = ()
    target_decisions: tuple[OxygenTarget, ...] = ()

    @property
    def oxygen(self) -> OxygenRecord:
        """What is decided about the saturation: scale and target."""
        return OxygenRecord(scale=self.scale, decisions=self.target_decisions)
