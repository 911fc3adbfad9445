-- Who may strike out readings as a group: who answers for the ward.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('8e95805b-8101-57dc-bc73-6619a2186c8c', 'observation.strike_group',
     'Strike out all readings of a device or a person on a ward');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, '8e95805b-8101-57dc-bc73-6619a2186c8c' FROM public.roles r
WHERE r.name IN ('charge_nurse', 'ward_manager');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
