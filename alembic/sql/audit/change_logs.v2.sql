-- Whose record and which ward a change concerns stands with it, so that an auditor finds it
-- without reading what was written.
CREATE OR REPLACE FUNCTION audit.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_secrets text[] := coalesce(TG_ARGV, '{}');  -- null without arguments
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - v_secrets END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - v_secrets END;
    v_row jsonb := coalesce(v_after, v_before);
    v_name text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
    v_admission_id uuid := v_row ->> CASE v_name WHEN 'admission.admissions' THEN 'id'
                                     ELSE 'admission_id' END;
    v_patient_id uuid := v_row ->> CASE v_name WHEN 'patient.patients' THEN 'id'
                                   ELSE 'patient_id' END;
    v_ward_id uuid := CASE v_name WHEN 'room.wards' THEN v_row ->> 'id'
        ELSE coalesce(v_row ->> 'ward_id', v_row ->> 'subject_ward_id',
                      v_row ->> 'about_ward_id') END;
BEGIN
    IF v_admission_id IS NOT NULL AND v_patient_id IS NULL THEN
        v_patient_id := (SELECT a.patient_id FROM admission.admissions a
                         WHERE a.id = v_admission_id);
    END IF;
    IF v_admission_id IS NOT NULL AND v_ward_id IS NULL THEN
        v_ward_id := (SELECT s.ward_id FROM admission.bed_stays s
                      WHERE s.admission_id = v_admission_id AND s.voided_at IS NULL
                      ORDER BY s.during DESC LIMIT 1);
    ELSIF v_ward_id IS NULL AND v_row ? 'bed_id' THEN
        v_ward_id := (SELECT b.ward_id FROM room.beds b WHERE b.id = (v_row ->> 'bed_id')::uuid);
    END IF;
    INSERT INTO audit.change_logs (xact, schema_name, table_name, action, row_id, before, after,
                                   user_id, session_id, database_role, patient_id, ward_id)
    SELECT pg_current_xact_id()::text::bigint, TG_TABLE_SCHEMA, TG_TABLE_NAME,
           CASE TG_OP WHEN 'INSERT' THEN 'CREATE' ELSE TG_OP END,
           -- null for the few rows without a uuid of their own
           substring(coalesce(v_row ->> 'id', v_row ->> 'patient_id', v_row ->> 'user_id')
                     FROM '^[0-9a-f-]{36}$')::uuid,
           v_before, v_after, l.user_id, l.session_id, session_user::text, v_patient_id, v_ward_id
    FROM (SELECT) one LEFT JOIN auth.live_session l ON true;
    RETURN NULL;
END $$;
