-- Who may record that a score is accepted: those who may decide that nobody is called.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('3a6de7c1-5b0f-5e0c-a6a4-7d1f7b2c9e44', 'escalation.accept',
     'Record that a score was accepted until a time, by whom and why');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT rp.role_id, '3a6de7c1-5b0f-5e0c-a6a4-7d1f7b2c9e44'
FROM public.role_permissions rp JOIN public.permissions p ON p.id = rp.permission_id
WHERE p.name = 'escalation.decline';
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
