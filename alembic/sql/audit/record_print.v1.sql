-- What leaves the screen on paper or as a file is on record before it does.
CREATE FUNCTION auth.record_print(p_patient_id uuid, p_what text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    IF NOT coalesce(p_patient_id = ANY (auth.open_patients()), false) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, p_patient_id, 'print', left(p_what, 200));
    RETURN true;
END $$;
