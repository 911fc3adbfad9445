-- As it was before the stays were looked up from the admission.
CREATE OR REPLACE FUNCTION auth.reaches_admission(p_admission_id uuid, p_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission)
       AND EXISTS (SELECT FROM auth.ward_stays WHERE admission_id = p_admission_id);
END $$;
