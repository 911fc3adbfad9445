-- What is due when and why: the one place that says it. A stay's schedule is the fold of what
-- happened to it, in order: arrivals on a ward, sets, deferrals, plans, leaves and returns. From
-- it come both the board's due time and, for reports, one row for each time a set was due. All
-- in elapsed time. Derived from the sets in force, so a correction recomputes it by itself.

-- kind: arrived | restarted | planned | measured | deferred | left | ended, in this order where
-- two happened at once. seconds: to the next set, as the score or the plan asks; null of a plan:
-- it was stopped. asked: of a plan, the seconds the score asked for then. until_at: of a plan its
-- expiry, of a deferral when the set is due instead.
CREATE TYPE report.schedule_event AS (
    at timestamptz, rank integer, kind text, id uuid, by_id uuid, ward_id uuid,
    seconds double precision, asked double precision, until_at timestamptz, reason text);

-- due_reason: arrival | score | plan | refused | deferred | restart, and unasked for a set that
--   was taken while nothing was due.
-- outcome: on_time (until grace_minutes whole minutes after), late, deferred, paused (leave began
--   first), missed (the following due time passed, or the stay on the ward ended, without a set),
--   open. minutes_late: whole elapsed minutes from due_at to the answer, of an open one until now;
--   null of missed and paused ones.
-- first_due_at, first_reason: the earliest time since the last answer that passed unanswered.
CREATE TYPE report.observation_due AS (
    admission_id uuid, ward_id uuid, due_at timestamptz, due_reason text, outcome text,
    deferral_reason text, answered_at timestamptz, answered_by uuid, answer_id uuid,
    minutes_late integer, first_due_at timestamptz, first_reason text);

-- When the set after p_from is due. A plan does not ask for anything before it was made; what
-- would fall after its expiry goes by the score again, though not back to before the expiry. A
-- plan to observe less often than the score asks does not hold once the score asks for more than
-- it did when that was decided.
CREATE FUNCTION report.following_due(
    p_from timestamptz, p_score_seconds double precision, p_plan report.schedule_event,
    OUT due_at timestamptz, OUT reason text)
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    due_at := p_from + make_interval(secs => p_score_seconds);
    reason := 'score';
    IF p_plan.seconds IS NULL THEN
        due_at := greatest(due_at, p_plan.at);
    ELSIF p_plan.seconds <= p_score_seconds OR p_score_seconds >= p_plan.asked THEN
        IF greatest(p_from + make_interval(secs => p_plan.seconds), p_plan.at) <= coalesce(
            p_plan.until_at, 'infinity') THEN
            due_at := greatest(p_from + make_interval(secs => p_plan.seconds), p_plan.at);
            reason := 'plan';
        ELSE
            due_at := greatest(due_at, p_plan.until_at);
        END IF;
    END IF;
END $$;

-- The plan that holds at a time, null when there is none; expired ones are found as well.
CREATE FUNCTION report.plan_at(p_admission_id uuid, p_at timestamptz)
RETURNS report.schedule_event
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_plan report.schedule_event;
BEGIN
    SELECT p.occurred_at, 3, 'planned', p.id, p.recorded_by, NULL,
        p.interval_minutes * 60.0, p.asked_minutes * 60.0, p.expires_at, NULL
    INTO v_plan FROM report.observation_plans p
    WHERE p.admission_id = p_admission_id AND p.occurred_at <= p_at
    ORDER BY p.occurred_at DESC, p.seq DESC LIMIT 1;
    RETURN v_plan;
END $$;

-- What happened to a stay, in order; from the set at p_from on, or all of it.
CREATE FUNCTION report.schedule_events(p_admission_id uuid, p_from timestamptz)
RETURNS SETOF report.schedule_event
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_rules report.schedule_settings := report.schedule_rules();
    v_from timestamptz := coalesce(p_from, '-infinity');
BEGIN
    RETURN QUERY SELECT * FROM (
        SELECT b.ward_arrived_at AS at, 1 AS rank, 'arrived' AS kind, min(b.id::text)::uuid AS id,
            NULL::uuid AS by_id, b.ward_id, NULL::double precision AS seconds,
            NULL::double precision AS asked, NULL::timestamptz AS until_at, NULL AS reason
        FROM admission.bed_stays b
        WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL
          AND b.ward_arrived_at > v_from
        GROUP BY b.ward_arrived_at, b.ward_id
        UNION ALL
        SELECT v.occurred_at, 4, 'measured', v.id, v.recorded_by, NULL,
            report.score_seconds(v.occurred_at, v.next_due_at, v_rules), NULL, NULL, NULL
        FROM report.vital_signs v
        WHERE v.admission_id = p_admission_id AND v.status = 'final' AND v.occurred_at >= v_from
          AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
        UNION ALL
        SELECT d.occurred_at, 5, 'deferred', d.id, d.recorded_by, NULL, NULL, NULL,
            d.deferred_until, d.reason
        FROM report.observation_deferrals d
        WHERE d.admission_id = p_admission_id AND d.status = 'final' AND d.occurred_at >= v_from
          AND NOT EXISTS (SELECT FROM report.observation_deferrals c
                          WHERE c.supersedes_id = d.id)
        UNION ALL
        SELECT p.occurred_at, 3, 'planned', p.id, p.recorded_by, NULL,
            p.interval_minutes * 60.0::double precision, p.asked_minutes * 60.0, p.expires_at,
            NULL
        FROM report.observation_plans p
        WHERE p.admission_id = p_admission_id AND p.occurred_at > v_from
        UNION ALL
        SELECT l.occurred_at, CASE l.kind WHEN 'left' THEN 6 ELSE 2 END,
            CASE l.kind WHEN 'left' THEN 'left' ELSE 'restarted' END, l.id, l.recorded_by,
            NULL, NULL, NULL, NULL, l.kind
        FROM admission.leaves l
        WHERE l.admission_id = p_admission_id
          AND l.occurred_at >= v_from AND (l.kind = 'left' OR l.occurred_at > v_from)
        UNION ALL
        SELECT a.discharged_at, 7, 'ended', a.id, NULL, NULL, NULL, NULL, NULL, NULL
        FROM admission.admissions a
        WHERE a.id = p_admission_id AND a.discharged_at >= v_from
        UNION ALL
        SELECT least(d.occurred_at, c.occurred_at - interval '1 microsecond'), 7, 'ended', d.id, d.recorded_by, NULL, NULL,
            NULL, NULL, NULL
        FROM admission.discharges d
        JOIN admission.discharges c ON c.cancels_id = d.id
        WHERE d.admission_id = p_admission_id AND d.occurred_at >= v_from
        UNION ALL
        SELECT c.occurred_at, 2, 'restarted', c.id, c.recorded_by, NULL, NULL, NULL, NULL,
            'not_ended'
        FROM admission.discharges c
        WHERE c.admission_id = p_admission_id AND c.cancels_id IS NOT NULL
          AND c.occurred_at > v_from
    ) events ORDER BY events.at, events.rank, events.id;
END $$;

-- Each time a set of one stay was due, with what became of it, until p_until (null: without what
-- passed since the last event). p_from: time of a set to begin with; it sets the schedule anew,
-- so what came before does not matter for what follows it. Not for clients.
CREATE FUNCTION report.dues(p_admission_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS SETOF report.observation_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rules report.schedule_settings := report.schedule_rules();
    v_plan report.schedule_event := report.plan_at(p_admission_id, p_from);
    v_score_seconds double precision := v_rules.unknown_minutes * 60;
    v_due report.observation_due;  -- what is waited for; due_at null: nothing
    v_row report.observation_due;
    v_anchor timestamptz;  -- what the due time was counted from
    v_next record;
    v_moved boolean;
    v_on_leave boolean := false;
    v_away boolean := false;
    e report.schedule_event;
BEGIN
    v_due.admission_id := p_admission_id;
    FOR e IN
        SELECT * FROM report.schedule_events(p_admission_id, p_from)
        UNION ALL
        SELECT p_until, 9, 'now', NULL, NULL, NULL, NULL, NULL, NULL, NULL
        WHERE p_until IS NOT NULL
    LOOP
        WHILE v_due.due_at IS NOT NULL LOOP
            v_next := report.following_due(v_due.due_at, v_score_seconds, v_plan);
            EXIT WHEN v_next.due_at > e.at;
            v_due.outcome := 'missed';
            RETURN NEXT v_due;
            v_anchor := v_due.due_at;
            v_due.due_at := v_next.due_at;
            v_due.due_reason := v_next.reason;
        END LOOP;
        v_row := v_due;
        v_row.answered_at := e.at;
        v_row.answered_by := e.by_id;
        v_row.answer_id := e.id;
        v_row.minutes_late := greatest(
            0, floor(extract(epoch FROM e.at - v_due.due_at) / 60))::integer;
        CASE e.kind
        WHEN 'arrived' THEN
            IF v_due.due_at <= e.at THEN
                v_due.outcome := 'missed';
                RETURN NEXT v_due;
            END IF;
            v_due.ward_id := e.ward_id;
            v_moved := e.at + make_interval(mins => v_rules.arrival_minutes) < v_due.due_at
                OR v_due.due_at <= e.at OR v_due.due_reason = 'arrival';
            IF NOT v_away AND v_moved IS NOT false THEN
                v_anchor := e.at;
                v_due.due_at := e.at + make_interval(mins => v_rules.arrival_minutes);
                v_due.due_reason := 'arrival';
                IF v_due.first_due_at IS NULL OR v_due.first_reason = 'arrival'
                   OR v_due.first_due_at > v_due.due_at THEN
                    v_due.first_due_at := v_due.due_at;
                    v_due.first_reason := 'arrival';
                END IF;
            END IF;
        WHEN 'measured' THEN
            IF v_due.due_at IS NULL THEN
                v_row.due_at := e.at;
                v_row.due_reason := 'unasked';
                v_row.minutes_late := 0;
            END IF;
            v_row.outcome := CASE WHEN v_row.minutes_late <= v_rules.grace_minutes
                THEN 'on_time' ELSE 'late' END;
            RETURN NEXT v_row;
            v_score_seconds := e.seconds;
            v_next := report.following_due(e.at, v_score_seconds, v_plan);
            v_anchor := e.at;
            v_due.due_at := v_next.due_at;
            v_due.due_reason := v_next.reason;
            v_due.first_due_at := v_next.due_at;
            v_due.first_reason := v_next.reason;
            v_away := false;  -- who is measured is here, whatever the record of the leave says
            v_on_leave := false;
        WHEN 'deferred' THEN
            IF v_due.due_at IS NOT NULL THEN
                v_row.outcome := 'deferred';
                v_row.deferral_reason := e.reason;
                RETURN NEXT v_row;
                v_next := report.following_due(e.at, v_score_seconds, v_plan);
                v_anchor := e.at;
                v_due.due_at := least(e.until_at, v_next.due_at);
                v_due.due_reason := CASE e.reason WHEN 'refused' THEN 'refused'
                    ELSE 'deferred' END;
                v_due.first_due_at := v_due.due_at;
                v_due.first_reason := v_due.due_reason;
            END IF;
        WHEN 'planned' THEN
            v_plan := e;
            IF v_due.due_at > e.at THEN
                v_next := report.following_due(v_anchor, v_score_seconds, v_plan);
                IF v_due.due_reason IN ('score', 'plan')
                   OR (v_next.reason = 'plan' AND v_next.due_at < v_due.due_at) THEN
                    IF v_due.first_due_at = v_due.due_at THEN
                        v_due.first_due_at := v_next.due_at;
                        v_due.first_reason := v_next.reason;
                    END IF;
                    v_due.due_at := v_next.due_at;
                    v_due.due_reason := v_next.reason;
                END IF;
            END IF;
        WHEN 'restarted' THEN
            v_on_leave := v_on_leave AND e.reason = 'not_ended';
            IF v_away AND NOT v_on_leave THEN
                v_next := report.following_due(e.at, v_score_seconds, v_plan);
                v_anchor := e.at;
                v_due.due_at := least(
                    v_next.due_at, e.at + make_interval(mins => v_rules.restart_minutes));
                v_due.due_reason := 'restart';
                v_due.first_due_at := v_due.due_at;
                v_due.first_reason := 'restart';
                v_away := false;
            END IF;
        WHEN 'left', 'ended' THEN
            IF v_due.due_at <= e.at THEN
                v_due.outcome := 'missed';
                RETURN NEXT v_due;
            ELSIF v_due.due_at IS NOT NULL AND e.kind = 'left' THEN
                v_row.outcome := 'paused';
                v_row.minutes_late := NULL;
                RETURN NEXT v_row;
            END IF;
            v_due.due_at := NULL;
            v_due.first_due_at := NULL;
            v_due.first_reason := NULL;
            v_away := true;
            v_on_leave := v_on_leave OR e.kind = 'left';
        WHEN 'now' THEN
            NULL;
        END CASE;
    END LOOP;
    IF v_due.due_at IS NOT NULL THEN
        v_due.outcome := 'open';
        v_due.minutes_late := greatest(
            0, floor(extract(epoch FROM p_until - v_due.due_at) / 60))::integer;
        RETURN NEXT v_due;
    END IF;
END $$;

-- When the next set of a stay is due and why: 'paused' without a time while the patient is on
-- leave. What passed unanswered stays due from the first such time on. p_set_at: when the latest
-- set in force was measured, null without one. Not for clients.
CREATE FUNCTION report.current_due(
    p_admission_id uuid, p_set_at timestamptz, OUT due_at timestamptz, OUT reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT d.first_due_at, d.first_reason INTO due_at, reason
    FROM report.dues(p_admission_id, p_set_at, NULL) d WHERE d.outcome = 'open';
    reason := coalesce(reason, 'paused');
END $$;

CREATE FUNCTION report.latest_set_at(p_admission_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT v.occurred_at FROM report.vital_signs v
            WHERE v.admission_id = p_admission_id AND v.status = 'final'
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
            ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1);
END $$;

-- Until when a set may be put off at most: not past the time the set after it would be due.
CREATE FUNCTION report.longest_deferral(
    p_admission_id uuid, p_at timestamptz, p_cap_minutes integer) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN least(p_at + make_interval(mins => p_cap_minutes), (
        SELECT f.due_at FROM report.following_due(p_at, report.asked_seconds(p_admission_id),
            report.plan_at(p_admission_id, p_at)) f));
END $$;

-- What stands against a deferral, null when nothing does.
CREATE FUNCTION report.deferral_problem(p_new report.observation_deferrals) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_due record := report.current_due(
        p_new.admission_id, report.latest_set_at(p_new.admission_id));
    v_until timestamptz := report.longest_deferral(p_new.admission_id, p_new.occurred_at,
        (report.schedule_rules()).longest_deferral_minutes);
BEGIN
    IF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time lies in the future. Check it.';
    ELSIF v_due.due_at IS NULL THEN
        RETURN 'Nothing is due: observations are paused.';
    ELSIF v_due.due_at IS DISTINCT FROM p_new.due_at THEN
        RETURN 'What is due has changed meanwhile. Look again, then decide.';
    ELSIF EXISTS (
        SELECT FROM report.schedule_events(p_new.admission_id, p_new.occurred_at) s
        WHERE s.kind <> 'planned' AND s.at > p_new.occurred_at) THEN
        RETURN 'Something was recorded after that time. Enter the time now.';
    ELSIF p_new.reason <> 'refused' AND p_new.deferred_until > v_until THEN
        RETURN 'This can be put off until ' || (
            SELECT to_char(v_until AT TIME ZONE w.time_zone, 'HH24:MI') ||
                CASE WHEN date_trunc('day', v_until AT TIME ZONE w.time_zone)
                    > date_trunc('day', clock_timestamp() AT TIME ZONE w.time_zone)
                    THEN ' tomorrow' ELSE '' END
            FROM admission.bed_stays b JOIN room.wards w ON w.id = b.ward_id
            WHERE b.admission_id = p_new.admission_id AND upper_inf(b.during)
              AND b.voided_at IS NULL) || ' at most: the score asks for the next set by then.';
    END IF;
    RETURN NULL;
END $$;

-- Each time a set was due on these wards from p_from (included) to p_to (not included), with
-- what became of it by now. Who reads it works on the wards; nobody is named.
CREATE FUNCTION report.observation_dues(
    p_ward_ids uuid[], p_from timestamptz, p_to timestamptz)
RETURNS SETOF report.observation_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1000 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_wards uuid[];
BEGIN
    PERFORM auth.require('patient.view');
    SELECT array_agg(w) INTO v_wards
    FROM unnest(p_ward_ids) w WHERE w = ANY (auth.ward_ids('patient.view'));
    RETURN QUERY
    SELECT d.* FROM (
        SELECT b.admission_id FROM admission.bed_stays b
        WHERE b.ward_id = ANY (v_wards) AND upper_inf(b.during) AND b.voided_at IS NULL
          AND lower(b.during) < p_to
        UNION
        -- a set may have answered a due time up to a week ahead (next_due_at_plausible)
        SELECT b.admission_id FROM admission.bed_stays b
        WHERE b.ward_id = ANY (v_wards) AND NOT upper_inf(b.during) AND b.voided_at IS NULL
          AND upper(b.during) >= p_from - interval '168 hours' AND lower(b.during) < p_to
    ) stay
    CROSS JOIN LATERAL report.dues(stay.admission_id, NULL, v_now) d
    WHERE d.ward_id = ANY (v_wards) AND d.due_at >= p_from AND d.due_at < p_to;
END $$;
