"""Opening charts with a reason, and who was told, as statements."""

from __future__ import annotations

OPEN = "SELECT auth.open_chart(%s, %s, %s)"
QUEUE = "SELECT kind, user_id, patient_id, ward_id, reason FROM audit.openings ORDER BY at"
NOTICES = "SELECT n.user_id FROM audit.opening_notices n"
PRIVATE = (
    "INSERT INTO patient.patient_flags (id, patient_id, kind, active, reason, occurred_at)"
    " VALUES (gen_random_uuid(), %s, 'privacy', %s, 'works here', now())"
)
