-- Recording a set in fewer and smaller steps: what every set asks is asked once, and what only a
-- few sets ask (scale 2, a correction, a level that calls) is looked up for those alone.

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
    v_user_id uuid := auth.uid();
    v_problem text;
BEGIN
    SELECT b.patient_id, b.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND b.voided_at IS NULL
    ORDER BY b.during @> NEW.occurred_at DESC, upper_inf(b.during) DESC, lower(b.during) DESC
    LIMIT 1;
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
CREATE OR REPLACE FUNCTION report.escalate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_set report.vital_signs := NEW;
    v_open report.escalations;
    v_ward_id uuid;
    v_level text;
BEGIN
    SELECT b.ward_id INTO v_ward_id FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    IF v_ward_id IS NULL THEN
        RETURN NULL;  -- charted after the patient left
    ELSIF NEW.supersedes_id IS NULL THEN
        IF NOT EXISTS (SELECT FROM report.escalation_steps(
            v_ward_id, NEW.risk, clock_timestamp())) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF auth.uid() IS NULL THEN
        RETURN NULL;  -- a bulk load brings its own escalations, nobody is called for history
    END IF;
    PERFORM report.lock_escalations(NEW.admission_id);
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
