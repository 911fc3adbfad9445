-- Signing in, staying signed in, signing out.

GRANT INSERT, UPDATE ON public.sessions TO ward_definer;
GRANT UPDATE (last_signed_in_at) ON public.users TO ward_definer;
GRANT SELECT, INSERT ON audit.login_history TO ward_definer;

-- What a client must know before anybody signs in.
CREATE FUNCTION auth.server_info() RETURNS TABLE (
    environment text, revision text, oldest_client_revision text, facility_name text,
    workstation_accepted boolean, server_time timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT i.environment, (SELECT v.version_num::text FROM public.alembic_version v),
        i.oldest_client_revision, f.name, w.id IS NOT NULL, clock_timestamp()
    FROM public.installation i
    LEFT JOIN public.workstations w ON w.role_name = session_user::text AND w.revoked_at IS NULL
    LEFT JOIN public.facilities f ON f.id = w.facility_id;
END $$;

-- The stored form of a password: bcrypt over a digest, because bcrypt alone stops at 72 bytes.
CREATE FUNCTION auth.password_hash(p_password text, p_cost integer DEFAULT 12) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN public.crypt(encode(sha256(convert_to(p_password, 'UTF8')), 'base64'),
                        public.gen_salt('bf', p_cost));
END $$;

CREATE FUNCTION auth.counter_name(p_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'tries_' || replace(p_id::text, '-', '')
$$;

-- A sequence counts tries, one for each person and one for each workstation: it is not undone by
-- ROLLBACK and needs no lock that a hostile client could hold.
CREATE FUNCTION auth.make_counter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE SEQUENCE auth.%I MINVALUE 0 START 0', auth.counter_name(NEW.id));
    RETURN NULL;
END $$;
CREATE TRIGGER make_counter AFTER INSERT ON public.users
    FOR EACH ROW EXECUTE FUNCTION auth.make_counter();
CREATE TRIGGER make_counter AFTER INSERT ON public.workstations
    FOR EACH ROW EXECUTE FUNCTION auth.make_counter();

-- Count one try; returns until when no more is allowed, or null. So many tries in 15 minutes.
CREATE FUNCTION auth.count_try(p_id uuid, p_tries integer) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_window_s constant bigint := 900;
    v_counter text := format('auth.%I', auth.counter_name(p_id));
    v_now_s bigint := extract(epoch FROM clock_timestamp())::bigint;
    v_value bigint := nextval(v_counter);
    v_start_s bigint := v_value / 1000;
    v_try bigint := v_value % 1000;
BEGIN
    IF v_now_s - v_start_s > c_window_s THEN
        PERFORM setval(v_counter, v_now_s * 1000 + 1);
        RETURN NULL;
    END IF;
    IF v_try > 900 THEN  -- never let the count run over into the next second
        PERFORM setval(v_counter, v_start_s * 1000 + 900);
    END IF;
    RETURN CASE WHEN v_try > p_tries THEN to_timestamp(v_start_s + c_window_s) END;
END $$;

CREATE FUNCTION auth.forget_tries(p_user_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM setval(format('auth.%I', auth.counter_name(p_user_id)), 0);
END $$;

-- Verify a password and make a session. The outcome is returned, never raised, so that the
-- record of a failure is committed with it.
CREATE FUNCTION auth.sign_in(p_login text, p_password text) RETURNS jsonb
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

-- What the interface needs to know of the person: names, permissions, wards.
CREATE FUNCTION auth.describe_sign_in(p_user_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT jsonb_build_object(
        'user_id', u.id, 'login', u.login, 'display_name', u.display_name,
        'idle_lock_minutes', u.idle_lock_minutes,
        'facility_id', f.id, 'facility_name', f.name,
        'environment', (SELECT environment FROM public.installation),
        'role_names', coalesce((SELECT jsonb_agg(r.title ORDER BY r.title) FROM public.user_roles ur
            JOIN public.roles r ON r.id = ur.role_id WHERE ur.user_id = u.id), '[]'),
        'permissions', coalesce((SELECT jsonb_agg(DISTINCT p.name) FROM public.user_roles ur
            JOIN public.role_permissions rp ON rp.role_id = ur.role_id
            JOIN public.permissions p ON p.id = rp.permission_id WHERE ur.user_id = u.id), '[]'),
        'wards', coalesce((SELECT jsonb_agg(jsonb_build_object('id', w.id, 'code', w.code,
            'name', w.name, 'specialty', w.specialty, 'time_zone', w.time_zone,
            'wall_privacy', w.wall_privacy) ORDER BY w.name) FROM public.user_wards uw
            JOIN room.wards w ON w.id = uw.ward_id WHERE uw.user_id = u.id), '[]'))
    FROM public.users u JOIN public.facilities f ON f.id = u.facility_id WHERE u.id = p_user_id);
END $$;

-- The person used the keyboard or mouse: keeps the session from idling out.
CREATE FUNCTION auth.touch() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.sessions SET last_seen_at = clock_timestamp()
    WHERE id = (SELECT session_id FROM auth.live_session);
END $$;

CREATE FUNCTION auth.sign_out() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    IF v_session.session_id IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded)
    SELECT 'LOGOUT', login, id, session_user::text, true
    FROM public.users WHERE id = v_session.user_id;
    UPDATE public.sessions SET ended_at = clock_timestamp(), end_reason = 'signed out'
    WHERE id = v_session.session_id;
END $$;
