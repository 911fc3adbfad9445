-- Take the permissions of rounds away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions WHERE permission_id IN (
    '01a73392-7caf-5c3d-9327-5fb0b8198c60',
    '971723b5-bd59-51dc-8fc9-7e575672c878',
    'eb724572-1e00-55d4-a23a-3583779af2bd');
DELETE FROM public.permissions WHERE id IN (
    '01a73392-7caf-5c3d-9327-5fb0b8198c60',
    '971723b5-bd59-51dc-8fc9-7e575672c878',
    'eb724572-1e00-55d4-a23a-3583779af2bd');
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
