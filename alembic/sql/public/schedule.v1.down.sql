-- Take the permissions of the schedule away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions WHERE permission_id IN (
    '9f0cbad8-e7e9-5180-ba50-5a06416943f7',
    '9fb48490-4f8b-5019-9181-e5d7393aff4a',
    '03e6877a-8065-536d-8be3-38bfe38a6eaf',
    'bc05110e-6dfa-5244-bdad-cbb38065d595');
DELETE FROM public.permissions WHERE id IN (
    '9f0cbad8-e7e9-5180-ba50-5a06416943f7',
    '9fb48490-4f8b-5019-9181-e5d7393aff4a',
    '03e6877a-8065-536d-8be3-38bfe38a6eaf',
    'bc05110e-6dfa-5244-bdad-cbb38065d595');
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
