-- What a workstation keeps of a ward for the time when the database is away: one call, a minute
-- apart at every station. It shows no more than the charts of the ward do, one by one, and is on
-- record as one copy taken, once for a session and ward: nobody has looked at any chart yet.
-- Charts marked private are not kept: whoever reads the copy later proves nothing to the database.

-- Put on record that the session keeps a copy of a ward; it is readable from the next transaction
-- on. False: not one of the session's wards.
CREATE FUNCTION auth.open_ward_copy(p_ward_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('patient.view')), false) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, ward_id, kind, reason, valid_until)
    SELECT pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
        v_session.workstation, NULL, p_ward_id, 'copy', 'kept at the workstation for downtime',
        clock_timestamp() + interval '12 hours'
    WHERE NOT EXISTS (
        SELECT FROM audit.access_logs x
        WHERE x.session_id = v_session.session_id AND x.patient_id IS NULL AND x.kind = 'copy'
          AND x.ward_id = p_ward_id AND x.valid_until > clock_timestamp() + interval '5 minutes');
    RETURN true;
END $$;

-- The hospital of the session, for what it copies of a ward; raises unless the copy is on record
-- by an earlier transaction, and the ward is still one of the session's.
CREATE FUNCTION auth.require_ward_copy(p_ward_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    SELECT * INTO v_session FROM auth.live_session;
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('patient.view')), false) OR NOT EXISTS (
        SELECT FROM audit.access_logs x
        WHERE x.session_id = v_session.session_id AND x.patient_id IS NULL AND x.kind = 'copy'
          AND x.ward_id = p_ward_id AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint) THEN
        RAISE EXCEPTION 'the copy of the ward is not open' USING ERRCODE = 'WA404';
    END IF;
    RETURN v_session.facility_id;
END $$;

-- What is decided and due of one stay, named as the first columns of report.chart.
CREATE FUNCTION report.copied_facts(p_admission_id uuid, p_facility_id uuid, p_since timestamptz)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN json_build_object(
        'scale_decision', (
            SELECT jsonb_build_object('id', d.id, 'scale', d.scale, 'decided_by', d.decided_by,
                'reason', d.reason, 'occurred_at', d.occurred_at)
            FROM report.spo2_scale_decisions d
            WHERE d.admission_id = p_admission_id ORDER BY d.seq DESC LIMIT 1),
        'not_taken', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'occurred_at', d.occurred_at,
                'due_at', d.due_at, 'deferred_until', d.deferred_until, 'reason', d.reason,
                'note', d.note, 'recorded_at', d.recorded_at,
                'recorded_by', coalesce(u.display_name, 'imported')) ORDER BY d.occurred_at), '[]')
            FROM report.observation_deferrals d
            LEFT JOIN public.users u ON u.id = d.recorded_by AND u.facility_id = p_facility_id
            WHERE d.admission_id = p_admission_id AND d.status = 'final'
              AND d.occurred_at >= p_since
              AND NOT EXISTS (SELECT FROM report.observation_deferrals c
                              WHERE c.supersedes_id = d.id)),
        'targets', (
            SELECT coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'low_percent', t.low_percent,
                'high_percent', t.high_percent, 'decided_by', t.decided_by, 'reason', t.reason,
                'occurred_at', t.occurred_at, 'recorded_at', t.recorded_at,
                'recorded_by', coalesce(u.display_name, 'imported')) ORDER BY t.seq DESC), '[]')
            FROM report.oxygen_targets t
            LEFT JOIN public.users u ON u.id = t.recorded_by AND u.facility_id = p_facility_id
            WHERE t.admission_id = p_admission_id));
END $$;

-- Sets of one stay since a time, oldest first; columns as report.chart has them of a set.
CREATE FUNCTION report.copied_sets(p_admission_id uuid, p_facility_id uuid, p_since timestamptz)
RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT v.id, v.occurred_at, v.recorded_at,
            coalesce(u.display_name, 'imported') AS recorded_by,
            v.incomplete_reason, v.note, v.device_source AS source, v.supersedes_id,
            c.id AS superseded_by, v.status = 'entered_in_error' AS struck_out,
            cu.display_name AS corrected_by, c.recorded_at AS corrected_at, c.change_reason,
            v.respiratory_rate_per_min, v.spo2_percent, v.spo2_scale, v.on_oxygen,
            v.oxygen_flow_l_per_min, v.oxygen_device, v.inspired_oxygen_percent,
            v.systolic_bp_mmhg, v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness,
            v.temperature_celsius, v.further_signs, v.score_pack, v.score_version, v.score_hash,
            v.score_total, v.score_at_least, v.score_points, v.score_missing, v.risk,
            v.interval_minutes
        FROM report.vital_signs v
        LEFT JOIN report.vital_signs c ON c.supersedes_id = v.id
        LEFT JOIN public.users u ON u.id = v.recorded_by AND u.facility_id = p_facility_id
        LEFT JOIN public.users cu ON cu.id = c.recorded_by AND cu.facility_id = p_facility_id
        WHERE v.admission_id = p_admission_id AND v.occurred_at >= p_since
        ORDER BY v.occurred_at, v.recorded_at) s);
END $$;

-- Measurements of one stay since a time, oldest first; columns as of report.measurement_chart.
CREATE FUNCTION report.copied_measurements(
    p_admission_id uuid, p_facility_id uuid, p_since timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT m.id, m.kind, m.kind_version, m.kind_hash, m.values, m.derived, m.summary,
            m.occurred_at, m.recorded_at, coalesce(u.display_name, 'imported') AS recorded_by,
            m.note, m.device_source AS source, m.supersedes_id, c.id AS superseded_by,
            m.status = 'entered_in_error' AS struck_out, cu.display_name AS corrected_by,
            c.recorded_at AS corrected_at, c.change_reason, k.fields
        FROM report.measurements m
        JOIN report.measurement_kinds k ON k.name = m.kind AND k.version = m.kind_version
        LEFT JOIN report.measurements c ON c.supersedes_id = m.id
        LEFT JOIN public.users u ON u.id = m.recorded_by AND u.facility_id = p_facility_id
        LEFT JOIN public.users cu ON cu.id = c.recorded_by AND cu.facility_id = p_facility_id
        WHERE m.admission_id = p_admission_id AND m.occurred_at >= p_since
        ORDER BY m.occurred_at, m.recorded_at) s);
END $$;

-- The newest row of every note of one stay since a time, what happened last first.
CREATE FUNCTION report.copied_notes(p_admission_id uuid, p_since timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT n.id, n.note_id, n.admission_id, n.kind, n.addendum_to_id AS about_id, n.title, n.sections,
            n.symptom, n.severity, n.since_on, n.own_words, n.template, n.occurred_at,
            n.recorded_at, n.recorded_by, n.signed_as, n.change_reason,
            n.supersedes_id IS NOT NULL AS corrects, false AS superseded,
            n.status <> 'final' AS struck_out
        FROM report.nursing_notes n
        WHERE n.admission_id = p_admission_id AND n.occurred_at >= p_since
          AND NOT EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = n.id)
        ORDER BY n.occurred_at DESC, n.id DESC) s);
END $$;

-- What was recorded of rounds and tasks of one stay since a time, the latest first.
CREATE FUNCTION report.copied_rounds(
    p_admission_id uuid, p_facility_id uuid, p_since timestamptz) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT r.id, t.content ->> 'title' AS title, t.id AS template_id, r.outcome, r.answers,
            r.words, r.reason, r.deferred_until, r.note, r.occurred_at,
            coalesce(u.display_name, 'imported') AS recorded_by,
            r.supersedes_id AS corrects_id, r.change_reason, CASE WHEN c.status = 'final' THEN 'corrected'
                                  WHEN c.id IS NOT NULL THEN 'struck_out' END AS ended,
            c.change_reason AS ended_reason, cu.display_name AS ended_by
        FROM rounding.round_records r
        JOIN rounding.templates t ON t.id = r.template_id
        LEFT JOIN public.users u ON u.id = r.recorded_by AND u.facility_id = p_facility_id
        LEFT JOIN rounding.round_records c ON c.supersedes_id = r.id
        LEFT JOIN public.users cu ON cu.id = c.recorded_by AND cu.facility_id = p_facility_id
        WHERE r.admission_id = p_admission_id AND r.status = 'final' AND r.occurred_at >= p_since
        UNION ALL
        SELECT k.id, k.title, NULL, e.kind, '{}', '{}', e.reason, e.deferred_until, NULL,
            e.occurred_at, coalesce(u.display_name, 'imported'), NULL, NULL, NULL, NULL, NULL
        FROM rounding.tasks k
        CROSS JOIN LATERAL (
            SELECT v.kind, v.reason, v.deferred_until, v.occurred_at, v.recorded_by
            FROM rounding.task_events v WHERE v.task_id = k.id
            UNION ALL SELECT 'opened', NULL, k.due_at, k.recorded_at, k.recorded_by) e
        LEFT JOIN public.users u ON u.id = e.recorded_by AND u.facility_id = p_facility_id
        WHERE k.admission_id = p_admission_id AND e.occurred_at >= p_since
        ORDER BY 10 DESC) s);
END $$;

-- The last giving of one stay, with its answers; columns as report.handover_list has them of it.
CREATE FUNCTION report.copied_handover(p_admission_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (
        SELECT json_build_object('id', h.id, 'at', h.occurred_at, 'by_id', h.recorded_by,
            'by', report.display_name(h.recorded_by), 'own_words', h.own_words, 'facts', h.facts,
            'facts_hash', h.facts_hash, 'answers', (
                SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'words', a.words,
                    'read_back', a.read_back, 'by', report.display_name(a.recorded_by),
                    'at', a.recorded_at) ORDER BY a.recorded_at, a.id)
                FROM report.handover_answers a WHERE a.handover_id = h.id),
            'ended', ended.kind, 'ended_at', ended.recorded_at,
            'ended_by', report.display_name(ended.recorded_by), 'to_user_id', h.to_user_id,
            'to_role', h.to_role,
            'to_name', CASE WHEN h.to_user_id IS NOT NULL THEN report.display_name(h.to_user_id)
                ELSE (SELECT r.title FROM public.roles r WHERE r.name = h.to_role) END,
            'to_me', false, 'ended_by_id', ended.recorded_by)
        FROM report.handovers h
        LEFT JOIN LATERAL (
            SELECT a.* FROM report.handover_answers a WHERE a.handover_id = h.id
              AND a.kind IN ('accepted', 'declined', 'withdrawn')) ended ON true
        WHERE h.admission_id = p_admission_id
        ORDER BY h.recorded_at DESC, h.id DESC LIMIT 1);
END $$;

-- Everybody on a ward whose chart is not private, each with what is kept of the last 48 hours (and
-- of the time since the latest set, where that is older).
CREATE FUNCTION report.copied_stays(p_ward_id uuid, p_facility_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_since timestamptz := clock_timestamp() - interval '48 hours';
    v_notes boolean := auth.may('note.read');
    v_handovers boolean := auth.may('handover.read');
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_object(
            'admission_id', b.admission_id,
            'facts', report.copied_facts(b.admission_id, p_facility_id, v_since),
            'sets', report.copied_sets(b.admission_id, p_facility_id,
                least(v_since, report.latest_set_at(b.admission_id))),
            'measured', report.copied_measurements(b.admission_id, p_facility_id, v_since),
            'notes', CASE WHEN v_notes THEN report.copied_notes(b.admission_id, v_since) END,
            'rounds', report.copied_rounds(b.admission_id, p_facility_id, v_since),
            'handover', CASE WHEN v_handovers THEN report.copied_handover(b.admission_id) END)),
            '[]')
        FROM admission.bed_stays b
        WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
          AND NOT auth.is_private(b.patient_id));
END $$;

-- A ward as it is now, whole; times in UTC. The copy must be on record (auth.open_ward_copy) by an
-- earlier transaction. Score packs come by their content, but for those the program knows by hash.
CREATE FUNCTION report.ward_copy(p_ward_id uuid, p_known_packs text[]) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC' AS $$
DECLARE
    v_facility_id uuid := auth.require_ward_copy(p_ward_id);
    v_wards uuid[] := ARRAY[p_ward_id];
    v_stays uuid[] := ARRAY(
        SELECT b.admission_id FROM admission.bed_stays b
        WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL);
BEGIN
    RETURN json_build_object(
        'form', 1,
        'taken_at', clock_timestamp(),
        'taken_by', auth.uid(),
        'board', (SELECT json_agg(x) FROM (
            SELECT ((b.bed).bed).*, (b.bed).due_minutes, (b.bed).due_until,
                (b.bed).due_decision, (b.bed).due_by, (b.bed).back_by, (b.bed).accepted_points,
                (b.bed).accepted_until, (b.bed).accepted_by, b.round_due_at, b.round_title,
                b.rounds_overdue
            FROM report.ward_board_v3(v_wards) b) x),
        'due', (SELECT json_agg(d) FROM report.due_list(v_wards) d),
        'lines', (SELECT json_agg(d) FROM rounding.due_list(v_wards) d),
        'tasks', (SELECT json_agg(t ORDER BY t.due_at, t.id)
                  FROM rounding.tasks_of_beds(v_wards) t),
        'templates', (SELECT json_agg(json_build_object('id', t.id, 'content', t.content)
                                      ORDER BY t.content ->> 'title')
                      FROM rounding.templates_in_force(v_facility_id) t),
        'versions', (SELECT json_agg(json_build_object('id', t.id, 'content', t.content))
                     FROM rounding.templates t
                     WHERE t.id IN (SELECT r.template_id FROM rounding.round_records r
                                    WHERE r.admission_id = ANY (v_stays)
                                      AND r.occurred_at > clock_timestamp() - interval '49 hours')
                       AND t.id NOT IN (SELECT f.id
                                        FROM rounding.templates_in_force(v_facility_id) f)),
        'bases', (SELECT json_agg(s) FROM report.scoring_bases(v_stays) s),
        'packs', (SELECT json_object_agg(p.hash, p.content)
                  FROM report.packs_in_use(v_facility_id) u
                  JOIN report.score_packs p ON p.id = u.pack_id
                  WHERE p.hash <> ALL (p_known_packs)),
        'stays', report.copied_stays(p_ward_id, v_facility_id));
END $$;
