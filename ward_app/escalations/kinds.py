"""The kinds of escalations: what calls, whom it calls, how far its answer has come."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """What an escalation is about: the risk band that was reached, or somebody's concern."""

    LOW = "low"
    LOW_MEDIUM = "low-medium"
    CONCERN = "concern"
    MEDIUM = "medium"
    HIGH = "high"


class ResponderRole(StrEnum):
    """Whom an escalation calls: a role, because it outlives every shift."""

    REGISTERED_NURSE = "registered_nurse"
    NURSE_IN_CHARGE = "nurse_in_charge"
    MEDICAL_TEAM = "medical_team"
    MEDICAL_REGISTRAR = "medical_registrar"
    CRITICAL_CARE_OUTREACH = "critical_care_outreach"
    CONSULTANT = "consultant"


class EventKind(StrEnum):
    """What happened to an escalation, in the order it usually does."""

    INFORMED = "informed"
    NOTIFIED = "notified"
    RE_NOTIFIED = "re_notified"
    CASCADED = "cascaded"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    SEPSIS_ANSWERED = "sepsis_answered"
    PLANNED = "planned"
    SILENCED = "silenced"
    CONCERN = "concern"
    RAISED = "raised"
    LOWERED = "lowered"
    OUTCOME = "outcome"
    NOT_ESCALATED = "not_escalated"
    CLOSED = "closed"


class State(StrEnum):
    """How far the answer to an open escalation has come."""

    UNANSWERED = "unanswered"
    ACKNOWLEDGED = "acknowledged"
    ARRIVED = "arrived"
    PLANNED = "planned"


class Outcome(StrEnum):
    """What came of it; ends the escalation."""

    STABLE_ON_WARD = "stable_on_ward"
    TREATMENT_STARTED = "treatment_started"
    HIGHER_CARE = "higher_care"
    TREATMENT_LIMITS = "treatment_limits"
    DIED = "died"
    OTHER = "other"


class DeclineReason(StrEnum):
    """Why nobody is called; ends the escalation."""

    PLAN_IN_PLACE = "plan_in_place"
    USUAL_FOR_PATIENT = "usual_for_patient"
    TREATMENT_LIMITS = "treatment_limits"
    END_OF_LIFE = "end_of_life"
    DOUBTFUL_VALUE = "doubtful_value"
    OTHER = "other"


class SepsisAnswer(StrEnum):
    """The answer to "could this be sepsis?": a judgement, never a diagnosis by the program."""

    SUSPECTED = "suspected"
    NOT_SUSPECTED = "not_suspected"
    UNSURE = "unsure"


class CloseReason(StrEnum):
    """Why the database itself ended an escalation."""

    CORRECTED = "corrected"
