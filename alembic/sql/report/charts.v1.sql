-- A chart is read through functions that ask once whether it is open. Row security hides the same
-- rows of the tables themselves, and asks again for each table of a statement.

-- Raise unless the chart of a stay is open to the session: opened on record by an earlier
-- transaction, not closed since, and still in reach. The charts of auth.opened_charts, looked up
-- from the stay and with the session read once. A test holds both against each other. Returns the
-- session's hospital, whose people are named to it.
CREATE FUNCTION auth.require_chart(p_admission_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    IF v_session.session_id IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF EXISTS (
        SELECT FROM public.permissions p
        WHERE p.name IN ('chart.open', 'patient.view') AND NOT EXISTS (
            SELECT FROM public.user_roles ur
            JOIN public.role_permissions rp ON rp.role_id = ur.role_id
            WHERE ur.user_id = v_session.user_id AND rp.permission_id = p.id)) THEN
        RAISE EXCEPTION 'permission chart.open is missing' USING ERRCODE = '42501';
    ELSIF NOT EXISTS (
        SELECT FROM admission.admissions a
        JOIN audit.access_logs x
            ON x.session_id = v_session.session_id AND x.patient_id = a.patient_id
        WHERE a.id = p_admission_id
          AND x.kind IN ('ward', 'break_glass', 'privacy')
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
          AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id)
          AND (x.kind = 'break_glass' OR EXISTS (
              SELECT FROM admission.bed_stays b
              JOIN public.user_wards uw
                  ON uw.ward_id = b.ward_id AND uw.user_id = v_session.user_id
              WHERE b.patient_id = a.patient_id AND b.voided_at IS NULL
                AND b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
                AND (upper_inf(b.during)
                     OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                         AND upper(b.during) = (SELECT d.discharged_at
                                                FROM admission.admissions d
                                                WHERE d.id = b.admission_id)))))) THEN
        RAISE EXCEPTION 'the chart is not open' USING ERRCODE = 'WA404';
    END IF;
    RETURN v_session.facility_id;
END $$;

-- The observations of a stay: one row of facts, then a row for every set, oldest first, with what
-- became of it. The facts, null in the others: when the next set is due, the decision on the SpO2
-- scale in force (null: none), sets not taken, decisions on the oxygen target, newest first.
CREATE FUNCTION report.chart(p_admission_id uuid) RETURNS TABLE (
    next_due_at timestamptz, scale_decision jsonb, not_taken jsonb, targets jsonb,
    id uuid, occurred_at timestamptz, recorded_at timestamptz, recorded_by text,
    incomplete_reason text, note text, source text, supersedes_id uuid, superseded_by uuid,
    struck_out boolean, corrected_by text, corrected_at timestamptz, change_reason text,
    respiratory_rate_per_min smallint, spo2_percent smallint, spo2_scale smallint,
    on_oxygen boolean, oxygen_flow_l_per_min numeric, oxygen_device text,
    inspired_oxygen_percent smallint, systolic_bp_mmhg smallint, diastolic_bp_mmhg smallint,
    pulse_per_min smallint, consciousness text, temperature_celsius numeric,
    further_signs jsonb, score_pack text, score_version text, score_hash text,
    score_total smallint, score_at_least smallint, score_points jsonb, score_missing jsonb,
    risk text, interval_minutes smallint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_facility_id uuid := auth.require_chart(p_admission_id);
BEGIN
    next_due_at := (
        SELECT c.due_at FROM admission.bed_stays s
        CROSS JOIN LATERAL report.current_due(
            s.admission_id, report.latest_set_at(s.admission_id)) c
        WHERE s.admission_id = p_admission_id AND upper_inf(s.during) AND s.voided_at IS NULL);
    scale_decision := (
        SELECT jsonb_build_object('id', d.id, 'scale', d.scale, 'decided_by', d.decided_by,
            'reason', d.reason, 'occurred_at', d.occurred_at)
        FROM report.spo2_scale_decisions d
        WHERE d.admission_id = p_admission_id ORDER BY d.seq DESC LIMIT 1);
    not_taken := (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'occurred_at', d.occurred_at,
            'due_at', d.due_at, 'deferred_until', d.deferred_until, 'reason', d.reason,
            'note', d.note, 'recorded_at', d.recorded_at,
            'recorded_by', coalesce(u.display_name, 'imported')) ORDER BY d.occurred_at), '[]')
        FROM report.observation_deferrals d
        LEFT JOIN public.users u ON u.id = d.recorded_by AND u.facility_id = v_facility_id
        WHERE d.admission_id = p_admission_id AND d.status = 'final'
          AND NOT EXISTS (SELECT FROM report.observation_deferrals c
                          WHERE c.supersedes_id = d.id));
    targets := (
        SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'low_percent', t.low_percent,
            'high_percent', t.high_percent, 'decided_by', t.decided_by, 'reason', t.reason,
            'occurred_at', t.occurred_at, 'recorded_at', t.recorded_at,
            'recorded_by', coalesce(u.display_name, 'imported')) ORDER BY t.seq DESC), '[]')
        FROM report.oxygen_targets t
        LEFT JOIN public.users u ON u.id = t.recorded_by AND u.facility_id = v_facility_id
        WHERE t.admission_id = p_admission_id);
    RETURN NEXT;
    RETURN QUERY
    SELECT NULL::timestamptz, NULL::jsonb, NULL::jsonb, NULL::jsonb,
        v.id, v.occurred_at, v.recorded_at, coalesce(u.display_name, 'imported'),
        v.incomplete_reason, v.note, v.device_source, v.supersedes_id, c.id,
        v.status = 'entered_in_error', cu.display_name, c.recorded_at, c.change_reason,
        v.respiratory_rate_per_min, v.spo2_percent, v.spo2_scale, v.on_oxygen,
        v.oxygen_flow_l_per_min, v.oxygen_device, v.inspired_oxygen_percent, v.systolic_bp_mmhg,
        v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness, v.temperature_celsius,
        v.further_signs, v.score_pack, v.score_version, v.score_hash,
        v.score_total, v.score_at_least, v.score_points, v.score_missing, v.risk,
        v.interval_minutes
    FROM report.vital_signs v
    LEFT JOIN report.vital_signs c ON c.supersedes_id = v.id
    LEFT JOIN public.users u ON u.id = v.recorded_by AND u.facility_id = v_facility_id
    LEFT JOIN public.users cu ON cu.id = c.recorded_by AND cu.facility_id = v_facility_id
    WHERE v.admission_id = p_admission_id
    ORDER BY v.occurred_at, v.recorded_at;
END $$;

-- Every measurement of a stay, oldest first, with what became of each and its kind's fields.
CREATE FUNCTION report.measurement_chart(p_admission_id uuid) RETURNS TABLE (
    id uuid, kind text, kind_version text, kind_hash text, "values" jsonb, derived jsonb,
    summary text, occurred_at timestamptz, recorded_at timestamptz, recorded_by text, note text,
    source text, supersedes_id uuid, superseded_by uuid, struck_out boolean, corrected_by text,
    corrected_at timestamptz, change_reason text, fields jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_facility_id uuid := auth.require_chart(p_admission_id);
BEGIN
    RETURN QUERY
    SELECT m.id, m.kind, m.kind_version, m.kind_hash, m.values, m.derived, m.summary,
        m.occurred_at, m.recorded_at, coalesce(u.display_name, 'imported'), m.note,
        m.device_source, m.supersedes_id, c.id, m.status = 'entered_in_error', cu.display_name,
        c.recorded_at, c.change_reason, k.fields
    FROM report.measurements m
    JOIN report.measurement_kinds k ON k.name = m.kind AND k.version = m.kind_version
    LEFT JOIN report.measurements c ON c.supersedes_id = m.id
    LEFT JOIN public.users u ON u.id = m.recorded_by AND u.facility_id = v_facility_id
    LEFT JOIN public.users cu ON cu.id = c.recorded_by AND cu.facility_id = v_facility_id
    WHERE m.admission_id = p_admission_id
    ORDER BY m.occurred_at, m.recorded_at;
END $$;
