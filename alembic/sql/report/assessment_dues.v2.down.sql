-- What is due of assessments as it was before some could be put off.
-- What is due of a ward's patients of an age for it by the ward's own times, elapsed: after an event nobody has
-- assessed since, or again after the last complete assessment. Nobody on leave; nothing on a ward
-- that set no times, or is not the reader's.
CREATE OR REPLACE FUNCTION report.assessment_dues(p_ward_id uuid) RETURNS SETOF report.assessment_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('assessment.read')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT b.admission_id, u.name, least(begun.due_at, again.due_at), i.title,
        CASE WHEN begun.due_at <= coalesce(again.due_at, begun.due_at) THEN begun.event
             ELSE 'interval' END,
        done.occurred_at, i.work_minutes, i.id
    FROM admission.bed_stays b
    JOIN admission.admissions a ON a.id = b.admission_id
    JOIN patient.patients p ON p.id = b.patient_id
    CROSS JOIN LATERAL report.age_months(p.born_on, statement_timestamp()::date) age (months)
    CROSS JOIN LATERAL report.instruments_in_use(p_ward_id) u
    JOIN report.instruments i ON i.id = u.instrument_id
    LEFT JOIN LATERAL (
        SELECT o.occurred_at, o.band FROM report.assessments o
        WHERE o.admission_id = b.admission_id AND o.instrument = u.name AND o.complete
          AND o.status = 'final'
          AND NOT EXISTS (SELECT FROM report.assessments n WHERE n.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) done ON true
    LEFT JOIN LATERAL (
        SELECT e.event, e.at + make_interval(mins => (u.reassess ->> 'first_minutes')::integer)
            AS due_at
        FROM (SELECT 'admission' AS event, a.admitted_at AS at
              UNION ALL SELECT 'transfer', b.ward_arrived_at
              UNION ALL SELECT fi.records, max(f.occurred_at)
              FROM report.assessments f JOIN report.instruments fi ON fi.id = f.instrument_id
              WHERE f.admission_id = b.admission_id AND fi.records IS NOT NULL
                AND f.status = 'final' AND NOT EXISTS (
                    SELECT FROM report.assessments n WHERE n.supersedes_id = f.id)
              GROUP BY fi.records) e
        WHERE u.reassess -> 'after' ? e.event
          AND coalesce(done.occurred_at < e.at, true)
        ORDER BY e.at LIMIT 1) begun ON true
    CROSS JOIN LATERAL (
        SELECT done.occurred_at + make_interval(mins => coalesce(
            (u.reassess -> 'by_band' ->> done.band)::integer,
            (u.reassess ->> 'again_minutes')::integer)) AS due_at) again
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
      -- of an age that is not known it may be asked
      AND coalesce(age.months >= i.from_months, true)
      AND coalesce(age.months < i.below_months, true)
      AND u.reassess IS NOT NULL AND least(begun.due_at, again.due_at) IS NOT NULL
      AND coalesce((SELECT l.kind FROM admission.leaves l WHERE l.admission_id = b.admission_id
                    ORDER BY l.seq DESC LIMIT 1), '') <> 'left'
    ORDER BY 3, 1, 2;
END $$;
ALTER TYPE report.assessment_due DROP ATTRIBUTE deferral_reason;
