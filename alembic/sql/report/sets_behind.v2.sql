-- Sets in force behind an escalation: those that opened or raised it, as corrected since, and
-- those recorded while it was open. Each is found by an index of its own; together in one
-- condition they would read every set of the hospital.
CREATE OR REPLACE FUNCTION report.sets_behind(p_escalation report.escalations)
RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE line AS (
        SELECT called.id FROM (
            SELECT p_escalation.vital_sign_id AS id
            UNION
            SELECT e.vital_sign_id FROM report.escalation_events e
            WHERE e.escalation_id = p_escalation.id
            UNION
            SELECT v.id FROM report.vital_signs v
            WHERE v.admission_id = p_escalation.admission_id
              AND v.recorded_at >= p_escalation.opened_at
        ) called WHERE called.id IS NOT NULL
        UNION
        SELECT c.id FROM report.vital_signs c JOIN line ON c.supersedes_id = line.id
    )
    SELECT v.* FROM report.vital_signs v JOIN line ON line.id = v.id
    WHERE v.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
    ORDER BY report.escalation_rank(v.risk) DESC, v.occurred_at DESC;
END $$;
