-- How soon escalations were answered, for reports: for each time a level was reached, one row for
-- the first call's acknowledgement and one for the arrival. Derived from the events; nobody but
-- who answered is named. The ward is the one whose rules applied.

-- due_reason: acknowledge | arrive. outcome: on_time, late, deferred (decided not to call, with
--   the code of the reason), missed (it was raised again or the patient left, and nobody had
--   answered), open. Taken back by a correction before anybody answered: no row.
-- minutes_late: whole elapsed minutes from due_at to the answer, of an open one until now; null
--   of the others.
CREATE TYPE report.escalation_answer AS (
    escalation_id uuid, admission_id uuid, ward_id uuid, level text, due_at timestamptz,
    due_reason text, outcome text, decline_reason text, answered_at timestamptz,
    answered_by text, minutes_late integer);

-- Every answer that was due on these wards from p_from (included) to p_to (not included), with
-- what became of it by now. Who reads it works on the wards.
CREATE FUNCTION report.escalation_answers(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz)
RETURNS SETOF report.escalation_answer
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_wards uuid[];
BEGIN
    PERFORM auth.require('patient.view');
    SELECT array_agg(w) INTO v_wards
    FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('patient.view'));
    RETURN QUERY
    WITH event AS (
        SELECT e.*, coalesce(e.person, u.display_name) AS by_name
        FROM report.escalations x
        JOIN report.escalation_events e ON e.escalation_id = x.id
        LEFT JOIN public.users u ON u.id = e.recorded_by
        WHERE x.ward_id = ANY (v_wards)
          AND e.kind IN ('raised', 'acknowledged', 'arrived', 'planned', 'outcome',
                         'not_escalated', 'closed')
    ), reached AS (
        SELECT x.id, 0 AS round, x.level, x.opened_at AS since
        FROM report.escalations x WHERE x.ward_id = ANY (v_wards)
        UNION ALL
        SELECT e.escalation_id, row_number() OVER (
            PARTITION BY e.escalation_id ORDER BY e.seq)::integer, e.level, e.occurred_at
        FROM event e WHERE e.kind = 'raised'
    ), called AS (
        SELECT x.id, x.admission_id, x.ward_id, r.round, r.level, due.reason, due.kinds,
            r.since + make_interval(mins => due.minutes) AS due_at,
            least(lead(r.since) OVER (
                PARTITION BY x.id, due.reason ORDER BY r.round), a.discharged_at) AS ended_at
        FROM reached r
        JOIN report.escalations x ON x.id = r.id
        JOIN admission.admissions a ON a.id = x.admission_id
        CROSS JOIN LATERAL (
            SELECT s.* FROM report.escalation_steps(x.ward_id, r.level, r.since) s
            ORDER BY s.step LIMIT 1) first
        CROSS JOIN LATERAL (VALUES
            ('acknowledge', first.acknowledge_minutes,
             ARRAY['acknowledged', 'arrived', 'planned', 'outcome']),
            ('arrive', first.arrive_minutes, ARRAY['arrived', 'planned', 'outcome'])
        ) due (reason, minutes, kinds)
    )
    SELECT c.id, c.admission_id, c.ward_id, c.level, c.due_at, c.reason,
        CASE WHEN answer.at IS NOT NULL THEN
                 CASE WHEN answer.at <= c.due_at THEN 'on_time' ELSE 'late' END
             WHEN decline.code IS NOT NULL THEN 'deferred'
             WHEN c.ended_at IS NOT NULL THEN 'missed'
             ELSE 'open' END,
        CASE WHEN answer.at IS NULL THEN decline.code END,
        answer.at, answer.by_name,
        CASE WHEN answer.at IS NULL AND (decline.code IS NOT NULL OR c.ended_at IS NOT NULL)
             THEN NULL
             ELSE greatest(0, floor(extract(
                 epoch FROM coalesce(answer.at, v_now) - c.due_at) / 60))::integer END
    FROM called c
    LEFT JOIN LATERAL (
        SELECT e.occurred_at AS at, e.by_name FROM event e
        WHERE e.escalation_id = c.id AND e.round = c.round AND e.kind = ANY (c.kinds)
        ORDER BY e.occurred_at, e.seq LIMIT 1) answer ON true
    LEFT JOIN LATERAL (
        SELECT e.code FROM event e
        WHERE e.escalation_id = c.id AND e.round = c.round AND e.kind = 'not_escalated'
        ORDER BY e.seq LIMIT 1) decline ON true
    WHERE c.due_at >= p_from AND c.due_at < p_to
      AND (answer.at IS NOT NULL OR NOT EXISTS (
          SELECT FROM event e
          WHERE e.escalation_id = c.id AND e.round = c.round AND e.kind = 'closed'));
END $$;
