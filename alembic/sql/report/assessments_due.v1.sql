-- Each time an assessment was due and what became of it, from what was recorded and nothing else: by
-- the times the ward had set then, so that what is set later changes nothing of the past.

-- The times that a ward had set for an instrument at a moment; no row: none, or not in use.
CREATE FUNCTION report.instrument_use_at(p_ward_id uuid, p_name text, p_at timestamptz)
RETURNS TABLE (instrument_id uuid, reassess jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT u.instrument_id, u.reassess FROM (
        SELECT s.* FROM report.instrument_uses s
        WHERE s.name = p_name AND (s.ward_id IS NULL OR s.ward_id = p_ward_id)
          AND s.recorded_at <= p_at
        ORDER BY s.ward_id NULLS LAST, s.seq DESC LIMIT 1) u
    WHERE u.in_use AND u.reassess IS NOT NULL;
END $$;

-- Where a patient lay at a moment; null: nowhere.
CREATE FUNCTION report.ward_at(p_admission_id uuid, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT b.ward_id FROM admission.bed_stays b
            WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL AND b.during @> p_at
            LIMIT 1);
END $$;

-- Not for clients: the caller says which wards are in reach. From p_from to before p_to. An event
-- or a complete assessment asks for the next one, a deferral for the same one later; it is due once
-- until it is answered. on_time: before it was overdue by a whole minute; missed: the patient left
-- without it; deferred: put off with a legitimate reason; paused: on leave; open: still to be done.
CREATE FUNCTION report.assessments_due_between(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz) RETURNS SETOF rounding.round_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH stay AS (
        SELECT a.id, a.admitted_at, a.discharged_at, p.born_on
        FROM admission.admissions a JOIN patient.patients p ON p.id = a.patient_id
        WHERE a.id IN (SELECT b.admission_id FROM admission.bed_stays b
                       WHERE b.ward_id = ANY (p_ward_ids) AND b.voided_at IS NULL
                         AND b.during && tstzrange(p_from, p_to))
    ), assessed AS MATERIALIZED (
        SELECT o.* FROM report.assessments o
        WHERE o.admission_id IN (SELECT s.id FROM stay s) AND o.status = 'final'
          AND NOT EXISTS (SELECT FROM report.assessments n WHERE n.supersedes_id = o.id)
    ), event AS (
        SELECT s.id AS admission_id, 'admission' AS event, s.admitted_at AS at FROM stay s
        UNION
        SELECT b.admission_id, 'transfer', b.ward_arrived_at FROM admission.bed_stays b
        WHERE b.admission_id IN (SELECT s.id FROM stay s) AND b.voided_at IS NULL
        UNION
        SELECT o.admission_id, i.records, o.occurred_at
        FROM assessed o JOIN report.instruments i ON i.id = o.instrument_id
        WHERE i.records IS NOT NULL
    ), step AS (
        SELECT e.admission_id, n.name, e.at, NULL AS kind, NULL AS reason, NULL::uuid AS by_id,
            e.at + make_interval(mins => (u.reassess ->> 'first_minutes')::integer) AS due_at
        FROM event e
        CROSS JOIN (SELECT DISTINCT t.name FROM report.instrument_uses t
                    WHERE t.reassess IS NOT NULL) n
        CROSS JOIN LATERAL report.instrument_use_at(
            report.ward_at(e.admission_id, e.at), n.name, e.at) u
        WHERE u.reassess -> 'after' ? e.event
        UNION ALL
        SELECT o.admission_id, o.instrument, o.occurred_at, 'done', NULL, o.recorded_by,
            o.occurred_at + make_interval(mins => coalesce(
                (u.reassess -> 'by_band' ->> o.band)::integer,
                (u.reassess ->> 'again_minutes')::integer))
        FROM assessed o
        LEFT JOIN LATERAL report.instrument_use_at(
            report.ward_at(o.admission_id, o.occurred_at), o.instrument, o.occurred_at) u ON true
        WHERE o.complete
        UNION ALL
        SELECT d.admission_id, d.instrument, d.occurred_at, 'deferred', d.reason, d.recorded_by,
            d.deferred_until
        FROM report.assessment_deferrals d
        WHERE d.admission_id IN (SELECT s.id FROM stay s) AND d.status = 'final'
          AND NOT EXISTS (SELECT FROM report.assessment_deferrals n WHERE n.supersedes_id = d.id)
    ), phase AS (  -- what happened from one answer to the next
        SELECT s.*, count(s.kind) OVER (PARTITION BY s.admission_id, s.name
            ORDER BY s.at, s.kind IS NOT NULL ROWS UNBOUNDED PRECEDING) AS number
        FROM step s
    ), due AS (
        SELECT f.admission_id, f.name, f.number, min(f.due_at) AS due_at
        FROM phase f GROUP BY f.admission_id, f.name, f.number
    )
    SELECT d.admission_id, lay.ward_id, i.title, d.due_at,
        CASE WHEN away.is_away THEN 'paused'
             WHEN answer.at IS NULL AND s.discharged_at IS NOT NULL THEN 'missed'
             WHEN answer.at IS NULL THEN 'open'
             WHEN answer.kind = 'deferred' THEN 'deferred'
             WHEN answer.at < d.due_at + interval '1 minute' THEN 'on_time'
             ELSE 'late' END,
        CASE WHEN NOT away.is_away THEN answer.reason END,
        CASE WHEN NOT away.is_away THEN answer.at END,
        CASE WHEN NOT away.is_away THEN answer.by_id END,
        CASE WHEN NOT away.is_away AND answer.kind IS DISTINCT FROM 'deferred' THEN
            greatest(0, floor(extract(epoch FROM
                coalesce(answer.at, s.discharged_at, v_now) - d.due_at) / 60))::integer END
    FROM due d
    JOIN stay s ON s.id = d.admission_id
    LEFT JOIN phase answer ON answer.admission_id = d.admission_id AND answer.name = d.name
        AND answer.number = d.number + 1 AND answer.kind IS NOT NULL
    CROSS JOIN LATERAL (SELECT report.ward_at(d.admission_id, d.due_at) AS ward_id) lay
    CROSS JOIN LATERAL report.instrument_use_at(lay.ward_id, d.name, d.due_at) u
    JOIN report.instruments i ON i.id = u.instrument_id
    CROSS JOIN LATERAL report.age_months(s.born_on, d.due_at::date) age (months)
    CROSS JOIN LATERAL (SELECT coalesce((
        SELECT l.kind = 'left' FROM admission.leaves l
        WHERE l.admission_id = d.admission_id AND l.occurred_at <= d.due_at
        ORDER BY l.seq DESC LIMIT 1), false) AS is_away) away
    WHERE d.due_at >= p_from AND d.due_at < p_to AND lay.ward_id = ANY (p_ward_ids)
      AND (answer.at IS NOT NULL OR d.due_at <= v_now)
      -- of an age that is not known it may be asked
      AND coalesce(age.months >= i.from_months, true)
      AND coalesce(age.months < i.below_months, true);
END $$;

-- The same for who works on the wards; the others are left out.
CREATE FUNCTION report.assessments_due(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz) RETURNS SETOF rounding.round_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 500 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY SELECT d.* FROM report.assessments_due_between(
        ARRAY(SELECT w FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('assessment.read'))),
        p_from, p_to) d;
END $$;
