-- Tell the workstations of a ward that something changed: ids only, once per transaction and
-- ward (equal notifications collapse). Payload: "<ward id>:<kind>".

GRANT SELECT ON room.beds, patient.patients TO ward_definer;

CREATE FUNCTION room.announce_bed_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', ward_id || ':beds') FROM room.beds WHERE id = NEW.bed_id;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON room.bed_readiness
    FOR EACH ROW EXECUTE FUNCTION room.announce_bed_state();
CREATE TRIGGER announce AFTER INSERT ON room.bed_availability
    FOR EACH ROW EXECUTE FUNCTION room.announce_bed_state();

CREATE FUNCTION admission.announce_stay() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', NEW.ward_id || ':beds');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT OR UPDATE ON admission.bed_stays
    FOR EACH ROW EXECUTE FUNCTION admission.announce_stay();

CREATE FUNCTION admission.announce_expected_discharge() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':beds') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON admission.expected_discharges
    FOR EACH ROW EXECUTE FUNCTION admission.announce_expected_discharge();

CREATE FUNCTION patient.announce_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':patients') FROM admission.bed_stays b
    WHERE b.patient_id = NEW.patient_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON patient.patient_flags
    FOR EACH ROW EXECUTE FUNCTION patient.announce_statement();
CREATE TRIGGER announce AFTER INSERT ON patient.allergies
    FOR EACH ROW EXECUTE FUNCTION patient.announce_statement();

CREATE FUNCTION patient.announce_patient() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':patients') FROM admission.bed_stays b
    WHERE b.patient_id = NEW.id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER UPDATE ON patient.patients
    FOR EACH ROW EXECUTE FUNCTION patient.announce_patient();
