-- As before; a task goes with its patient and says the shift it falls into.
-- Everybody lying on a ward, or the one stay of it that is asked for, in bed order.
CREATE OR REPLACE FUNCTION report.handover_facts(p_ward_id uuid, p_admission_id uuid)
RETURNS TABLE (place integer, admission_id uuid, patient_id uuid, bed_id uuid, facts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
SET timezone = 'UTC' AS $$  -- times as text: the same to the letter in every session
BEGIN
    RETURN QUERY
    WITH due AS (
        SELECT s.admission_id, 'observations' AS source, NULL AS title,
            s.next_due_at AS due_at, s.due_reason AS reason, NULL::timestamptz AS at,
            NULL::text AS shift
        FROM report.latest_scores(p_ward_id) s WHERE s.next_due_at IS NOT NULL
        UNION ALL
        SELECT r.admission_id, 'round', r.title, r.due_at, r.due_reason, r.done_at, NULL
        FROM rounding.dues(p_ward_id) r WHERE r.due_at IS NOT NULL
        UNION ALL
        SELECT a.admission_id, 'assessment', a.title, a.due_at, a.reason, a.done_at, NULL
        FROM report.assessment_dues(p_ward_id) a WHERE a.due_at IS NOT NULL
        UNION ALL
        SELECT t.admission_id, 'task', t.title, t.due_at, CASE WHEN t.put_off THEN 'deferred' END,
            t.opened_at, t.shift_name
        FROM rounding.tasks_of_ward(p_ward_id) t
    ), dues AS (
        SELECT d.admission_id, jsonb_agg(jsonb_build_object('source', d.source, 'title', d.title,
            'due_at', d.due_at, 'reason', d.reason, 'at', d.at)
            || CASE WHEN d.shift IS NULL THEN '{}' ELSE jsonb_build_object('shift', d.shift) END
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
