-- What is to come, or late, for the patients whose record the reader may see, for reports of a
-- hospital's own. Times of the program's own lists: one way to know what is due. Either `due_at` or
-- `due_on` is there: a discharge is expected on a day. The views have no rights: row security
-- is asked in the reader's name, which PostgreSQL does from 15 on; before, there are no views.
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 150000 THEN
        RETURN;
    END IF;
    CREATE VIEW report.upcoming_ward_events WITH (security_invoker = true) AS
    WITH ward AS (SELECT array_agg(w.id) AS ids FROM room.wards w),
    event (kind, due_at, due_on, what, ward_id, bed, admission_id) AS (
        SELECT k.kind, k.due_at, NULL::date, k.what, d.ward_id, d.bed_label, d.admission_id
        FROM ward CROSS JOIN LATERAL report.due_list(ward.ids) d
        CROSS JOIN LATERAL (VALUES
            ('observations', d.due_at, d.due_reason),
            ('plan_review', d.plan_review_at, d.plan_reason),
            ('return_from_leave', d.back_by, NULL)) k (kind, due_at, what)
        WHERE k.due_at IS NOT NULL
        UNION ALL
        SELECT 'round', r.due_at, NULL, r.title, r.ward_id, r.bed_label, r.admission_id
        FROM ward CROSS JOIN LATERAL rounding.due_list(ward.ids) r
        WHERE r.due_at IS NOT NULL AND r.admission_id IS NOT NULL
        UNION ALL
        SELECT 'task', t.due_at, NULL, t.title, t.ward_id, t.bed_label, t.admission_id
        FROM ward CROSS JOIN LATERAL rounding.tasks_of_beds(ward.ids) t
        WHERE t.admission_id IS NOT NULL
        UNION ALL
        SELECT 'assessment', s.due_at, NULL, s.title, b.ward_id, l.label, s.admission_id
        FROM room.wards w
        CROSS JOIN LATERAL report.assessment_dues(w.id) s
        JOIN admission.bed_stays b ON b.admission_id = s.admission_id AND upper_inf(b.during)
            AND b.voided_at IS NULL
        LEFT JOIN room.beds l ON l.id = b.bed_id
        WHERE s.due_at IS NOT NULL
        UNION ALL
        SELECT 'discharge', NULL, e.expected_on, e.reason, b.ward_id, l.label, b.admission_id
        FROM admission.bed_stays b
        JOIN LATERAL (
            SELECT x.expected_on, x.reason FROM admission.expected_discharges x
            WHERE x.admission_id = b.admission_id ORDER BY x.seq DESC LIMIT 1) e ON true
        LEFT JOIN room.beds l ON l.id = b.bed_id
        WHERE upper_inf(b.during) AND b.voided_at IS NULL AND e.expected_on IS NOT NULL
    )
    SELECT e.kind, e.due_at, e.due_on, e.what, w.name AS ward, e.bed, p.mrn, p.family_name,
        p.given_name, a.consultant AS doctor, p.id AS patient_id, a.id AS admission_id
    FROM event e
    JOIN admission.admissions a ON a.id = e.admission_id
    JOIN patient.patients p ON p.id = a.patient_id
    JOIN room.wards w ON w.id = e.ward_id;
    COMMENT ON VIEW report.upcoming_ward_events IS
        'What is due for whom and when, with patient and doctor; as row security shows it.';
    CREATE VIEW report.upcoming_appointments WITH (security_invoker = true) AS
    SELECT * FROM report.upcoming_ward_events;
    COMMENT ON VIEW report.upcoming_appointments IS
        'The same as report.upcoming_ward_events, by the name that other systems give it.';
    GRANT SELECT ON report.upcoming_ward_events, report.upcoming_appointments TO ward_client;
END $$;
