-- As it was before charts were opened with a reason. Who opened a private chart stays on record;
-- without an end such an entry opens nothing.
ALTER POLICY flagging ON patient.patient_flags
    WITH CHECK (auth.reaches_patient(patient_id, 'patient.flag')
        AND recorded_by = (SELECT auth.uid()));
ALTER POLICY recording ON report.vital_signs
    WITH CHECK (recorded_by = auth.reaching(admission_id, 'observation.record'));
ALTER POLICY recording ON report.measurements
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.record')
        AND recorded_by = (SELECT auth.uid()));
DROP TRIGGER privacy_reason ON patient.patient_flags;
DROP TRIGGER close_private_charts ON patient.patient_flags;

CREATE OR REPLACE FUNCTION auth.reaching(p_admission_id uuid, p_permission text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid := (SELECT user_id FROM auth.live_session);
BEGIN
    RETURN CASE WHEN v_user_id IS NOT NULL
       AND EXISTS (SELECT FROM admission.bed_stays b
                   JOIN public.user_wards uw ON uw.ward_id = b.ward_id AND uw.user_id = v_user_id
                   WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL
                     AND (upper_inf(b.during)
                          OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                              AND upper(b.during) = (SELECT a.discharged_at
                                                     FROM admission.admissions a
                                                     WHERE a.id = b.admission_id))))
       AND EXISTS (SELECT FROM public.user_roles ur
                   JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                   JOIN public.permissions p ON p.id = rp.permission_id
                   WHERE ur.user_id = v_user_id AND p.name = p_permission)
       THEN v_user_id END;
END $$;

CREATE OR REPLACE FUNCTION auth.open_chart(p_patient_id uuid, p_kind text, p_reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_valid interval := CASE p_kind WHEN 'break_glass' THEN interval '1 hour' ELSE interval '12 hours' END;
BEGIN
    PERFORM auth.require('chart.open');
    SELECT * INTO v_session FROM auth.live_session;
    IF p_kind NOT IN ('ward', 'break_glass') THEN
        RAISE EXCEPTION 'unknown kind of access' USING ERRCODE = '22023';
    END IF;
    IF p_kind = 'break_glass' AND length(btrim(coalesce(p_reason, ''))) < 10 THEN
        RAISE EXCEPTION 'Opening this record needs a reason of at least 10 characters.'
            USING ERRCODE = 'WA001';
    END IF;
    IF p_kind = 'ward' AND NOT EXISTS (
        SELECT FROM auth.ward_stays w WHERE w.patient_id = p_patient_id) THEN
        RETURN false;
    END IF;
    IF p_kind = 'break_glass' AND NOT EXISTS (
        SELECT FROM patient.patients p
        WHERE p.id = p_patient_id AND p.facility_id = v_session.facility_id) THEN
        RETURN false;
    END IF;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, valid_until)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, p_patient_id, p_kind, p_reason,
            clock_timestamp() + v_valid);
    RETURN true;
END $$;

CREATE OR REPLACE FUNCTION patient.location(p_patient_id uuid) RETURNS TABLE (place text, admission_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT w.name || coalesce(', bed ' || d.label, ', no bed'), b.admission_id
    FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    WHERE b.patient_id = p_patient_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;

CREATE OR REPLACE VIEW auth.opened_charts AS
SELECT x.patient_id
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('ward', 'break_glass')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND (x.kind = 'break_glass'
       OR EXISTS (SELECT FROM auth.ward_stays w
                  WHERE w.patient_id = x.patient_id AND w.is_committed));

DROP FUNCTION patient.check_privacy_reason(), patient.close_private_charts(),
    patient.search_elsewhere(text, date, text), auth.close_chart(uuid),
    auth.asks_for_reason(uuid), auth.live_openings(), auth.broke_glass_for(uuid),
    auth.may_open(auth.live_session, uuid, text, boolean), auth.ward_of_patient(uuid, uuid),
    audit.note_many_charts(auth.live_session), audit.queue_opening(audit.openings),
    audit.told_of_opening(uuid, uuid), auth.cares_for(uuid, uuid), auth.is_private(uuid);
DROP VIEW auth.opened_with_reason;
REVOKE INSERT ON public.messages FROM ward_definer;

ALTER TABLE audit.access_logs DISABLE TRIGGER append_only;
-- row security binds the owner too: for this statement it does not
ALTER TABLE audit.access_logs NO FORCE ROW LEVEL SECURITY;
UPDATE audit.access_logs
SET kind = 'ward', reason = 'private: ' || coalesce(reason, ''), valid_until = NULL
WHERE kind = 'privacy';
ALTER TABLE audit.access_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.access_logs ENABLE TRIGGER append_only;
