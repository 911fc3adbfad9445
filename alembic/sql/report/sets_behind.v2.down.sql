-- As it was before each set was found by its index.
CREATE OR REPLACE FUNCTION report.sets_behind(p_escalation report.escalations)
RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE line AS (
        SELECT v.id FROM report.vital_signs v
        WHERE v.id = p_escalation.vital_sign_id
           OR v.id IN (SELECT e.vital_sign_id FROM report.escalation_events e
                       WHERE e.escalation_id = p_escalation.id)
           OR (v.admission_id = p_escalation.admission_id
               AND v.recorded_at >= p_escalation.opened_at)
        UNION
        SELECT c.id FROM report.vital_signs c JOIN line ON c.supersedes_id = line.id
    )
    SELECT v.* FROM report.vital_signs v JOIN line ON line.id = v.id
    WHERE v.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
    ORDER BY report.escalation_rank(v.risk) DESC, v.occurred_at DESC;
END $$;
