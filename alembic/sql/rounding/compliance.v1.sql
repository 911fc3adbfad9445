-- Each time a checklist was due and what became of it, from what was recorded and nothing else: a
-- due time is the time before it and the interval that held then, so one that is changed later
-- changes nothing of the past.
CREATE TYPE rounding.round_due AS (
    admission_id uuid, ward_id uuid, title text, due_at timestamptz, outcome text,
    deferral_reason text, answered_at timestamptz, answered_by uuid, minutes_late integer);

-- Not for clients: the caller says which wards are in reach. From p_from to before p_to.
-- on_time: answered before it was overdue by a whole minute and the checklist's own grace; late:
-- before the time after it; missed: not before that; deferred: put off with a legitimate reason;
-- paused: the patient was on leave; open: still to be done.
CREATE FUNCTION rounding.dues_between(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz) RETURNS SETOF rounding.round_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000
SET search_path = pg_catalog, pg_temp SET jit = off AS $$  -- compiling takes longer than running
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT f.id AS facility_id, t.id, t.name, t.content,
            CASE WHEN row_number() OVER newer = 1 THEN '-infinity' ELSE t.recorded_at END AS since,
            coalesce(lead(t.recorded_at) OVER newer, 'infinity') AS until
        FROM public.facilities f
        JOIN rounding.templates t ON coalesce(t.facility_id = f.id, true)
        WINDOW newer AS (PARTITION BY f.id, t.name ORDER BY t.version, t.facility_id NULLS FIRST)
    ), subject AS (
        SELECT a.id AS admission_id, NULL::uuid AS ward_id, a.facility_id, a.admitted_at AS since,
            a.discharged_at AS left_at
        FROM admission.admissions a
        WHERE a.id IN (SELECT b.admission_id FROM admission.bed_stays b
                       WHERE b.ward_id = ANY (p_ward_ids) AND b.voided_at IS NULL
                         AND b.during && tstzrange(p_from, p_to))
        UNION ALL
        SELECT NULL, w.id, w.facility_id, NULL, NULL FROM room.wards w WHERE w.id = ANY (p_ward_ids)
    ), known AS (
        SELECT v.facility_id, v.name, min(t.recorded_at) AS at
        FROM version v JOIN rounding.templates t ON t.id = v.id GROUP BY v.facility_id, v.name
    ), recorded AS (  -- in two halves, each by its own index
        SELECT s.*, r.id, r.template_id, r.occurred_at, r.outcome, r.reason, r.deferred_until,
            r.recorded_by
        FROM subject s JOIN rounding.round_records r ON r.admission_id = s.admission_id
        WHERE r.status = 'final'
        UNION ALL
        SELECT s.*, r.id, r.template_id, r.occurred_at, r.outcome, r.reason, r.deferred_until,
            r.recorded_by
        FROM subject s JOIN rounding.round_records r ON r.ward_id = s.ward_id
        WHERE s.admission_id IS NULL AND r.admission_id IS NULL AND r.status = 'final'
    ), happened AS (
        SELECT s.admission_id, s.ward_id, v.facility_id, v.name, s.since AS at, 'start' AS outcome,
            NULL::text AS reason, NULL::timestamptz AS deferred_until, NULL::uuid AS by_id,
            v.content, s.left_at, s.since AS admitted_at
        FROM subject s
        JOIN version v ON v.facility_id = s.facility_id AND s.since >= v.since AND s.since < v.until
        WHERE v.content ->> 'subject' = 'patient' AND s.admission_id IS NOT NULL
        UNION ALL
        SELECT NULL, s.ward_id, v.facility_id, v.name, k.at, 'start', NULL, NULL, NULL, v.content,
            NULL, NULL
        FROM subject s
        JOIN known k ON k.facility_id = s.facility_id
        JOIN version v ON v.facility_id = k.facility_id AND v.name = k.name
            AND k.at >= v.since AND k.at < v.until
        WHERE v.content ->> 'subject' = 'ward' AND s.admission_id IS NULL
        UNION ALL
        SELECT r.admission_id, r.ward_id, r.facility_id, v.name, r.occurred_at, r.outcome, r.reason,
            r.deferred_until, r.recorded_by, v.content, r.left_at, r.since
        FROM recorded r JOIN version v ON v.id = r.template_id AND v.facility_id = r.facility_id
        WHERE NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = r.id)
    ), step AS (
        SELECT h.*, lead(h.at) OVER next AS next_at, lead(h.outcome) OVER next AS next_outcome,
            lead(h.reason) OVER next AS next_reason, lead(h.by_id) OVER next AS next_by,
            coalesce((h.content ->> 'grace_minutes')::integer, 0) AS grace_minutes
        FROM happened h
        WINDOW next AS (PARTITION BY h.admission_id, h.ward_id, h.name
                        ORDER BY h.at, h.outcome = 'start' DESC)
    ), timed AS MATERIALIZED (  -- or each use of an interval would choose it anew
        SELECT s.*, place.time_zone,
            CASE WHEN s.outcome = 'deferred' THEN s.deferred_until
                 WHEN s.content #>> '{once,minutes}' IS NOT NULL THEN CASE WHEN s.outcome = 'start'
                    THEN coalesce(arrived.at, s.admitted_at)
                        + make_interval(mins => (s.content #>> '{once,minutes}')::integer) END
                 ELSE s.at + make_interval(mins => every.minutes) END AS first_at,
            CASE WHEN s.content #>> '{once,minutes}' IS NULL THEN every.minutes END AS minutes
        FROM step s
        LEFT JOIN LATERAL (SELECT b.ward_id FROM admission.bed_stays b
            WHERE b.admission_id = s.admission_id AND b.voided_at IS NULL
            ORDER BY b.during @> s.at DESC, lower(b.during) LIMIT 1) lay ON true
        JOIN room.wards place ON place.id = coalesce(s.ward_id, lay.ward_id)
        LEFT JOIN LATERAL (SELECT b.ward_arrived_at AS at FROM admission.bed_stays b
            WHERE b.admission_id = s.admission_id AND b.voided_at IS NULL
              AND lower(b.during) <= coalesce(s.next_at, s.left_at, v_now)
            ORDER BY lower(b.during) DESC LIMIT 1) arrived
            ON s.content #>> '{once,of}' = 'arrival'
        LEFT JOIN LATERAL (SELECT v.risk FROM report.vital_signs v
            WHERE v.admission_id = s.admission_id AND v.occurred_at <= s.at AND v.status = 'final'
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
            ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1) latest ON true
        CROSS JOIN LATERAL (SELECT rounding.interval_minutes(s.content -> 'intervals', place.code,
            latest.risk, (s.at AT TIME ZONE place.time_zone)::time) AS minutes) every
    ), counted AS MATERIALIZED (
        SELECT t.*, CASE WHEN t.minutes IS NULL THEN 0 ELSE greatest(0, floor(extract(epoch FROM
                least(t.next_at, t.left_at, v_now) - t.first_at) / (60 * t.minutes)))::integer
            END AS last_number
        FROM timed t
        WHERE t.first_at IS NOT NULL
          AND (t.next_at IS NOT NULL OR t.first_at <= least(t.left_at, v_now))
    ), due AS MATERIALIZED (
        SELECT c.*, n.number = c.last_number AS is_last,
            c.first_at + make_interval(mins => coalesce(c.minutes, 0) * n.number) AS due_at
        FROM counted c CROSS JOIN LATERAL generate_series(0, c.last_number) n (number)
    ), placed AS MATERIALIZED (
        SELECT d.*, lay.ward_id AS due_ward_id, coalesce((
            SELECT l.kind = 'left' FROM admission.leaves l
            WHERE l.admission_id = d.admission_id AND l.occurred_at <= d.due_at
            ORDER BY l.seq DESC LIMIT 1), false) AS is_away
        FROM due d
        CROSS JOIN LATERAL (SELECT d.ward_id WHERE d.admission_id IS NULL
            UNION ALL
            (SELECT b.ward_id FROM admission.bed_stays b
             WHERE b.admission_id = d.admission_id AND b.voided_at IS NULL
               AND b.during @> d.due_at
             LIMIT 1)) lay
        WHERE d.due_at >= p_from AND d.due_at < p_to
    )
    SELECT d.admission_id, d.due_ward_id, d.content ->> 'title', d.due_at,
        CASE WHEN d.is_away THEN 'paused'
             WHEN NOT d.is_last OR (d.next_at IS NULL AND d.left_at IS NOT NULL) THEN 'missed'
             WHEN d.next_at IS NULL THEN 'open'
             WHEN d.next_outcome = 'deferred' THEN 'deferred'
             WHEN d.next_at < d.due_at + make_interval(mins => d.grace_minutes + 1) THEN 'on_time'
             ELSE 'late' END,
        CASE WHEN d.is_last AND NOT d.is_away THEN d.next_reason END,
        CASE WHEN d.is_last AND NOT d.is_away THEN d.next_at END,
        CASE WHEN d.is_last AND NOT d.is_away THEN d.next_by END,
        CASE WHEN d.is_away OR d.next_outcome IS NOT DISTINCT FROM 'deferred' AND d.is_last
             THEN NULL
             WHEN d.is_last THEN greatest(0, floor(extract(epoch FROM
                coalesce(d.next_at, v_now) - d.due_at) / 60))::integer END
    FROM placed d
    JOIN room.wards w ON w.id = d.due_ward_id
    JOIN version v ON v.facility_id = d.facility_id AND v.name = d.name AND v.until = 'infinity'
    WHERE d.due_ward_id = ANY (p_ward_ids)
      AND NOT coalesce(d.content -> 'off_wards' ? w.code, false)
      -- nothing is due any more of a checklist that is not used any more, or not here
      AND NOT (d.due_at >= v.since AND (coalesce((v.content ->> 'retired')::boolean, false)
                                        OR coalesce(v.content -> 'off_wards' ? w.code, false)));
END $$;

-- The same for who works on the wards; the others are left out.
CREATE FUNCTION rounding.round_dues(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz) RETURNS SETOF rounding.round_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY SELECT d.* FROM rounding.dues_between(
        ARRAY(SELECT w FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('patient.view'))),
        p_from, p_to) d;
END $$;

-- Not for clients: records in force whose answers contain these (jsonb containment, by the index
-- on answers), so that one asks "in how many rounds was pain not under control".
CREATE FUNCTION rounding.answered_between(
    p_ward_ids uuid[], p_answers jsonb, p_from timestamptz, p_to timestamptz)
RETURNS SETOF rounding.round_records
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT r.* FROM rounding.round_records r
    WHERE r.answers @> p_answers AND r.ward_id = ANY (p_ward_ids) AND r.status = 'final'
      AND r.occurred_at >= p_from AND r.occurred_at < p_to
      AND NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = r.id)
    ORDER BY r.occurred_at;
END $$;

-- The same for who works on the wards, without names: what was asked, where and when.
CREATE FUNCTION rounding.answered(
    p_ward_ids uuid[], p_answers jsonb, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (id uuid, ward_id uuid, admission_id uuid, title text, occurred_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT r.id, r.ward_id, r.admission_id, t.content ->> 'title', r.occurred_at
    FROM rounding.answered_between(
        ARRAY(SELECT w FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('patient.view'))),
        p_answers, p_from, p_to) r
    JOIN rounding.templates t ON t.id = r.template_id;
END $$;
