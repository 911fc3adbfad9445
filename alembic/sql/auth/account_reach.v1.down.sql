-- Accounts as they were before the program managed them.
DROP POLICY own_or_in_reach ON public.account_events;
REVOKE SELECT ON public.account_events FROM ward_client;
DROP FUNCTION auth.role_catalogue();
DROP FUNCTION auth.sign_ins(uuid);
DROP FUNCTION auth.accounts();
DROP FUNCTION auth.unlock_account(uuid, text);
DROP FUNCTION auth.locked_until(uuid);
CREATE OR REPLACE VIEW auth.proved_session AS
SELECT s.id AS session_id, s.user_id, s.workstation, u.facility_id, s.only_to_change
FROM public.sessions s
JOIN public.users u ON u.id = s.user_id AND u.is_active
    AND (u.valid_until IS NULL OR u.valid_until > clock_timestamp())
JOIN public.workstations w ON w.role_name = s.workstation AND w.revoked_at IS NULL
    AND s.created_at >= w.enrolled_at
WHERE current_setting('transaction_isolation') = 'read committed'
  AND s.token_sha256 = sha256(convert_to(current_setting('ward.token', true), 'UTF8'))
  AND s.workstation = session_user::text
  AND s.ended_at IS NULL
  AND s.expires_at > clock_timestamp()
  AND s.last_seen_at > clock_timestamp() - make_interval(mins => u.idle_minutes)
  AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint;

CREATE OR REPLACE FUNCTION auth.count_try(p_id uuid, p_tries integer) RETURNS timestamptz
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

CREATE OR REPLACE FUNCTION auth.require_account_manager(p_user_id uuid, p_reason text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_facility_id uuid := (SELECT facility_id FROM public.users WHERE id = p_user_id);
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    IF v_session.session_id IS NOT NULL THEN
        PERFORM auth.require('staff.manage');
        IF p_user_id = v_session.user_id THEN
            RAISE EXCEPTION 'Nobody changes their own account. Ask another administrator.'
                USING ERRCODE = 'WA001';
        ELSIF p_user_id IS NOT NULL AND v_facility_id IS DISTINCT FROM v_session.facility_id THEN
            RAISE EXCEPTION 'the person is not of this hospital' USING ERRCODE = '42501';
        END IF;
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND rolsuper) THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF p_user_id IS NOT NULL AND v_facility_id IS NULL THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'WA001';
    END IF;
    IF btrim(coalesce(p_reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why the account is changed.' USING ERRCODE = 'WA001';
    END IF;
    -- a workstation may lock this table in no way that stands against it
    LOCK TABLE public.user_roles IN SHARE ROW EXCLUSIVE MODE;
    RETURN v_session.user_id;
END $$;

CREATE OR REPLACE FUNCTION auth.administrators(p_facility_id uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT u.id), '{}')
            FROM public.users u
            JOIN public.user_roles ur ON ur.user_id = u.id
            JOIN public.role_permissions rp ON rp.role_id = ur.role_id
            JOIN public.permissions p ON p.id = rp.permission_id AND p.name = 'staff.manage'
            WHERE u.facility_id = p_facility_id AND u.is_active AND u.valid_until IS NULL
              -- one who never used the one-time password may never do
              AND NOT (u.must_change_password AND u.password_expires_at IS NOT NULL));
END $$;

CREATE OR REPLACE FUNCTION auth.give_one_time_password(p_user_id uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_letters constant text := '0123456789abcdefghjkmnpqrstvwxyz';
    v_random bytea := public.gen_random_bytes(16);
    v_password text;
BEGIN
    SELECT string_agg(substr(c_letters, get_byte(v_random, n) % 32 + 1, 1)
                      || CASE WHEN n IN (3, 7, 11) THEN '-' ELSE '' END, '' ORDER BY n)
    INTO v_password FROM generate_series(0, 15) n;
    UPDATE public.users
    SET password_hash = auth.password_hash(v_password), must_change_password = true,
        password_expires_at = clock_timestamp() + interval '24 hours',
        password_changed_at = clock_timestamp()
    WHERE id = p_user_id;
    PERFORM auth.end_sessions(p_user_id, 'password reset');
    PERFORM auth.forget_tries(p_user_id);
    RETURN v_password;
END $$;

CREATE OR REPLACE FUNCTION auth.reset_password(p_user_id uuid, p_reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.require_account_manager(p_user_id, p_reason) IS NOT NULL THEN
        -- an administrator of the database may always help the last one in again
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    PERFORM auth.record_account_event(p_user_id, 'password_reset', NULL, p_reason);
    RETURN auth.give_one_time_password(p_user_id);
END $$;

CREATE OR REPLACE FUNCTION auth.expire_password(p_user_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    UPDATE public.users SET must_change_password = true WHERE id = p_user_id;
    PERFORM auth.record_account_event(p_user_id, 'password_expired', NULL, p_reason);
END $$;

CREATE OR REPLACE FUNCTION auth.take_role(p_user_id uuid, p_role text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_role_id uuid := auth.role_to_give(auth.require_account_manager(p_user_id, p_reason), p_role);
BEGIN
    IF EXISTS (SELECT FROM public.role_permissions rp
               JOIN public.permissions p ON p.id = rp.permission_id
               WHERE rp.role_id = v_role_id AND p.name = 'staff.manage') THEN
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    DELETE FROM public.user_roles WHERE user_id = p_user_id AND role_id = v_role_id;
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'role_taken', p_role, p_reason);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION auth.give_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    INSERT INTO public.user_wards (user_id, ward_id)
    VALUES (p_user_id, auth.ward_to_give(p_user_id, p_ward))
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'ward_given', p_ward, p_reason);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION auth.take_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    DELETE FROM public.user_wards
    WHERE user_id = p_user_id AND ward_id = auth.ward_to_give(p_user_id, p_ward);
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'ward_taken', p_ward, p_reason);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION auth.create_account(p_id uuid, p_account jsonb, p_reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_login text := lower(btrim(coalesce(p_account ->> 'login', '')));
    v_name text := btrim(coalesce(p_account ->> 'name', ''));
    v_facilities uuid[];
BEGIN
    IF auth.require_account_manager(NULL, p_reason) IS NOT NULL THEN
        v_facilities := ARRAY[auth.facility_id()];
    ELSE
        SELECT array_agg(id) INTO v_facilities FROM public.facilities
        WHERE code = coalesce(p_account ->> 'facility', code);
    END IF;
    IF coalesce(cardinality(v_facilities), 0) <> 1 THEN
        RAISE EXCEPTION 'Say which hospital the person belongs to.' USING ERRCODE = 'WA001';
    ELSIF v_login !~ '^[a-z0-9][a-z0-9._-]{0,39}$' THEN
        RAISE EXCEPTION 'A user name has 1 to 40 of the letters a to z, figures, and . _ - between them.'
            USING ERRCODE = 'WA001';
    ELSIF v_name = '' OR length(v_name) > 100 THEN
        RAISE EXCEPTION 'Say the name of the person, in 100 letters or less.' USING ERRCODE = 'WA001';
    ELSIF EXISTS (SELECT FROM public.users WHERE login = v_login) THEN
        RAISE EXCEPTION 'The user name % is taken. Choose another.', v_login USING ERRCODE = 'WA001';
    END IF;
    -- a hash that no password has, until the one-time password is given
    INSERT INTO public.users (id, facility_id, login, display_name, profession, password_hash)
    VALUES (p_id, v_facilities[1], v_login, v_name, nullif(btrim(p_account ->> 'profession'), ''),
            '!');
    PERFORM auth.record_account_event(p_id, 'created', NULL, p_reason);
    RETURN auth.give_one_time_password(p_id);
END $$;

DROP FUNCTION auth.unlocked_since(uuid, timestamptz);
DROP FUNCTION auth.ward_to_assign(uuid, text, text);
DROP FUNCTION auth.administrator_roles();
DROP FUNCTION auth.require_account_step(uuid, text, text);
DROP FUNCTION auth.account_ids();
DROP FUNCTION auth.account_reach(uuid);
REVOKE UPDATE (unlocked_at, unlocked_xact) ON public.users FROM ward_definer;

-- IT gives no accounts again
GRANT DELETE ON public.role_grants, public.role_permissions TO ward_definer;
SET LOCAL ROLE ward_definer;
DELETE FROM public.role_grants g USING public.roles r WHERE r.id = g.role_id AND r.name = 'it';
DELETE FROM public.role_permissions rp USING public.roles r, public.permissions p
WHERE r.id = rp.role_id AND r.name = 'it' AND p.id = rp.permission_id AND p.name = 'staff.manage';
SET LOCAL ROLE ward_owner;
REVOKE DELETE ON public.role_grants, public.role_permissions FROM ward_definer;
