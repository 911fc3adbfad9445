"""Words, glyphs and colours of escalations, by their kind; for a bed as for a list of them."""

from __future__ import annotations

from ward_app.escalations.kinds import Level, ResponderRole, State

LEVEL_WORDS = {
    Level.LOW: "Low",
    Level.LOW_MEDIUM: "Low-medium",
    Level.CONCERN: "Concern",
    Level.MEDIUM: "Medium",
    Level.HIGH: "High",
}
LEVEL_GLYPHS = {
    Level.LOW: "●",
    Level.LOW_MEDIUM: "△",
    Level.CONCERN: "▲",
    Level.MEDIUM: "▲",
    Level.HIGH: "◆",
}
LEVEL_TOKENS = {
    Level.LOW: "risk_low",
    Level.LOW_MEDIUM: "risk_medium",
    Level.CONCERN: "risk_medium",
    Level.MEDIUM: "risk_medium",
    Level.HIGH: "risk_high",
}
ROLE_WORDS = {
    ResponderRole.REGISTERED_NURSE: "registered nurse",
    ResponderRole.NURSE_IN_CHARGE: "nurse in charge",
    ResponderRole.MEDICAL_TEAM: "medical team",
    ResponderRole.MEDICAL_REGISTRAR: "medical registrar",
    ResponderRole.CRITICAL_CARE_OUTREACH: "critical care outreach",
    ResponderRole.CONSULTANT: "consultant",
}
STATE_WORDS = {
    State.UNANSWERED: "Not answered",
    State.ACKNOWLEDGED: "Acknowledged",
    State.ARRIVED: "At the bedside",
    State.PLANNED: "Plan made",
}
