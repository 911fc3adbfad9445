-- What unlocks a chart or a list is looked for in the whole log again.

CREATE OR REPLACE VIEW auth.opened_with_reason AS
SELECT x.id AS access_id, x.patient_id, x.kind, x.at, x.valid_until
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('break_glass', 'privacy')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id);

CREATE OR REPLACE VIEW auth.opened_charts AS
SELECT x.patient_id
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('ward', 'break_glass', 'privacy')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND (x.kind = 'break_glass'
       OR EXISTS (SELECT FROM auth.ward_stays w
                  WHERE w.patient_id = x.patient_id AND w.is_committed))
  AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id);

CREATE OR REPLACE FUNCTION auth.require_directory() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.search');
    IF NOT EXISTS (
        SELECT FROM auth.live_session l JOIN audit.access_logs x ON x.session_id = l.session_id
        WHERE x.kind = 'search' AND x.patient_id IS NULL
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint) THEN
        RAISE EXCEPTION 'the patient directory is not open' USING ERRCODE = 'WA403';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION auth.trail_is_open() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.may('audit.read') AND EXISTS (
        SELECT FROM auth.live_session l JOIN audit.access_logs x ON x.session_id = l.session_id
        WHERE x.kind = 'audit' AND x.patient_id IS NULL
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint);
END $$;

CREATE OR REPLACE FUNCTION auth.require_chart(p_admission_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    IF v_session.session_id IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF EXISTS (
        SELECT FROM public.permissions p
        WHERE p.name IN ('chart.open', 'patient.view') AND NOT EXISTS (
            SELECT FROM public.user_roles ur
            JOIN public.role_permissions rp ON rp.role_id = ur.role_id
            WHERE ur.user_id = v_session.user_id AND rp.permission_id = p.id)) THEN
        RAISE EXCEPTION 'permission chart.open is missing' USING ERRCODE = '42501';
    ELSIF NOT EXISTS (
        SELECT FROM admission.admissions a
        JOIN audit.access_logs x
            ON x.session_id = v_session.session_id AND x.patient_id = a.patient_id
        WHERE a.id = p_admission_id
          AND x.kind IN ('ward', 'break_glass', 'privacy')
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
          AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id)
          AND (x.kind = 'break_glass' OR EXISTS (
              SELECT FROM admission.bed_stays b
              JOIN public.user_wards uw
                  ON uw.ward_id = b.ward_id AND uw.user_id = v_session.user_id
              WHERE b.patient_id = a.patient_id AND b.voided_at IS NULL
                AND b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
                AND (upper_inf(b.during)
                     OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                         AND upper(b.during) = (SELECT d.discharged_at
                                                FROM admission.admissions d
                                                WHERE d.id = b.admission_id)))))) THEN
        RAISE EXCEPTION 'the chart is not open' USING ERRCODE = 'WA404';
    END IF;
    RETURN v_session.facility_id;
END $$;

CREATE OR REPLACE FUNCTION auth.require_ward_copy(p_ward_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    SELECT * INTO v_session FROM auth.live_session;
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('patient.view')), false) OR NOT EXISTS (
        SELECT FROM audit.access_logs x
        WHERE x.session_id = v_session.session_id AND x.patient_id IS NULL AND x.kind = 'copy'
          AND x.ward_id = p_ward_id AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint) THEN
        RAISE EXCEPTION 'the copy of the ward is not open' USING ERRCODE = 'WA404';
    END IF;
    RETURN v_session.facility_id;
END $$;

CREATE OR REPLACE FUNCTION auth.open_ward_copy(p_ward_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('patient.view')), false) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, ward_id, kind, reason, valid_until)
    SELECT pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
        v_session.workstation, NULL, p_ward_id, 'copy', 'kept at the workstation for downtime',
        clock_timestamp() + interval '12 hours'
    WHERE NOT EXISTS (
        SELECT FROM audit.access_logs x
        WHERE x.session_id = v_session.session_id AND x.patient_id IS NULL AND x.kind = 'copy'
          AND x.ward_id = p_ward_id AND x.valid_until > clock_timestamp() + interval '5 minutes');
    RETURN true;
END $$;
