-- As handover_facts.v1.sql has it: without the oxygen target.
CREATE OR REPLACE FUNCTION report.handover_decisions(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(decided.fact ORDER BY decided.place), '[]')
        FROM (
            SELECT * FROM (
                SELECT 1 AS place, jsonb_build_object('what', 'oxygen_scale', 'number', s.scale,
                    'by', s.decided_by, 'why', s.reason, 'at', s.recorded_at) AS fact
                FROM report.spo2_scale_decisions s
                WHERE s.admission_id = p_admission_id ORDER BY s.seq DESC LIMIT 1) scale
            UNION ALL
            SELECT 2, jsonb_build_object('what', 'accepted_score', 'number', a.points,
                'by', a.decided_by, 'why', a.reason, 'until', a.until_at, 'at', a.recorded_at)
            FROM report.accepted_score(p_admission_id) a WHERE a.id IS NOT NULL
            UNION ALL
            SELECT * FROM (
                SELECT 3, jsonb_build_object('what', 'plan', 'number', p.interval_minutes,
                    'by', p.decided_by, 'why', p.reason, 'until', p.expires_at,
                    'at', p.recorded_at)
                FROM (SELECT o.* FROM report.observation_plans o
                      WHERE o.admission_id = p_admission_id
                      ORDER BY o.occurred_at DESC, o.seq DESC LIMIT 1) p
                WHERE p.interval_minutes IS NOT NULL) plan
        ) decided);
END $$;
