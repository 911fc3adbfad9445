-- What a ward had decided about its nights when something was due, and the risk of the patient then:
-- by these who was let sleep is told apart from who was forgotten. A row for each time asked about at
-- which the patient lay on the ward; p_ward_ids, p_admission_ids and p_times belong together by place.
CREATE FUNCTION rounding.nights_then(
    p_ward_ids uuid[], p_admission_ids uuid[], p_times timestamptz[])
RETURNS TABLE (place integer, time_zone text, risk text, visit_minutes smallint, night_from time,
    night_until time, sleep_kinds text[], sleep_risks text[], sleep_minutes smallint,
    work_minutes jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT asked.place::integer, w.time_zone, latest.risk, s.visit_minutes, s.night_from,
        s.night_until, s.sleep_kinds, s.sleep_risks, s.sleep_minutes, s.work_minutes
    FROM unnest(p_ward_ids, p_admission_ids, p_times)
        WITH ORDINALITY asked (ward_id, admission_id, at, place)
    JOIN room.wards w ON w.id = asked.ward_id
    CROSS JOIN LATERAL (
        SELECT o.* FROM rounding.lane_settings o
        WHERE (o.ward_id = asked.ward_id OR o.ward_id IS NULL) AND o.recorded_at <= asked.at
        ORDER BY o.ward_id IS NULL, o.seq DESC LIMIT 1) s
    LEFT JOIN LATERAL (
        SELECT v.risk FROM report.vital_signs v
        WHERE v.admission_id = asked.admission_id AND v.occurred_at <= asked.at
          AND v.status = 'final'
          AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
        ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1) latest ON true
    WHERE asked.ward_id = ANY (auth.ward_ids('patient.view')) AND s.night_from IS NOT NULL
      AND EXISTS (SELECT FROM admission.bed_stays b
                  WHERE b.admission_id = asked.admission_id AND b.ward_id = asked.ward_id
                    AND b.voided_at IS NULL AND b.during @> asked.at)
    ORDER BY asked.place;
END $$;
