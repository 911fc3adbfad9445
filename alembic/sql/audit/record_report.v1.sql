-- A report on wards leaves the screen on paper or as a file: on record before it does, once for the
-- report and once for each patient it names.
CREATE FUNCTION auth.record_report(p_ward_ids uuid[], p_admission_ids uuid[], p_what text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_patient_ids uuid[];
BEGIN
    PERFORM auth.require('patient.view');
    SELECT coalesce(array_agg(DISTINCT a.patient_id), '{}') INTO v_patient_ids
    FROM admission.admissions a WHERE a.id = ANY (p_admission_ids);
    IF coalesce(cardinality(p_ward_ids), 0) = 0
       OR NOT p_ward_ids <@ auth.ward_ids('patient.view')
       OR NOT v_patient_ids <@ (auth.patient_ids('patient.view') || auth.open_patients())
       OR EXISTS (SELECT FROM unnest(p_admission_ids) asked (id)
                  WHERE asked.id NOT IN (SELECT a.id FROM admission.admissions a
                                         WHERE a.id = ANY (p_admission_ids))) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason)
    SELECT pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
        v_session.workstation, named.patient_id, 'report', left(p_what, 200)
    FROM unnest(NULL::uuid || v_patient_ids) named (patient_id);
    RETURN true;
END $$;
