-- Who plans a shift, who takes beds, who sets the ward's shift times, who signs on to duty.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('5b0f6a52-3b0a-5d4e-8d1c-1f3c9a7e2b01', 'shift.allocate', 'Allocate beds to nurses for a shift'),
    ('5b0f6a52-3b0a-5d4e-8d1c-1f3c9a7e2b02', 'shift.take', 'Take responsibility for beds and put it down'),
    ('5b0f6a52-3b0a-5d4e-8d1c-1f3c9a7e2b03', 'shift.edit', 'Set a ward''s shift times and the staff it wants'),
    ('5b0f6a52-3b0a-5d4e-8d1c-1f3c9a7e2b04', 'duty.sign', 'Sign on to duty and off again');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['shift.take', 'duty.sign']),
    ('charge_nurse', ARRAY['shift.allocate', 'shift.take', 'shift.edit', 'duty.sign']),
    ('ward_manager', ARRAY['shift.allocate', 'shift.take', 'shift.edit', 'duty.sign']),
    ('doctor', ARRAY['duty.sign']),
    ('healthcare_assistant', ARRAY['duty.sign']),
    ('bed_coordinator', ARRAY['duty.sign'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
