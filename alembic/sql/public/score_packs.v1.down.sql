-- Take the permissions of scores and pregnancy away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions WHERE permission_id IN (
    '8dad0ccc-04c0-5ee1-a7d1-bd8145f00c7f',
    '3f2f4509-8ba0-5c41-8fdb-3d21efa46abe');
DELETE FROM public.permissions WHERE id IN (
    '8dad0ccc-04c0-5ee1-a7d1-bd8145f00c7f',
    '3f2f4509-8ba0-5c41-8fdb-3d21efa46abe');
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
