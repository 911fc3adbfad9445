-- Who writes down the prescribed oxygen target: those who write down the SpO2 scale.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('33ba11f9-98f8-58a1-b00e-e9d526a551bc', 'observation.target', 'Write down the oxygen target that is prescribed');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, '33ba11f9-98f8-58a1-b00e-e9d526a551bc'
FROM public.roles r WHERE r.name IN ('nurse', 'charge_nurse', 'ward_manager', 'doctor');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
