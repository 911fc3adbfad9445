-- As it was before the database scored every set itself.
DROP TRIGGER note_trial_scores ON report.vital_signs;
DROP TRIGGER score_fits ON report.vital_signs;
DROP FUNCTION report.note_trial_scores();
DROP FUNCTION report.check_score_fits();

-- NEWS2 is for 16 years and over (RCP 2017), and no other score is in use: a child's set is kept
-- without one. After `complete`, which finds the patient; said to who may know alone, strangers
-- hear from the policy. A set that comes back by a group reinstatement comes back as it was.
CREATE FUNCTION report.check_score_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_born_on date;
BEGIN
    IF NEW.score_pack IS NULL OR NEW.strike_out_id IS NOT NULL OR auth.uid() IS NULL
       OR NOT auth.reaches_admission(NEW.admission_id, 'observation.record') THEN
        RETURN NEW;
    END IF;
    SELECT p.born_on INTO v_born_on FROM patient.patients p WHERE p.id = NEW.patient_id;
    IF NEW.score_pack <> 'news2' THEN
        RAISE EXCEPTION 'This score is not in use here.' USING ERRCODE = 'WA001';
    ELSIF v_born_on + interval '16 years' > (NEW.occurred_at AT TIME ZONE 'UTC')::date THEN
        RAISE EXCEPTION 'NEWS2 is for 16 years and over: this set must be kept without a score.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER score_fits BEFORE INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.check_score_fits();

-- The date of birth a set is scored for; null = unknown, or nobody the caller may record for.
-- One admission is asked about: row security would gather every patient of the caller first.
CREATE FUNCTION report.born_on_of(p_admission_id uuid) RETURNS date
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT auth.reaches_admission(p_admission_id, 'observation.record') THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT p.born_on FROM admission.admissions a
            JOIN patient.patients p ON p.id = a.patient_id WHERE a.id = p_admission_id);
END $$;
