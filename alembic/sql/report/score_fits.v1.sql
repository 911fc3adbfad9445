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
