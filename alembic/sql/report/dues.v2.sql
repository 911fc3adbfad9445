-- As before; and a patient moved twice without a set stays due when the latest set asks for one:
-- the second move puts off what the first one asked for, and nothing else.
CREATE OR REPLACE FUNCTION report.dues(p_admission_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS SETOF report.observation_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rules report.schedule_settings := report.schedule_rules();
    v_plan report.schedule_event := report.plan_at(p_admission_id, p_from);
    v_score_seconds double precision := v_rules.unknown_minutes * 60;
    v_due report.observation_due;  -- what is waited for; due_at null: nothing
    v_row report.observation_due;
    v_anchor timestamptz;  -- what the due time was counted from
    v_answered_at timestamptz;
    v_asked_at timestamptz;  -- what the last answer asks for, whichever ward the patient is on
    v_asked_reason text;
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
                    IF v_asked_at < v_due.due_at THEN
                        v_due.first_due_at := v_asked_at;
                        v_due.first_reason := v_asked_reason;
                    END IF;
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
            v_answered_at := e.at;
            v_asked_at := v_next.due_at;
            v_asked_reason := v_next.reason;
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
                v_answered_at := e.at;
                v_asked_at := v_due.due_at;
                v_asked_reason := v_due.due_reason;
            END IF;
        WHEN 'planned' THEN
            v_plan := e;
            IF v_asked_at > e.at AND v_asked_reason IN ('score', 'plan') THEN
                v_next := report.following_due(v_answered_at, v_score_seconds, v_plan);
                v_asked_at := v_next.due_at;
                v_asked_reason := v_next.reason;
            END IF;
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
                v_answered_at := e.at;
                v_asked_at := v_due.due_at;
                v_asked_reason := 'restart';
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
