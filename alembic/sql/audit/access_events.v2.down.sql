CREATE OR REPLACE VIEW audit.access_events AS
SELECT 'access'::text AS source, a.id, a.at, a.action, a.kind, true AS succeeded,
    a.user_id, a.session_id, a.workstation, a.ward_id, a.patient_id,
    CASE a.kind WHEN 'search' THEN 'patient directory' WHEN 'audit' THEN 'audit trail'
                WHEN 'report' THEN 'report' ELSE 'chart' END AS resource_type,
    a.patient_id AS resource_id,
    a.reason AS detail
FROM audit.access_logs a;
