-- What was decided for a patient and holds: SpO2 scale, oxygen target, score agreed, how often to
-- observe. A target that was ended is not told.
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
            SELECT * FROM (
                SELECT 2, jsonb_build_object('what', 'oxygen_target', 'number', t.low_percent,
                    'up_to', t.high_percent, 'by', t.decided_by, 'why', t.reason,
                    'at', t.recorded_at)
                FROM (SELECT o.* FROM report.oxygen_targets o
                      WHERE o.admission_id = p_admission_id ORDER BY o.seq DESC LIMIT 1) t
                WHERE t.low_percent IS NOT NULL) target
            UNION ALL
            SELECT 3, jsonb_build_object('what', 'accepted_score', 'number', a.points,
                'by', a.decided_by, 'why', a.reason, 'until', a.until_at, 'at', a.recorded_at)
            FROM report.accepted_score(p_admission_id) a WHERE a.id IS NOT NULL
            UNION ALL
            SELECT * FROM (
                SELECT 4, jsonb_build_object('what', 'plan', 'number', p.interval_minutes,
                    'by', p.decided_by, 'why', p.reason, 'until', p.expires_at,
                    'at', p.recorded_at)
                FROM (SELECT o.* FROM report.observation_plans o
                      WHERE o.admission_id = p_admission_id
                      ORDER BY o.occurred_at DESC, o.seq DESC LIMIT 1) p
                WHERE p.interval_minutes IS NOT NULL) plan
        ) decided);
END $$;
