-- Recording a set in fewer and smaller steps: what every set asks is asked once, and what only a
-- few sets ask (scale 2, a correction, a level that calls) is looked up for those alone. PostgreSQL
-- reads and prepares every CHECK of a table anew for every statement (a quarter of what a recording
-- took), so the rules of single values are held by the trigger that follows a set, prepared once.
-- Each refuses under the name it always had.

-- Null when a set's score is the database's, else the sentence why it is not taken. Continuous
-- monitoring is charted again after half an hour, a set without a score after four hours, as the
-- program has it.
CREATE FUNCTION report.score_refusal(p_set report.vital_signs) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_day date := (p_set.occurred_at AT TIME ZONE 'UTC')::date;
    v_pack record;
    v_score report.score;
BEGIN
    SELECT * INTO v_pack
    FROM report.packs_for(p_set.admission_id, p_set.patient_id, v_day, 'live');
    IF v_pack.pack_id IS NOT NULL THEN
        v_score := report.score_set(p_set, v_pack.pack_id, v_pack.months);
    END IF;
    IF (p_set.score_pack, p_set.score_version, p_set.score_hash, p_set.score_total,
        p_set.score_at_least, p_set.score_points, p_set.score_missing, p_set.risk,
        p_set.interval_minutes)
       IS NOT DISTINCT FROM
       (v_pack.name, v_pack.version, v_pack.hash, v_score.total, v_score.at_least,
        v_score.points, v_score.missing, v_score.risk, v_score.interval_minutes)
       AND coalesce(p_set.next_due_at <= p_set.occurred_at + make_interval(mins =>
           coalesce(nullif(v_score.interval_minutes, 0),
                    CASE v_score.interval_minutes WHEN 0 THEN 30 ELSE 240 END)),
           v_pack.pack_id IS NULL) THEN
        RETURN NULL;
    END IF;
    RETURN report.score_problem(p_set, v_pack.hash, report.age_months(
        (SELECT p.born_on FROM patient.patients p WHERE p.id = p_set.patient_id), v_day));
END $$;

-- Who, when and where are the database's to say; a correction must name a set of the same stay;
-- SpO2 scale 2 needs a recorded decision; the score is the one the database comes to.
CREATE OR REPLACE FUNCTION report.complete_vital_signs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid;
    v_problem text;
BEGIN
    SELECT l.user_id, b.patient_id, b.ward_id INTO v_user_id, NEW.patient_id, NEW.ward_id
    FROM (SELECT) one
    LEFT JOIN auth.live_session l ON true
    LEFT JOIN LATERAL (
        SELECT s.patient_id, s.ward_id FROM admission.bed_stays s
        WHERE s.admission_id = NEW.admission_id AND s.voided_at IS NULL
        ORDER BY s.during @> NEW.occurred_at DESC, upper_inf(s.during) DESC,
            lower(s.during) DESC
        LIMIT 1) b ON true;
    IF NEW.patient_id IS NULL THEN
        SELECT a.patient_id INTO NEW.patient_id
        FROM admission.admissions a WHERE a.id = NEW.admission_id;
    END IF;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    IF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        v_problem := 'The time of the observations lies in the future. Check it.';
    END IF;
    -- one condition each: PostgreSQL prepares every query of a condition, asked or not
    IF v_problem IS NULL AND NEW.spo2_scale = 2 AND NEW.status = 'final' THEN
        IF 2 IS DISTINCT FROM (
            SELECT d.scale FROM report.spo2_scale_decisions d
            WHERE d.admission_id = NEW.admission_id ORDER BY d.seq DESC LIMIT 1) THEN
            v_problem := 'SpO2 scale 2 needs a recorded decision. Record it first, or use scale'
                         ' 1.';
        END IF;
    END IF;
    IF v_problem IS NULL AND NEW.supersedes_id IS NOT NULL THEN
        IF NOT EXISTS (
            SELECT FROM report.vital_signs o WHERE o.id = NEW.supersedes_id
              AND o.status = 'final' AND o.admission_id = NEW.admission_id) THEN
            v_problem := 'The set to be corrected does not belong to this stay.';
        END IF;
    END IF;
    IF v_problem IS NULL AND NEW.status = 'final'
       AND isfinite(NEW.occurred_at) THEN  -- the table refuses what is not
        v_problem := report.score_refusal(NEW);
    END IF;
    -- said before the policy is asked, so only to who may know: to others as the policy says it
    IF NEW.patient_id IS NULL OR (v_problem IS NOT NULL AND NOT auth.reaches_admission(
        NEW.admission_id, 'observation.record')) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "vital_signs"'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF NEW.supersedes_id IS NOT NULL AND NOT auth.may('observation.correct') THEN
        RAISE EXCEPTION 'permission observation.correct is missing' USING ERRCODE = '42501';
    ELSIF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER score_fits ON report.vital_signs;
DROP FUNCTION report.check_score_fits();

-- A set calls whom its risk calls. One whose risk calls nobody at this site, and which corrects
-- nothing, can neither open, raise nor lower anything: it goes by without waiting for its turn.
DROP TRIGGER escalate ON report.vital_signs;
DROP FUNCTION report.escalate();
CREATE FUNCTION report.escalate(p_set report.vital_signs, p_ward_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open report.escalations;
    v_level text;
BEGIN
    IF p_set.supersedes_id IS NULL THEN
        IF NOT EXISTS (SELECT FROM report.escalation_steps(
            p_ward_id, p_set.risk, clock_timestamp())) THEN
            RETURN;
        END IF;
    END IF;
    IF auth.uid() IS NULL THEN
        RETURN;  -- a bulk load brings its own escalations, nobody is called for history
    END IF;
    PERFORM report.lock_escalations(p_set.admission_id);
    v_level := report.level_called_for(p_set, p_ward_id);
    SELECT * INTO v_open FROM report.unfinished_escalation(p_set.admission_id);
    IF v_open.id IS NOT NULL THEN
        PERFORM report.change_level(v_open, p_set, v_level);
    ELSIF v_level IS NOT NULL THEN
        INSERT INTO report.escalations (id, admission_id, patient_id, ward_id, vital_sign_id,
            level, points, asks_nurse, asks_sepsis, opened_at, recorded_by)
        VALUES (gen_random_uuid(), p_set.admission_id, p_set.patient_id, p_ward_id, p_set.id,
            v_level, coalesce(p_set.score_total, p_set.score_at_least),
            NOT auth.may('escalation.answer'), report.asks_sepsis(p_set), clock_timestamp(),
            auth.uid());
    END IF;
END $$;

-- What packs on trial would have said, of every set, also of those that are loaded in bulk.
DROP TRIGGER note_trial_scores ON report.vital_signs;
DROP FUNCTION report.note_trial_scores();
CREATE FUNCTION report.note_trial_scores(p_set report.vital_signs) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO report.trial_scores (vital_sign_id, pack_id, total, at_least, points, missing,
        risk, interval_minutes)
    SELECT p_set.id, t.pack_id, s.total, s.at_least, s.points, s.missing, s.risk,
        s.interval_minutes
    FROM report.packs_for(p_set.admission_id, p_set.patient_id,
        (p_set.occurred_at AT TIME ZONE 'UTC')::date, 'trial') t
    CROSS JOIN LATERAL report.score_set(p_set, t.pack_id, t.months) s;
END $$;

-- What follows a set that is stored, whoever stored it: its values are held against the extremes
-- of physiology (what cannot be, not what is unusual; null is "not measured") and the lists of
-- known words; the ward is told; a risk that may call somebody is looked into; packs on trial
-- score it. Rules in the order of their names, as PostgreSQL would go through them.
CREATE FUNCTION report.follow_set() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_broken text := CASE
        WHEN NEW.consciousness NOT IN ('A', 'C', 'V', 'P', 'U')
            THEN 'consciousness_known'
        WHEN NOT (NEW.supersedes_id IS NULL OR NEW.change_reason <> '')
            THEN 'correction_with_reason'
        WHEN NEW.diastolic_bp_mmhg NOT BETWEEN 0 AND 250
            THEN 'diastolic_bp_possible'
        WHEN jsonb_typeof(NEW.further_signs) <> 'object'
            THEN 'further_signs_shaped'
        WHEN NEW.inspired_oxygen_percent NOT BETWEEN 21 AND 100
            THEN 'inspired_oxygen_possible'
        WHEN NEW.score_pack = 'news2' AND NEW.score_total IS NOT NULL
             AND num_nulls(NEW.respiratory_rate_per_min, NEW.spo2_percent, NEW.on_oxygen,
                           NEW.systolic_bp_mmhg, NEW.pulse_per_min, NEW.consciousness,
                           NEW.temperature_celsius) > 0
            THEN 'news2_total_of_all_seven'
        WHEN NEW.oxygen_device NOT IN (
                'room_air', 'nasal_cannula', 'simple_mask', 'venturi_mask', 'reservoir_mask',
                'high_flow', 'cpap', 'niv', 'tracheostomy', 'other')
            THEN 'oxygen_device_known'
        WHEN NEW.oxygen_flow_l_per_min NOT BETWEEN 0 AND 100
            THEN 'oxygen_flow_possible'
        WHEN NEW.pulse_per_min NOT BETWEEN 0 AND 350
            THEN 'pulse_possible'
        WHEN NEW.incomplete_reason NOT IN ('refused', 'asleep', 'not_tolerated', 'equipment',
                                           'procedure', 'end_of_life', 'other')
            THEN 'reason_known'
        WHEN NEW.respiratory_rate_per_min NOT BETWEEN 0 AND 120
            THEN 'respiratory_rate_possible'
        WHEN NEW.risk NOT IN ('low', 'low-medium', 'medium', 'high')
            THEN 'risk_known'
        WHEN jsonb_typeof(NEW.score_points) <> 'object'
             OR jsonb_typeof(NEW.score_missing) <> 'array'
            THEN 'score_parts_shaped'
        WHEN NEW.score_total NOT BETWEEN 0 AND 100 OR NEW.score_at_least NOT BETWEEN 0 AND 100
             OR NEW.interval_minutes NOT BETWEEN 0 AND 10080
            THEN 'score_plausible'
        WHEN jsonb_path_exists(NEW.score_points, '$.* ? (@.type() != "number")')
            THEN 'score_points_numbers'
        WHEN NEW.spo2_percent NOT BETWEEN 0 AND 100
            THEN 'spo2_possible'
        WHEN NEW.spo2_scale NOT IN (1, 2)
            THEN 'spo2_scale_known'
        WHEN NEW.status NOT IN ('final', 'entered_in_error')
            THEN 'status_known'
        WHEN NEW.status <> 'final' AND NEW.supersedes_id IS NULL
            THEN 'strike_out_names_original'
        WHEN NEW.systolic_bp_mmhg NOT BETWEEN 0 AND 300
            THEN 'systolic_bp_possible'
        WHEN NEW.temperature_celsius NOT BETWEEN 10 AND 47
            THEN 'temperature_possible'
        WHEN NEW.score_total IS NOT NULL
             AND NOT (NEW.score_missing = '[]' AND NEW.score_total = NEW.score_at_least)
            THEN 'total_of_complete_set' END;
    v_set report.vital_signs;
    v_ward_id uuid;
    v_may_call boolean;
    v_on_trial boolean;
    v_told text;
BEGIN
    IF v_broken IS NOT NULL THEN
        v_broken := 'ck_vital_signs_' || v_broken;
        RAISE EXCEPTION 'new row for relation "vital_signs" violates check constraint "%"',
            v_broken USING ERRCODE = 'check_violation', SCHEMA = 'report',
            TABLE = 'vital_signs', CONSTRAINT = v_broken;
    END IF;
    -- one statement; without a ward the patient has left, and nobody is told or called
    SELECT b.ward_id,
        CASE WHEN b.ward_id IS NOT NULL
             THEN pg_notify('ward', b.ward_id || ':observations')::text END,
        NEW.supersedes_id IS NOT NULL
            OR EXISTS (SELECT FROM report.escalation_rules r WHERE r.level = NEW.risk),
        EXISTS (SELECT FROM report.score_pack_uses u WHERE u.use = 'trial')
    INTO v_ward_id, v_told, v_may_call, v_on_trial
    FROM (SELECT) one
    LEFT JOIN admission.bed_stays b ON b.admission_id = NEW.admission_id
        AND upper_inf(b.during) AND b.voided_at IS NULL;
    IF v_ward_id IS NOT NULL AND v_may_call THEN
        v_set := NEW;
        PERFORM report.escalate(v_set, v_ward_id);
    END IF;
    IF v_on_trial AND NEW.status = 'final' THEN
        v_set := NEW;
        PERFORM report.note_trial_scores(v_set);
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER announce ON report.vital_signs;
CREATE TRIGGER follow AFTER INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.follow_set();
