GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions
WHERE permission_id = '33ba11f9-98f8-58a1-b00e-e9d526a551bc';
DELETE FROM public.permissions WHERE id = '33ba11f9-98f8-58a1-b00e-e9d526a551bc';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
