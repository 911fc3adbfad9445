-- What decides a score, of the session's wards alone.
CREATE OR REPLACE FUNCTION report.scoring_bases(p_admission_ids uuid[]) RETURNS SETOF report.scoring_basis
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid;
    v_facility_id uuid;
    v_live text[];
    v_trial text[];
    v_admission_id uuid;
BEGIN
    SELECT l.user_id, l.facility_id INTO v_user_id, v_facility_id FROM auth.live_session l
    WHERE EXISTS (SELECT FROM public.user_roles ur
                  JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                  JOIN public.permissions p ON p.id = rp.permission_id
                  WHERE ur.user_id = l.user_id AND p.name = 'patient.view');
    IF v_user_id IS NULL THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(p.hash ORDER BY p.name) FILTER (WHERE u.use = 'live'), '{}'),
        coalesce(array_agg(p.hash ORDER BY p.name) FILTER (WHERE u.use = 'trial'), '{}')
    INTO v_live, v_trial
    FROM report.packs_in_use(v_facility_id) u
    JOIN report.score_packs p ON p.id = u.pack_id;
    -- one a time: of a list the planner expects many and reads whole tables
    FOREACH v_admission_id IN ARRAY p_admission_ids LOOP
        RETURN QUERY
        SELECT a.id, p.born_on, p.sex, r.id, r.status, r.ended_on, r.occurred_at, ru.display_name,
            d.id, d.pack, d.decided_by, d.reason, d.occurred_at, du.display_name, v_live, v_trial
        FROM admission.admissions a
        JOIN patient.patients p ON p.id = a.patient_id
        LEFT JOIN LATERAL (SELECT * FROM patient.pregnancies o WHERE o.patient_id = a.patient_id
                           ORDER BY o.seq DESC LIMIT 1) r ON true
        LEFT JOIN public.users ru ON ru.id = r.recorded_by
        LEFT JOIN LATERAL (SELECT * FROM report.score_pack_decisions o WHERE o.admission_id = a.id
                           ORDER BY o.seq DESC LIMIT 1) d ON true
        LEFT JOIN public.users du ON du.id = d.recorded_by
        WHERE a.id = v_admission_id AND EXISTS (
            SELECT FROM admission.bed_stays b
            JOIN public.user_wards uw ON uw.ward_id = b.ward_id AND uw.user_id = v_user_id
            WHERE b.admission_id = a.id AND b.voided_at IS NULL
              AND b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
              AND (upper_inf(b.during)
                   OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                       AND upper(b.during) = a.discharged_at)));
    END LOOP;
END $$;
