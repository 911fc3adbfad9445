-- As it was before: without the patient and the ward.
CREATE OR REPLACE FUNCTION audit.log_change() RETURNS trigger
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
