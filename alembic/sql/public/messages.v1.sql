-- Messages between staff: to a person, or to whoever holds a role on a ward. Who sent one, who was
-- told and when is the database's to say. Only the sender and those who were told read one; who the
-- patient is, only who may see her anyway. Whoever answers first answers for all. An urgent message
-- that nobody answers is passed on, step by step, by elapsed time.

GRANT SELECT ON public.messages, public.message_steps TO ward_definer;
GRANT SELECT, INSERT ON public.notifications, public.message_events TO ward_definer;
CREATE TRIGGER stamp BEFORE INSERT ON public.message_steps
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();

CREATE POLICY told ON public.notifications FOR SELECT TO ward_client
    USING (user_id = (SELECT auth.uid()));
CREATE POLICY sent_or_told ON public.messages FOR SELECT TO ward_client
    USING ((SELECT auth.may('message.read'))
        AND (recorded_by = (SELECT auth.uid())
             OR id IN (SELECT n.message_id FROM public.notifications n
                       WHERE n.user_id = (SELECT auth.uid()))));
CREATE POLICY sending ON public.messages FOR INSERT TO ward_client
    WITH CHECK ((SELECT auth.may('message.send')) AND recorded_by = (SELECT auth.uid()));
CREATE POLICY sent_or_told ON public.message_events FOR SELECT TO ward_client
    USING (message_id IN (SELECT m.id FROM public.messages m));

GRANT SELECT ON public.messages, public.notifications, public.message_events TO ward_client;
GRANT INSERT (id, about_ward_id, to_user_id, to_role, urgency, body, admission_id, reply_to_id)
    ON public.messages TO ward_client;
GRANT SELECT, INSERT ON public.messages, public.notifications, public.message_events,
    public.message_steps TO ward_loader;

-- Active people of a facility who hold a role on a ward and may read messages.
CREATE FUNCTION public.holders_of(p_role text, p_ward_id uuid)
RETURNS TABLE (user_id uuid, display_name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT u.id, u.display_name
    FROM public.roles r
    JOIN public.user_roles ur ON ur.role_id = r.id
    JOIN public.user_wards uw ON uw.user_id = ur.user_id AND uw.ward_id = p_ward_id
    JOIN public.users u ON u.id = ur.user_id AND u.is_active
    WHERE r.name = p_role AND public.reads_messages(u.id)
    ORDER BY u.display_name;
END $$;

-- Whether somebody's roles let them read messages.
CREATE FUNCTION public.reads_messages(p_user_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT FROM public.user_roles ur
                   JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                   JOIN public.permissions p ON p.id = rp.permission_id
                   WHERE ur.user_id = p_user_id AND p.name = 'message.read');
END $$;

-- Whom a message to a role tells: those who are on duty on the ward, or on call for it; when nobody
-- of the role is, everybody who holds it there. p_but: who sent it.
CREATE FUNCTION public.holders_to_tell(p_role text, p_ward_id uuid, p_but uuid)
RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    WITH holders AS (
        SELECT h.user_id, public.is_on_duty(h.user_id, p_ward_id) AS on_duty
        FROM public.holders_of(p_role, p_ward_id) h WHERE h.user_id <> p_but)
    SELECT h.user_id FROM holders h
    WHERE h.on_duty OR NOT EXISTS (SELECT FROM holders o WHERE o.on_duty);
END $$;

-- Why a message cannot be sent; null = it can. A stay in reach was checked before.
CREATE FUNCTION public.message_problem(p_new public.messages, p_user_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility_id uuid := (SELECT u.facility_id FROM public.users u WHERE u.id = p_user_id);
BEGIN
    IF NOT EXISTS (SELECT FROM room.wards w WHERE w.id = p_new.about_ward_id
                   AND w.facility_id = v_facility_id) THEN
        RETURN 'There is no such ward here. Choose whom it goes to again.';
    ELSIF p_new.to_user_id = p_user_id THEN
        RETURN 'A message to yourself reaches nobody else. Choose whom it goes to.';
    ELSIF p_new.to_user_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.users u WHERE u.id = p_new.to_user_id
          AND u.facility_id = v_facility_id AND u.is_active
          AND public.reads_messages(u.id)) THEN
        RETURN 'This person cannot read messages. Choose somebody else.';
    ELSIF p_new.to_role IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.holders_of(p_new.to_role, p_new.about_ward_id) h
        WHERE h.user_id <> p_user_id) THEN
        RETURN 'Nobody else holds this role on that ward. Choose whom it goes to again.';
    ELSIF p_new.reply_to_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.messages m WHERE m.id = p_new.reply_to_id
          AND (m.recorded_by = p_user_id OR EXISTS (
              SELECT FROM public.notifications n
              WHERE n.message_id = m.id AND n.user_id = p_user_id))) THEN
        RETURN 'The message that is answered is not one of yours.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.complete_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same public.messages;
    v_problem text;
BEGIN
    SELECT a.patient_id INTO NEW.patient_id FROM admission.admissions a
    WHERE a.id = NEW.admission_id;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM public.messages m
    WHERE m.id = NEW.id AND m.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    IF NEW.admission_id IS NOT NULL THEN
        PERFORM report.require_reach(NEW.admission_id, 'message.send', 'messages');
    ELSIF NOT auth.may('message.send') THEN
        RETURN NEW;  -- which the policy refuses
    END IF;
    v_problem := public.message_problem(NEW, v_user_id);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON public.messages
    FOR EACH ROW EXECUTE FUNCTION public.complete_message();

-- Let the stations of a ward, and of everybody who was told, read their messages anew.
CREATE FUNCTION public.announce_message(p_message_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', w.ward_id || ':messages')
    FROM (SELECT uw.ward_id FROM public.messages m
          JOIN public.user_wards uw ON uw.user_id = m.recorded_by WHERE m.id = p_message_id
          UNION
          SELECT uw.ward_id FROM public.notifications n
          JOIN public.user_wards uw ON uw.user_id = n.user_id
          WHERE n.message_id = p_message_id) w;
END $$;

CREATE FUNCTION public.tell_of_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.uid() IS NULL THEN
        RETURN NULL;  -- a bulk load brings its own notifications
    END IF;
    INSERT INTO public.notifications (id, message_id, user_id, step)
    SELECT gen_random_uuid(), NEW.id, t.user_id, 0
    FROM (SELECT NEW.to_user_id AS user_id WHERE NEW.to_user_id IS NOT NULL
          UNION
          SELECT h.user_id FROM public.holders_to_tell(
              NEW.to_role, NEW.about_ward_id, NEW.recorded_by) h) t;
    PERFORM public.announce_message(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER tell AFTER INSERT ON public.messages
    FOR EACH ROW EXECUTE FUNCTION public.tell_of_message();

-- The step in force of each number; those without a role are not taken.
CREATE FUNCTION public.message_steps_now() RETURNS SETOF public.message_steps
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT s.* FROM public.message_steps s
    WHERE s.role IS NOT NULL AND s.seq = (
        SELECT max(o.seq) FROM public.message_steps o WHERE o.step = s.step)
    ORDER BY s.step;
END $$;

-- Urgent messages of the last two days that stand and that nobody answered.
CREATE FUNCTION public.unanswered_messages(p_facility_id uuid) RETURNS SETOF public.messages
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT m.* FROM public.messages m
    JOIN room.wards w ON w.id = m.about_ward_id AND w.facility_id = p_facility_id
    WHERE m.recorded_at > statement_timestamp() - interval '48 hours' AND m.urgency = 'urgent'
      AND NOT EXISTS (SELECT FROM public.message_events e WHERE e.message_id = m.id
                      AND e.kind IN ('acknowledged', 'retracted'));
END $$;

-- Tell those whose turn it is of every urgent message that waited too long. Whatever station asks
-- first does it for all; nobody is told twice. Returns how many people were told.
CREATE FUNCTION public.pass_on_messages() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility_id uuid := auth.facility_id();
    v_message_id uuid;
    v_told integer;
    v_all integer := 0;
BEGIN
    IF NOT auth.may('message.read') OR NOT EXISTS (
        SELECT FROM public.unanswered_messages(v_facility_id)) THEN
        RETURN 0;
    END IF;
    FOR v_message_id IN SELECT m.id FROM public.unanswered_messages(v_facility_id) m LOOP
        WITH told AS (
            INSERT INTO public.notifications (id, message_id, user_id, step)
            SELECT DISTINCT ON (h.user_id) gen_random_uuid(), m.id, h.user_id, s.step
            FROM public.messages m
            CROSS JOIN public.message_steps_now() s
            CROSS JOIN LATERAL public.holders_to_tell(
                s.role, m.about_ward_id, m.recorded_by) h
            WHERE m.id = v_message_id
              AND m.recorded_at + make_interval(mins => s.after_minutes) <= clock_timestamp()
            ORDER BY h.user_id, s.step
            ON CONFLICT (message_id, user_id) DO NOTHING
            RETURNING 1)
        SELECT count(*) INTO v_told FROM told;
        IF v_told > 0 THEN
            PERFORM public.announce_message(v_message_id);
            v_all := v_all + v_told;
        END IF;
    END LOOP;
    RETURN v_all;
END $$;

-- Say that a message was seen, answered for or taken back.
-- outcome: done | not_yours | answered | retracted; by, at: who was first.
CREATE TYPE public.message_result AS (outcome text, by text, at timestamptz);
CREATE FUNCTION public.record_message_event(
    p_id uuid, p_message_id uuid, p_kind text, p_reason text) RETURNS public.message_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_end record;
BEGIN
    PERFORM auth.require('message.read');
    -- two who answer at once: the second waits and hears who was first
    PERFORM pg_advisory_xact_lock(hashtextextended('message ' || p_message_id::text, 0));
    IF NOT EXISTS (
        SELECT FROM public.messages m WHERE m.id = p_message_id AND CASE p_kind
            WHEN 'retracted' THEN m.recorded_by = v_user_id
            ELSE EXISTS (SELECT FROM public.notifications n
                         WHERE n.message_id = m.id AND n.user_id = v_user_id) END) THEN
        RETURN ROW('not_yours', NULL, NULL)::public.message_result;
    END IF;
    SELECT e.kind, e.recorded_at, e.recorded_by, u.display_name INTO v_end
    FROM public.message_events e JOIN public.users u ON u.id = e.recorded_by
    WHERE e.message_id = p_message_id AND e.kind IN ('acknowledged', 'retracted')
    ORDER BY e.recorded_at LIMIT 1;
    IF v_end.kind IS NOT NULL AND p_kind <> 'seen'
       AND (v_end.kind, v_end.recorded_by) IS DISTINCT FROM (p_kind, v_user_id) THEN
        RETURN ROW(CASE v_end.kind WHEN 'retracted' THEN 'retracted' ELSE 'answered' END,
                   v_end.display_name, v_end.recorded_at)::public.message_result;
    END IF;
    INSERT INTO public.message_events (id, message_id, kind, reason, recorded_by)
    VALUES (p_id, p_message_id, p_kind, nullif(btrim(p_reason), ''), v_user_id)
    ON CONFLICT DO NOTHING;
    IF FOUND AND p_kind <> 'seen' THEN
        PERFORM public.announce_message(p_message_id);
    END IF;
    RETURN ROW('done', NULL, NULL)::public.message_result;
END $$;

-- The reader's messages of some days, sent or told of; see ward_app/messages/types.py.
CREATE FUNCTION public.my_messages(p_days integer) RETURNS TABLE (
    id uuid, sent_at timestamptz, sender_id uuid, sender text, ward_id uuid, ward_name text,
    to_user_id uuid, to_role text, to_words text, urgency text, body text, admission_id uuid,
    patient_words text, reply_to_id uuid, is_mine boolean, is_for_me boolean, step smallint,
    told text[], seen_at timestamptz, acknowledged_at timestamptz, acknowledged_by text,
    retracted_at timestamptz, retract_reason text, pass_on_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid := auth.uid();
BEGIN
    PERFORM auth.require('message.read');
    RETURN QUERY
    WITH mine AS (
        SELECT m.* FROM public.messages m
        WHERE m.recorded_by = v_user_id
          AND m.recorded_at > statement_timestamp() - make_interval(days => p_days)
        UNION
        SELECT m.* FROM public.notifications n JOIN public.messages m ON m.id = n.message_id
        WHERE n.user_id = v_user_id
          AND n.recorded_at > statement_timestamp() - make_interval(days => p_days))
    SELECT m.id, m.recorded_at, m.recorded_by, coalesce(s.display_name, 'imported'), w.id, w.name,
        m.to_user_id, r.name, coalesce(t.display_name, r.title || ', ' || w.name), m.urgency, m.body,
        CASE WHEN who.words IS NOT NULL THEN m.admission_id END, who.words, m.reply_to_id,
        m.recorded_by IS NOT DISTINCT FROM v_user_id, me.id IS NOT NULL,
        coalesce(n.step, 0::smallint), coalesce(n.told, '{}'), seen.recorded_at,
        a.recorded_at, au.display_name, x.recorded_at, x.reason,
        CASE WHEN m.urgency = 'urgent' AND a.id IS NULL AND x.id IS NULL THEN (
            SELECT min(m.recorded_at + make_interval(mins => p.after_minutes))
            FROM public.message_steps_now() p
            WHERE p.step > coalesce(n.step, 0)) END
    FROM mine m
    JOIN room.wards w ON w.id = m.about_ward_id
    LEFT JOIN public.users s ON s.id = m.recorded_by
    LEFT JOIN public.users t ON t.id = m.to_user_id
    LEFT JOIN public.roles r ON r.name = m.to_role
    LEFT JOIN public.notifications me ON me.message_id = m.id AND me.user_id = v_user_id
    LEFT JOIN LATERAL (
        SELECT max(o.step) AS step, array_agg(u.display_name ORDER BY o.step, u.display_name) AS told
        FROM public.notifications o JOIN public.users u ON u.id = o.user_id
        WHERE o.message_id = m.id) n ON true
    LEFT JOIN public.message_events seen ON seen.message_id = m.id AND seen.kind = 'seen'
        AND seen.recorded_by = v_user_id
    LEFT JOIN public.message_events a ON a.message_id = m.id AND a.kind = 'acknowledged'
    LEFT JOIN public.users au ON au.id = a.recorded_by
    LEFT JOIN public.message_events x ON x.message_id = m.id AND x.kind = 'retracted'
    LEFT JOIN LATERAL (
        SELECT upper(p.family_name) || coalesce(', ' || p.given_name, '')
            || coalesce(', bed ' || (
                SELECT b.label FROM admission.bed_stays o JOIN room.beds b ON b.id = o.bed_id
                WHERE o.admission_id = m.admission_id AND upper_inf(o.during)
                  AND o.voided_at IS NULL), '') AS words
        FROM patient.patients p
        WHERE p.id = m.patient_id AND m.admission_id IS NOT NULL
          AND auth.reaches_admission(m.admission_id, 'patient.view')) who ON true
    ORDER BY m.recorded_at DESC, m.id DESC;
END $$;

-- Whom the reader may write to: the roles of every ward of the hospital that somebody else holds,
-- and every person who reads messages.
CREATE FUNCTION public.message_addressees() RETURNS TABLE (
    user_id uuid, role text, ward_id uuid, words text, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_facility_id uuid := auth.facility_id();
BEGIN
    PERFORM auth.require('message.send');
    RETURN QUERY
    SELECT NULL::uuid, r.name, w.id, r.title || ', ' || w.name,
        coalesce('on duty: ' || string_agg(u.display_name, ', ' ORDER BY u.display_name)
                     FILTER (WHERE public.is_on_duty(u.id, w.id)),
                 'nobody on duty: ' || string_agg(u.display_name, ', ' ORDER BY u.display_name))
    FROM room.wards w
    JOIN public.user_wards uw ON uw.ward_id = w.id AND uw.user_id <> v_user_id
    JOIN public.users u ON u.id = uw.user_id AND u.is_active
    JOIN public.user_roles ur ON ur.user_id = u.id
    JOIN public.roles r ON r.id = ur.role_id
    WHERE w.facility_id = v_facility_id AND EXISTS (
        SELECT FROM public.role_permissions rp JOIN public.permissions p ON p.id = rp.permission_id
        WHERE rp.role_id = r.id AND p.name = 'message.read')
    GROUP BY r.name, r.title, w.id, w.name
    UNION ALL
    SELECT u.id, NULL, (
            SELECT min(uw.ward_id::text)::uuid FROM public.user_wards uw WHERE uw.user_id = u.id),
        u.display_name, coalesce((
            SELECT string_agg(r.title, ', ' ORDER BY r.title) FROM public.user_roles ur
            JOIN public.roles r ON r.id = ur.role_id WHERE ur.user_id = u.id), '')
    FROM public.users u
    WHERE u.facility_id = v_facility_id AND u.is_active AND u.id <> v_user_id
      AND public.reads_messages(u.id)
    ORDER BY 4;
END $$;

GRANT INSERT ON public.permissions, public.role_permissions, public.message_steps TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.permissions (id, name, description) VALUES
    ('0b9f3c52-7d0e-5c27-9b9a-6f0f5f6f2a11', 'message.read',
     'Read and answer the messages one was told of'),
    ('5e1c8a74-2f64-5d7b-8a0d-1c6e1f0b7c22', 'message.send',
     'Send messages to staff and roles, also about a patient in reach');
INSERT INTO public.role_permissions (role_id, permission_id)
SELECT r.id, p.id FROM public.roles r
JOIN public.permissions p ON p.name IN ('message.read', 'message.send')
WHERE r.name IN ('nurse', 'charge_nurse', 'ward_manager', 'doctor', 'healthcare_assistant',
                 'bed_coordinator');
-- ours, for the hospital to confirm
INSERT INTO public.message_steps (id, step, after_minutes, role, source) VALUES
    ('6a2f1f0e-3a44-5a5e-b8f9-2d1f6c7b8e01', 1, 10, 'charge_nurse',
     'As delivered: for the hospital to confirm.'),
    ('6a2f1f0e-3a44-5a5e-b8f9-2d1f6c7b8e02', 2, 20, 'ward_manager',
     'As delivered: for the hospital to confirm.');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.permissions, public.role_permissions, public.message_steps
    FROM ward_definer;
