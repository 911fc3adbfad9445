-- Whoever signed in with the password has as many tries of the PIN again.
CREATE OR REPLACE FUNCTION auth.begin_session(p_user_id uuid, p_only_to_change boolean)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_token text := encode(public.gen_random_bytes(32), 'hex');
    v_session_id uuid := public.gen_random_uuid();
BEGIN
    IF NOT p_only_to_change THEN
        PERFORM auth.forget_pin_tries(p_user_id);
    END IF;
    INSERT INTO public.sessions (id, user_id, workstation, token_sha256, xact, expires_at,
                                 only_to_change)
    VALUES (v_session_id, p_user_id, session_user::text,
            sha256(convert_to(v_token, 'UTF8')), pg_current_xact_id()::text::bigint,
            clock_timestamp() + CASE WHEN p_only_to_change THEN interval '15 minutes'
                                     ELSE interval '12 hours' END,
            p_only_to_change);
    RETURN jsonb_build_object('token', v_token, 'session_id', v_session_id);
END $$;
DROP FUNCTION auth.offline_key(uuid);
