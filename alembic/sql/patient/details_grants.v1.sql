-- Who may enter and correct protected details: whoever may register a patient.
GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('8f1d5f0e-6f0b-5a58-9b1e-6f1f0d4c7a11', 'patient.details',
     'Record national id, insurance number, address and medical history');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT held.role_id, '8f1d5f0e-6f0b-5a58-9b1e-6f1f0d4c7a11'
FROM public.role_permissions held
JOIN public.permissions p ON p.id = held.permission_id AND p.name = 'patient.register';
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;

GRANT SELECT ON patient.detail_changes TO ward_client;
GRANT SELECT, INSERT ON patient.detail_changes TO ward_loader;
GRANT EXECUTE ON FUNCTION auth.station_keys, patient.record_details, patient.search_national_id
    TO ward_client;
