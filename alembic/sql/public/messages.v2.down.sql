-- Tell every holder of a role again, on duty or not.
CREATE OR REPLACE FUNCTION public.tell_of_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.uid() IS NULL THEN
        RETURN NULL;  -- a bulk load brings its own notifications
    END IF;
    INSERT INTO public.notifications (id, message_id, user_id, step)
    SELECT gen_random_uuid(), NEW.id, t.user_id, 0
    FROM (SELECT NEW.to_user_id AS user_id WHERE NEW.to_user_id IS NOT NULL
          UNION
          SELECT h.user_id FROM public.holders_of(NEW.to_role, NEW.about_ward_id) h) t
    WHERE t.user_id <> NEW.recorded_by;
    PERFORM public.announce_message(NEW.id);
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION public.pass_on_messages() RETURNS integer
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
            CROSS JOIN LATERAL public.holders_of(s.role, m.about_ward_id) h
            WHERE m.id = v_message_id
              AND m.recorded_at + make_interval(mins => s.after_minutes) <= clock_timestamp()
              AND h.user_id <> m.recorded_by
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

CREATE OR REPLACE FUNCTION public.message_addressees() RETURNS TABLE (
    user_id uuid, role text, ward_id uuid, words text, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_facility_id uuid := auth.facility_id();
BEGIN
    PERFORM auth.require('message.send');
    RETURN QUERY
    SELECT NULL::uuid, r.name, w.id, r.title || ', ' || w.name,
        string_agg(u.display_name, ', ' ORDER BY u.display_name)
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

DROP FUNCTION public.holders_to_tell, public.is_on_duty;
