-- As it was before plans, deferrals and leaves.
-- Latest set in force and the one before, for each patient now on the ward: what the board
-- shows of a chart without opening it. Due: 15 minutes after arrival on the ward, or by the
-- latest set, whichever is earlier while nothing was recorded since the arrival.
-- One ward a call and a plan that is kept: with a list of wards the planner expects many and
-- reads whole tables. Not for clients: the caller has checked that the ward is in reach.
DROP FUNCTION report.latest_scores(uuid);
CREATE FUNCTION report.latest_scores(p_ward_id uuid) RETURNS TABLE (
    admission_id uuid, score_total smallint, score_at_least smallint, risk text,
    previous_total smallint, observed_at timestamptz, next_due_at timestamptz,
    spo2_scale smallint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT b.admission_id, latest.score_total, latest.score_at_least, latest.risk,
        latest.previous_total, latest.occurred_at,
        CASE WHEN latest.occurred_at >= b.ward_arrived_at THEN latest.next_due_at
             ELSE least(latest.next_due_at, b.ward_arrived_at + interval '15 minutes') END,
        coalesce(decision.scale, 1::smallint)
    FROM admission.bed_stays b
    LEFT JOIN LATERAL (
        SELECT v.score_total, v.score_at_least, v.risk, v.occurred_at, v.next_due_at,
            lead(v.score_total) OVER (ORDER BY v.occurred_at DESC, v.id DESC) AS previous_total
        FROM (SELECT o.id, o.occurred_at, o.score_total, o.score_at_least, o.risk, o.next_due_at
              FROM report.vital_signs o
              WHERE o.admission_id = b.admission_id AND o.status = 'final'
                AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
              ORDER BY o.occurred_at DESC, o.id DESC LIMIT 2) v
        ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1) latest ON true
    LEFT JOIN LATERAL (
        SELECT d.scale FROM report.spo2_scale_decisions d
        WHERE d.admission_id = b.admission_id ORDER BY d.seq DESC LIMIT 1) decision ON true
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;

-- When the next set of one patient is due whose chart is open; null when none is scheduled.
CREATE OR REPLACE FUNCTION report.next_due(p_admission_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT news.next_due_at
            FROM admission.bed_stays s
            CROSS JOIN LATERAL report.latest_scores(s.ward_id) news
            WHERE s.admission_id = p_admission_id AND upper_inf(s.during)
              AND s.voided_at IS NULL AND news.admission_id = s.admission_id
              AND s.patient_id = ANY (auth.open_patients()));
END $$;
