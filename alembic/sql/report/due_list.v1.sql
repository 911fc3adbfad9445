-- The nurse's worklist: every patient now on these wards with what is due when and why, what was
-- decided about it, and until when it may be put off. From the same source as the board.

CREATE TYPE report.due_item AS (
    ward_id uuid, ward_name text, room_name text, bed_label text, bed_position integer,
    admission_id uuid, patient_id uuid, family_name text, given_name text, title text,
    score_pack text, score_total smallint, score_at_least smallint, risk text,
    observed_at timestamptz, spo2_scale smallint, due_at timestamptz, due_reason text,
    asked_minutes integer, deferrable_until timestamptz, plan_minutes integer, plan_by text,
    plan_reason text, plan_review_at timestamptz, plan_until timestamptz, deferral_id uuid,
    deferral_reason text, deferred_by text, left_at timestamptz, back_by timestamptz);

CREATE FUNCTION report.due_list(p_ward_ids uuid[]) RETURNS SETOF report.due_item
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_wards uuid[];
    v_cap integer := (report.schedule_rules()).longest_deferral_minutes;
BEGIN
    PERFORM auth.require('patient.view');
    SELECT array_agg(w) INTO v_wards
    FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('patient.view'));
    RETURN QUERY
    SELECT w.id, w.name, r.name, d.label, d.position, b.admission_id, b.patient_id,
        p.family_name, p.given_name, p.title, s.score_pack, s.score_total, s.score_at_least,
        s.risk, s.observed_at, s.spo2_scale, s.next_due_at, s.due_reason,
        (asked.seconds / 60)::integer, report.longest_deferral(b.admission_id, v_now, v_cap),
        plan.interval_minutes::integer, plan.decided_by, plan.reason, plan.review_at,
        plan.expires_at, put_off.id, put_off.reason, u.display_name,
        CASE WHEN leave.kind = 'left' THEN leave.occurred_at END, leave.expected_back_at
    FROM unnest(v_wards) AS mine (id)
    JOIN room.wards w ON w.id = mine.id
    CROSS JOIN LATERAL report.latest_scores(w.id) s
    JOIN admission.bed_stays b ON b.admission_id = s.admission_id AND upper_inf(b.during)
        AND b.voided_at IS NULL
    JOIN patient.patients p ON p.id = b.patient_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    LEFT JOIN room.rooms r ON r.id = d.room_id
    CROSS JOIN LATERAL (SELECT report.asked_seconds(b.admission_id) AS seconds) asked
    LEFT JOIN LATERAL (
        SELECT o.* FROM report.observation_plans o
        WHERE o.admission_id = b.admission_id
        ORDER BY o.occurred_at DESC, o.seq DESC LIMIT 1) plan
        ON plan.interval_minutes IS NOT NULL AND coalesce(plan.expires_at > v_now, true)
    LEFT JOIN LATERAL (
        SELECT o.* FROM report.observation_deferrals o
        WHERE o.admission_id = b.admission_id AND o.status = 'final'
          AND s.due_reason IN ('deferred', 'refused')
          AND NOT EXISTS (SELECT FROM report.observation_deferrals c
                          WHERE c.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) put_off ON true
    LEFT JOIN public.users u ON u.id = put_off.recorded_by
    LEFT JOIN LATERAL (
        SELECT l.* FROM admission.leaves l WHERE l.admission_id = b.admission_id
        ORDER BY l.seq DESC LIMIT 1) leave ON leave.kind = 'left';
END $$;
