-- Row security: on every table, for its owner too. A policy for reading never passes a column of
-- the row to a function and wraps the call in a sub-select, so that it runs once per statement;
-- one for adding asks about the one row.

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
               AND n.nspname IN ('public', 'room', 'patient', 'admission', 'report', 'audit') LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.name);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.name);
    END LOOP;
END $$;

-- the building and the names of colleagues: anybody signed in, own facility only
CREATE POLICY own_facility ON public.facilities FOR SELECT TO ward_client
    USING (id = (SELECT auth.facility_id()));
CREATE POLICY own_facility ON public.users FOR SELECT TO ward_client
    USING (facility_id = (SELECT auth.facility_id()));
CREATE POLICY own_facility ON room.buildings FOR SELECT TO ward_client
    USING (facility_id = (SELECT auth.facility_id()));
CREATE POLICY own_facility ON room.floors FOR SELECT TO ward_client
    USING (building_id IN (SELECT id FROM room.buildings));
CREATE POLICY own_facility ON room.wards FOR SELECT TO ward_client
    USING (facility_id = (SELECT auth.facility_id()));
CREATE POLICY own_facility ON room.rooms FOR SELECT TO ward_client
    USING (ward_id IN (SELECT id FROM room.wards));
CREATE POLICY own_facility ON room.beds FOR SELECT TO ward_client
    USING (ward_id IN (SELECT id FROM room.wards));
CREATE POLICY own_facility ON room.bed_readiness FOR SELECT TO ward_client
    USING (bed_id IN (SELECT id FROM room.beds));
CREATE POLICY own_facility ON room.bed_availability FOR SELECT TO ward_client
    USING (bed_id IN (SELECT id FROM room.beds));
CREATE POLICY own_ward ON room.bed_readiness FOR INSERT TO ward_client
    WITH CHECK (bed_id IN (SELECT d.id FROM room.beds d
        WHERE d.ward_id = ANY ((SELECT auth.ward_ids('bed.state'))::uuid[]))
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY own_ward ON room.bed_availability FOR INSERT TO ward_client
    WITH CHECK (bed_id IN (SELECT d.id FROM room.beds d
        WHERE d.ward_id = ANY ((SELECT auth.ward_ids('bed.state'))::uuid[]))
        AND recorded_by = (SELECT auth.uid()));

-- patients: through the session's wards; details and charts: only once opened
CREATE POLICY in_reach ON patient.patients FOR SELECT TO ward_client
    USING (id IN (SELECT unnest(auth.patient_ids())));
CREATE POLICY chart_open ON patient.patient_details FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY in_reach ON patient.allergies FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.patient_ids())));
CREATE POLICY in_reach ON patient.patient_flags FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.patient_ids())));
CREATE POLICY flagging ON patient.allergies FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_patient(patient_id, 'patient.flag')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY flagging ON patient.patient_flags FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_patient(patient_id, 'patient.flag')
        AND recorded_by = (SELECT auth.uid()));

CREATE POLICY in_reach ON admission.admissions FOR SELECT TO ward_client
    USING (id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY in_reach ON admission.bed_stays FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY in_reach ON admission.transfers FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY in_reach ON admission.discharges FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY in_reach ON admission.expected_discharges FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY planning ON admission.expected_discharges FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'admission.admit')
        AND recorded_by = (SELECT auth.uid()));

CREATE POLICY chart_open ON report.vital_signs FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY recording ON report.vital_signs FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.record')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY in_reach ON report.spo2_scale_decisions FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY deciding ON report.spo2_scale_decisions FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.scale')
        AND recorded_by = (SELECT auth.uid()));
