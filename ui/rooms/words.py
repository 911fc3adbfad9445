"""What states of a bed are called on screen."""

from __future__ import annotations

from ward_app.rooms.types import Availability, BlockReason, Readiness

READINESS_WORDS = {
    Readiness.CLEAN: "Clean",
    Readiness.DIRTY: "Dirty",
    Readiness.CLEANING: "Being cleaned",
    Readiness.NEEDS_DEEP_CLEAN: "Needs a deep clean",
    Readiness.AWAITING_INSPECTION: "Awaiting inspection or drying",
    Readiness.DELAYED: "Cleaning delayed",
    Readiness.SUSPENDED: "Cleaning stopped",
}

AVAILABILITY_WORDS = {
    Availability.OPEN: "Open",
    Availability.BLOCKED: "Blocked",
    Availability.CLOSED: "Closed",
}

BLOCK_WORDS = {
    BlockReason.STAFFING: "Not enough staff",
    BlockReason.ISOLATION: "Isolation",
    BlockReason.INFECTION: "Infection",
    BlockReason.MAINTENANCE: "Maintenance",
    BlockReason.EQUIPMENT: "Equipment",
    BlockReason.ESCALATION_BED: "Escalation bed, not opened",
    BlockReason.BAY_CLOSED: "Bay closed",
    BlockReason.END_OF_LIFE: "Dignity at the end of life",
    BlockReason.COURTESY: "Courtesy",
}
