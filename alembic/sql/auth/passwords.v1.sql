-- What a password must be, and changing one's own.

GRANT INSERT ON public.account_events TO ward_definer;
GRANT SELECT ON public.account_events TO ward_definer;
GRANT SELECT, INSERT ON public.account_events TO ward_loader;
GRANT UPDATE (password_hash, must_change_password, password_expires_at, password_changed_at)
    ON public.users TO ward_definer;

-- Why a password cannot be used, as a sentence; null when it can.
CREATE FUNCTION auth.password_problem(p_password text, p_login text, p_name text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_low text := lower(coalesce(p_password, ''));
    v_letters text := regexp_replace(v_low, '[^[:alpha:]]', '', 'g');
    v_rest text := v_low;
    v_word text;
BEGIN
    IF length(v_low) < 12 THEN
        RETURN 'The new password is too short: it needs 12 characters or more.';
    ELSIF length(v_low) > 200 THEN
        RETURN 'The new password is too long: 200 characters are the most.';
    ELSIF (SELECT count(DISTINCT c) FROM regexp_split_to_table(v_low, '') c) < 5 THEN
        RETURN 'The new password repeats the same few characters. Use different ones.';
    END IF;
    FOR v_word IN SELECT w FROM regexp_split_to_table(
            lower(p_login) || ' ' || lower(coalesce(p_name, '')), '[^[:alnum:]]+') w
        WHERE length(w) >= 3 ORDER BY length(w) DESC LOOP
        v_rest := replace(v_rest, v_word, '');
    END LOOP;
    IF length(regexp_replace(v_rest, '[^[:alnum:]]', '', 'g')) < 8 AND v_rest <> v_low THEN
        RETURN 'The new password is made of the user name or the name. Use other words.';
    ELSIF EXISTS (
        SELECT FROM public.common_passwords c
        -- by itself, with figures and signs around or in it, or said over and over
        WHERE c.password IN (v_low, v_letters)
           OR (v_letters <> '' AND length(v_letters) % length(c.password) = 0
               AND v_letters = repeat(c.password, length(v_letters) / length(c.password)))) THEN
        RETURN 'The new password is one of the most used ones and is guessed first. Use other words.';
    END IF;
    RETURN NULL;
END $$;

-- End the sessions of a person, of all workstations, but for one.
CREATE FUNCTION auth.end_sessions(p_user_id uuid, p_why text, p_but uuid DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.sessions SET ended_at = clock_timestamp(), end_reason = p_why
    WHERE user_id = p_user_id AND ended_at IS NULL AND id IS DISTINCT FROM p_but;
END $$;

-- Put on record what was done to an account, by whom and why.
CREATE FUNCTION auth.record_account_event(
    p_user_id uuid, p_action text, p_detail text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.account_events (id, user_id, action, detail, reason, recorded_by,
                                       database_role)
    VALUES (public.gen_random_uuid(), p_user_id, p_action, p_detail, btrim(p_reason),
            (SELECT user_id FROM auth.proved_session), session_user::text);
END $$;

-- Change one's own password. A session that was begun to change it is over with that: its owner
-- signs in with the new one. The outcome is returned, never raised, so that a failure stays on
-- record; tries are counted with those of signing in, which no ROLLBACK undoes.
CREATE FUNCTION auth.change_password(p_old text, p_new text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries_of_person constant integer := 5;
    v_session auth.proved_session;
    v_user public.users;
    v_digest text := encode(sha256(convert_to(coalesce(p_old, ''), 'UTF8')), 'base64');
    v_locked_until timestamptz;
    v_problem text;
BEGIN
    SELECT * INTO v_session FROM auth.proved_session;
    IF v_session.session_id IS NULL THEN
        RAISE EXCEPTION 'no session' USING ERRCODE = 'WA401';
    END IF;
    v_locked_until := auth.count_try(v_session.user_id, c_tries_of_person);
    SELECT * INTO v_user FROM public.users WHERE id = v_session.user_id;
    IF v_locked_until IS NOT NULL THEN
        v_problem := 'locked';
    ELSIF public.crypt(v_digest, v_user.password_hash) <> v_user.password_hash THEN
        v_problem := 'wrong old password';
    ELSIF v_user.must_change_password AND v_user.password_expires_at <= clock_timestamp() THEN
        v_problem := 'one-time password expired';
    END IF;
    IF v_problem IS NOT NULL THEN
        INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, reason)
        VALUES ('LOGIN', v_user.login, v_user.id, session_user::text, false, v_problem);
        RETURN jsonb_build_object('outcome', replace(replace(v_problem, ' ', '_'), '-', '_'),
            'locked_until', v_locked_until,
            'locked_until_text', (
                SELECT to_char(v_locked_until AT TIME ZONE f.time_zone, 'HH24:MI')
                FROM public.facilities f WHERE f.id = v_user.facility_id));
    END IF;
    PERFORM auth.forget_tries(v_user.id);
    v_problem := auth.password_problem(p_new, v_user.login, v_user.display_name);
    IF p_new = p_old THEN
        v_problem := 'The new password is the old one. Use another.';
    END IF;
    IF v_problem IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'weak', 'problem', v_problem);
    END IF;
    UPDATE public.users
    SET password_hash = auth.password_hash(p_new), must_change_password = false,
        password_expires_at = NULL, password_changed_at = clock_timestamp()
    WHERE id = v_user.id AND password_hash = v_user.password_hash;
    IF NOT FOUND THEN  -- it was changed elsewhere in this very moment
        RETURN jsonb_build_object('outcome', 'wrong_old_password');
    END IF;
    PERFORM auth.record_account_event(v_user.id, 'password_changed', NULL, 'by its owner');
    PERFORM auth.end_sessions(v_user.id, 'password changed',
        CASE WHEN NOT v_session.only_to_change THEN v_session.session_id END);
    RETURN jsonb_build_object('outcome', 'changed');
END $$;
