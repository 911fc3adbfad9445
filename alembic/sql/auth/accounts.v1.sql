-- Managing accounts: by an administrator who is signed in, for others of the same hospital and
-- never for oneself, or by IT as administrator of the database (wardctl), who has no session.
-- Who it was and why stays on record with each step.

GRANT INSERT ON public.users, public.user_roles, public.user_wards TO ward_definer;
GRANT DELETE ON public.user_roles, public.user_wards TO ward_definer;
GRANT UPDATE (is_active, valid_until) ON public.users TO ward_definer;

-- Which roles the holders of a role may give and take: an administrator all of them.
ALTER TABLE public.role_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.role_grants FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.role_grants
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
GRANT SELECT, INSERT ON public.role_grants TO ward_definer;
GRANT SELECT, INSERT ON public.role_grants TO ward_loader;
SET LOCAL ROLE ward_definer;
INSERT INTO public.role_grants (role_id, granted_role_id)
SELECT a.id, r.id FROM public.roles a CROSS JOIN public.roles r WHERE a.name = 'administrator';
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.role_grants FROM ward_definer;

-- what an update of an account's own facts leaves on record
DROP TRIGGER log_change ON public.users;
CREATE TRIGGER log_change AFTER INSERT OR DELETE
    OR UPDATE OF login, email, display_name, profession, specialization, phone,
        password_hash, idle_minutes, idle_lock_minutes, is_active, facility_id,
        must_change_password, password_expires_at, password_changed_at, valid_until
    ON public.users FOR EACH ROW EXECUTE FUNCTION audit.log_change('password_hash');

-- Raise unless whoever asks may manage accounts, and that of the person; one at a time, so that
-- two administrators do not shut each other out in the same moment. Returns the session's person,
-- null for the administrator of the database.
CREATE FUNCTION auth.require_account_manager(p_user_id uuid, p_reason text) RETURNS uuid
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

-- Administrators of a hospital who can sign in now and have no end set.
CREATE FUNCTION auth.administrators(p_facility_id uuid) RETURNS uuid[]
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

-- Raise where the hospital would be left without an administrator.
CREATE FUNCTION auth.spare_last_administrator(p_user_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.administrators((SELECT facility_id FROM public.users WHERE id = p_user_id))
       = ARRAY[p_user_id] THEN
        RAISE EXCEPTION 'This is the last administrator of the hospital. Make another one first.'
            USING ERRCODE = 'WA001';
    END IF;
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
        password_changed_at = clock_timestamp()
    WHERE id = p_user_id;
    PERFORM auth.end_sessions(p_user_id, 'password reset');
    PERFORM auth.forget_tries(p_user_id);
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

CREATE FUNCTION auth.reset_password(p_user_id uuid, p_reason text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.require_account_manager(p_user_id, p_reason) IS NOT NULL THEN
        -- an administrator of the database may always help the last one in again
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    PERFORM auth.record_account_event(p_user_id, 'password_reset', NULL, p_reason);
    RETURN auth.give_one_time_password(p_user_id);
END $$;

-- Disable an account, which ends its sessions at once, or enable it again.
CREATE FUNCTION auth.set_account_active(p_user_id uuid, p_active boolean, p_reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    IF NOT p_active THEN
        PERFORM auth.spare_last_administrator(p_user_id);
        PERFORM auth.end_sessions(p_user_id, 'account disabled');
    END IF;
    UPDATE public.users SET is_active = p_active WHERE id = p_user_id;
    PERFORM auth.record_account_event(p_user_id,
        CASE WHEN p_active THEN 'enabled' ELSE 'disabled' END, NULL, p_reason);
END $$;

-- The person chooses a new password at the next sign-in; the old one is good for that alone.
CREATE FUNCTION auth.expire_password(p_user_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    UPDATE public.users SET must_change_password = true WHERE id = p_user_id;
    PERFORM auth.record_account_event(p_user_id, 'password_expired', NULL, p_reason);
END $$;

-- Until when an account is good; null: without end.
CREATE FUNCTION auth.set_account_end(p_user_id uuid, p_valid_until timestamptz, p_reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    IF p_valid_until IS NOT NULL THEN
        PERFORM auth.spare_last_administrator(p_user_id);
    END IF;
    UPDATE public.users SET valid_until = p_valid_until WHERE id = p_user_id;
    PERFORM auth.record_account_event(p_user_id, 'end_set',
        coalesce(to_char(p_valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), 'none'),
        p_reason);
END $$;

-- The id of a role that whoever asks may give and take.
CREATE FUNCTION auth.role_to_give(p_manager_id uuid, p_role text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_role_id uuid := (SELECT id FROM public.roles WHERE name = p_role);
BEGIN
    IF v_role_id IS NULL THEN
        RAISE EXCEPTION 'There is no role %.', p_role USING ERRCODE = 'WA001';
    ELSIF p_manager_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.user_roles ur JOIN public.role_grants g ON g.role_id = ur.role_id
        WHERE ur.user_id = p_manager_id AND g.granted_role_id = v_role_id) THEN
        RAISE EXCEPTION 'the role may not be given by this person' USING ERRCODE = '42501';
    END IF;
    RETURN v_role_id;
END $$;

-- Give a role. Who manages accounts, or operates the installation, sees no patients: the two are
-- kept on different accounts.
CREATE FUNCTION auth.give_role(p_user_id uuid, p_role text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_role_id uuid := auth.role_to_give(auth.require_account_manager(p_user_id, p_reason), p_role);
    v_names text[];
BEGIN
    INSERT INTO public.user_roles (user_id, role_id) VALUES (p_user_id, v_role_id)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN;  -- the person holds it
    END IF;
    SELECT array_agg(p.name) INTO v_names FROM public.user_roles ur
    JOIN public.role_permissions rp ON rp.role_id = ur.role_id
    JOIN public.permissions p ON p.id = rp.permission_id WHERE ur.user_id = p_user_id;
    IF v_names && ARRAY['staff.manage', 'system.operate']
       AND v_names && ARRAY['board.view', 'patient.view', 'chart.open', 'patient.search'] THEN
        RAISE EXCEPTION 'Who manages accounts or operates the installation sees no patients. Give the person a second account for the role %.', p_role
            USING ERRCODE = 'WA001';
    END IF;
    PERFORM auth.record_account_event(p_user_id, 'role_given', p_role, p_reason);
END $$;

CREATE FUNCTION auth.take_role(p_user_id uuid, p_role text, p_reason text) RETURNS void
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

-- The id of a ward of the person's hospital, by its code.
CREATE FUNCTION auth.ward_to_give(p_user_id uuid, p_ward text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := (SELECT w.id FROM room.wards w JOIN public.users u
                       ON u.facility_id = w.facility_id
                       WHERE u.id = p_user_id AND w.code = p_ward);
BEGIN
    IF v_ward_id IS NULL THEN
        RAISE EXCEPTION 'The hospital of this person has no ward %.', p_ward USING ERRCODE = 'WA001';
    END IF;
    RETURN v_ward_id;
END $$;

CREATE FUNCTION auth.give_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
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

CREATE FUNCTION auth.take_ward(p_user_id uuid, p_ward text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    DELETE FROM public.user_wards
    WHERE user_id = p_user_id AND ward_id = auth.ward_to_give(p_user_id, p_ward);
    IF FOUND THEN
        PERFORM auth.record_account_event(p_user_id, 'ward_taken', p_ward, p_reason);
    END IF;
END $$;
