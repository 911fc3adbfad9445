-- Who decides on a patient's score and records a pregnancy: who decides on the SpO2 scale.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('8dad0ccc-04c0-5ee1-a7d1-bd8145f00c7f', 'observation.pack',
     'Record the decision on which score a patient is scored with'),
    ('3f2f4509-8ba0-5c41-8fdb-3d21efa46abe', 'patient.pregnancy', 'Record a pregnancy or its end');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM public.roles r
JOIN public.permissions p ON p.name IN ('observation.pack', 'patient.pregnancy')
WHERE r.name IN ('nurse', 'charge_nurse', 'ward_manager', 'doctor');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
