-- As it was before what every set asks was asked once, and one trigger did what follows a set.
DROP TRIGGER follow ON report.vital_signs;
DROP FUNCTION report.follow_set(), report.escalate(report.vital_signs, uuid),
    report.note_trial_scores(report.vital_signs);

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
    ELSIF NEW.spo2_scale = 2 AND NEW.status = 'final' AND 2 IS DISTINCT FROM (
        SELECT d.scale FROM report.spo2_scale_decisions d
        WHERE d.admission_id = NEW.admission_id ORDER BY d.seq DESC LIMIT 1) THEN
        v_problem := 'SpO2 scale 2 needs a recorded decision. Record it first, or use scale 1.';
    ELSIF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM report.vital_signs o WHERE o.id = NEW.supersedes_id
          AND o.status = 'final' AND o.admission_id = NEW.admission_id) THEN
        v_problem := 'The set to be corrected does not belong to this stay.';
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

-- After `complete`, which finds the patient; said to who may know alone, strangers hear from the
-- policy. Continuous monitoring is charted again after half an hour, a set without a score after
-- four hours, as the program has it.
CREATE FUNCTION report.check_score_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_pack record;
    v_score report.score;
BEGIN
    IF NEW.strike_out_id IS NOT NULL OR NEW.status <> 'final' OR auth.uid() IS NULL
       OR NOT isfinite(NEW.occurred_at) THEN  -- which the table refuses
        RETURN NEW;
    END IF;
    SELECT * INTO v_pack FROM report.packs_for(
        NEW.admission_id, NEW.patient_id, (NEW.occurred_at AT TIME ZONE 'UTC')::date, 'live');
    IF v_pack.pack_id IS NOT NULL THEN
        v_score := report.score_set(NEW, v_pack.pack_id, v_pack.months);
    END IF;
    IF (NEW.score_pack, NEW.score_version, NEW.score_hash, NEW.score_total, NEW.score_at_least,
        NEW.score_points, NEW.score_missing, NEW.risk, NEW.interval_minutes)
       IS NOT DISTINCT FROM
       (v_pack.name, v_pack.version, v_pack.hash, v_score.total, v_score.at_least,
        v_score.points, v_score.missing, v_score.risk, v_score.interval_minutes)
       AND coalesce(NEW.next_due_at <= NEW.occurred_at + make_interval(mins =>
           coalesce(nullif(v_score.interval_minutes, 0),
                    CASE v_score.interval_minutes WHEN 0 THEN 30 ELSE 240 END)),
           v_pack.pack_id IS NULL)
       OR NOT auth.reaches_admission(NEW.admission_id, 'observation.record') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%', report.score_problem(NEW, v_pack.hash, report.age_months(
        (SELECT p.born_on FROM patient.patients p WHERE p.id = NEW.patient_id),
        (NEW.occurred_at AT TIME ZONE 'UTC')::date)) USING ERRCODE = 'WA001';
END $$;
CREATE TRIGGER score_fits BEFORE INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.check_score_fits();

DROP FUNCTION report.score_refusal(report.vital_signs);

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

CREATE TRIGGER announce AFTER INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.announce_vital_signs();

CREATE FUNCTION report.note_trial_scores() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.status = 'final' AND isfinite(NEW.occurred_at)
       AND EXISTS (SELECT FROM report.score_pack_uses u WHERE u.use = 'trial') THEN
        INSERT INTO report.trial_scores (vital_sign_id, pack_id, total, at_least, points, missing,
            risk, interval_minutes)
        SELECT NEW.id, t.pack_id, s.total, s.at_least, s.points, s.missing, s.risk,
            s.interval_minutes
        FROM report.packs_for(NEW.admission_id, NEW.patient_id,
            (NEW.occurred_at AT TIME ZONE 'UTC')::date, 'trial') t
        CROSS JOIN LATERAL report.score_set(NEW, t.pack_id, t.months) s;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_trial_scores AFTER INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.note_trial_scores();
