-- Storing for somebody what they charted while the database was away. What asks who acts must
-- answer with the author, in that transaction and nowhere else: a session of its own, for which
-- nobody ever sees the token, begins and ends inside the function that stores the entries.

DROP TRIGGER log_change ON public.installation;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.installation
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('badge_key', 'offline_key');

-- The sign-in that entries of this workstation name, no row when they may not name it: it was made
-- elsewhere, was good for nothing but a new password, is not committed, or the workstation was
-- revoked or enrolled anew since.
CREATE FUNCTION auth.charting_session(p_session_id uuid) RETURNS SETOF public.sessions
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.* FROM public.sessions s
    JOIN public.workstations w ON w.role_name = s.workstation AND w.revoked_at IS NULL
        AND s.created_at >= w.enrolled_at
    WHERE s.id = p_session_id AND s.workstation = session_user::text
      AND NOT s.only_to_change AND s.acts_for_id IS NULL
      AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint;
END $$;

-- Act as who signed in there. It counts as no sign-in with the password (by_badge), and for as
-- long as the account is good: else nobody acts.
CREATE FUNCTION auth.begin_acting_for(p_session public.sessions) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_token text := encode(public.gen_random_bytes(32), 'hex');
BEGIN
    INSERT INTO public.sessions (id, user_id, workstation, token_sha256, xact, expires_at,
                                 by_badge, acts_for_id)
    VALUES (public.gen_random_uuid(), p_session.user_id, p_session.workstation,
            sha256(convert_to(v_token, 'UTF8')), p_session.xact,
            clock_timestamp() + interval '10 minutes', true, p_session.id);
    PERFORM set_config('ward.token', v_token, true);
END $$;

-- End that, and let act who did before (the token they proved themselves with, or null).
CREATE FUNCTION auth.end_acting(p_token text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.sessions SET ended_at = clock_timestamp(), end_reason = 'replayed'
    WHERE token_sha256 = sha256(convert_to(current_setting('ward.token', true), 'UTF8'))
      AND acts_for_id IS NOT NULL AND ended_at IS NULL;
    PERFORM set_config('ward.token', coalesce(p_token, ''), true);
END $$;
