-- Latest set in force and the one before, for each patient now on the ward: what the board
-- shows of a chart without opening it; when the next set is due and why. Most patients have
-- nothing but sets and one arrival: due by the latest set, or 15 minutes after arrival while
-- nothing was recorded since; the others' schedule is folded (dues.v1.sql), to the same end.
-- One ward a call and a plan that is kept: with a list of wards the planner expects many and
-- reads whole tables. Not for clients: the caller has checked that the ward is in reach.
DROP FUNCTION report.latest_scores(uuid);
CREATE FUNCTION report.latest_scores(p_ward_id uuid) RETURNS TABLE (
    admission_id uuid, score_total smallint, score_at_least smallint, risk text,
    previous_total smallint, observed_at timestamptz, next_due_at timestamptz,
    spo2_scale smallint, score_pack text, due_reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_rules report.schedule_settings := report.schedule_rules();
    v_arrival interval := make_interval(mins => v_rules.arrival_minutes);
BEGIN
    RETURN QUERY
    SELECT b.admission_id, latest.score_total, latest.score_at_least, latest.risk,
        latest.previous_total, latest.occurred_at,
        CASE WHEN folded.here THEN folded.due_at
             WHEN latest.occurred_at >= b.ward_arrived_at THEN latest.due_at
             ELSE least(latest.due_at, b.ward_arrived_at + v_arrival) END,
        coalesce(decision.scale, 1::smallint), latest.score_pack,
        CASE WHEN folded.here THEN folded.reason
             WHEN latest.occurred_at >= b.ward_arrived_at
                OR latest.due_at <= b.ward_arrived_at + v_arrival THEN 'score'
             ELSE 'arrival' END
    FROM admission.bed_stays b
    LEFT JOIN LATERAL (
        SELECT v.score_total, v.score_at_least, v.risk, v.occurred_at, v.score_pack,
            v.occurred_at + make_interval(mins => greatest(v_rules.shortest_minutes, coalesce(
                (extract(epoch FROM v.next_due_at - v.occurred_at) / 60)::integer,
                v_rules.unknown_minutes))) AS due_at,
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
        SELECT true AS here, c.due_at, c.reason
        FROM report.current_due(b.admission_id, latest.occurred_at) c
        WHERE EXISTS (SELECT FROM report.observation_plans p
                      WHERE p.admission_id = b.admission_id)
           OR EXISTS (SELECT FROM report.observation_deferrals d
                      WHERE d.admission_id = b.admission_id
                        AND d.occurred_at >= coalesce(latest.occurred_at, '-infinity'))
           OR EXISTS (SELECT FROM admission.leaves l
                      WHERE l.admission_id = b.admission_id
                        AND l.occurred_at >= coalesce(latest.occurred_at, '-infinity'))
           OR EXISTS (SELECT FROM admission.discharges d
                      WHERE d.admission_id = b.admission_id)
        OFFSET 0) folded ON true  -- or it would be folded first and left out after
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;

-- When the next set of one patient is due whose chart is open; null while paused.
CREATE OR REPLACE FUNCTION report.next_due(p_admission_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT c.due_at
            FROM admission.bed_stays s
            CROSS JOIN LATERAL report.current_due(
                s.admission_id, report.latest_set_at(s.admission_id)) c
            WHERE s.admission_id = p_admission_id AND upper_inf(s.during)
              AND s.voided_at IS NULL AND s.patient_id = ANY (auth.open_patients()));
END $$;
