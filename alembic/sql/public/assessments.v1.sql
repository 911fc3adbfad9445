-- Who assesses: nurses, doctors and assistants; an assistant corrects nothing.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('1dd00c05-1664-5821-a393-4ed0979b2ef5', 'assessment.read',
     'Read assessments and when they are due'),
    ('eb7ec44a-0e10-5482-9265-19010383bc1b', 'assessment.record',
     'Assess patients by instruments'),
    ('32c26e7d-3c09-5bb1-931b-71a135405ac6', 'assessment.correct',
     'Correct or strike out an assessment');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['assessment.read', 'assessment.record', 'assessment.correct']),
    ('charge_nurse', ARRAY['assessment.read', 'assessment.record', 'assessment.correct']),
    ('ward_manager', ARRAY['assessment.read', 'assessment.record', 'assessment.correct']),
    ('doctor', ARRAY['assessment.read', 'assessment.record', 'assessment.correct']),
    ('healthcare_assistant', ARRAY['assessment.read', 'assessment.record'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
