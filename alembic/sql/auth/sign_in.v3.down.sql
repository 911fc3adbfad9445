-- Make a session and return its token, which is stored nowhere.
CREATE OR REPLACE FUNCTION auth.begin_session(p_user_id uuid, p_only_to_change boolean)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_token text := encode(public.gen_random_bytes(32), 'hex');
    v_session_id uuid := public.gen_random_uuid();
BEGIN
    INSERT INTO public.sessions (id, user_id, workstation, token_sha256, xact, expires_at,
                                 only_to_change)
    VALUES (v_session_id, p_user_id, session_user::text,
            sha256(convert_to(v_token, 'UTF8')), pg_current_xact_id()::text::bigint,
            clock_timestamp() + CASE WHEN p_only_to_change THEN interval '15 minutes'
                                     ELSE interval '12 hours' END,
            p_only_to_change);
    RETURN jsonb_build_object('token', v_token, 'session_id', v_session_id);
END $$;

-- Where the person signed in last, and how many tries failed since. Tries that were undone are
-- not on record; those of the last quarter of an hour are still in the counter. The present try
-- is counted and not yet on record.
CREATE OR REPLACE FUNCTION auth.sign_in_history(p_user_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_last audit.login_history;
    v_counted integer := 0;
BEGIN
    IF p_user_id IS NULL THEN
        RETURN '{}';
    END IF;
    SELECT * INTO v_last FROM audit.login_history
    WHERE user_id = p_user_id AND action = 'LOGIN' AND succeeded AND reason IS NULL
    ORDER BY at DESC LIMIT 1;
    EXECUTE format('SELECT last_value %% 1000 - 1 FROM auth.%I', auth.counter_name(p_user_id))
        INTO v_counted;
    RETURN jsonb_build_object(
        'last_workstation', (SELECT name FROM public.workstations
                             WHERE role_name = v_last.workstation),
        'failures_since', greatest(v_counted, (
            SELECT count(*) FROM audit.login_history
            WHERE user_id = p_user_id AND action = 'LOGIN' AND NOT succeeded
              AND at > coalesce(v_last.at, '-infinity'))));
END $$;
