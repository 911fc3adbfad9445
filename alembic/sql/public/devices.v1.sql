-- Who keeps the register of devices: nurses and doctors; an assistant looks at the sites.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('a524327c-9d8e-5569-a4a5-427a52215fb6', 'device.check',
     'Record a look at the site of a device'),
    ('e3b0ac07-94d7-597d-90d7-8a6b8e837b47', 'device.record',
     'Record, correct and remove devices, and correct the looks at them');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['device.check', 'device.record']),
    ('charge_nurse', ARRAY['device.check', 'device.record']),
    ('ward_manager', ARRAY['device.check', 'device.record']),
    ('doctor', ARRAY['device.check', 'device.record']),
    ('healthcare_assistant', ARRAY['device.check'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
