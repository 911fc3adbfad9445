-- Every patient of a ward, and the ward itself, with each checklist that is used there: when it was
-- done last and when it is due again (null: on demand only, paused by leave, or done for good).
-- What was recorded of a patient and of a ward is looked up in two halves, each by its own index.
CREATE OR REPLACE FUNCTION rounding.dues(p_ward_id uuid) RETURNS SETOF rounding.due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    WITH ward AS (SELECT * FROM room.wards w WHERE w.id = p_ward_id),
    subject AS (
        SELECT r.name AS room_name, d.label, d.position, b.admission_id, b.patient_id,
            p.family_name, p.given_name, s.risk, s.due_reason = 'paused' AS is_paused,
            b.ward_arrived_at AS arrived_at, a.admitted_at
        FROM report.latest_scores(p_ward_id) s
        JOIN admission.bed_stays b ON b.admission_id = s.admission_id AND upper_inf(b.during)
            AND b.voided_at IS NULL
        JOIN admission.admissions a ON a.id = b.admission_id
        JOIN patient.patients p ON p.id = b.patient_id
        LEFT JOIN room.beds d ON d.id = b.bed_id
        LEFT JOIN room.rooms r ON r.id = d.room_id
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, NULL, NULL
    )
    SELECT ward.id, s.room_name, s.label, s.position, s.admission_id, s.patient_id,
        s.family_name, s.given_name, s.risk, t.id, t.name, t.content ->> 'title',
        done.occurred_at, done.by_name,
        CASE WHEN s.is_paused THEN NULL
             WHEN late.deferred_until IS NOT NULL THEN late.deferred_until
             WHEN once.minutes IS NOT NULL
                THEN CASE WHEN done.occurred_at IS NULL
                          THEN once.since + make_interval(mins => once.minutes) END
             WHEN done.occurred_at IS NULL
                THEN coalesce(s.arrived_at, ward_since.at) + make_interval(mins => first.minutes)
             ELSE done.occurred_at + make_interval(mins => again.minutes) END,
        CASE WHEN s.is_paused THEN 'paused'
             WHEN late.deferred_until IS NOT NULL THEN 'deferred'
             WHEN once.minutes IS NOT NULL
                THEN CASE WHEN done.occurred_at IS NULL THEN 'once' ELSE 'done' END
             WHEN done.occurred_at IS NULL AND first.minutes IS NOT NULL THEN 'arrival'
             WHEN again.minutes IS NOT NULL THEN 'interval'
             ELSE 'on_demand' END,
        late.reason
    FROM ward
    CROSS JOIN rounding.templates_in_force(ward.facility_id) t
    JOIN subject s ON (s.admission_id IS NOT NULL) = (t.content ->> 'subject' = 'patient')
    CROSS JOIN LATERAL (SELECT min(n.recorded_at) AS at FROM rounding.templates n
                        WHERE n.name = t.name) ward_since
    LEFT JOIN LATERAL (
        SELECT o.occurred_at, coalesce(u.display_name, 'imported') AS by_name
        FROM rounding.round_records o
        JOIN rounding.templates ot ON ot.id = o.template_id AND ot.name = t.name
        LEFT JOIN public.users u ON u.id = o.recorded_by
        WHERE (o.admission_id = s.admission_id
               OR (s.admission_id IS NULL AND o.admission_id IS NULL AND o.ward_id = ward.id))
          AND o.status = 'final' AND o.outcome = 'done'
          AND NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) done ON true
    LEFT JOIN LATERAL (
        SELECT o.deferred_until, o.reason
        FROM rounding.round_records o
        JOIN rounding.templates ot ON ot.id = o.template_id AND ot.name = t.name
        WHERE (o.admission_id = s.admission_id
               OR (s.admission_id IS NULL AND o.admission_id IS NULL AND o.ward_id = ward.id))
          AND o.status = 'final' AND o.outcome = 'deferred'
          AND NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = o.id)
          AND coalesce(o.occurred_at > done.occurred_at, true)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) late ON true
    CROSS JOIN LATERAL (
        SELECT rounding.interval_minutes(t.content -> 'intervals', ward.code, s.risk,
            (coalesce(s.arrived_at, ward_since.at) AT TIME ZONE ward.time_zone)::time) AS minutes
        ) first
    CROSS JOIN LATERAL (
        SELECT rounding.interval_minutes(t.content -> 'intervals', ward.code, s.risk,
            (done.occurred_at AT TIME ZONE ward.time_zone)::time) AS minutes) again
    CROSS JOIN LATERAL (
        SELECT (t.content #>> '{once,minutes}')::integer AS minutes,
            CASE t.content #>> '{once,of}' WHEN 'arrival' THEN s.arrived_at
                 ELSE s.admitted_at END AS since) once
    WHERE NOT coalesce(t.content -> 'off_wards' ? ward.code, false);
END $$;
