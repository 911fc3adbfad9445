-- As before; and where a set and an arrival ask for the same minute, an arrival between the two had
-- taken the set's place already, as the schedule is folded (dues.v1.sql).
CREATE OR REPLACE FUNCTION report.latest_scores(p_ward_id uuid) RETURNS TABLE (
    admission_id uuid, score_total smallint, score_at_least smallint, risk text,
    previous_total smallint, observed_at timestamptz, next_due_at timestamptz,
    spo2_scale smallint, score_pack text, due_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_rules report.schedule_settings;
    v_arrival interval;
    v_shortest interval;
    v_unknown interval;
BEGIN
    SELECT * INTO v_rules FROM report.schedule_settings s ORDER BY s.seq DESC LIMIT 1;
    v_arrival := make_interval(mins => v_rules.arrival_minutes);
    v_shortest := make_interval(mins => v_rules.shortest_minutes);
    v_unknown := make_interval(mins => v_rules.unknown_minutes);
    RETURN QUERY
    SELECT b.admission_id, latest.score_total, latest.score_at_least, latest.risk,
        latest.previous_total, latest.occurred_at,
        CASE WHEN folded.here THEN folded.due_at
             WHEN latest.occurred_at >= b.ward_arrived_at
                THEN coalesce(planned.due_at, latest.due_at)
             ELSE least(coalesce(planned.due_at, latest.due_at),
                        b.ward_arrived_at + v_arrival) END,
        coalesce(decision.scale, 1::smallint), latest.score_pack,
        CASE WHEN folded.here THEN folded.reason
             WHEN latest.occurred_at >= b.ward_arrived_at
                OR coalesce(planned.due_at, latest.due_at) < b.ward_arrived_at + v_arrival
                OR (coalesce(planned.due_at, latest.due_at) = b.ward_arrived_at + v_arrival
                    AND NOT EXISTS (SELECT FROM admission.bed_stays o
                                    WHERE o.admission_id = b.admission_id AND o.voided_at IS NULL
                                      AND o.ward_arrived_at > latest.occurred_at
                                      AND o.ward_arrived_at < b.ward_arrived_at))
                THEN coalesce(planned.reason, 'score')
             ELSE 'arrival' END
    FROM admission.bed_stays b
    LEFT JOIN LATERAL (
        SELECT v.score_total, v.score_at_least, v.risk, v.occurred_at, v.score_pack,
            greatest(coalesce(v.next_due_at, v.occurred_at + v_unknown),
                     v.occurred_at + v_shortest) AS due_at,
            lead(v.score_total) OVER (ORDER BY v.occurred_at DESC, v.id DESC) AS previous_total
        FROM (SELECT o.id, o.occurred_at, o.score_total, o.score_at_least, o.risk, o.next_due_at,
                  o.score_pack
              FROM report.vital_signs o
              WHERE o.admission_id = b.admission_id AND o.status = 'final'
                AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
              ORDER BY o.occurred_at DESC, o.id DESC LIMIT 2) v
        ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1) latest ON true
    LEFT JOIN LATERAL (
        SELECT d.scale FROM report.spo2_scale_decisions d
        WHERE d.admission_id = b.admission_id ORDER BY d.seq DESC LIMIT 1) decision ON true
    LEFT JOIN LATERAL (
        SELECT f.due_at, f.reason
        FROM (SELECT p.occurred_at, p.interval_minutes, p.asked_minutes, p.expires_at
              FROM report.observation_plans p
              WHERE p.admission_id = b.admission_id AND p.occurred_at <= latest.occurred_at
              ORDER BY p.occurred_at DESC, p.seq DESC LIMIT 1) p
        CROSS JOIN LATERAL report.following_due(
            latest.occurred_at, extract(epoch FROM latest.due_at - latest.occurred_at)::float8,
            ROW(p.occurred_at, 3, 'planned', NULL, NULL, NULL, p.interval_minutes * 60.0,
                p.asked_minutes * 60.0, p.expires_at, NULL)::report.schedule_event) f
    ) planned ON true
    LEFT JOIN LATERAL (
        SELECT true AS here, c.due_at, c.reason
        FROM report.current_due(b.admission_id, latest.occurred_at) c
        WHERE EXISTS (SELECT FROM report.observation_plans p
                      WHERE p.admission_id = b.admission_id
                        AND p.occurred_at > coalesce(latest.occurred_at, '-infinity'))
           OR EXISTS (SELECT FROM report.observation_deferrals d
                      WHERE d.admission_id = b.admission_id
                        AND d.occurred_at >= coalesce(latest.occurred_at, '-infinity'))
           OR EXISTS (SELECT FROM admission.leaves l
                      WHERE l.admission_id = b.admission_id
                        AND l.occurred_at >= coalesce(latest.occurred_at, '-infinity'))
           OR EXISTS (SELECT FROM admission.discharges d
                      WHERE d.admission_id = b.admission_id
                        AND d.occurred_at >= coalesce(latest.occurred_at, '-infinity'))
        OFFSET 0) folded ON true  -- or it would be folded first and left out after
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;
