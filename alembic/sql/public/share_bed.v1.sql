-- Who may put two patients into one bed: who nurses them.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('82e2ba41-8d62-5930-b692-088e3cbdad84', 'admission.share',
     'Let two patients share a bed on purpose');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, '82e2ba41-8d62-5930-b692-088e3cbdad84' FROM public.roles r
WHERE r.name IN ('nurse', 'charge_nurse', 'ward_manager');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
