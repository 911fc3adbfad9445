-- Every change of every table leaves a row here, in the same transaction; rows of the clinical
-- record are never changed or deleted, by nobody.

GRANT INSERT ON audit.change_logs TO ward_definer;

-- Arguments: columns that must not be copied (secrets).
CREATE FUNCTION audit.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_secrets text[] := coalesce(TG_ARGV, '{}');  -- null without arguments
    v_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - v_secrets END;
    v_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - v_secrets END;
    v_row jsonb := coalesce(v_after, v_before);
BEGIN
    INSERT INTO audit.change_logs (xact, schema_name, table_name, action, row_id, before, after,
                                   user_id, session_id, database_role)
    SELECT pg_current_xact_id()::text::bigint, TG_TABLE_SCHEMA, TG_TABLE_NAME,
           CASE TG_OP WHEN 'INSERT' THEN 'CREATE' ELSE TG_OP END,
           -- null for the few rows without a uuid of their own
           substring(coalesce(v_row ->> 'id', v_row ->> 'patient_id', v_row ->> 'user_id')
                     FROM '^[0-9a-f-]{36}$')::uuid,
           v_before, v_after, l.user_id, l.session_id, session_user::text
    FROM (SELECT) one LEFT JOIN auth.live_session l ON true;
    RETURN NULL;
END $$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%.% keeps every row as it was written', TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- Who wrote it and when is the database's to say. Without a session (bulk loads by the loader
-- role, the only other writer) what the loader says stands.
CREATE FUNCTION audit.stamp() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
BEGIN
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION audit.touch_updated_at() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY[
        'public.installation', 'public.facilities', 'public.roles', 'public.permissions',
        'public.role_permissions', 'public.user_roles', 'public.user_wards',
        'public.workstations',
        'room.buildings', 'room.floors', 'room.wards', 'room.rooms', 'room.beds',
        'room.bed_readiness', 'room.bed_availability',
        'patient.patients', 'patient.patient_details', 'patient.patient_sequences',
        'patient.allergies', 'patient.patient_flags',
        'admission.admissions', 'admission.bed_stays', 'admission.transfers',
        'admission.discharges', 'admission.expected_discharges',
        'report.vital_signs', 'report.spo2_scale_decisions'] LOOP
        EXECUTE format('CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION audit.log_change()', t);
    END LOOP;
    CREATE TRIGGER log_change AFTER INSERT OR DELETE
        OR UPDATE OF login, email, display_name, profession, specialization, phone,
            password_hash, idle_minutes, idle_lock_minutes, is_active, facility_id
        ON public.users FOR EACH ROW EXECUTE FUNCTION audit.log_change('password_hash');

    FOREACH t IN ARRAY ARRAY[
        'room.bed_readiness', 'room.bed_availability', 'patient.allergies',
        'patient.patient_flags', 'admission.expected_discharges',
        'report.spo2_scale_decisions'] LOOP
        EXECUTE format('CREATE TRIGGER stamp BEFORE INSERT ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION audit.stamp()', t);
    END LOOP;

    FOREACH t IN ARRAY ARRAY[
        'room.bed_readiness', 'room.bed_availability', 'patient.allergies',
        'patient.patient_flags', 'admission.transfers', 'admission.discharges',
        'admission.expected_discharges', 'report.vital_signs', 'report.spo2_scale_decisions',
        'audit.change_logs', 'audit.access_logs', 'audit.login_history'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', t);
    END LOOP;

    FOREACH t IN ARRAY ARRAY[
        'public.facilities', 'room.buildings', 'room.floors', 'room.wards', 'room.rooms',
        'room.beds', 'public.users', 'public.workstations', 'public.sessions',
        'patient.patients', 'patient.patient_details', 'patient.patient_sequences',
        'admission.admissions', 'admission.bed_stays'] LOOP
        EXECUTE format('CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', t);
    END LOOP;

    FOREACH t IN ARRAY ARRAY[
        'public.users', 'patient.patients', 'patient.patient_details',
        'admission.admissions'] LOOP
        EXECUTE format('CREATE TRIGGER touch_updated_at BEFORE UPDATE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION audit.touch_updated_at()', t);
    END LOOP;
END $$;
