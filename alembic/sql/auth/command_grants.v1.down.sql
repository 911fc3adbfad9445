-- Take back what the commands' files gave to ward_definer.
REVOKE SELECT, UPDATE (position) ON room.beds FROM ward_definer;
REVOKE SELECT ON room.rooms, room.bed_availability, patient.allergies, patient.patient_flags,
    report.vital_signs, report.spo2_scale_decisions FROM ward_definer;
REVOKE SELECT, INSERT ON room.bed_readiness, patient.patients, patient.patient_details,
    patient.patient_sequences, admission.transfers, admission.discharges,
    admission.expected_discharges FROM ward_definer;
REVOKE UPDATE ON patient.patient_sequences FROM ward_definer;
REVOKE INSERT, UPDATE ON admission.admissions, admission.bed_stays FROM ward_definer;
