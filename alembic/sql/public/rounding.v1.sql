-- Who answers checklists, corrects them, and says what is in them. As ward_definer: row security
-- binds the owner too.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('01a73392-7caf-5c3d-9327-5fb0b8198c60', 'round.record',
     'Answer checklists and tasks'),
    ('971723b5-bd59-51dc-8fc9-7e575672c878', 'round.correct',
     'Correct or strike out an answered checklist'),
    ('eb724572-1e00-55d4-a23a-3583779af2bd', 'round.edit',
     'Edit checklists');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['round.record', 'round.correct']),
    ('charge_nurse', ARRAY['round.record', 'round.correct', 'round.edit']),
    ('ward_manager', ARRAY['round.record', 'round.correct', 'round.edit']),
    ('doctor', ARRAY['round.record', 'round.correct']),
    ('healthcare_assistant', ARRAY['round.record'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
