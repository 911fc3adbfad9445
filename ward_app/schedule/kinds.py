"""The reasons why a set is due when it is, or was put off."""

from __future__ import annotations

from enum import StrEnum


class DueReason(StrEnum):
    """Why a set is due when it is."""

    ARRIVAL = "arrival"
    SCORE = "score"
    PLAN = "plan"
    REFUSED = "refused"
    DEFERRED = "deferred"
    RESTART = "restart"
    PAUSED = "paused"


class DeferralReason(StrEnum):
    """Legitimate reasons not to take a set now; counted apart from missed sets.

    Without one in the software sets are left out silently (PMC6919414).
    """

    ASLEEP_AND_STABLE = "asleep_and_stable"
    OFF_WARD = "off_ward"
    REFUSED = "refused"
    END_OF_LIFE = "end_of_life"
    PROCEDURE = "procedure"
    WORKLOAD = "workload"
    EQUIPMENT = "equipment"
    OTHER = "other"
