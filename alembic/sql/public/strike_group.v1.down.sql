-- Take the permission to strike out as a group away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions
WHERE permission_id = '8e95805b-8101-57dc-bc73-6619a2186c8c';
DELETE FROM public.permissions WHERE id = '8e95805b-8101-57dc-bc73-6619a2186c8c';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
