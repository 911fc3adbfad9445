-- When each checklist is due: derived from what was recorded, so nothing has to be planned ahead
-- and nothing can be lost. Elapsed time; the hour that chooses the interval is the ward's own.

-- Minutes to the next time by the first rule that holds; null = not due by itself.
CREATE FUNCTION rounding.interval_minutes(
    p_intervals jsonb, p_ward_code text, p_risk text, p_local time) RETURNS integer
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT (r.rule ->> 'minutes')::integer
        FROM jsonb_array_elements(p_intervals) WITH ORDINALITY r (rule, place)
        WHERE coalesce(r.rule ->> 'ward' = p_ward_code, true)
          AND (r.rule -> 'risk' IS NULL OR coalesce(r.rule -> 'risk' ? p_risk, false))
          AND (r.rule ->> 'from' IS NULL
               OR CASE WHEN (r.rule ->> 'from')::time <= (r.rule ->> 'to')::time
                       THEN p_local >= (r.rule ->> 'from')::time
                            AND p_local < (r.rule ->> 'to')::time
                       ELSE p_local >= (r.rule ->> 'from')::time
                            OR p_local < (r.rule ->> 'to')::time END)
        ORDER BY r.place LIMIT 1);
END $$;

-- The checklists in force in a hospital: the newest version of each name that is not retired.
CREATE FUNCTION rounding.templates_in_force(p_facility_id uuid)
RETURNS SETOF rounding.templates
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.* FROM rounding.templates t
    WHERE t.id IN (SELECT DISTINCT ON (n.name) n.id FROM rounding.templates n
                   WHERE coalesce(n.facility_id = p_facility_id, true)
                   ORDER BY n.name, n.version DESC, n.facility_id NULLS LAST)
      AND NOT coalesce((t.content ->> 'retired')::boolean, false);
END $$;

CREATE TYPE rounding.due AS (
    ward_id uuid, room_name text, bed_label text, bed_position integer, admission_id uuid,
    patient_id uuid, family_name text, given_name text, risk text, template_id uuid, name text,
    title text, done_at timestamptz, done_by text, due_at timestamptz, due_reason text,
    deferral_reason text);

-- Every patient of a ward, and the ward itself, with each checklist that is used there: when it was
-- done last and when it is due again (null: on demand only, paused by leave, or done for good).
-- What was recorded is looked up in two halves, each by its own index, and only as far back as the
-- last that counts: after weeks on a ward it costs what it costs on the first day.
CREATE FUNCTION rounding.dues(p_ward_id uuid) RETURNS SETOF rounding.due
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
        SELECT newest.occurred_at, coalesce(u.display_name, 'imported') AS by_name
        FROM (SELECT found.* FROM rounding.templates ot CROSS JOIN LATERAL (
                (SELECT o.id, o.occurred_at, o.recorded_by FROM rounding.round_records o
                 WHERE o.admission_id = s.admission_id AND o.template_id = ot.id
                   AND o.status = 'final' AND o.outcome = 'done'
                   AND NOT EXISTS (SELECT FROM rounding.round_records c
                                   WHERE c.supersedes_id = o.id)
                 ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1)
                UNION ALL
                (SELECT o.id, o.occurred_at, o.recorded_by FROM rounding.round_records o
                 WHERE s.admission_id IS NULL AND o.subject_ward_id = ward.id
                   AND o.template_id = ot.id AND o.status = 'final' AND o.outcome = 'done'
                   AND NOT EXISTS (SELECT FROM rounding.round_records c
                                   WHERE c.supersedes_id = o.id)
                 ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1)) found
              WHERE ot.name = t.name ORDER BY found.occurred_at DESC, found.id DESC LIMIT 1) newest
        LEFT JOIN public.users u ON u.id = newest.recorded_by) done ON true
    LEFT JOIN LATERAL (
        SELECT found.deferred_until, found.reason
        FROM rounding.templates ot CROSS JOIN LATERAL (
            SELECT o.id, o.occurred_at, o.deferred_until, o.reason FROM rounding.round_records o
            WHERE o.admission_id = s.admission_id AND o.template_id = ot.id
              AND o.occurred_at > coalesce(done.occurred_at, '-infinity')
              AND o.status = 'final' AND o.outcome = 'deferred'
              AND NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = o.id)
            UNION ALL
            SELECT o.id, o.occurred_at, o.deferred_until, o.reason FROM rounding.round_records o
            WHERE s.admission_id IS NULL AND o.subject_ward_id = ward.id AND o.template_id = ot.id
              AND o.occurred_at > coalesce(done.occurred_at, '-infinity')
              AND o.status = 'final' AND o.outcome = 'deferred'
              AND NOT EXISTS (SELECT FROM rounding.round_records c
                              WHERE c.supersedes_id = o.id)) found
        WHERE ot.name = t.name ORDER BY found.occurred_at DESC, found.id DESC LIMIT 1) late ON true
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

-- What is due on these wards; those the reader does not work on are left out.
CREATE FUNCTION rounding.due_list(p_ward_ids uuid[]) RETURNS SETOF rounding.due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT d.* FROM unnest(p_ward_ids) asked (ward_id)
    CROSS JOIN LATERAL rounding.dues(asked.ward_id) d
    WHERE asked.ward_id = ANY (auth.ward_ids('patient.view'));
END $$;
