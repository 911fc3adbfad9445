-- Who acts on an admission, and whether the session may at all: null when it may not. The stays
-- of auth.ward_stays, looked up from the admission and with the session read once, for every set
-- that is recorded asks this. A test holds both against each other.
CREATE FUNCTION auth.reaching(p_admission_id uuid, p_permission text) RETURNS uuid
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

CREATE OR REPLACE FUNCTION auth.reaches_admission(p_admission_id uuid, p_permission text)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.reaching(p_admission_id, p_permission) IS NOT NULL;
END $$;

-- Written by whoever may record there, and as nobody else: asked in one.
ALTER POLICY recording ON report.vital_signs
    WITH CHECK (recorded_by = auth.reaching(admission_id, 'observation.record'));
