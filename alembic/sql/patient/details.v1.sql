-- Protected details: encrypted by the workstation, bound to their patient and column. The database
-- sees no value; it sees to it that what is stored is encrypted with a key in use.

ALTER TABLE patient.detail_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE patient.detail_changes FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON patient.detail_changes
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('sealed');
-- all but the encryption itself, which another key may need to replace
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE
    OR UPDATE OF id, patient_id, field, version, reason, recorded_at, recorded_by
    ON patient.detail_changes
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER stamp BEFORE INSERT ON patient.detail_changes
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();
CREATE POLICY chart_open ON patient.detail_changes FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));

-- the log keeps no copy of them: it would hold for ever what was there before it was encrypted
DROP TRIGGER log_change ON patient.patient_details;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON patient.patient_details
    FOR EACH ROW EXECUTE FUNCTION audit.log_change(
        'insurance_member_id_encrypted', 'national_id_encrypted', 'national_id_index',
        'address_encrypted', 'medical_history_encrypted');

GRANT SELECT ON patient.patient_details TO ward_definer;
GRANT UPDATE (version, insurance_member_id_encrypted, national_id_encrypted, national_id_index,
    national_id_index_key, address_encrypted, medical_history_encrypted)
    ON patient.patient_details TO ward_definer;
GRANT SELECT, INSERT ON patient.detail_changes TO ward_definer;

-- Raise unless a value is encrypted: engine, number of the active key, and more than that.
CREATE FUNCTION patient.require_sealed(p_sealed bytea) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_sealed IS NULL THEN
        RETURN;
    ELSIF octet_length(p_sealed) < 31 OR get_byte(p_sealed, 0) NOT IN (1, 2) THEN
        RAISE EXCEPTION 'a protected detail is not encrypted' USING ERRCODE = '42501';
    ELSIF NOT EXISTS (
        SELECT FROM auth.data_keys k
        WHERE k.purpose = 'field' AND k.state = 'active'
          AND k.number = get_byte(p_sealed, 1) * 256 + get_byte(p_sealed, 2)) THEN
        RAISE EXCEPTION 'The key for protected details was changed meanwhile. Save again.'
            USING ERRCODE = 'WA001';
    END IF;
END $$;

-- What is in force of one field of the details.
CREATE FUNCTION patient.sealed_detail(p_details patient.patient_details, p_field text)
RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE p_field
        WHEN 'national_id' THEN p_details.national_id_encrypted
        WHEN 'insurance_number' THEN p_details.insurance_member_id_encrypted
        WHEN 'address' THEN p_details.address_encrypted
        WHEN 'medical_history' THEN p_details.medical_history_encrypted END;
END $$;

-- Enter or correct protected details: p_values has what changes, field to hexadecimal or null.
-- Returns the version reached, null when somebody else changed them since p_version. Correcting
-- needs a reason; repeating it with the same id changes nothing.
CREATE FUNCTION patient.record_details(
    p_id uuid, p_patient_id uuid, p_version integer, p_values jsonb, p_index bytea,
    p_index_key integer, p_reason text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_old patient.patient_details;
    v_new patient.patient_details;
    v_field text;
BEGIN
    PERFORM auth.require('patient.details');
    IF NOT auth.reaches_patient(p_patient_id, 'patient.details') THEN
        RAISE EXCEPTION 'the patient is not on a ward of the session' USING ERRCODE = '42501';
    END IF;
    SELECT * INTO v_old FROM patient.patient_details WHERE patient_id = p_patient_id FOR UPDATE;
    IF EXISTS (SELECT FROM patient.detail_changes
               WHERE id = p_id AND patient_id = p_patient_id) THEN
        RETURN v_old.version;
    ELSIF v_old.version IS DISTINCT FROM p_version THEN
        RETURN NULL;
    END IF;
    v_new := v_old;
    v_new.version := v_old.version + 1;
    FOR v_field IN SELECT jsonb_object_keys(p_values) LOOP
        IF patient.sealed_detail(v_old, v_field) IS NOT NULL
           AND btrim(coalesce(p_reason, '')) = '' THEN
            RAISE EXCEPTION 'Say why this is changed.' USING ERRCODE = 'WA001';
        END IF;
        v_new := patient.with_detail(v_new, v_field, decode(p_values ->> v_field, 'hex'));
        INSERT INTO patient.detail_changes (id, patient_id, field, version, sealed, reason)
        VALUES (p_id, p_patient_id, v_field, v_new.version,
                patient.sealed_detail(v_new, v_field), nullif(btrim(p_reason), ''));
    END LOOP;
    IF p_values ? 'national_id' THEN
        IF octet_length(p_index) <> 16 THEN
            RAISE EXCEPTION 'a blind index has 16 bytes' USING ERRCODE = '42501';
        END IF;
        v_new.national_id_index := p_index;
        v_new.national_id_index_key := p_index_key;
    END IF;
    UPDATE patient.patient_details
    SET version = v_new.version, national_id_encrypted = v_new.national_id_encrypted,
        national_id_index = v_new.national_id_index,
        national_id_index_key = v_new.national_id_index_key,
        insurance_member_id_encrypted = v_new.insurance_member_id_encrypted,
        address_encrypted = v_new.address_encrypted,
        medical_history_encrypted = v_new.medical_history_encrypted
    WHERE patient_id = p_patient_id;
    RETURN v_new.version;
END $$;

-- The details with one field replaced.
CREATE FUNCTION patient.with_detail(
    p_details patient.patient_details, p_field text, p_sealed bytea)
RETURNS patient.patient_details
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM patient.require_sealed(p_sealed);
    CASE p_field
        WHEN 'national_id' THEN p_details.national_id_encrypted := p_sealed;
        WHEN 'insurance_number' THEN p_details.insurance_member_id_encrypted := p_sealed;
        WHEN 'address' THEN p_details.address_encrypted := p_sealed;
        WHEN 'medical_history' THEN p_details.medical_history_encrypted := p_sealed;
    END CASE;
    RETURN p_details;
END $$;

-- People of the facility with one of these blind indexes of a national id: exact, like a search by
-- patient number, and only after the directory was opened.
CREATE FUNCTION patient.search_national_id(p_indexes bytea[]) RETURNS SETOF patient.found
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_directory();
    RETURN QUERY
    SELECT p.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
        p.born_on_is_estimate, here.place, here.admission_id, 1::real,
        (SELECT max(a.discharged_at) FROM admission.admissions a
         WHERE a.patient_id = p.id AND a.cancelled_at IS NULL)
    FROM patient.patient_details d
    JOIN patient.patients p ON p.id = d.patient_id
    LEFT JOIN LATERAL patient.location(p.id) here ON true
    WHERE d.national_id_index = ANY (p_indexes) AND p.facility_id = auth.facility_id()
    ORDER BY p.family_name, p.given_name, p.mrn
    LIMIT 20;
END $$;
