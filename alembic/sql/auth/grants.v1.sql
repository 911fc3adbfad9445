-- What each role may do at all; row security narrows it further. Nobody may delete.

GRANT SELECT ON public.alembic_version TO ward_client;
GRANT SELECT ON public.facilities, room.buildings, room.floors, room.wards, room.rooms,
    room.beds, room.bed_readiness, room.bed_availability,
    patient.patients, patient.patient_details, patient.allergies, patient.patient_flags,
    admission.admissions, admission.bed_stays, admission.transfers, admission.discharges,
    admission.expected_discharges, report.vital_signs, report.spo2_scale_decisions
    TO ward_client;
GRANT SELECT (id, facility_id, display_name, profession) ON public.users TO ward_client;

GRANT INSERT (id, bed_id, readiness, reason, occurred_at) ON room.bed_readiness TO ward_client;
GRANT INSERT (id, bed_id, availability, block_reason, note, expected_end_at, occurred_at)
    ON room.bed_availability TO ward_client;
GRANT INSERT (id, patient_id, substance, reaction, status, supersedes_id, reason, occurred_at)
    ON patient.allergies TO ward_client;
GRANT INSERT (id, patient_id, kind, active, detail, reason, occurred_at)
    ON patient.patient_flags TO ward_client;
GRANT INSERT (id, admission_id, expected_on, reason)
    ON admission.expected_discharges TO ward_client;
GRANT INSERT (id, admission_id, occurred_at, respiratory_rate_per_min, spo2_percent, spo2_scale,
    on_oxygen, oxygen_flow_l_per_min, systolic_bp_mmhg, diastolic_bp_mmhg, pulse_per_min,
    consciousness, temperature_celsius, incomplete_reason, note, device_source, status,
    supersedes_id, change_reason, score_pack, score_version, score_hash, score_total,
    score_at_least, score_points, score_missing, risk, interval_minutes, next_due_at)
    ON report.vital_signs TO ward_client;
GRANT INSERT (id, admission_id, scale, decided_by, reason, occurred_at)
    ON report.spo2_scale_decisions TO ward_client;

GRANT EXECUTE ON FUNCTION auth.server_info, auth.sign_in, auth.sign_out, auth.touch, auth.prove,
    auth.uid, auth.facility_id, auth.may, auth.ward_ids, auth.admission_ids, auth.patient_ids,
    auth.reaches_admission, auth.reaches_patient,
    auth.open_patients, auth.open_chart, auth.open_directory,
    patient.search, patient.possible_duplicates, patient.register,
    admission.admit, admission.transfer, admission.swap, admission.discharge,
    admission.cancel_latest_step, admission.occupied_beds, report.bed_board,
    report.next_due
    TO ward_client;

-- bulk loads (the demo hospital, imports): adds rows, never changes or removes one
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public, room, patient, admission, report
    TO ward_loader;
REVOKE INSERT ON public.alembic_version, public.sessions FROM ward_loader;
REVOKE SELECT ON public.sessions FROM ward_loader;
GRANT UPDATE (last_number) ON patient.patient_sequences TO ward_loader;
GRANT EXECUTE ON FUNCTION auth.password_hash, patient.next_mrn TO ward_loader;

-- reports without a name in them
CREATE VIEW report.bed_occupancy AS
SELECT w.code AS ward_code, w.name AS ward_name, count(*) AS beds,
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM admission.bed_stays b WHERE b.bed_id = d.id
        AND upper_inf(b.during) AND b.voided_at IS NULL)) AS occupied
FROM room.wards w JOIN room.beds d ON d.ward_id = w.id AND d.is_active
GROUP BY w.id, w.code, w.name;
GRANT CREATE ON SCHEMA report TO ward_definer;
ALTER VIEW report.bed_occupancy OWNER TO ward_definer;
REVOKE CREATE ON SCHEMA report FROM ward_definer;
GRANT USAGE ON SCHEMA report TO ward_readonly;
GRANT SELECT ON report.bed_occupancy TO ward_readonly;
