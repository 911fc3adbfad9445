-- Take the first roles and permissions away again.
GRANT INSERT, DELETE ON public.permissions, public.roles, public.role_permissions,
    public.user_roles TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.user_roles;
DELETE FROM public.role_permissions;
DELETE FROM public.roles;
DELETE FROM public.permissions;
SET LOCAL ROLE ward_owner;
REVOKE INSERT, DELETE ON public.permissions, public.roles, public.role_permissions,
    public.user_roles FROM ward_definer;
