-- Permissions and first roles. Fixed ids, so that every installation names them alike.
-- Inserted as ward_definer: row security binds the owner too, and nobody else may write here.

GRANT INSERT, DELETE ON public.permissions, public.roles, public.role_permissions
    TO ward_definer;
SET LOCAL ROLE ward_definer;

INSERT INTO public.permissions (id, name, description) VALUES
    ('1d6d1486-b7f5-5e54-a45d-de884c64ad2d', 'board.view', 'See the bed board of one''s wards'),
    ('0b7a4a0c-5a55-5d2b-9d7e-3c1f0c8e5a61', 'patient.view', 'See who the patients of one''s wards are'),
    ('6d4ed348-b4df-5365-8191-8b74aa5f6b42', 'chart.open', 'Open a patient''s chart (each opening is logged)'),
    ('2794b988-9bfb-5138-9310-e7c2c6cf597c', 'patient.search', 'Search the patient directory'),
    ('059cd793-f54c-5a68-ba6f-746d1ed13b2a', 'patient.register', 'Register a new patient'),
    ('4e575ae7-f47f-550b-b8c5-0f78f23572ee', 'patient.flag', 'Record allergies and flags'),
    ('5e14aa86-f2e8-5768-8c48-37b5f2da3628', 'admission.admit', 'Admit a patient'),
    ('b2c425db-6256-5add-8df9-9ee200c109a3', 'admission.transfer', 'Move patients between beds and wards'),
    ('1181b2a9-715d-5117-b906-89a3e2869629', 'admission.discharge', 'Discharge a patient'),
    ('cf52dcba-a7cd-5143-9643-31ca7d577d01', 'admission.cancel', 'Undo an admission, a move or a discharge'),
    ('6c2682df-6547-5d17-93ed-ce2216626fdf', 'observation.record', 'Record observations'),
    ('a1baac44-db1b-5ad9-9010-b2c6a6e62d70', 'observation.correct', 'Correct or strike out observations'),
    ('a4ed7d0f-28c7-5405-8f15-d7bae0bbe6b4', 'observation.scale', 'Record the decision on the SpO2 scale'),
    ('05a9485d-2f30-5581-9f48-5d782126c500', 'bed.state', 'Change readiness and availability of beds'),
    ('d7cf3327-d437-5590-b142-67ff44bf876a', 'staff.manage', 'Manage users, roles and ward assignments'),
    ('adaefc03-3b1c-5d6f-bff6-d9c9db43210b', 'audit.read', 'Read the audit trail'),
    ('7a7751c1-2dc9-5898-a762-cbde437e39f1', 'system.operate', 'Operate the installation');

INSERT INTO public.roles (id, name, title) VALUES
    ('6cb107c3-4534-530e-8b5b-d70e4fb84783', 'nurse', 'Nurse'),
    ('528458bc-5ec8-5af0-b138-76e7a7ab2ac6', 'charge_nurse', 'Charge nurse'),
    ('277957a5-6fa9-5ce1-8d36-a7d30e6b4a3d', 'ward_manager', 'Ward manager'),
    ('172309e8-03e2-5974-9dbd-146b6d936ad5', 'doctor', 'Doctor'),
    ('daebac05-cd7c-5f24-b75d-5feb73c084a6', 'healthcare_assistant', 'Healthcare assistant'),
    ('3bb9fc21-3eed-523a-9eac-8efa02a70319', 'bed_coordinator', 'Bed coordinator'),
    ('ce7604bf-ab7d-59cb-bbb7-f3cc53c92e76', 'wall_display', 'Wall display'),
    ('534488aa-0b43-558d-826e-bef9e9f195f0', 'auditor', 'Auditor'),
    ('badbf441-3421-503d-8a77-fdff21898dda', 'administrator', 'Administrator'),
    ('e8227d9c-4fb0-52ab-b496-5480f4680752', 'it', 'IT');

INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY[
        'board.view', 'patient.view', 'chart.open', 'patient.search', 'patient.register',
        'patient.flag',
        'admission.admit', 'admission.transfer', 'admission.discharge', 'admission.cancel',
        'observation.record', 'observation.correct', 'observation.scale', 'bed.state']),
    ('charge_nurse', ARRAY[
        'board.view', 'patient.view', 'chart.open', 'patient.search', 'patient.register',
        'patient.flag',
        'admission.admit', 'admission.transfer', 'admission.discharge', 'admission.cancel',
        'observation.record', 'observation.correct', 'observation.scale', 'bed.state']),
    ('ward_manager', ARRAY[
        'board.view', 'patient.view', 'chart.open', 'patient.search', 'patient.register',
        'patient.flag',
        'admission.admit', 'admission.transfer', 'admission.discharge', 'admission.cancel',
        'observation.record', 'observation.correct', 'observation.scale', 'bed.state']),
    ('doctor', ARRAY[
        'board.view', 'patient.view', 'chart.open', 'patient.search', 'patient.register',
        'patient.flag',
        'admission.admit', 'admission.transfer', 'admission.discharge', 'admission.cancel',
        'observation.record', 'observation.correct', 'observation.scale', 'bed.state']),
    ('healthcare_assistant', ARRAY[
        'board.view', 'patient.view', 'chart.open', 'observation.record', 'bed.state']),
    ('bed_coordinator', ARRAY[
        'board.view', 'patient.view', 'patient.search', 'patient.register', 'admission.admit',
        'admission.transfer', 'admission.discharge', 'admission.cancel', 'bed.state']),
    ('wall_display', ARRAY[
        'board.view']),
    ('auditor', ARRAY[
        'audit.read']),
    ('administrator', ARRAY[
        'staff.manage']),
    ('it', ARRAY[
        'system.operate'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);

SET LOCAL ROLE ward_owner;
REVOKE INSERT, DELETE ON public.permissions, public.roles, public.role_permissions
    FROM ward_definer;
