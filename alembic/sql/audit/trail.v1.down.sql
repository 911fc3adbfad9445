-- What was read of the trail stays on record, as what comes nearest.
DROP FUNCTION auth.record_print(uuid, text, text);
DROP FUNCTION auth.record_report(uuid[], uuid[], text, text);
DROP FUNCTION audit.trail(text, timestamptz, timestamptz, text, text, text, timestamptz, text,
                          bigint, integer);
DROP FUNCTION audit.patients_named(uuid, text);
DROP FUNCTION audit.mass_sessions(timestamptz, timestamptz);
DROP VIEW audit.audit_log;
DROP FUNCTION auth.record_trail(text, text);
DROP FUNCTION auth.trail_is_open();
DROP FUNCTION auth.open_trail(text);
DROP VIEW audit.login_events;
DROP VIEW audit.access_events;
DROP VIEW audit.change_events;
DROP TRIGGER place ON audit.login_history;
DROP FUNCTION audit.place_sign_out();
DROP TRIGGER place ON audit.access_logs;
DROP FUNCTION audit.place_access();
REVOKE SELECT ON audit.change_logs FROM ward_definer;
ALTER TABLE audit.access_logs DISABLE TRIGGER append_only;
-- row security binds the owner too: for this statement it does not
ALTER TABLE audit.access_logs NO FORCE ROW LEVEL SECURITY;
UPDATE audit.access_logs SET kind = 'search', reason = 'audit trail: ' || coalesce(reason, '')
WHERE kind = 'audit';
ALTER TABLE audit.access_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.access_logs ENABLE TRIGGER append_only;

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
