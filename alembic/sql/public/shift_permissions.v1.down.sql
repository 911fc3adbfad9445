-- Take the permissions of shifts and duty away again.
GRANT DELETE ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_permissions WHERE permission_id IN (
    SELECT p.id FROM public.permissions p
    WHERE p.name IN ('shift.allocate', 'shift.take', 'shift.edit', 'duty.sign'));
DELETE FROM public.permissions
WHERE name IN ('shift.allocate', 'shift.take', 'shift.edit', 'duty.sign');
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.permissions, public.role_permissions FROM ward_definer;
