-- Verify a password and make a session. The outcome is returned, never raised, so that the
-- record of a failure is committed with it.
CREATE OR REPLACE FUNCTION auth.sign_in(p_login text, p_password text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries_of_person constant integer := 5;
    -- many share a desk; this only has to stop one password being tried on everybody
    c_tries_at_workstation constant integer := 100;
    v_station public.workstations;
    v_user public.users;
    v_login text := lower(btrim(coalesce(p_login, '')));
    v_digest text := encode(sha256(convert_to(coalesce(p_password, ''), 'UTF8')), 'base64');
    v_locked_until timestamptz;
    v_reason text;
    v_token text;
    v_session_id uuid;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'signing in needs the present state' USING ERRCODE = 'feature_not_supported';
    END IF;
    SELECT * INTO v_station FROM public.workstations
    WHERE role_name = session_user::text AND revoked_at IS NULL;
    IF v_station.id IS NULL THEN
        INSERT INTO audit.login_history (action, login, workstation, succeeded, reason)
        VALUES ('LOGIN', left(v_login, 100), session_user::text, false, 'workstation refused');
        RETURN jsonb_build_object('outcome', 'workstation_refused');
    END IF;
    v_locked_until := auth.count_try(v_station.id, c_tries_at_workstation);
    SELECT * INTO v_user FROM public.users
    WHERE login = v_login AND facility_id = v_station.facility_id;
    IF v_locked_until IS NOT NULL THEN
        v_reason := 'workstation locked';
    ELSIF v_user.id IS NULL THEN
        -- burn the same time, so that a name cannot be told from a wrong password
        PERFORM public.crypt(v_digest, public.gen_salt('bf', 12));
        v_reason := 'unknown login';
    ELSE
        v_locked_until := auth.count_try(v_user.id, c_tries_of_person);
        IF v_locked_until IS NOT NULL THEN
            v_reason := 'locked';
        ELSIF public.crypt(v_digest, v_user.password_hash) <> v_user.password_hash THEN
            v_reason := 'wrong password';
        ELSIF NOT v_user.is_active THEN
            v_reason := 'account disabled';
        END IF;
    END IF;
    INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, reason)
    VALUES ('LOGIN', left(v_login, 100), v_user.id, session_user::text,
            v_reason IS NULL, v_reason);
    IF v_locked_until IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', replace(v_reason, ' ', '_'),
            'locked_until', v_locked_until,
            'locked_until_text', (SELECT to_char(v_locked_until AT TIME ZONE f.time_zone, 'HH24:MI')
                                  FROM public.facilities f WHERE f.id = v_station.facility_id));
    ELSIF v_reason IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'refused');
    END IF;
    PERFORM auth.forget_tries(v_user.id);
    v_token := encode(public.gen_random_bytes(32), 'hex');
    INSERT INTO public.sessions (id, user_id, workstation, token_sha256, xact, expires_at)
    VALUES (public.gen_random_uuid(), v_user.id, session_user::text,
            sha256(convert_to(v_token, 'UTF8')), pg_current_xact_id()::text::bigint,
            clock_timestamp() + interval '12 hours')
    RETURNING id INTO v_session_id;
    UPDATE public.users SET last_signed_in_at = clock_timestamp() WHERE id = v_user.id;
    RETURN auth.describe_sign_in(v_user.id) || jsonb_build_object(
        'outcome', 'signed_in', 'token', v_token, 'session_id', v_session_id,
        'last_signed_in_at', v_user.last_signed_in_at);
END $$;

DROP FUNCTION auth.sign_in_v2(text, text);
DROP FUNCTION auth.begin_session(uuid, boolean);
DROP FUNCTION auth.sign_in_history(uuid);
