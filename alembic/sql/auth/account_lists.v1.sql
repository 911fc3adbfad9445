-- What the accounts screen shows: accounts, their history, sign-ins, and what roles may do.

GRANT SELECT ON public.account_events TO ward_client;
CREATE POLICY own_or_in_reach ON public.account_events FOR SELECT TO ward_client
    USING (user_id = (SELECT auth.uid()) OR user_id IN (SELECT unnest(auth.account_ids())));

-- Accounts in sight of the session, with what it may do with each.
CREATE FUNCTION auth.accounts() RETURNS TABLE (
    user_id uuid, login text, display_name text, profession text, grade text,
    is_active boolean, valid_until timestamptz, must_change_password boolean,
    password_expires_at timestamptz, locked_until timestamptz, last_signed_in_at timestamptz,
    roles text[], role_titles text[], wards text[],
    may_manage boolean, may_reset boolean, may_assign boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('staff.assist');
    RETURN QUERY
    SELECT u.id, u.login, u.display_name, u.profession,
        (SELECT g.title FROM public.grades g WHERE g.name = public.grade_of(u.id)),
        u.is_active, u.valid_until, u.must_change_password,
        u.password_expires_at, auth.locked_until(u.id), u.last_signed_in_at,
        held.names, held.titles,
        ARRAY(SELECT w.code FROM public.user_wards uw JOIN room.wards w ON w.id = uw.ward_id
              WHERE uw.user_id = u.id ORDER BY w.code),
        r.may_manage, r.may_reset, r.may_assign
    FROM auth.account_reach() r
    JOIN public.users u ON u.id = r.user_id
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(o.name ORDER BY o.name), '{}') AS names,
            coalesce(array_agg(o.title ORDER BY o.name), '{}') AS titles
        FROM public.user_roles ur JOIN public.roles o ON o.id = ur.role_id
        WHERE ur.user_id = u.id) held
    ORDER BY u.display_name, u.login;
END $$;

-- The last sign-ins of a person, good and bad: one's own, and of accounts in reach.
CREATE FUNCTION auth.sign_ins(p_user_id uuid) RETURNS TABLE (
    at timestamptz, action text, workstation text, succeeded boolean, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.uid() IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF NOT coalesce(p_user_id = auth.uid() OR p_user_id = ANY (auth.account_ids()), false) THEN
        RAISE EXCEPTION 'the account is not one that this person may look at'
            USING ERRCODE = '42501';
    END IF;
    RETURN QUERY
    SELECT h.at, h.action, coalesce(w.name, h.workstation), h.succeeded, h.reason
    FROM audit.login_history h
    LEFT JOIN public.workstations w ON w.role_name = h.workstation
    WHERE h.user_id = p_user_id
    ORDER BY h.at DESC, h.id DESC LIMIT 50;
END $$;

-- Which role may what, in words; `may_give`: whether the session's person may give it.
CREATE FUNCTION auth.role_catalogue() RETURNS TABLE (
    name text, title text, people bigint, permissions text[], gives text[], may_give boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('staff.assist');
    RETURN QUERY
    SELECT r.name, r.title,
        (SELECT count(*) FROM public.user_roles ur JOIN public.users u ON u.id = ur.user_id
         WHERE ur.role_id = r.id AND u.facility_id = auth.facility_id()),
        ARRAY(SELECT p.description FROM public.role_permissions rp
              JOIN public.permissions p ON p.id = rp.permission_id
              WHERE rp.role_id = r.id ORDER BY p.name),
        ARRAY(SELECT o.title FROM public.role_grants g
              JOIN public.roles o ON o.id = g.granted_role_id
              WHERE g.role_id = r.id ORDER BY o.title),
        auth.may('staff.manage') AND EXISTS (
            SELECT FROM public.user_roles ur JOIN public.role_grants g ON g.role_id = ur.role_id
            WHERE ur.user_id = auth.uid() AND g.granted_role_id = r.id)
    FROM public.roles r ORDER BY r.title;
END $$;
