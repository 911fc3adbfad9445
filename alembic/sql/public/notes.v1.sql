-- Who reads, writes and corrects nursing notes; an assistant's own are struck out by a nurse.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('f916cc56-1f43-5acf-8e5a-d66a386f8a33', 'note.read', 'Read nursing notes and look them up by words'),
    ('bed373c9-cf99-5f69-810d-2318b185e266', 'note.write', 'Sign nursing notes and add to them'),
    ('034ed48d-0914-5a3e-a0a4-7e4b87774e6b', 'note.correct', 'Correct own nursing notes, strike any out');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['note.read', 'note.write', 'note.correct']),
    ('charge_nurse', ARRAY['note.read', 'note.write', 'note.correct']),
    ('ward_manager', ARRAY['note.read', 'note.write', 'note.correct']),
    ('doctor', ARRAY['note.read', 'note.write', 'note.correct']),
    ('healthcare_assistant', ARRAY['note.read', 'note.write'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
