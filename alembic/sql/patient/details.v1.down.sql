-- No protected details and no data keys any more; tables of their own go with their triggers.
DROP FUNCTION patient.search_national_id(bytea[]);
DROP FUNCTION patient.record_details(uuid, uuid, integer, jsonb, bytea, integer, text);
DROP FUNCTION patient.with_detail(patient.patient_details, text, bytea);
DROP FUNCTION patient.sealed_detail(patient.patient_details, text);
DROP FUNCTION patient.require_sealed(bytea);
DROP FUNCTION auth.station_keys();
DROP TRIGGER drop_wraps ON public.workstations;
DROP FUNCTION auth.drop_wraps();
DROP TRIGGER log_change ON patient.patient_details;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON patient.patient_details
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
REVOKE UPDATE (version, insurance_member_id_encrypted, national_id_encrypted, national_id_index,
    national_id_index_key, address_encrypted, medical_history_encrypted)
    ON patient.patient_details FROM ward_definer;
REVOKE SELECT ON patient.patient_details FROM ward_definer;
