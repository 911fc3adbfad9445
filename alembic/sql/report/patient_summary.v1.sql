-- One row for each patient in hospital whose record the reader may see, for reports of a hospital's
-- own. What is not known is null, never "none" or zero. The view has no rights: row security of each
-- table is asked in the reader's name, which PostgreSQL does from 15 on; before, there is no view.
DO $$
BEGIN
    IF current_setting('server_version_num')::int < 150000 THEN
        RETURN;
    END IF;
    CREATE VIEW report.patient_summary WITH (security_invoker = true) AS
    SELECT p.id AS patient_id, a.id AS admission_id, p.mrn, p.family_name, p.given_name, p.sex,
        p.born_on, extract(year FROM age(p.born_on))::integer AS age_years,
        w.name AS ward, d.label AS bed, a.admitted_at,
        CASE WHEN g.substances IS NOT NULL THEN 'present'
             WHEN g.none_known THEN 'none_known'
             ELSE 'not_recorded' END AS allergy_status,
        g.substances AS allergies,
        v.occurred_at AS observed_at, v.respiratory_rate_per_min, v.spo2_percent, v.on_oxygen,
        v.systolic_bp_mmhg, v.diastolic_bp_mmhg, v.pulse_per_min, v.consciousness,
        v.temperature_celsius, v.score_pack, v.score_total, v.score_at_least, v.risk, v.next_due_at
    FROM admission.bed_stays b
    JOIN admission.admissions a ON a.id = b.admission_id
    JOIN patient.patients p ON p.id = b.patient_id
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    LEFT JOIN LATERAL (
        SELECT array_agg(l.substance ORDER BY l.seq) FILTER (WHERE l.status = 'active')
                   AS substances,
            bool_or(l.status = 'none_known') AS none_known
        FROM patient.allergies l
        WHERE l.patient_id = p.id
          AND NOT EXISTS (SELECT FROM patient.allergies c WHERE c.supersedes_id = l.id)) g ON true
    LEFT JOIN LATERAL (
        SELECT o.* FROM report.vital_signs o
        WHERE o.admission_id = a.id AND o.status = 'final'
          AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) v ON true
    WHERE upper_inf(b.during) AND b.voided_at IS NULL;
    COMMENT ON VIEW report.patient_summary IS
        'Who lies where, with age, allergies and the latest set in force; as row security shows it.';
    GRANT SELECT ON report.patient_summary TO ward_client;
END $$;
