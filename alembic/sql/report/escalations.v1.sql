-- Escalation: a set or a concern opens it, people answer it, the passing of time calls the next.
-- Opened by a trigger, so that no client can leave it out; answered through functions, so that of
-- two answers the first counts and the second is told whose that was. The state is never stored:
-- it is read from the events and the clock, so that every station sees the same.

GRANT SELECT, INSERT ON report.escalations, report.escalation_events TO ward_definer;
GRANT SELECT ON report.escalation_rules TO ward_definer;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['report.escalation_rules', 'report.escalations',
                             'report.escalation_events'] LOOP
        EXECUTE format('CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION audit.log_change()', t);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', t);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('GRANT SELECT ON %s TO ward_client', t);
        EXECUTE format('GRANT SELECT, INSERT ON %s TO ward_loader', t);
    END LOOP;
END $$;

-- what was planned and done is the chart's; how far the answer has come is the board's
CREATE POLICY chart_open ON report.escalations FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY chart_open ON report.escalation_events FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY own_facility ON report.escalation_rules FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL
           AND (facility_id IS NULL OR facility_id = (SELECT auth.facility_id())));

-- One call of a role: the first, the next one's, or a repeat.
CREATE TYPE report.escalation_call AS (
    kind text, step smallint, role text, due_at timestamptz, acknowledge_by timestamptz,
    arrive_by timestamptz);

CREATE TYPE report.open_escalation AS (
    id uuid, admission_id uuid, patient_id uuid, ward_id uuid, level text, points smallint,
    opened_at timestamptz, since timestamptz, round smallint, state text, step smallint,
    role text, respond_by timestamptz, needs_nurse boolean, asks_sepsis boolean,
    answered_by text, answered_at timestamptz, told integer);

CREATE TYPE report.escalation_item AS (
    id uuid, admission_id uuid, patient_id uuid, ward_id uuid, ward_name text, bed_label text,
    family_name text, given_name text, title text, level text, points smallint,
    opened_at timestamptz, since timestamptz, state text, step smallint, role text,
    respond_by timestamptz, needs_nurse boolean, asks_sepsis boolean, answered_by text,
    answered_at timestamptz, told integer);

-- outcome: done | not_in_reach | closed | already | in_future | too_early | nobody_answered |
--   sepsis_unanswered | nurse_unknown. by_name and at: whose answer stands, or since when.
CREATE TYPE report.escalation_result AS (outcome text, by_name text, at timestamptz);

-- How urgent a level is; 0 for what is none. A concern counts as an urgent score does.
CREATE FUNCTION report.escalation_rank(p_level text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE p_level WHEN 'low' THEN 1 WHEN 'low-medium' THEN 2 WHEN 'concern' THEN 3
                        WHEN 'medium' THEN 3 WHEN 'high' THEN 4 ELSE 0 END;
END $$;

-- The steps in force at that time: each step as the ward, else the hospital, else the program
-- has it.
CREATE FUNCTION report.escalation_steps(p_ward_id uuid, p_level text, p_at timestamptz)
RETURNS SETOF report.escalation_rules
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT r.* FROM report.escalation_rules r
    WHERE r.is_active AND r.id IN (
        SELECT DISTINCT ON (c.step) c.id FROM report.escalation_rules c
        WHERE c.level = p_level AND c.in_force_from <= p_at
          AND (c.facility_id IS NULL OR c.facility_id = (
                SELECT w.facility_id FROM room.wards w WHERE w.id = p_ward_id))
          AND (c.ward_id IS NULL OR c.ward_id = p_ward_id)
        ORDER BY c.step, c.ward_id IS NULL, c.facility_id IS NULL, c.seq DESC)
    ORDER BY r.step;
END $$;

-- Every call that fell due until then, by elapsed time alone. Nobody acknowledged: repeated, and
-- after the step's patience the next role is called. Acknowledged: quiet until somebody should
-- have arrived; then the next role is called, or the last one again. Arrived: nothing falls due.
CREATE FUNCTION report.escalation_calls(
    p_ward_id uuid, p_level text, p_since timestamptz, p_acknowledged_at timestamptz,
    p_arrived_at timestamptz, p_until timestamptz)
RETURNS SETOF report.escalation_call
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_step report.escalation_rules;
    v_call report.escalation_call;
    v_until timestamptz := least(p_until, p_arrived_at);
    v_begin timestamptz := p_since;
    v_end timestamptz;
    v_quiet_from timestamptz;
    v_every interval;
    v_acknowledged boolean := false;
BEGIN
    FOR v_step IN SELECT * FROM report.escalation_steps(p_ward_id, p_level, p_since) LOOP
        v_end := v_begin;
        EXIT WHEN v_begin > v_until;
        v_every := make_interval(mins => v_step.renotify_minutes);
        v_end := coalesce(v_begin + make_interval(mins => v_step.cascade_minutes), 'infinity');
        v_quiet_from := v_end;
        v_call := ROW(CASE WHEN v_call IS NULL THEN 'notified' ELSE 'cascaded' END, v_step.step,
            v_step.role, v_begin, v_begin + make_interval(mins => v_step.acknowledge_minutes),
            v_begin + make_interval(mins => v_step.arrive_minutes));
        IF NOT v_acknowledged AND p_acknowledged_at < v_end THEN
            v_acknowledged := true;
            v_quiet_from := p_acknowledged_at;
            v_end := greatest(v_call.arrive_by, p_acknowledged_at);
        END IF;
        RETURN NEXT v_call;
        RETURN QUERY
        SELECT 're_notified', v_call.step, v_call.role, t, v_call.acknowledge_by, v_call.arrive_by
        FROM generate_series(v_begin + v_every, least(v_until, v_quiet_from), v_every) t
        WHERE t < v_quiet_from;
        v_begin := v_end;
    END LOOP;
    -- no further role to call: the last one, again and again
    RETURN QUERY
    SELECT 're_notified', v_call.step, v_call.role, t, v_call.acknowledge_by, v_call.arrive_by
    FROM generate_series(v_end, v_until, v_every) t WHERE v_end < 'infinity';
END $$;

-- How far an escalation has come at that time.
CREATE FUNCTION report.escalation_as_of(p_escalation report.escalations, p_at timestamptz)
RETURNS report.open_escalation
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now report.open_escalation;
    v_event record;
    v_acknowledged_at timestamptz;
    v_arrived_at timestamptz;
    v_call report.escalation_call;
BEGIN
    v_now := ROW(p_escalation.id, p_escalation.admission_id, p_escalation.patient_id,
        p_escalation.ward_id, p_escalation.level, p_escalation.points, p_escalation.opened_at,
        p_escalation.opened_at, 0, 'unanswered', NULL, NULL, NULL, p_escalation.asks_nurse,
        p_escalation.asks_sepsis, NULL, NULL, 1);
    FOR v_event IN
        SELECT e.kind, e.level, e.points, e.occurred_at, e.asks_sepsis,
            coalesce(e.person, u.display_name) AS by_name
        FROM report.escalation_events e LEFT JOIN public.users u ON u.id = e.recorded_by
        WHERE e.escalation_id = p_escalation.id AND e.kind <> 'silenced' ORDER BY e.seq
    LOOP
        CASE v_event.kind
        WHEN 'raised' THEN
            v_now.level := v_event.level;
            v_now.points := v_event.points;
            v_now.since := v_event.occurred_at;
            v_now.round := v_now.round + 1;
            v_now.state := 'unanswered';
            v_now.answered_by := NULL;
            v_now.answered_at := NULL;
            v_now.asks_sepsis := v_now.asks_sepsis OR v_event.asks_sepsis;
            v_acknowledged_at := NULL;
            v_arrived_at := NULL;
        WHEN 'lowered' THEN
            v_now.level := v_event.level;
            v_now.points := v_event.points;
            v_now.asks_sepsis := v_now.asks_sepsis AND coalesce(v_event.points, 0) >= 5;
        WHEN 'acknowledged', 'arrived', 'planned' THEN
            -- what is entered late never takes the answer back
            v_now.state := CASE WHEN 'planned' IN (v_now.state, v_event.kind) THEN 'planned'
                WHEN 'arrived' IN (v_now.state, v_event.kind) THEN 'arrived'
                ELSE 'acknowledged' END;
            v_now.answered_by := v_event.by_name;
            v_now.answered_at := v_event.occurred_at;
            v_now.needs_nurse := false;
            v_acknowledged_at := coalesce(v_acknowledged_at, v_event.occurred_at);
            IF v_event.kind <> 'acknowledged' THEN
                v_arrived_at := coalesce(v_arrived_at, v_event.occurred_at);
            END IF;
        WHEN 'informed' THEN
            v_now.needs_nurse := false;
        WHEN 'sepsis_answered' THEN
            v_now.asks_sepsis := false;
        WHEN 're_notified', 'cascaded', 'notified' THEN
            v_now.told := v_now.told + 1;
        ELSE
            NULL;  -- words only
        END CASE;
    END LOOP;
    SELECT * INTO v_call FROM report.escalation_calls(p_escalation.ward_id, v_now.level,
        v_now.since, v_acknowledged_at, v_arrived_at, p_at) c
    WHERE c.kind <> 're_notified' ORDER BY c.due_at DESC, c.step DESC LIMIT 1;
    v_now.step := v_call.step;
    v_now.role := v_call.role;
    v_now.respond_by := CASE v_now.state WHEN 'unanswered' THEN v_call.acknowledge_by END;
    IF v_now.state = 'acknowledged' THEN
        -- whoever is called next: the arrival that was owed stays late
        SELECT c.arrive_by INTO v_now.respond_by
        FROM report.escalation_calls(p_escalation.ward_id, v_now.level, v_now.since,
            v_acknowledged_at, v_arrived_at, v_acknowledged_at) c
        WHERE c.kind <> 're_notified' ORDER BY c.due_at DESC, c.step DESC LIMIT 1;
    END IF;
    RETURN v_now;
END $$;

-- Escalations of the patients now on the ward that nobody has brought to an end. They belong to
-- the patient and so to the ward where she is: no shift and no transfer loses one. Not for
-- clients: the caller has checked that the ward is in reach.
CREATE FUNCTION report.escalations_of_ward(p_ward_id uuid) RETURNS SETOF report.open_escalation
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_escalation report.escalations;
    v_now report.open_escalation;
BEGIN
    FOR v_escalation IN
        SELECT e.* FROM admission.bed_stays s
        JOIN report.escalations e ON e.admission_id = s.admission_id
        WHERE s.ward_id = p_ward_id AND upper_inf(s.during) AND s.voided_at IS NULL
          AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
          AND NOT EXISTS (SELECT FROM report.escalation_events c WHERE c.escalation_id = e.id
                          AND c.kind IN ('outcome', 'not_escalated', 'closed'))
    LOOP
        v_now := report.escalation_as_of(v_escalation, clock_timestamp());
        v_now.ward_id := p_ward_id;
        RETURN NEXT v_now;
    END LOOP;
END $$;

-- Everything unanswered on these wards as far as they are the reader's, longest open first.
CREATE FUNCTION report.open_escalations(p_ward_ids uuid[]) RETURNS SETOF report.escalation_item
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_wards uuid[] := auth.ward_ids('patient.view');
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT e.id, e.admission_id, e.patient_id, w.id, w.name, d.label, p.family_name, p.given_name,
        p.title, e.level, e.points, e.opened_at, e.since, e.state, e.step, e.role, e.respond_by,
        e.needs_nurse, e.asks_sepsis, e.answered_by, e.answered_at, e.told
    FROM room.wards w
    CROSS JOIN LATERAL report.escalations_of_ward(w.id) e
    JOIN patient.patients p ON p.id = e.patient_id
    JOIN admission.bed_stays s ON s.admission_id = e.admission_id AND upper_inf(s.during)
        AND s.voided_at IS NULL
    LEFT JOIN room.beds d ON d.id = s.bed_id
    WHERE w.id = ANY (p_ward_ids) AND w.id = ANY (v_wards)
    ORDER BY e.opened_at, e.id;
END $$;

-- One after the other for each patient: of two answers, or two sets, the second sees the first.
CREATE FUNCTION report.lock_escalations(p_admission_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('escalation ' || p_admission_id::text, 0));
END $$;

-- The escalation of a stay that nobody has brought to an end, or no row.
CREATE FUNCTION report.unfinished_escalation(p_admission_id uuid)
RETURNS SETOF report.escalations
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT e.* FROM report.escalations e
    WHERE e.admission_id = p_admission_id
      AND NOT EXISTS (SELECT FROM report.escalation_events c WHERE c.escalation_id = e.id
                      AND c.kind IN ('outcome', 'not_escalated', 'closed'))
    ORDER BY e.seq DESC LIMIT 1;
END $$;

-- Sets in force behind an escalation: those that opened or raised it, as corrected since, and
-- those recorded while it was open.
CREATE FUNCTION report.sets_behind(p_escalation report.escalations)
RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE line AS (
        SELECT v.id FROM report.vital_signs v
        WHERE v.id = p_escalation.vital_sign_id
           OR v.id IN (SELECT e.vital_sign_id FROM report.escalation_events e
                       WHERE e.escalation_id = p_escalation.id)
           OR (v.admission_id = p_escalation.admission_id
               AND v.recorded_at >= p_escalation.opened_at)
        UNION
        SELECT c.id FROM report.vital_signs c JOIN line ON c.supersedes_id = line.id
    )
    SELECT v.* FROM report.vital_signs v JOIN line ON line.id = v.id
    WHERE v.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
    ORDER BY report.escalation_rank(v.risk) DESC, v.occurred_at DESC;
END $$;

-- Which level a set calls for now: none when it is no longer the latest complete one, when it
-- corrects a set that had called as loudly, or when the site has no rule for its risk.
CREATE FUNCTION report.level_called_for(p_set report.vital_signs, p_ward_id uuid) RETURNS text
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
              AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = l.id)) THEN
        RETURN NULL;
    END IF;
    RETURN p_set.risk;
END $$;

-- "Could this be sepsis?" from 5 points of NEWS2 on, complete or not (RCP 2017; NICE NG253).
CREATE FUNCTION report.asks_sepsis(p_set report.vital_signs) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(p_set.score_pack = 'news2'
                    AND coalesce(p_set.score_total, p_set.score_at_least) >= 5, false);
END $$;

CREATE FUNCTION report.escalate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_set report.vital_signs := NEW;
    v_open report.escalations;
    v_ward_id uuid;
    v_level text;
BEGIN
    IF auth.uid() IS NULL THEN
        RETURN NULL;  -- a bulk load brings its own escalations, nobody is called for history
    END IF;
    PERFORM report.lock_escalations(NEW.admission_id);
    SELECT b.ward_id INTO v_ward_id FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    IF v_ward_id IS NULL THEN
        RETURN NULL;  -- charted after the patient left
    END IF;
    v_level := report.level_called_for(v_set, v_ward_id);
    SELECT * INTO v_open FROM report.unfinished_escalation(NEW.admission_id);
    IF v_open.id IS NOT NULL THEN
        PERFORM report.change_level(v_open, v_set, v_level);
    ELSIF v_level IS NOT NULL THEN
        INSERT INTO report.escalations (id, admission_id, patient_id, ward_id, vital_sign_id,
            level, points, asks_nurse, asks_sepsis, opened_at, recorded_by)
        VALUES (gen_random_uuid(), NEW.admission_id, NEW.patient_id, v_ward_id, NEW.id, v_level,
            coalesce(NEW.score_total, NEW.score_at_least), NOT auth.may('escalation.answer'),
            report.asks_sepsis(v_set), clock_timestamp(), auth.uid());
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER escalate AFTER INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.escalate();

-- Raise, lower or end an open escalation as the sets in force ask for it. Only a correction
-- lowers one: a better set that comes later leaves the answer owing.
CREATE FUNCTION report.change_level(
    p_open report.escalations, p_set report.vital_signs, p_level text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now report.open_escalation := report.escalation_as_of(p_open, clock_timestamp());
    v_worst report.vital_signs;
    v_concern boolean := p_open.level = 'concern' OR EXISTS (
        SELECT FROM report.escalation_events e WHERE e.escalation_id = p_open.id
        AND e.kind IN ('raised', 'concern') AND coalesce(e.level, 'concern') = 'concern');
    v_kind text;
    v_level text;
BEGIN
    IF report.escalation_rank(p_level) > report.escalation_rank(v_now.level) THEN
        v_kind := 'raised';
        v_level := p_level;
        v_worst := p_set;
    ELSIF p_set.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_worst FROM report.sets_behind(p_open) LIMIT 1;
        v_level := CASE
            WHEN v_concern AND report.escalation_rank(v_worst.risk) <= 3 THEN 'concern'
            WHEN EXISTS (SELECT FROM report.escalation_steps(
                p_open.ward_id, v_worst.risk, clock_timestamp())) THEN v_worst.risk END;
        IF v_level IS NULL THEN
            v_kind := 'closed';
        ELSIF report.escalation_rank(v_level) < report.escalation_rank(v_now.level) THEN
            v_kind := 'lowered';
        END IF;
    END IF;
    IF v_kind IS NOT NULL THEN
        INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round,
            vital_sign_id, level, points, asks_sepsis, code, occurred_at, recorded_by)
        VALUES (gen_random_uuid(), p_open.id, p_open.patient_id, v_kind, v_now.round, p_set.id,
            CASE WHEN v_kind <> 'closed' THEN v_level END,
            CASE WHEN v_kind <> 'closed' AND v_level <> 'concern'
                 THEN coalesce(v_worst.score_total, v_worst.score_at_least) END,
            v_kind = 'raised' AND report.asks_sepsis(v_worst),
            CASE WHEN v_kind = 'closed' THEN 'corrected' END, clock_timestamp(), auth.uid());
    END IF;
END $$;

-- A concern opens an escalation, raises a less urgent one, or joins the one that is open.
-- Idempotent by its id.
CREATE FUNCTION report.raise_concern(p_id uuid, p_admission_id uuid, p_words text)
RETURNS report.escalation_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open report.escalations;
    v_now report.open_escalation;
    v_raised boolean;
BEGIN
    PERFORM auth.require('escalation.raise');
    IF NOT auth.reaches_admission(p_admission_id, 'escalation.raise') THEN
        RETURN ROW('not_in_reach', NULL, NULL)::report.escalation_result;
    END IF;
    PERFORM report.lock_escalations(p_admission_id);
    IF EXISTS (SELECT FROM report.escalations WHERE id = p_id)
       OR EXISTS (SELECT FROM report.escalation_events WHERE id = p_id) THEN
        RETURN ROW('done', NULL, NULL)::report.escalation_result;
    END IF;
    SELECT * INTO v_open FROM report.unfinished_escalation(p_admission_id);
    IF v_open.id IS NULL THEN
        INSERT INTO report.escalations (id, admission_id, patient_id, ward_id, level, words,
            asks_nurse, opened_at, recorded_by)
        SELECT p_id, b.admission_id, b.patient_id, b.ward_id, 'concern', p_words,
            NOT auth.may('escalation.answer'), clock_timestamp(), auth.uid()
        FROM admission.bed_stays b
        WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL
        ORDER BY upper_inf(b.during) DESC, lower(b.during) DESC LIMIT 1;
        RETURN ROW('done', NULL, NULL)::report.escalation_result;
    END IF;
    v_now := report.escalation_as_of(v_open, clock_timestamp());
    v_raised := report.escalation_rank(v_now.level) < report.escalation_rank('concern');
    INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round, level,
        words, occurred_at, recorded_by)
    VALUES (p_id, v_open.id, v_open.patient_id, CASE WHEN v_raised THEN 'raised' ELSE 'concern' END,
        v_now.round, CASE WHEN v_raised THEN 'concern' END, p_words, clock_timestamp(),
        auth.uid());
    RETURN ROW('done', NULL, NULL)::report.escalation_result;
END $$;

-- Null when the answer can be given, else what stands against it.
CREATE FUNCTION report.answer_refusal(
    p_now report.open_escalation, p_kind text, p_occurred_at timestamptz, p_nurse_id uuid)
RETURNS report.escalation_result
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_result report.escalation_result;
BEGIN
    SELECT CASE WHEN e.kind IN ('outcome', 'not_escalated', 'closed') THEN 'closed'
                ELSE 'already' END,
        coalesce(u.display_name, 'the program'), e.recorded_at
    INTO v_result
    FROM report.escalation_events e LEFT JOIN public.users u ON u.id = e.recorded_by
    WHERE e.escalation_id = p_now.id
      AND (e.kind IN ('outcome', 'not_escalated', 'closed')
           OR (e.kind = p_kind AND e.round = p_now.round AND p_kind IN ('acknowledged', 'arrived')))
    ORDER BY e.seq DESC LIMIT 1;
    IF v_result.outcome IS NOT NULL THEN
        RETURN v_result;
    ELSIF p_occurred_at > clock_timestamp() + interval '1 minute' THEN
        RETURN ROW('in_future', NULL, clock_timestamp())::report.escalation_result;
    ELSIF p_occurred_at < p_now.since - interval '1 minute' THEN
        RETURN ROW('too_early', NULL, p_now.since)::report.escalation_result;
    ELSIF p_kind = 'informed' AND NOT EXISTS (
        SELECT FROM report.colleagues(p_now.admission_id) c WHERE c.id = p_nurse_id) THEN
        RETURN ROW('nurse_unknown', NULL, NULL)::report.escalation_result;
    ELSIF p_kind IN ('outcome', 'not_escalated') AND p_now.asks_sepsis THEN
        RETURN ROW('sepsis_unanswered', NULL, NULL)::report.escalation_result;
    ELSIF p_kind = 'outcome' AND p_now.state = 'unanswered' THEN
        RETURN ROW('nobody_answered', NULL, NULL)::report.escalation_result;
    END IF;
    RETURN NULL;
END $$;

-- Record an answer. Of two people's acknowledgements the first counts; the second is told whose.
-- Who may not answer (a healthcare assistant) records whom of the nurses she informed, and whom
-- she told. Idempotent by its id.
CREATE FUNCTION report.answer_escalation(
    p_id uuid, p_escalation_id uuid, p_kind text, p_occurred_at timestamptz, p_role text,
    p_person text, p_nurse_id uuid, p_code text, p_words text)
RETURNS report.escalation_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_permission text := CASE
        WHEN p_kind IN ('informed', 'notified') THEN 'escalation.raise'
        WHEN p_kind = 'not_escalated' THEN 'escalation.decline'
        WHEN p_kind IN ('acknowledged', 'arrived', 'planned', 'sepsis_answered', 'outcome')
        THEN 'escalation.answer' END;
    v_escalation report.escalations;
    v_now report.open_escalation;
    v_refusal report.escalation_result;
BEGIN
    PERFORM auth.require(coalesce(v_permission, 'escalation.answer'));
    IF v_permission IS NULL THEN
        RAISE EXCEPTION 'no such answer' USING ERRCODE = '22023';
    END IF;
    SELECT * INTO v_escalation FROM report.escalations WHERE id = p_escalation_id;
    IF v_escalation.id IS NULL
       OR NOT auth.reaches_admission(v_escalation.admission_id, v_permission) THEN
        RETURN ROW('not_in_reach', NULL, NULL)::report.escalation_result;
    END IF;
    PERFORM report.lock_escalations(v_escalation.admission_id);
    IF EXISTS (SELECT FROM report.escalation_events e WHERE e.id = p_id
               AND e.escalation_id = p_escalation_id AND e.kind = p_kind
               AND e.recorded_by = auth.uid()) THEN
        RETURN ROW('done', NULL, NULL)::report.escalation_result;
    END IF;
    v_now := report.escalation_as_of(v_escalation, clock_timestamp());
    v_refusal := report.answer_refusal(v_now, p_kind, p_occurred_at, p_nurse_id);
    IF v_refusal.outcome IS NOT NULL THEN
        RETURN v_refusal;
    END IF;
    INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round, role,
        person, nurse_id, code, words, occurred_at, recorded_by)
    SELECT p_id, v_escalation.id, v_escalation.patient_id, p_kind, v_now.round,
        coalesce(p_role, CASE WHEN p_kind IN ('notified', 'acknowledged', 'arrived')
                              THEN v_now.role END),
        coalesce(p_person, n.display_name), p_nurse_id, p_code, p_words,
        -- a time is typed to the minute
        least(greatest(p_occurred_at, v_now.since), clock_timestamp()), auth.uid()
    FROM (SELECT) one LEFT JOIN public.users n ON n.id = p_nurse_id;
    RETURN ROW('done', NULL, NULL)::report.escalation_result;
END $$;

-- Registered professionals of the ward where the patient is: who can be named as informed.
CREATE FUNCTION report.colleagues(p_admission_id uuid)
RETURNS TABLE (id uuid, display_name text, profession text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('escalation.raise');
    IF NOT auth.reaches_admission(p_admission_id, 'escalation.raise') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT u.id, u.display_name, u.profession FROM public.users u
    WHERE u.is_active
      AND u.id IN (SELECT uw.user_id FROM public.user_wards uw
                   JOIN admission.bed_stays b ON b.ward_id = uw.ward_id
                   WHERE b.admission_id = p_admission_id AND upper_inf(b.during)
                     AND b.voided_at IS NULL)
      AND u.id IN (SELECT ur.user_id FROM public.user_roles ur
                   JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                   JOIN public.permissions p ON p.id = rp.permission_id
                   WHERE p.name = 'escalation.answer')
    ORDER BY u.display_name, u.id;
END $$;

-- Write down what fell due since anybody looked, with the times when it did; returns how many
-- rows. Whichever station comes first writes a row, nobody writes it twice.
CREATE FUNCTION report.tick_escalations(p_ward_ids uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now report.open_escalation;
    v_count integer;
    v_written integer := 0;
BEGIN
    PERFORM auth.require('board.view');
    FOR v_now IN
        SELECT e.* FROM unnest(p_ward_ids) asked(ward_id)
        CROSS JOIN LATERAL report.escalations_of_ward(asked.ward_id) e
        WHERE asked.ward_id = ANY (auth.ward_ids())
    LOOP
        INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round, step,
            role, occurred_at)
        SELECT gen_random_uuid(), v_now.id, v_now.patient_id, c.kind, v_now.round, c.step, c.role,
            c.due_at
        FROM report.escalations e
        CROSS JOIN LATERAL (
            SELECT min(a.occurred_at) AS acknowledged_at,
                min(a.occurred_at) FILTER (WHERE a.kind <> 'acknowledged') AS arrived_at
            FROM report.escalation_events a
            WHERE a.escalation_id = e.id AND a.round = v_now.round
              AND a.kind IN ('acknowledged', 'arrived', 'planned')) answer
        CROSS JOIN LATERAL report.escalation_calls(e.ward_id, v_now.level, v_now.since,
            answer.acknowledged_at, answer.arrived_at, clock_timestamp()) c
        WHERE e.id = v_now.id AND c.kind <> 'notified'
          AND NOT EXISTS (SELECT FROM report.escalation_events w WHERE w.escalation_id = e.id
                          AND w.kind = c.kind AND w.step = c.step AND w.occurred_at = c.due_at)
        ORDER BY c.due_at LIMIT 500
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_written := v_written + v_count;
    END LOOP;
    RETURN v_written;
END $$;

-- Record that this station's sound is off for so long; the escalations stay as they are.
CREATE FUNCTION report.silence_escalations(p_id uuid, p_ward_ids uuid[], p_minutes smallint)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    INSERT INTO report.escalation_events (id, escalation_id, patient_id, kind, round,
        silent_minutes, workstation, occurred_at, recorded_by)
    SELECT md5(p_id::text || e.id::text)::uuid, e.id, e.patient_id, 'silenced', e.round,
        p_minutes, session_user::text, clock_timestamp(), auth.uid()
    FROM unnest(p_ward_ids) asked(ward_id)
    CROSS JOIN LATERAL report.escalations_of_ward(asked.ward_id) e
    WHERE asked.ward_id = ANY (auth.ward_ids('patient.view'))
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION report.announce_escalation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':escalations') FROM admission.bed_stays b
    WHERE b.patient_id = NEW.patient_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.escalations
    FOR EACH ROW EXECUTE FUNCTION report.announce_escalation();
CREATE TRIGGER announce AFTER INSERT ON report.escalation_events
    FOR EACH ROW EXECUTE FUNCTION report.announce_escalation();

-- Permissions, and the rules the program ships, as ward_definer: row security binds the owner.
GRANT INSERT ON public.permissions, public.role_permissions, report.escalation_rules
    TO ward_definer;
SET LOCAL ROLE ward_definer;

INSERT INTO public.permissions (id, name, description) VALUES
    ('5b2f6a1e-7a3c-5d41-9d0b-0d6d8a3f7c11', 'escalation.raise',
     'Raise a concern, and record who was informed or told'),
    ('9c3de0a4-51c7-5c0e-8b19-2f4f7a1e6d22', 'escalation.answer',
     'Record acknowledgement, arrival, plan and outcome of an escalation'),
    ('e1b7c5d2-0f68-5a97-a4d3-6b8c9e2f5a33', 'escalation.decline',
     'Decide, with a reason, that nobody is called');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['escalation.raise', 'escalation.answer', 'escalation.decline']),
    ('charge_nurse', ARRAY['escalation.raise', 'escalation.answer', 'escalation.decline']),
    ('ward_manager', ARRAY['escalation.raise', 'escalation.answer', 'escalation.decline']),
    ('doctor', ARRAY['escalation.raise', 'escalation.answer', 'escalation.decline']),
    ('healthcare_assistant', ARRAY['escalation.raise'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);

INSERT INTO report.escalation_rules (id, level, step, role, acknowledge_minutes, arrive_minutes,
    renotify_minutes, cascade_minutes, source, set_by, in_force_from)
SELECT md5('escalation rule ' || level || ' ' || step)::uuid, level, step, role, acknowledge,
    arrive, renotify, cascade,
    CASE WHEN level = 'concern' THEN 'Site configuration: needs local clinical sign-off.'
         ELSE 'Role and urgency: RCP NEWS2 2017, chart 4. Minutes: site configuration, needs'
              ' local clinical sign-off (senior review at 5 and over within 60, at 7 and over'
              ' within 30).' END,
    'Ward App', '2017-12-19T00:00:00Z'
FROM (VALUES
    ('low-medium', 1, 'medical_team', 30, 60, 15, 60),
    ('low-medium', 2, 'medical_registrar', 30, 60, 15, NULL),
    ('concern', 1, 'medical_team', 15, 60, 10, 30),
    ('concern', 2, 'medical_registrar', 15, 60, 10, NULL),
    ('medium', 1, 'medical_team', 15, 60, 10, 30),
    ('medium', 2, 'medical_registrar', 15, 60, 10, NULL),
    ('high', 1, 'medical_registrar', 10, 30, 5, 15),
    ('high', 2, 'critical_care_outreach', 10, 30, 5, 15),
    ('high', 3, 'consultant', 10, 30, 10, NULL)
) shipped (level, step, role, acknowledge, arrive, renotify, cascade);

SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions, report.escalation_rules
    FROM ward_definer;
