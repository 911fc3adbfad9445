-- Who may break the glass, mark somebody private, review openings; and what clients may call.
GRANT EXECUTE ON FUNCTION auth.live_openings, auth.asks_for_reason, auth.close_chart,
    patient.search_elsewhere, auth.openings_to_review, auth.review_opening, report.chart,
    report.measurement_chart TO ward_client;

GRANT INSERT ON public.permissions, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('c1a7e2d0-51c3-5c0e-9b58-7e4f2f5b3a10', 'chart.break_glass',
     'Open the chart of a patient of another ward, with a reason, for an hour'),
    ('c1a7e2d0-51c3-5c0e-9b58-7e4f2f5b3a11', 'patient.privacy',
     'Mark a patient private, or end that'),
    ('c1a7e2d0-51c3-5c0e-9b58-7e4f2f5b3a12', 'access.review',
     'Review charts that were opened with a reason');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('nurse', ARRAY['chart.break_glass']),
    ('doctor', ARRAY['chart.break_glass']),
    ('charge_nurse', ARRAY['chart.break_glass', 'patient.privacy']),
    ('ward_manager', ARRAY['chart.break_glass', 'patient.privacy', 'access.review']),
    ('auditor', ARRAY['access.review'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions FROM ward_definer;
