-- An accepted score: who may decide so agreed that a patient's score calls nobody again until a
-- time, or until it rises. It ends by itself: by its time, by any new call (a worse set, another
-- single red value, a concern), or when it is taken back. A concern always calls.
-- The longest time, 24 hours, is ours, for the hospital to confirm.

GRANT SELECT, INSERT ON report.accepted_scores TO ward_definer;
GRANT SELECT ON report.accepted_scores TO ward_client;
GRANT SELECT, INSERT ON report.accepted_scores TO ward_loader;
CREATE TRIGGER announce AFTER INSERT ON report.accepted_scores
    FOR EACH ROW EXECUTE FUNCTION report.announce_escalation();
CREATE POLICY chart_open ON report.accepted_scores FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));

-- The latest set in force of a stay, or no row.
CREATE FUNCTION report.latest_set(p_admission_id uuid) RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT v.* FROM report.vital_signs v
    WHERE v.admission_id = p_admission_id AND v.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
    ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1;
END $$;

-- What was accepted last of a stay and nobody took back, as long as nobody was called since:
-- in force until its time; past that it is shown to be reviewed until the next set.
CREATE FUNCTION report.accepted_score(p_admission_id uuid) RETURNS SETOF report.accepted_scores
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT a.* FROM report.accepted_scores a
    WHERE a.admission_id = p_admission_id AND a.status = 'final'
      AND NOT EXISTS (SELECT FROM report.accepted_scores c WHERE c.supersedes_id = a.id)
      AND NOT EXISTS (SELECT FROM report.escalations e WHERE e.admission_id = a.admission_id
                      AND e.opened_at > a.recorded_at)
    ORDER BY a.seq DESC LIMIT 1;
END $$;

-- Whether what is in force covers a set: the same pack, no more points, no louder risk, and no
-- value red (3 points) that was not red when it was agreed. Known points count of both.
CREATE FUNCTION report.is_accepted(p_set report.vital_signs) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM report.accepted_score(p_set.admission_id) a
        JOIN report.vital_signs agreed ON agreed.id = a.vital_sign_id
        WHERE a.until_at > clock_timestamp() AND a.score_pack = p_set.score_pack
          AND coalesce(p_set.score_total, p_set.score_at_least) <= a.points
          AND report.escalation_rank(p_set.risk) <= report.escalation_rank(a.level)
          AND NOT EXISTS (
            SELECT FROM jsonb_each_text(p_set.score_points) n
            WHERE n.value ~ '^\d+$' AND n.value::integer >= 3
              AND coalesce(agreed.score_points ->> n.key, '0')::integer < 3));
END $$;

-- Which level a set calls for now: none when it is no longer the latest complete one, when it
-- corrects a set that had called as loudly, when the site has no rule for its risk, or when the
-- score is accepted.
CREATE OR REPLACE FUNCTION report.level_called_for(p_set report.vital_signs, p_ward_id uuid)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF p_set.status <> 'final' OR report.escalation_rank(p_set.risk) = 0
       OR NOT EXISTS (SELECT FROM report.escalation_steps(
            p_ward_id, p_set.risk, clock_timestamp()))
       OR EXISTS (SELECT FROM report.vital_signs o WHERE o.id = p_set.supersedes_id
            AND report.escalation_rank(o.risk) >= report.escalation_rank(p_set.risk))
       OR EXISTS (SELECT FROM report.vital_signs l
            WHERE l.admission_id = p_set.admission_id AND l.occurred_at > p_set.occurred_at
              AND l.status = 'final' AND l.score_total IS NOT NULL
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = l.id))
       OR report.is_accepted(p_set) THEN
        RETURN NULL;
    END IF;
    RETURN p_set.risk;
END $$;

-- Accept the score of the latest set until a time; an escalation that is open ends with it.
-- outcome: done | not_in_reach | no_call | in_past | too_long | sepsis_unanswered.
-- at: until when at most. Idempotent by its id.
CREATE FUNCTION report.accept_score(
    p_id uuid, p_admission_id uuid, p_until timestamptz, p_decided_by text, p_reason text)
RETURNS report.escalation_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_longest timestamptz := v_now + interval '24 hours';
    v_set report.vital_signs;
    v_open report.escalations;
    v_state report.open_escalation;
    v_ward room.wards;
    v_words text;
BEGIN
    PERFORM auth.require('escalation.accept');
    IF NOT auth.reaches_admission(p_admission_id, 'escalation.accept') THEN
        RETURN ROW('not_in_reach', NULL, NULL)::report.escalation_result;
    END IF;
    PERFORM report.lock_escalations(p_admission_id);
    IF EXISTS (SELECT FROM report.accepted_scores a WHERE a.id = p_id
               AND a.admission_id = p_admission_id AND a.recorded_by = auth.uid()) THEN
        RETURN ROW('done', NULL, NULL)::report.escalation_result;
    END IF;
    SELECT w.* INTO v_ward FROM admission.bed_stays b JOIN room.wards w ON w.id = b.ward_id
    WHERE b.admission_id = p_admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    SELECT * INTO v_set FROM report.latest_set(p_admission_id);
    IF coalesce(v_set.score_total, v_set.score_at_least) IS NULL OR NOT EXISTS (
        SELECT FROM report.escalation_steps(v_ward.id, v_set.risk, v_now)) THEN
        RETURN ROW('no_call', NULL, NULL)::report.escalation_result;
    ELSIF p_until <= v_now THEN
        RETURN ROW('in_past', NULL, v_longest)::report.escalation_result;
    ELSIF p_until > v_longest THEN
        RETURN ROW('too_long', NULL, v_longest)::report.escalation_result;
    END IF;
    SELECT * INTO v_open FROM report.unfinished_escalation(p_admission_id);
    IF v_open.id IS NOT NULL THEN
        v_state := report.escalation_as_of(v_open, v_now);
        IF v_state.asks_sepsis THEN
            RETURN ROW('sepsis_unanswered', NULL, NULL)::report.escalation_result;
        END IF;
        v_words := format('Score %s accepted until %s by %s: %s',
            coalesce(v_set.score_total, v_set.score_at_least),
            to_char(p_until AT TIME ZONE v_ward.time_zone, 'FMDD-Mon HH24:MI'),
            p_decided_by, p_reason);
        INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round, code,
            words, occurred_at, recorded_by)
        VALUES (gen_random_uuid(), v_open.id, v_open.patient_id,
            CASE v_state.state WHEN 'unanswered' THEN 'not_escalated' ELSE 'outcome' END,
            v_state.round,
            CASE v_state.state WHEN 'unanswered' THEN 'plan_in_place' ELSE 'other' END,
            v_words, v_now, auth.uid());
    END IF;
    INSERT INTO report.accepted_scores (id, admission_id, patient_id, vital_sign_id, score_pack,
        level, points, until_at, decided_by, reason, occurred_at, recorded_at, recorded_by)
    VALUES (p_id, p_admission_id, v_set.patient_id, v_set.id, v_set.score_pack, v_set.risk,
        coalesce(v_set.score_total, v_set.score_at_least), p_until, p_decided_by, p_reason,
        v_now, v_now, auth.uid());
    RETURN ROW('done', NULL, NULL)::report.escalation_result;
END $$;

-- Take it back: the score calls again, at once where nobody is called yet.
-- outcome: done | not_in_reach | gone. Idempotent by its id.
CREATE FUNCTION report.take_back_accepted_score(
    p_id uuid, p_accepted_id uuid, p_reason text)
RETURNS report.escalation_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_accepted report.accepted_scores;
    v_set report.vital_signs;
    v_ward_id uuid;
    v_level text;
BEGIN
    PERFORM auth.require('escalation.accept');
    SELECT * INTO v_accepted FROM report.accepted_scores a WHERE a.id = p_accepted_id;
    IF v_accepted.id IS NULL
       OR NOT auth.reaches_admission(v_accepted.admission_id, 'escalation.accept') THEN
        RETURN ROW('not_in_reach', NULL, NULL)::report.escalation_result;
    END IF;
    PERFORM report.lock_escalations(v_accepted.admission_id);
    IF EXISTS (SELECT FROM report.accepted_scores a WHERE a.id = p_id
               AND a.supersedes_id = p_accepted_id AND a.recorded_by = auth.uid()) THEN
        RETURN ROW('done', NULL, NULL)::report.escalation_result;
    ELSIF NOT EXISTS (SELECT FROM report.accepted_score(v_accepted.admission_id) a
                      WHERE a.id = p_accepted_id) THEN
        RETURN ROW('gone', NULL, NULL)::report.escalation_result;
    END IF;
    INSERT INTO report.accepted_scores (id, admission_id, patient_id, vital_sign_id, score_pack,
        level, points, until_at, decided_by, reason, status, supersedes_id, change_reason,
        occurred_at, recorded_by)
    VALUES (p_id, v_accepted.admission_id, v_accepted.patient_id, v_accepted.vital_sign_id,
        v_accepted.score_pack, v_accepted.level, v_accepted.points, v_accepted.until_at,
        v_accepted.decided_by, v_accepted.reason, 'entered_in_error', p_accepted_id, p_reason,
        v_accepted.occurred_at, auth.uid());
    SELECT * INTO v_set FROM report.latest_set(v_accepted.admission_id);
    SELECT b.ward_id INTO v_ward_id FROM admission.bed_stays b
    WHERE b.admission_id = v_accepted.admission_id AND upper_inf(b.during)
      AND b.voided_at IS NULL;
    v_level := report.level_called_for(v_set, v_ward_id);
    IF v_level IS NOT NULL
       AND NOT EXISTS (SELECT FROM report.unfinished_escalation(v_accepted.admission_id)) THEN
        INSERT INTO report.escalations (id, admission_id, patient_id, ward_id, vital_sign_id,
            level, points, asks_sepsis, opened_at, recorded_by)
        VALUES (gen_random_uuid(), v_set.admission_id, v_set.patient_id, v_ward_id, v_set.id,
            v_level, coalesce(v_set.score_total, v_set.score_at_least),
            report.asks_sepsis(v_set), clock_timestamp(), auth.uid());
    END IF;
    RETURN ROW('done', NULL, NULL)::report.escalation_result;
END $$;

-- What is accepted of one patient on the reader's wards, to be shown and taken back; else no row.
CREATE FUNCTION report.accepted_now(p_admission_id uuid) RETURNS TABLE (
    id uuid, points smallint, until_at timestamptz, decided_by text, reason text,
    recorded_by text, recorded_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    IF NOT auth.reaches_admission(p_admission_id, 'patient.view') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT a.id, a.points, a.until_at, a.decided_by, a.reason, u.display_name, a.recorded_at
    FROM report.accepted_score(p_admission_id) a LEFT JOIN public.users u ON u.id = a.recorded_by;
END $$;

-- The board of this version of the program: report.ward_board, which older workstations go on
-- reading, with why in full the next set is due (how often, until when, the reason for which it
-- was put off, who decided), when who is on leave is to be back, and the score that is accepted.
-- What a passer-by may read of that are points and times.
CREATE TYPE report.board_row_v2 AS (
    bed report.board_row, due_minutes integer, due_until timestamptz, due_decision text,
    due_by text, back_by timestamptz, accepted_points smallint, accepted_until timestamptz,
    accepted_by text);

CREATE FUNCTION report.ward_board_v2(p_ward_ids uuid[]) RETURNS SETOF report.board_row_v2
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_named boolean := auth.may('patient.view');
BEGIN
    RETURN QUERY
    SELECT b.row, plan.interval_minutes::integer, plan.expires_at, put_off.reason,
        CASE WHEN v_named THEN coalesce(plan.decided_by, put_off.by_name) END,
        away.expected_back_at, accepted.points, accepted.until_at,
        CASE WHEN v_named THEN accepted.decided_by END
    FROM (SELECT w AS row, (w).admission_id, (w).due_reason, (w).observed_at,
              row_number() OVER () AS number
          FROM report.ward_board(p_ward_ids) w) b
    LEFT JOIN LATERAL (
        SELECT o.interval_minutes, o.expires_at, o.decided_by FROM report.observation_plans o
        WHERE o.admission_id = b.admission_id AND b.due_reason = 'plan'
        ORDER BY o.occurred_at DESC, o.seq DESC LIMIT 1) plan ON true
    LEFT JOIN LATERAL (
        SELECT o.reason, u.display_name AS by_name
        FROM report.observation_deferrals o LEFT JOIN public.users u ON u.id = o.recorded_by
        WHERE o.admission_id = b.admission_id AND b.due_reason IN ('deferred', 'refused')
          AND o.status = 'final'
          AND NOT EXISTS (SELECT FROM report.observation_deferrals c
                          WHERE c.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) put_off ON true
    LEFT JOIN LATERAL (
        SELECT l.kind, l.expected_back_at FROM admission.leaves l
        WHERE l.admission_id = b.admission_id AND b.due_reason = 'paused'
        ORDER BY l.seq DESC LIMIT 1) away ON away.kind = 'left'
    LEFT JOIN LATERAL (
        SELECT a.* FROM report.accepted_scores a
        WHERE a.admission_id = b.admission_id AND a.status = 'final'
          AND NOT EXISTS (SELECT FROM report.accepted_scores c WHERE c.supersedes_id = a.id)
          AND NOT EXISTS (SELECT FROM report.escalations e WHERE e.admission_id = a.admission_id
                          AND e.opened_at > a.recorded_at)
        ORDER BY a.seq DESC LIMIT 1) accepted
        ON accepted.until_at > clock_timestamp() OR accepted.until_at >= b.observed_at
    ORDER BY b.number;
END $$;
