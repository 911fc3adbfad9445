-- Who reads handovers, who gives patients and who takes responsibility for them: an assistant and
-- a doctor read; beds are the nurses' to hand over.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('9926c4e6-3f06-59cc-8dd0-9069ae7e4fa4', 'handover.read', 'Read handovers and print pocket sheets'),
    ('71abfb5a-423c-54b1-bc02-69c97b2d79a5', 'handover.give', 'Give patients to a colleague'),
    ('2aec8608-6fe8-56b7-9371-bcd8ceecbec1', 'handover.accept', 'Accept patients and be responsible for them');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['handover.read', 'handover.give', 'handover.accept']),
    ('charge_nurse', ARRAY['handover.read', 'handover.give', 'handover.accept']),
    ('ward_manager', ARRAY['handover.read', 'handover.give', 'handover.accept']),
    ('doctor', ARRAY['handover.read']),
    ('healthcare_assistant', ARRAY['handover.read'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
