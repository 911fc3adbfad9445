-- As it was before one trigger did what follows a set, and before a set's values were its to check.
DROP TRIGGER follow ON report.vital_signs;
DROP FUNCTION report.follow_set(), report.escalate(report.vital_signs, uuid),
    report.note_trial_scores(report.vital_signs);

CREATE OR REPLACE FUNCTION report.packs_for(p_admission_id uuid, p_patient_id uuid, p_day date, p_use text)
RETURNS TABLE (pack_id uuid, name text, version text, hash text, months integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_facility_id uuid;
    v_months integer;
    v_pregnant boolean;
    v_decided text;
BEGIN
    SELECT p.facility_id, report.age_months(p.born_on, p_day),
        coalesce(r.status = 'pregnant' OR p_day <= r.ended_on + 42, false),
        CASE p_use WHEN 'live' THEN d.pack END
    INTO v_facility_id, v_months, v_pregnant, v_decided
    FROM patient.patients p
    LEFT JOIN LATERAL (SELECT o.status, o.ended_on FROM patient.pregnancies o
                       WHERE o.patient_id = p.id ORDER BY o.seq DESC LIMIT 1) r ON true
    LEFT JOIN LATERAL (SELECT o.pack FROM report.score_pack_decisions o
                       WHERE o.admission_id = p_admission_id
                       ORDER BY o.seq DESC LIMIT 1) d ON true
    WHERE p.id = p_patient_id;
    RETURN QUERY
    SELECT p.id, p.name, p.version, p.hash, v_months
    FROM report.packs_in_use(v_facility_id) u
    JOIN report.score_packs p ON p.id = u.pack_id
    WHERE u.use = p_use
      AND coalesce(p.from_months <= v_months, true)
      AND coalesce(v_months < p.below_months, true)
      AND CASE WHEN v_decided IS NOT NULL
               THEN p.name = v_decided AND (v_months IS NOT NULL OR NOT p.by_age)
               ELSE v_months IS NOT NULL
                    AND v_pregnant = (p.pregnancy = 'pregnant_or_recent') END
    ORDER BY p.name
    LIMIT CASE p_use WHEN 'live' THEN 1 END;
END $$;

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

-- A set calls whom its risk calls. One whose risk calls nobody at this site, and which corrects
-- nothing, can neither open, raise nor lower anything: it goes by without waiting for its turn.
CREATE FUNCTION report.escalate() RETURNS trigger
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
