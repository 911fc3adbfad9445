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

# of an empty bed on the board, where it stands in place of a patient's name
EMPTY_BED_WORDS = READINESS_WORDS | {
    Readiness.CLEAN: "Free, clean",
    Readiness.DIRTY: "To be cleaned",
    Readiness.NEEDS_DEEP_CLEAN: "To be deep cleaned",
    Readiness.AWAITING_INSPECTION: "To be inspected",
}

# the same, read from afar
WALL_WORDS = EMPTY_BED_WORDS | {
    Readiness.CLEAN: "Free",
    Readiness.DIRTY: "To clean",
    Readiness.CLEANING: "Cleaning",
    Readiness.DELAYED: "Cleaner late",
    Readiness.SUSPENDED: "To clean",
    Readiness.NEEDS_DEEP_CLEAN: "Deep clean",
    Readiness.AWAITING_INSPECTION: "To inspect",
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
