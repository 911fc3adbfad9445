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
