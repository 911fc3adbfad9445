-- Take the permission to share a bed away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions
WHERE permission_id = '82e2ba41-8d62-5930-b692-088e3cbdad84';
DELETE FROM public.permissions WHERE id = '82e2ba41-8d62-5930-b692-088e3cbdad84';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
