-- Changing places at a shared workstation: a badge says who, a PIN proves it. Good only for who
-- signed in with the password a while ago, and at an enrolled workstation.

ALTER TABLE public.badges ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.badges FORCE ROW LEVEL SECURITY;
ALTER TABLE public.pins ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pins FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.badges
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('badge_hash');
-- that tries were forgotten is told by the sign-in that had them forgotten
CREATE TRIGGER log_change AFTER INSERT OR DELETE OR UPDATE OF id, user_id, pin_hash, set_at
    ON public.pins FOR EACH ROW EXECUTE FUNCTION audit.log_change('pin_hash');
DROP TRIGGER log_change ON public.installation;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.installation
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('badge_key');
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON public.badges
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON public.pins
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
-- tries of a PIN are counted as those of a password are: no ROLLBACK undoes them
CREATE TRIGGER make_counter AFTER INSERT ON public.pins
    FOR EACH ROW EXECUTE FUNCTION auth.make_counter();

GRANT SELECT, INSERT ON public.badges, public.pins TO ward_definer;
GRANT UPDATE (ended_at) ON public.badges TO ward_definer;
GRANT UPDATE (pin_hash, set_at, forgotten_tries) ON public.pins TO ward_definer;
GRANT SELECT, INSERT ON public.badges, public.pins TO ward_loader;

-- The stored form of what a reader types for a badge. Its number is short, so a digest alone
-- would be found by trying them all; the key is the installation's and leaves the server never.
CREATE FUNCTION auth.badge_hash(p_badge text) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN public.hmac(convert_to(upper(btrim(coalesce(p_badge, ''))), 'UTF8'),
                       (SELECT badge_key FROM public.installation), 'sha256');
END $$;

-- Why a badge cannot be used, as a sentence; null when it can.
CREATE FUNCTION auth.badge_problem(p_badge text, p_user_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(btrim(coalesce(p_badge, ''))) NOT BETWEEN 4 AND 100 THEN
        RETURN 'The badge was not read. Hold it to the reader again.';
    ELSIF EXISTS (SELECT FROM public.badges WHERE badge_hash = auth.badge_hash(p_badge)
                  AND ended_at IS NULL AND user_id <> p_user_id) THEN
        RETURN 'This badge is registered for somebody else. An administrator or IT can take it from them.';
    END IF;
    RETURN NULL;
END $$;

-- Why a PIN cannot be used, as a sentence; null when it can.
CREATE FUNCTION auth.pin_problem(p_pin text, p_badge text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_pin text := coalesce(p_pin, '');
BEGIN
    IF v_pin !~ '^[0-9]{6,12}$' THEN
        RETURN 'A PIN has 6 to 12 figures and nothing else.';
    ELSIF (SELECT count(DISTINCT c) FROM regexp_split_to_table(v_pin, '') c) < 3
        OR v_pin ~ '^([0-9]{2,6})\1+$' THEN
        RETURN 'The PIN repeats the same figures. Use different ones.';
    ELSIF position(v_pin IN '012345678901234567890') > 0
        OR position(v_pin IN '098765432109876543210') > 0 THEN
        RETURN 'The PIN only counts up or down. Use other figures.';
    ELSIF v_pin ~ '(19[2-9][0-9]|20[0-2][0-9])' THEN
        RETURN 'The PIN contains a year, as a date of birth does. Use other figures.';
    ELSIF position(v_pin IN coalesce(p_badge, '')) > 0 THEN
        RETURN 'The PIN is part of what the badge says. Use other figures.';
    END IF;
    RETURN NULL;
END $$;

-- Tries of a PIN that were counted and not forgotten.
CREATE FUNCTION auth.pin_tries(p_pin_id uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(pg_sequence_last_value(
            to_regclass(format('auth.%I', auth.counter_name(p_pin_id)))) + 1, 0)
        - (SELECT p.forgotten_tries FROM public.pins p WHERE p.id = p_pin_id);
END $$;

-- One more try of a PIN; whether it is one too many. Only the password, or the right PIN, has the
-- tries forgotten: by a row, never by setting the counter, for a counter keeps what it is set to
-- through a ROLLBACK that takes the record of it away.
CREATE FUNCTION auth.count_pin_try(p_pin_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries constant integer := 5;
BEGIN
    PERFORM nextval(format('auth.%I', auth.counter_name(p_pin_id)));
    RETURN auth.pin_tries(p_pin_id) > c_tries;
END $$;

CREATE FUNCTION auth.forget_pin_tries(p_user_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.pins p SET forgotten_tries = p.forgotten_tries + auth.pin_tries(p.id)
    WHERE p.user_id = p_user_id;
END $$;

-- Whether the person signed in with the present password a short while ago, at a workstation of
-- the hospital. Undone, it was not.
CREATE FUNCTION auth.password_is_recent(p_user_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.sessions s
        JOIN public.users u ON u.id = s.user_id
        JOIN public.facilities f ON f.id = u.facility_id
        JOIN public.workstations w ON w.role_name = s.workstation AND w.facility_id = f.id
        WHERE s.user_id = p_user_id AND NOT s.by_badge AND NOT s.only_to_change
          AND s.created_at > clock_timestamp() - make_interval(hours => f.pin_hours)
          AND (u.password_changed_at IS NULL OR s.created_at > u.password_changed_at)
          AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint);
END $$;

-- Sign in by badge and PIN. The outcome is returned, never raised, so that the record of a
-- failure is committed with it. That the password is needed is told only where the PIN is right
-- or is accepted no more.
CREATE FUNCTION auth.sign_in_with_badge(p_badge text, p_pin text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries_at_workstation constant integer := 100;
    v_station public.workstations;
    v_user public.users;
    v_pin public.pins;
    v_digest text := encode(sha256(convert_to(coalesce(p_pin, ''), 'UTF8')), 'base64');
    v_locked_until timestamptz;
    v_reason text;
    v_history jsonb;
    v_session jsonb;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'signing in needs the present state' USING ERRCODE = 'feature_not_supported';
    END IF;
    SELECT * INTO v_station FROM public.workstations
    WHERE role_name = session_user::text AND revoked_at IS NULL;
    IF v_station.id IS NULL THEN
        INSERT INTO audit.login_history (action, login, workstation, succeeded, reason)
        VALUES ('LOGIN', '', session_user::text, false, 'workstation refused');
        RETURN jsonb_build_object('outcome', 'workstation_refused');
    END IF;
    v_locked_until := auth.count_try(v_station.id, c_tries_at_workstation);
    SELECT u.* INTO v_user FROM public.badges b JOIN public.users u ON u.id = b.user_id
    WHERE b.badge_hash = auth.badge_hash(p_badge) AND b.ended_at IS NULL
      AND u.facility_id = v_station.facility_id;
    SELECT * INTO v_pin FROM public.pins WHERE user_id = v_user.id;
    IF v_locked_until IS NOT NULL THEN
        v_reason := 'workstation locked';
    ELSIF v_pin.id IS NULL THEN
        -- burn the same time, so that a known badge cannot be told from an unknown one
        PERFORM public.crypt(v_digest, public.gen_salt('bf', 12));
        v_reason := CASE WHEN v_user.id IS NULL THEN 'unknown badge' ELSE 'no PIN' END;
    ELSIF auth.count_pin_try(v_pin.id) THEN
        v_reason := 'PIN locked';
    ELSIF public.crypt(v_digest, v_pin.pin_hash) <> v_pin.pin_hash THEN
        v_reason := 'wrong PIN';
    ELSIF NOT v_user.is_active THEN
        v_reason := 'account disabled';
    ELSIF v_user.valid_until <= clock_timestamp() THEN
        v_reason := 'account expired';
    ELSIF v_user.must_change_password OR NOT auth.password_is_recent(v_user.id) THEN
        v_reason := 'password needed';
    END IF;
    v_history := auth.sign_in_history(v_user.id);
    INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, reason)
    VALUES ('LOGIN', coalesce(v_user.login, ''), v_user.id, session_user::text,
            v_reason IS NULL, v_reason);
    IF v_reason = 'workstation locked' THEN
        RETURN jsonb_build_object('outcome', 'workstation_locked',
            'locked_until', v_locked_until,
            'locked_until_text', (SELECT to_char(v_locked_until AT TIME ZONE f.time_zone, 'HH24:MI')
                                  FROM public.facilities f WHERE f.id = v_station.facility_id));
    ELSIF v_reason IN ('account expired', 'PIN locked', 'password needed') THEN
        RETURN jsonb_build_object('outcome', lower(replace(v_reason, ' ', '_')));
    ELSIF v_reason IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'badge_refused');
    END IF;
    UPDATE public.users SET last_signed_in_at = clock_timestamp() WHERE id = v_user.id;
    v_session := auth.begin_session(v_user.id, false);
    UPDATE public.sessions SET by_badge = true WHERE id = (v_session ->> 'session_id')::uuid;
    RETURN auth.describe_sign_in(v_user.id) || v_session || v_history
        || jsonb_build_object('outcome', 'signed_in',
                              'last_signed_in_at', v_user.last_signed_in_at);
END $$;

-- Register a badge for a person; one they had before is good no more.
CREATE FUNCTION auth.store_badge(p_user_id uuid, p_badge text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_giver uuid := (SELECT user_id FROM auth.live_session);
BEGIN
    UPDATE public.badges SET ended_at = clock_timestamp()
    WHERE user_id = p_user_id AND ended_at IS NULL;
    INSERT INTO public.badges (id, user_id, badge_hash, given_by)
    VALUES (public.gen_random_uuid(), p_user_id, auth.badge_hash(p_badge), v_giver);
    PERFORM auth.record_account_event(p_user_id, 'badge_given', NULL, p_reason);
END $$;

-- Register one's own badge, set one's own PIN, or both (null: that stays), by the password.
CREATE FUNCTION auth.keep_badge_and_pin(p_password text, p_badge text, p_pin text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_tries_of_person constant integer := 5;
    v_user public.users;
    v_digest text := encode(sha256(convert_to(coalesce(p_password, ''), 'UTF8')), 'base64');
    v_locked_until timestamptz;
    v_problem text;
BEGIN
    SELECT u.* INTO v_user FROM auth.live_session l JOIN public.users u ON u.id = l.user_id;
    IF v_user.id IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    END IF;
    v_locked_until := auth.count_try(v_user.id, c_tries_of_person);
    IF v_locked_until IS NOT NULL THEN
        v_problem := 'locked';
    ELSIF public.crypt(v_digest, v_user.password_hash) <> v_user.password_hash THEN
        v_problem := 'wrong password';
    END IF;
    IF v_problem IS NOT NULL THEN
        INSERT INTO audit.login_history (action, login, user_id, workstation, succeeded, reason)
        VALUES ('LOGIN', v_user.login, v_user.id, session_user::text, false, v_problem);
        RETURN jsonb_build_object('outcome', replace(v_problem, ' ', '_'),
            'locked_until', v_locked_until,
            'locked_until_text', (
                SELECT to_char(v_locked_until AT TIME ZONE f.time_zone, 'HH24:MI')
                FROM public.facilities f WHERE f.id = v_user.facility_id));
    END IF;
    PERFORM auth.forget_tries(v_user.id);
    IF p_badge IS NOT NULL THEN
        v_problem := auth.badge_problem(p_badge, v_user.id);
    END IF;
    IF v_problem IS NULL AND p_pin IS NOT NULL THEN
        v_problem := auth.pin_problem(p_pin, p_badge);
    END IF;
    IF v_problem IS NOT NULL THEN
        RETURN jsonb_build_object('outcome', 'weak', 'problem', v_problem);
    END IF;
    IF p_badge IS NOT NULL THEN
        PERFORM auth.store_badge(v_user.id, p_badge, 'by its owner');
    END IF;
    IF p_pin IS NOT NULL THEN
        INSERT INTO public.pins (id, user_id, pin_hash)
        VALUES (public.gen_random_uuid(), v_user.id, auth.password_hash(p_pin))
        ON CONFLICT (user_id) DO UPDATE
        SET pin_hash = excluded.pin_hash, set_at = clock_timestamp();
        PERFORM auth.forget_pin_tries(v_user.id);
        PERFORM auth.record_account_event(v_user.id, 'pin_set', NULL, 'by its owner');
    END IF;
    RETURN jsonb_build_object('outcome', 'kept');
END $$;

-- A lost badge is good no more; nobody needs a password to say so of their own.
CREATE FUNCTION auth.drop_badge() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
BEGIN
    IF v_user_id IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    END IF;
    UPDATE public.badges SET ended_at = clock_timestamp()
    WHERE user_id = v_user_id AND ended_at IS NULL;
    IF FOUND THEN
        PERFORM auth.record_account_event(v_user_id, 'badge_taken', NULL, 'by its owner');
        RETURN true;
    END IF;
    RETURN false;
END $$;

-- Who has a badge and a PIN, among the accounts in sight of the session. Never their numbers.
CREATE FUNCTION auth.badge_holders() RETURNS TABLE (
    user_id uuid, badge_since timestamptz, pin_since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('staff.assist');
    RETURN QUERY
    SELECT r.user_id, b.given_at, p.set_at
    FROM auth.account_reach() r
    LEFT JOIN public.badges b ON b.user_id = r.user_id AND b.ended_at IS NULL
    LEFT JOIN public.pins p ON p.user_id = r.user_id
    WHERE b.id IS NOT NULL OR p.id IS NOT NULL;
END $$;

-- Register a badge for somebody, or take it, as one who manages accounts. Never the PIN.
CREATE FUNCTION auth.give_badge(p_user_id uuid, p_badge text, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_problem text;
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    v_problem := auth.badge_problem(p_badge, p_user_id);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    PERFORM auth.store_badge(p_user_id, p_badge, p_reason);
END $$;

CREATE FUNCTION auth.take_badge(p_user_id uuid, p_reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require_account_manager(p_user_id, p_reason);
    UPDATE public.badges SET ended_at = clock_timestamp()
    WHERE user_id = p_user_id AND ended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'No badge is registered for this person.' USING ERRCODE = 'WA001';
    END IF;
    PERFORM auth.record_account_event(p_user_id, 'badge_taken', NULL, p_reason);
END $$;
