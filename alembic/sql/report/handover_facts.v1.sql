-- What is handed over of a patient, as the record has it: one JSON value a stay, in which every
-- part carries the time it was recorded ("at"), so that the reader sees what came since. There
-- is no present in it but the state of an alert: two readings of an unchanged record are equal
-- to the letter, and their hash says so. Not for clients.

-- Newest sets in force of a stay, the last first.
CREATE FUNCTION report.handover_sets(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'measured_at', v.occurred_at, 'at', v.recorded_at, 'total', v.score_total,
            'at_least', v.score_at_least, 'risk', v.risk, 'pack', v.score_pack,
            'respiratory_rate', v.respiratory_rate_per_min, 'spo2', v.spo2_percent,
            'scale', v.spo2_scale, 'on_oxygen', v.on_oxygen,
            'flow', v.oxygen_flow_l_per_min, 'systolic', v.systolic_bp_mmhg,
            'diastolic', v.diastolic_bp_mmhg, 'pulse', v.pulse_per_min,
            'consciousness', v.consciousness, 'temperature', v.temperature_celsius,
            'further', v.further_signs, 'note', v.note)
            ORDER BY v.occurred_at DESC, v.id DESC), '[]')
        FROM (
            SELECT s.* FROM report.vital_signs s
            WHERE s.admission_id = p_admission_id AND s.status = 'final'
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = s.id)
            ORDER BY s.occurred_at DESC, s.id DESC LIMIT 4) v);
END $$;

-- The last of each kind measured beside the vital signs: pain, blood glucose and others.
CREATE FUNCTION report.handover_measured(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'kind', m.kind, 'summary', m.summary, 'measured_at', m.occurred_at,
            'at', m.recorded_at) ORDER BY m.kind <> 'pain', m.kind), '[]')
        FROM (
            SELECT DISTINCT ON (s.kind) s.* FROM report.measurements s
            WHERE s.admission_id = p_admission_id AND s.status = 'final'
              AND NOT EXISTS (SELECT FROM report.measurements c WHERE c.supersedes_id = s.id)
            ORDER BY s.kind, s.occurred_at DESC, s.id DESC) m);
END $$;

-- The last assessment by each instrument; what was not complete has no score.
CREATE FUNCTION report.handover_assessed(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'title', i.title, 'score', s.score, 'band', (
                SELECT b ->> 'words' FROM jsonb_array_elements(i.content::jsonb -> 'bands') b
                WHERE b ->> 'name' = s.band),
            'complete', s.complete, 'assessed_at', s.occurred_at, 'at', s.recorded_at)
            ORDER BY i.title), '[]')
        FROM (
            SELECT DISTINCT ON (o.instrument) o.* FROM report.assessments o
            WHERE o.admission_id = p_admission_id AND o.status = 'final'
              AND NOT EXISTS (SELECT FROM report.assessments c WHERE c.supersedes_id = o.id)
            ORDER BY o.instrument, o.occurred_at DESC, o.id DESC) s
        JOIN report.instruments i ON i.id = s.instrument_id);
END $$;

-- Devices in place with their last look, and when their sites are due to be looked at next.
CREATE FUNCTION report.handover_devices(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'kind', d.kind, 'site', d.site, 'side', d.side, 'size', d.size,
            'inserted_at', d.inserted_at, 'due_out_at', d.due_out_at,
            'score', look.score, 'at_least', look.at_least, 'looked_at', look.occurred_at,
            'due_at', coalesce(coalesce(scored.at, d.inserted_at)
                + make_interval(mins => every.check_minutes), first.recorded_at),
            'at', greatest(d.recorded_at, look.recorded_at))
            ORDER BY d.kind, d.site, d.device_id), '[]')
        FROM report.devices d
        JOIN report.devices first ON first.id = d.device_id
        LEFT JOIN LATERAL (
            SELECT c.* FROM report.device_checks c
            WHERE c.device_id = d.device_id AND c.status = 'final'
              AND NOT EXISTS (SELECT FROM report.device_checks n WHERE n.supersedes_id = c.id)
            ORDER BY c.occurred_at DESC, c.id DESC LIMIT 1) look ON true
        LEFT JOIN LATERAL (
            SELECT max(c.occurred_at) AS at FROM report.device_checks c
            WHERE c.device_id = d.device_id AND c.status = 'final' AND c.score IS NOT NULL
              AND NOT EXISTS (SELECT FROM report.device_checks n WHERE n.supersedes_id = c.id)
            ) scored ON true
        LEFT JOIN LATERAL (
            SELECT t.check_minutes FROM report.device_settings t
            WHERE t.kind = d.kind ORDER BY t.seq DESC LIMIT 1) every ON true
        WHERE d.admission_id = p_admission_id AND d.status = 'final'
          AND NOT EXISTS (SELECT FROM report.devices n WHERE n.supersedes_id = d.id)
          AND (report.device_removal_now(d.device_id)).status IS DISTINCT FROM 'final');
END $$;

-- The last signed notes in force, the newest first, each cut to what a handover has room for.
CREATE FUNCTION report.handover_notes(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'title', n.title, 'kind', n.kind, 'by', n.signed_as, 'said_at', n.occurred_at,
            'text', left(concat_ws(' ', n.symptom, n.severity, n.own_words, n.body), 300),
            'at', n.recorded_at) ORDER BY n.occurred_at DESC, n.id DESC), '[]')
        FROM (
            SELECT w.* FROM report.nursing_notes w
            WHERE w.admission_id = p_admission_id AND w.status = 'final'
              AND NOT EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = w.id)
            ORDER BY w.occurred_at DESC, w.id DESC LIMIT 3) n);
END $$;

-- What was decided for a patient and holds: oxygen target, score agreed, how often to observe.
CREATE FUNCTION report.handover_decisions(p_admission_id uuid) RETURNS jsonb
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

-- Who the patient is and why here; allergies and alerts in force.
CREATE FUNCTION report.handover_background(p_admission_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'family_name', p.family_name, 'given_name', p.given_name, 'title', p.title,
            'sex', p.sex, 'born_on', p.born_on, 'mrn', p.mrn,
            'reason', a.reason, 'specialty', a.specialty, 'consultant', a.consultant,
            'admitted_at', a.admitted_at, 'expected_on', expected.expected_on,
            'allergy_status', CASE WHEN allergy.items IS NOT NULL THEN 'present'
                WHEN allergy.none_known THEN 'none_known' ELSE 'not_recorded' END,
            'allergies', coalesce(allergy.items, '[]'), 'flags', coalesce(flag.items, '[]'))
        FROM admission.admissions a
        JOIN patient.patients p ON p.id = a.patient_id
        LEFT JOIN LATERAL (SELECT e.expected_on FROM admission.expected_discharges e
            WHERE e.admission_id = a.id ORDER BY e.seq DESC LIMIT 1) expected ON true
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object('substance', g.substance, 'reaction', g.reaction,
                    'at', g.recorded_at) ORDER BY g.seq) FILTER (WHERE g.status = 'active') AS items,
                bool_or(g.status = 'none_known') AS none_known
            FROM patient.allergies g WHERE g.patient_id = p.id
              AND NOT EXISTS (SELECT FROM patient.allergies c WHERE c.supersedes_id = g.id)
        ) allergy ON true
        LEFT JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_object('kind', f.kind, 'detail', f.detail,
                'at', f.recorded_at) ORDER BY f.kind) AS items
            FROM (SELECT DISTINCT ON (l.kind) l.* FROM patient.patient_flags l
                  WHERE l.patient_id = p.id ORDER BY l.kind, l.seq DESC) f
            WHERE f.active) flag ON true
        WHERE a.id = p_admission_id);
END $$;

-- Everybody lying on a ward, or the one stay of it that is asked for, in bed order.
CREATE FUNCTION report.handover_facts(p_ward_id uuid, p_admission_id uuid)
RETURNS TABLE (place integer, admission_id uuid, patient_id uuid, bed_id uuid, facts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC' AS $$  -- times as text: the same to the letter in every session
BEGIN
    RETURN QUERY
    WITH due AS (
        SELECT s.admission_id, 'observations' AS source, NULL AS title,
            s.next_due_at AS due_at, s.due_reason AS reason, NULL::timestamptz AS at
        FROM report.latest_scores(p_ward_id) s WHERE s.next_due_at IS NOT NULL
        UNION ALL
        SELECT r.admission_id, 'round', r.title, r.due_at, r.due_reason, r.done_at
        FROM rounding.dues(p_ward_id) r WHERE r.due_at IS NOT NULL
        UNION ALL
        SELECT a.admission_id, 'assessment', a.title, a.due_at, a.reason, a.done_at
        FROM report.assessment_dues(p_ward_id) a WHERE a.due_at IS NOT NULL
        UNION ALL
        SELECT t.admission_id, 'task', t.title, coalesce(later.deferred_until, t.due_at),
            CASE WHEN later.deferred_until IS NOT NULL THEN 'deferred' END, t.recorded_at
        FROM rounding.tasks t
        LEFT JOIN LATERAL (SELECT e.deferred_until FROM rounding.task_events e
            WHERE e.task_id = t.id AND e.kind = 'deferred' ORDER BY e.seq DESC LIMIT 1) later
            ON true
        WHERE t.ward_id = p_ward_id
          AND NOT EXISTS (SELECT FROM rounding.task_events e
                          WHERE e.task_id = t.id AND e.kind IN ('done', 'cancelled'))
    ), dues AS (
        SELECT d.admission_id, jsonb_agg(jsonb_build_object('source', d.source, 'title', d.title,
            'due_at', d.due_at, 'reason', d.reason, 'at', d.at)
            ORDER BY d.due_at, d.source, d.title) AS items
        FROM due d WHERE d.admission_id IS NOT NULL GROUP BY d.admission_id
    ), call AS (
        SELECT e.admission_id, jsonb_build_object('level', e.level, 'points', e.points,
            'opened_at', e.opened_at, 'state', e.state, 'role', e.role,
            'respond_by', e.respond_by, 'answered_by', e.answered_by,
            'answered_at', e.answered_at, 'at', coalesce(e.answered_at, e.opened_at)) AS item
        FROM report.escalations_of_ward(p_ward_id) e
    )
    SELECT row_number() OVER (ORDER BY b.bed_id IS NULL, r.position, d.position, b.ward_arrived_at,
            b.admission_id)::integer,
        b.admission_id, b.patient_id, b.bed_id,
        report.handover_background(b.admission_id) || jsonb_build_object(
            'version', 1, 'ward', w.name, 'room', r.name, 'bed', d.label,
            'arrived_at', b.ward_arrived_at, 'call', call.item,
            'sets', report.handover_sets(b.admission_id),
            'measured', report.handover_measured(b.admission_id),
            'assessed', report.handover_assessed(b.admission_id),
            'devices', report.handover_devices(b.admission_id),
            'notes', report.handover_notes(b.admission_id),
            'decisions', report.handover_decisions(b.admission_id),
            'dues', coalesce(dues.items, '[]'))
    FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    LEFT JOIN room.rooms r ON r.id = d.room_id
    LEFT JOIN dues ON dues.admission_id = b.admission_id
    LEFT JOIN call ON call.admission_id = b.admission_id
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
      AND coalesce(b.admission_id = p_admission_id, true);
END $$;

CREATE FUNCTION report.facts_hash(p_facts jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN encode(sha256(convert_to(p_facts::text, 'UTF8')), 'hex');
END $$;
