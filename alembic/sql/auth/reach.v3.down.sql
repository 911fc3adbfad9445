-- As it was before reach and person were asked in one.
CREATE OR REPLACE FUNCTION auth.reaches_admission(p_admission_id uuid, p_permission text)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid := (SELECT user_id FROM auth.live_session);
BEGIN
    RETURN v_user_id IS NOT NULL
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
                   WHERE ur.user_id = v_user_id AND p.name = p_permission);
END $$;

ALTER POLICY recording ON report.vital_signs
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.record')
        AND recorded_by = (SELECT auth.uid()));
DROP FUNCTION auth.reaching(uuid, text);
