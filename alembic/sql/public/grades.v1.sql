-- Who may hold beds of a ward, and what grade people have. No number here is a standard: how
-- many of a grade a shift wants is each ward's own setting.

GRANT SELECT ON public.grades, public.user_grades TO ward_definer;

CREATE POLICY signed_in ON public.grades FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY own_facility ON public.user_grades FOR SELECT TO ward_client
    USING (user_id IN (SELECT u.id FROM public.users u));

GRANT SELECT ON public.grades, public.user_grades TO ward_client;
GRANT SELECT ON public.grades TO ward_loader;
GRANT SELECT, INSERT ON public.user_grades TO ward_loader;

GRANT INSERT ON public.grades TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.grades (id, name, title, position, holds_beds, roles) VALUES
    ('01a3c5d0-8f4e-5c7a-9e11-6f0d2b3a4c01', 'registered_nurse', 'Registered nurse', 1, true,
     '["nurse", "charge_nurse", "ward_manager"]'),
    ('01a3c5d0-8f4e-5c7a-9e11-6f0d2b3a4c02', 'healthcare_assistant', 'Healthcare assistant', 2,
     false, '["healthcare_assistant"]'),
    ('01a3c5d0-8f4e-5c7a-9e11-6f0d2b3a4c03', 'student', 'Student', 3, false, '[]'),
    ('01a3c5d0-8f4e-5c7a-9e11-6f0d2b3a4c04', 'doctor', 'Doctor', 4, false, '["doctor"]'),
    ('01a3c5d0-8f4e-5c7a-9e11-6f0d2b3a4c05', 'other', 'Other', 5, false, '["bed_coordinator"]');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.grades FROM ward_definer;

-- The grade of a person: the newest one recorded, else the one that goes with a role.
CREATE FUNCTION public.grade_of(p_user_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(
        (SELECT g.grade FROM public.user_grades g WHERE g.user_id = p_user_id
         ORDER BY g.seq DESC LIMIT 1),
        (SELECT g.name FROM public.grades g
         JOIN public.roles r ON g.roles ? r.name
         JOIN public.user_roles ur ON ur.role_id = r.id AND ur.user_id = p_user_id
         ORDER BY g.position LIMIT 1),
        'other');
END $$;

-- Why a person cannot hold beds of a ward; null = can.
CREATE FUNCTION public.cannot_hold(p_user_id uuid, p_ward_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_name text;
BEGIN
    SELECT u.display_name INTO v_name FROM public.users u
    JOIN public.user_wards uw ON uw.user_id = u.id AND uw.ward_id = p_ward_id
    WHERE u.id = p_user_id AND u.is_active;
    IF v_name IS NULL THEN
        RETURN 'This person does not work on the ward.';
    ELSIF NOT EXISTS (
        SELECT FROM public.user_roles ur
        JOIN public.role_permissions rp ON rp.role_id = ur.role_id
        JOIN public.permissions p ON p.id = rp.permission_id
        WHERE ur.user_id = p_user_id AND p.name = 'shift.take')
       OR NOT (SELECT g.holds_beds FROM public.grades g
               WHERE g.name = public.grade_of(p_user_id)) THEN
        RETURN v_name || ' cannot hold beds: it takes a registered nurse.';
    END IF;
    RETURN NULL;
END $$;
