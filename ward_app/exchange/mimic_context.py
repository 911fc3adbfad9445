"""What every part of a MIMIC-IV import works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from ward_app.exchange.anchoring import Timeline
from ward_app.exchange.load_plan import LoadPlan, SourceIds
from ward_app.exchange.report import ImportReport

DATA_SET = "mimic-iv"
MARK = "MIMIC"
"""Stands where a title stands: "ASHMERE, Rowan (MIMIC)" on every screen."""

LATER = "later than the anchor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """Where the imported wards stand, when, what is to be loaded, and what is left out.

    Attributes:
        floor_id: the floor of the imported wards.
        beds_per_ward: opened even where nobody lies.
        plan: takes up the rows as they are made.
    """

    facility_id: UUID
    floor_id: UUID
    beds_per_ward: int
    timeline: Timeline
    report: ImportReport
    plan: LoadPlan = field(default_factory=LoadPlan)

    @property
    def ids(self) -> SourceIds:
        """Makes the ids of what is imported."""
        return SourceIds(self.facility_id, DATA_SET)
