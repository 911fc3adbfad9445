-- Who decides on the schedule: nurses and doctors; only who answers for more than one patient
-- decides to look less often than the score asks.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('9f0cbad8-e7e9-5180-ba50-5a06416943f7', 'observation.defer',
     'Put a set of observations off for a reason'),
    ('9fb48490-4f8b-5019-9181-e5d7393aff4a', 'observation.plan',
     'Decide how often a patient is observed'),
    ('03e6877a-8065-536d-8be3-38bfe38a6eaf', 'observation.plan_longer',
     'Decide to observe less often than the score asks'),
    ('bc05110e-6dfa-5244-bdad-cbb38065d595', 'admission.leave',
     'Record that a patient goes on leave or comes back');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['observation.defer', 'observation.plan', 'admission.leave']),
    ('charge_nurse', ARRAY['observation.defer', 'observation.plan', 'observation.plan_longer',
        'admission.leave']),
    ('ward_manager', ARRAY['observation.defer', 'observation.plan', 'observation.plan_longer',
        'admission.leave']),
    ('doctor', ARRAY['observation.defer', 'observation.plan', 'observation.plan_longer',
        'admission.leave']),
    ('healthcare_assistant', ARRAY['observation.defer']),
    ('bed_coordinator', ARRAY['admission.leave'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
