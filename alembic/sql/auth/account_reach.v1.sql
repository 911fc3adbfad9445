-- Accounts in the program: whose accounts a session may look at and change, decided here alone.
-- An administrator and IT change accounts whose roles they may give (IT no administrator and no
-- auditor). A ward manager helps the staff of her own wards: a new password, an end to a lock,
-- wards; never somebody with rights she does not have, or who works elsewhere too: a one-time
-- password opens everything its owner sees.

GRANT INSERT ON public.permissions, public.role_permissions, public.role_grants TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('5e0f21b4-6f3c-5b1a-9c3e-8d4f7a2b6c01', 'staff.assist',
     'See the staff accounts of one''s own wards, give a new password, end a lock, assign wards');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM (VALUES
    ('ward_manager', ARRAY['staff.assist']),
    ('administrator', ARRAY['staff.assist']),
    ('it', ARRAY['staff.assist', 'staff.manage'])
) given (role, permissions)
JOIN public.roles r ON r.name = given.role
JOIN public.permissions p ON p.name = ANY (given.permissions);
INSERT INTO public.role_grants (role_id, granted_role_id)
SELECT i.id, r.id FROM public.roles i CROSS JOIN public.roles r
WHERE i.name = 'it' AND r.name IN ('nurse', 'charge_nurse', 'ward_manager', 'doctor',
    'healthcare_assistant', 'bed_coordinator', 'wall_display');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions, public.role_grants
    FROM ward_definer;

GRANT UPDATE (unlocked_at, unlocked_xact) ON public.users TO ward_definer;

-- The accounts in sight of the session (all, or one), and what it may do with each.
CREATE FUNCTION auth.account_reach(p_user_id uuid DEFAULT NULL) RETURNS TABLE (
    user_id uuid, may_manage boolean, may_reset boolean, may_assign boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- who watches over others, or runs the installation, is helped by an administrator alone
    c_only_for_administrators constant text[] :=
        ARRAY['staff.manage', 'staff.assist', 'audit.read', 'system.operate'];
    v_session auth.live_session;
    v_held text[] := (SELECT coalesce(array_agg(name), '{}') FROM auth.held_permissions);
    v_wards uuid[];
    v_may_give uuid[];
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    v_wards := (SELECT coalesce(array_agg(uw.ward_id), '{}') FROM public.user_wards uw
                WHERE uw.user_id = v_session.user_id);
    v_may_give := (SELECT coalesce(array_agg(g.granted_role_id), '{}')
                   FROM public.user_roles ur JOIN public.role_grants g ON g.role_id = ur.role_id
                   WHERE ur.user_id = v_session.user_id);
    RETURN QUERY
    SELECT u.id, m.manages, m.manages OR (m.assists AND f.wards <@ v_wards),
        m.manages OR m.assists
    FROM public.users u
    CROSS JOIN LATERAL (
        SELECT
            ARRAY(SELECT ur.role_id FROM public.user_roles ur WHERE ur.user_id = u.id) AS roles,
            ARRAY(SELECT uw.ward_id FROM public.user_wards uw WHERE uw.user_id = u.id) AS wards,
            ARRAY(SELECT p.name FROM public.user_roles ur
                  JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                  JOIN public.permissions p ON p.id = rp.permission_id
                  WHERE ur.user_id = u.id) AS permissions) f
    CROSS JOIN LATERAL (
        SELECT u.id <> v_session.user_id AND 'staff.manage' = ANY (v_held)
                AND f.roles <@ v_may_give AS manages,
            u.id <> v_session.user_id AND 'staff.assist' = ANY (v_held)
                AND f.wards && v_wards AND f.permissions <@ v_held
                AND NOT f.permissions && c_only_for_administrators AS assists) m
    WHERE u.facility_id = v_session.facility_id AND u.id = coalesce(p_user_id, u.id)
      AND ('staff.manage' = ANY (v_held)
           OR ('staff.assist' = ANY (v_held) AND (f.wards && v_wards OR u.id = v_session.user_id)));
END $$;

-- Accounts whose history the session may read besides its own.
CREATE FUNCTION auth.account_ids() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(user_id), '{}') FROM auth.account_reach() WHERE may_assign);
END $$;

-- Raise unless whoever asks may take this step ('manage', 'reset', 'assign') on the account; one
-- at a time, so that two administrators do not shut each other out in the same moment. Returns
-- the session's person, null for the administrator of the database.
CREATE FUNCTION auth.require_account_step(p_user_id uuid, p_reason text, p_step text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_needed text := CASE p_step WHEN 'manage' THEN 'staff.manage' ELSE 'staff.assist' END;
    v_session auth.live_session;
BEGIN
    SELECT * INTO v_session FROM auth.live_session;
    IF v_session.session_id IS NOT NULL THEN
        PERFORM auth.require(v_needed);
    ELSIF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND rolsuper) THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    END IF;
    -- a workstation may lock this table in no way that stands against it
    LOCK TABLE public.user_roles IN SHARE ROW EXCLUSIVE MODE;
    IF v_session.session_id IS NOT NULL THEN
        -- whoever was before in the queue may have ended this session, or taken its role
        PERFORM auth.require(v_needed);
    END IF;
    IF p_user_id = v_session.user_id THEN
        RAISE EXCEPTION 'Nobody changes their own account. Ask another administrator.'
            USING ERRCODE = 'WA001';
    ELSIF v_session.session_id IS NOT NULL AND p_user_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM auth.account_reach(p_user_id) r
        WHERE CASE p_step WHEN 'manage' THEN r.may_manage WHEN 'reset' THEN r.may_reset
                          WHEN 'assign' THEN r.may_assign END) THEN
        RAISE EXCEPTION 'the account is not one that this person may change'
            USING ERRCODE = '42501';
    ELSIF p_user_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.users WHERE id = p_user_id) THEN
        RAISE EXCEPTION 'There is no such person.' USING ERRCODE = 'WA001';
    ELSIF btrim(coalesce(p_reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why the account is changed.' USING ERRCODE = 'WA001';
    END IF;
    RETURN v_session.user_id;
END $$;

-- The same for whatever only who manages the account may do.
CREATE FUNCTION auth.require_account_manager(p_user_id uuid, p_reason text)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.require_account_step(p_user_id, p_reason, 'manage');
END $$;

-- Roles whose holders can make another administrator: the last one of them stays.
CREATE FUNCTION auth.administrator_roles() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(g.role_id), '{}') FROM public.role_grants g
            JOIN public.roles r ON r.id = g.granted_role_id AND r.name = 'administrator'
            JOIN public.role_permissions rp ON rp.role_id = g.role_id
            JOIN public.permissions p ON p.id = rp.permission_id AND p.name = 'staff.manage');
END $$;

-- Administrators of a hospital who can sign in now and have no end set.
CREATE FUNCTION auth.administrators(p_facility_id uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(DISTINCT u.id), '{}')
            FROM public.users u
            JOIN public.user_roles ur ON ur.user_id = u.id
            WHERE ur.role_id = ANY (auth.administrator_roles())
              AND u.facility_id = p_facility_id AND u.is_active AND u.valid_until IS NULL
              -- one who never used the one-time password may never do
              AND NOT (u.must_change_password AND u.password_expires_at IS NOT NULL));
END $$;

CREATE FUNCTION auth.take_role(p_user_id uuid, p_role text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_role_id uuid := auth.role_to_give(auth.require_account_manager(p_user_id, p_reason), p_role);
BEGIN
    IF v_role_id = ANY (auth.administrator_roles()) THEN
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    DELETE FROM public.user_roles WHERE user_id = p_user_id AND role_id = v_role_id;
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'role_taken', p_role, p_reason);
    END IF;
END $$;

-- The ward, if whoever asks may assign it: an assistant only wards of her own.
CREATE FUNCTION auth.ward_to_assign(p_user_id uuid, p_ward text, p_reason text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_manager_id uuid := auth.require_account_step(p_user_id, p_reason, 'assign');
    v_ward_id uuid := auth.ward_to_give(p_user_id, p_ward);
BEGIN
    IF v_manager_id IS NOT NULL
       AND NOT (SELECT r.may_manage FROM auth.account_reach(p_user_id) r)
       AND NOT EXISTS (SELECT FROM public.user_wards uw
                       WHERE uw.user_id = v_manager_id AND uw.ward_id = v_ward_id) THEN
        RAISE EXCEPTION 'the ward is not one of this person' USING ERRCODE = '42501';
    END IF;
    RETURN v_ward_id;
END $$;

CREATE FUNCTION auth.give_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := auth.ward_to_assign(p_user_id, p_ward, p_reason);
BEGIN
    INSERT INTO public.user_wards (user_id, ward_id) VALUES (p_user_id, v_ward_id)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'ward_given', p_ward, p_reason);
    END IF;
END $$;

CREATE FUNCTION auth.take_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := auth.ward_to_assign(p_user_id, p_ward, p_reason);
BEGIN
    DELETE FROM public.user_wards WHERE user_id = p_user_id AND ward_id = v_ward_id;
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'ward_taken', p_ward, p_reason);
    END IF;
END $$;

-- A lock is ended by a fact that is committed, never by setting the counter: a counter keeps what
-- it is set to through a ROLLBACK, so that guesses would go on with nothing on record.
CREATE OR REPLACE FUNCTION auth.count_try(p_id uuid, p_tries integer) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_window_s constant bigint := 900;
    v_counter text := format('auth.%I', auth.counter_name(p_id));
    v_now_s bigint := floor(extract(epoch FROM clock_timestamp()))::bigint;
    v_value bigint := nextval(v_counter);
    v_start_s bigint := v_value / 1000;
    v_try bigint := v_value % 1000;
    v_unlocked_at timestamptz := auth.unlocked_since(p_id, to_timestamp(v_start_s));
BEGIN
    IF v_now_s - v_start_s > c_window_s THEN
        PERFORM setval(v_counter, v_now_s * 1000 + 1);
        RETURN NULL;
    ELSIF v_unlocked_at IS NOT NULL THEN
        -- begins no earlier than the lock was ended, so that this counts once
        PERFORM setval(v_counter, ceil(extract(epoch FROM v_unlocked_at))::bigint * 1000 + 1);
        RETURN NULL;
    END IF;
    IF v_try > 900 THEN  -- never let the count run over into the next second
        PERFORM setval(v_counter, v_start_s * 1000 + 900);
    END IF;
    RETURN CASE WHEN v_try > p_tries THEN to_timestamp(v_start_s + c_window_s) END;
END $$;

-- When somebody ended the lock of a person after that time, in another transaction; null: nobody.
CREATE FUNCTION auth.unlocked_since(p_user_id uuid, p_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT u.unlocked_at FROM public.users u
            WHERE u.id = p_user_id AND u.unlocked_at > p_at
              AND u.unlocked_xact IS DISTINCT FROM
                  pg_current_xact_id_if_assigned()::text::bigint);
END $$;

-- Until when no password is accepted of a person who typed too many wrong ones; null: not locked.
-- The numbers are those of auth.sign_in_v2 and auth.count_try.
CREATE FUNCTION auth.locked_until(p_user_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries constant bigint := 5;
    c_window constant interval := interval '15 minutes';
    v_last bigint := pg_sequence_last_value(
        to_regclass(format('auth.%I', auth.counter_name(p_user_id))));
    v_start timestamptz := to_timestamp(v_last / 1000);
BEGIN
    RETURN CASE WHEN v_last % 1000 >= c_tries AND v_start + c_window > clock_timestamp()
                     AND auth.unlocked_since(p_user_id, v_start) IS NULL
                THEN v_start + c_window END;
END $$;

-- End a lock; the password stays as it is.
CREATE FUNCTION auth.unlock_account(p_user_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_step(p_user_id, p_reason, 'reset');
    UPDATE public.users
    SET unlocked_at = clock_timestamp(), unlocked_xact = pg_current_xact_id()::text::bigint
    WHERE id = p_user_id;
    PERFORM auth.record_account_event(p_user_id, 'unlocked', NULL, p_reason);
END $$;

-- Give a person a one-time password and return it: 80 random bits in letters and figures that are
-- not mistaken for each other. It is shown once; stored is its hash, and until when it counts.
CREATE FUNCTION auth.give_one_time_password(p_user_id uuid) RETURNS text
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
        password_changed_at = clock_timestamp(),
        unlocked_at = clock_timestamp(), unlocked_xact = pg_current_xact_id()::text::bigint
    WHERE id = p_user_id;
    PERFORM auth.end_sessions(p_user_id, 'password reset');
    RETURN v_password;
END $$;

-- Make an account (login, name, profession; IT also says the hospital by its code where there are
-- several) and return its one-time password.
CREATE FUNCTION auth.create_account(p_id uuid, p_account jsonb, p_reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_login text := lower(btrim(coalesce(p_account ->> 'login', '')));
    v_name text := btrim(coalesce(p_account ->> 'name', ''));
    v_facilities uuid[];
BEGIN
    IF EXISTS (SELECT FROM public.users
               WHERE id = p_id AND login = v_login AND last_signed_in_at IS NULL) THEN
        -- sent again after a lost answer: the password told then was read by nobody
        PERFORM auth.require_account_manager(p_id, p_reason);
        PERFORM auth.record_account_event(p_id, 'password_reset', NULL, p_reason);
        RETURN auth.give_one_time_password(p_id);
    ELSIF auth.require_account_manager(NULL, p_reason) IS NOT NULL THEN
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

CREATE FUNCTION auth.reset_password(p_user_id uuid, p_reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.require_account_step(p_user_id, p_reason, 'reset') IS NOT NULL THEN
        -- an administrator of the database may always help the last one in again
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    PERFORM auth.record_account_event(p_user_id, 'password_reset', NULL, p_reason);
    RETURN auth.give_one_time_password(p_user_id);
END $$;

-- The person chooses a new password before anything else: sessions that run are over.
CREATE FUNCTION auth.expire_password(p_user_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    UPDATE public.users SET must_change_password = true WHERE id = p_user_id;
    PERFORM auth.end_sessions(p_user_id, 'new password due');
    PERFORM auth.record_account_event(p_user_id, 'password_expired', NULL, p_reason);
END $$;
