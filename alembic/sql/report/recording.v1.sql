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
