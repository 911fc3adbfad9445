-- A sign-in comes with a key of its own, with which the person charts while the database is away.
-- It follows from the session and from a key of the installation, so it is stored nowhere.
CREATE FUNCTION auth.offline_key(p_session_id uuid) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN public.hmac(convert_to('charting|' || p_session_id, 'UTF8'),
                       (SELECT offline_key FROM public.installation), 'sha256');
END $$;

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
    RETURN jsonb_build_object('token', v_token, 'session_id', v_session_id)
        || CASE WHEN p_only_to_change THEN '{}' ELSE jsonb_build_object(
               'offline_key', encode(auth.offline_key(v_session_id), 'hex'),
               'signed_in_at', (SELECT s.created_at FROM public.sessions s
                                WHERE s.id = v_session_id)) END;
END $$;
