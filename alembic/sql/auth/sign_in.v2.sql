-- Signing in with a password that was given or has run out leads to choosing a new one; who comes
-- in is told of the sign-in before and of failed ones since. A hash of a lower cost than today's
-- is replaced (the people of demonstrations and tests are invented, their hashes stay cheap).

CREATE FUNCTION auth.sign_in_v2(p_login text, p_password text) RETURNS jsonb
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
    v_history jsonb;
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
        ELSIF v_user.valid_until <= clock_timestamp() THEN
            v_reason := 'account expired';
        ELSIF v_user.must_change_password AND v_user.password_expires_at <= clock_timestamp() THEN
            v_reason := 'one-time password expired';
        END IF;
    END IF;
    v_history := auth.sign_in_history(v_user.id);
    INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, reason)
    VALUES ('LOGIN', left(v_login, 100), v_user.id, session_user::text, v_reason IS NULL,
            CASE WHEN v_reason IS NULL AND v_user.must_change_password
                 THEN 'to choose a new password' ELSE v_reason END);
    IF v_locked_until IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', replace(v_reason, ' ', '_'),
            'locked_until', v_locked_until,
            'locked_until_text', (SELECT to_char(v_locked_until AT TIME ZONE f.time_zone, 'HH24:MI')
                                  FROM public.facilities f WHERE f.id = v_station.facility_id));
    ELSIF v_reason IN ('account expired', 'one-time password expired') THEN
        -- only who knows the password is told
        RETURN jsonb_build_object('outcome', replace(replace(v_reason, ' ', '_'), '-', '_'));
    ELSIF v_reason IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'refused');
    END IF;
    PERFORM auth.forget_tries(v_user.id);
    IF v_user.must_change_password THEN
        RETURN auth.begin_session(v_user.id, true) || jsonb_build_object(
            'outcome', 'must_change_password', 'login', v_user.login,
            'display_name', v_user.display_name,
            'is_one_time', v_user.password_expires_at IS NOT NULL);
    END IF;
    UPDATE public.users SET last_signed_in_at = clock_timestamp() WHERE id = v_user.id;
    IF v_user.password_hash !~ '^\$2[abxy]\$(1[2-9]|[2-9][0-9])\$' AND EXISTS (
        SELECT FROM public.installation WHERE environment IN ('training', 'production')) THEN
        UPDATE public.users SET password_hash = auth.password_hash(p_password)
        WHERE id = v_user.id AND password_hash = v_user.password_hash;
    END IF;
    RETURN auth.describe_sign_in(v_user.id) || auth.begin_session(v_user.id, false) || v_history
        || jsonb_build_object('outcome', 'signed_in',
                              'last_signed_in_at', v_user.last_signed_in_at);
END $$;

-- Make a session and return its token, which is stored nowhere.
CREATE FUNCTION auth.begin_session(p_user_id uuid, p_only_to_change boolean) RETURNS jsonb
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
CREATE FUNCTION auth.sign_in_history(p_user_id uuid) RETURNS jsonb
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

-- For programs of before, which know no card for a new password: they show this sentence as it is.
CREATE OR REPLACE FUNCTION auth.sign_in(p_login text, p_password text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_answer jsonb := auth.sign_in_v2(p_login, p_password);
BEGIN
    IF v_answer ->> 'outcome' = 'must_change_password' THEN
        RAISE EXCEPTION 'You must choose a new password, and the program on this workstation is too old for that. Sign in at another one; IT must update this one.'
            USING ERRCODE = 'WA001';
    ELSIF v_answer ->> 'outcome' IN ('account_expired', 'one_time_password_expired') THEN
        RETURN jsonb_build_object('outcome', 'refused');
    END IF;
    RETURN v_answer;
END $$;
