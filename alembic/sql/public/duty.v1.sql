-- Who is on duty: on a ward by working there, or on call for it. Signs are written by functions
-- that check the session themselves; no client inserts a row by hand.

GRANT SELECT, INSERT ON public.duty_signs TO ward_definer;
GRANT SELECT ON room.floors, room.buildings TO ward_definer;
-- who is on duty is for everybody of the house who may see a board: that is what it is for
CREATE POLICY own_facility ON public.duty_signs FOR SELECT TO ward_client
    USING ((SELECT auth.may('board.view')) AND ward_id IN (SELECT w.id FROM room.wards w));
GRANT SELECT ON public.duty_signs TO ward_client;
GRANT SELECT, INSERT ON public.duty_signs TO ward_loader;
CREATE TRIGGER announce AFTER INSERT ON public.duty_signs
    FOR EACH ROW EXECUTE FUNCTION public.announce_shifts();

-- Sign a person on to the ward until the end of the shift that began last, unless signed on. At
-- the hand-over, when two shifts run, that is the later one.
CREATE FUNCTION public.come_on_duty(p_user_id uuid, p_ward_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz;
BEGIN
    IF EXISTS (SELECT FROM (
            SELECT d.kind, d.until_at FROM public.duty_signs d WHERE d.user_id = p_user_id
              AND d.ward_id = p_ward_id AND d.duty = 'ward' ORDER BY d.seq DESC LIMIT 1) last
        WHERE last.kind = 'on' AND last.until_at > v_now) THEN
        RETURN;
    END IF;
    SELECT r.until_at INTO v_until FROM public.shift_runs(p_ward_id, v_now,
        v_now + interval '1 microsecond') r
    ORDER BY r.from_at DESC LIMIT 1;
    INSERT INTO public.duty_signs (id, ward_id, user_id, duty, kind, until_at, occurred_at,
        recorded_by)
    VALUES (gen_random_uuid(), p_ward_id, p_user_id, 'ward', 'on',
        coalesce(v_until, v_now + interval '12 hours'), v_now, auth.uid());
END $$;

-- Sign on to a ward (duty "ward") or on call for it ("on_call"), or off again.
CREATE FUNCTION public.sign_duty(p_id uuid, p_ward_id uuid, p_duty text, p_on boolean,
    p_until timestamptz, p_as text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_problem text;
BEGIN
    PERFORM auth.require('duty.sign');
    IF p_ward_id <> ALL (auth.ward_ids('duty.sign')) THEN
        RAISE EXCEPTION 'the ward is not one of the session' USING ERRCODE = '42501';
    ELSIF EXISTS (SELECT FROM public.duty_signs d WHERE d.id = p_id) THEN
        RETURN false;  -- sent once more
    END IF;
    v_problem := CASE
        WHEN p_on AND (p_until > v_now AND p_until <= v_now + interval '72 hours') IS NOT TRUE
            THEN 'Say until when you are on duty: at most three days.'
        WHEN p_on AND p_duty = 'on_call' AND btrim(coalesce(p_as, '')) = ''
            THEN 'Say as what you are on call.'
        WHEN NOT p_on AND p_duty = 'ward' THEN (
            SELECT 'You still hold bed ' || string_agg(b.label, ', ' ORDER BY b.position)
                || '. Hand over or put down first.'
            FROM (SELECT d.label, d.position, (
                      SELECT r.user_id FROM public.bed_responsibilities r
                      WHERE r.bed_id = d.id ORDER BY r.seq DESC LIMIT 1) AS holder
                  FROM room.beds d WHERE d.ward_id = p_ward_id) b
            WHERE b.holder = auth.uid()) END;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO public.duty_signs (id, ward_id, user_id, duty, kind, works_as, until_at,
        occurred_at, recorded_by)
    VALUES (p_id, p_ward_id, auth.uid(), p_duty, CASE WHEN p_on THEN 'on' ELSE 'off' END,
        nullif(btrim(p_as), ''), CASE WHEN p_on THEN p_until END, v_now, auth.uid());
    RETURN true;
END $$;

-- Whether a person is on duty on a ward, or on call for it.
CREATE FUNCTION public.is_on_duty(p_user_id uuid, p_ward_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM (SELECT DISTINCT ON (d.duty) d.kind, d.until_at FROM public.duty_signs d
                     WHERE d.user_id = p_user_id AND d.ward_id = p_ward_id
                     ORDER BY d.duty, d.seq DESC) last
        WHERE last.kind = 'on' AND last.until_at > clock_timestamp());
END $$;

-- Everybody of the house who is on duty now.
CREATE FUNCTION public.on_duty()
RETURNS TABLE (user_id uuid, display_name text, grade_title text, works_as text, phone text,
    duty text, ward_id uuid, ward_name text, floor_name text, building_name text,
    since timestamptz, until_at timestamptz, beds text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('board.view');
    RETURN QUERY
    SELECT u.id, u.display_name, g.title, s.works_as, u.phone, s.duty, w.id, w.name, f.name,
        b.name, s.occurred_at, s.until_at, ARRAY(
            SELECT d.label FROM room.beds d WHERE d.ward_id = w.id AND s.duty = 'ward'
              AND u.id = (SELECT r.user_id FROM public.bed_responsibilities r
                          WHERE r.bed_id = d.id ORDER BY r.seq DESC LIMIT 1)
            ORDER BY d.position)
    FROM (SELECT DISTINCT ON (x.user_id, x.ward_id, x.duty) x.* FROM public.duty_signs x
          WHERE x.occurred_at > clock_timestamp() - interval '4 days'
          ORDER BY x.user_id, x.ward_id, x.duty, x.seq DESC) s
    JOIN public.users u ON u.id = s.user_id AND u.is_active
    JOIN public.grades g ON g.name = public.grade_of(u.id)
    JOIN room.wards w ON w.id = s.ward_id AND w.facility_id = auth.facility_id()
    JOIN room.floors f ON f.id = w.floor_id
    JOIN room.buildings b ON b.id = f.building_id
    WHERE s.kind = 'on' AND s.until_at > clock_timestamp()
    ORDER BY b.name, f.level, w.name, s.duty DESC, g.position, u.display_name;
END $$;

-- The people who work on a ward, with grade and until when they are signed on there.
CREATE FUNCTION public.ward_staff(p_ward_id uuid)
RETURNS TABLE (user_id uuid, display_name text, grade text, grade_title text, holds_beds boolean,
    until_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 40 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('board.view');
    RETURN QUERY
    SELECT u.id, u.display_name, g.name, g.title, public.cannot_hold(u.id, p_ward_id) IS NULL,
        s.until_at
    FROM public.user_wards uw
    JOIN public.users u ON u.id = uw.user_id AND u.is_active
    JOIN public.grades g ON g.name = public.grade_of(u.id)
    LEFT JOIN LATERAL (
        SELECT d.until_at, d.kind FROM public.duty_signs d
        WHERE d.user_id = u.id AND d.ward_id = p_ward_id AND d.duty = 'ward'
        ORDER BY d.seq DESC LIMIT 1) s ON s.kind = 'on' AND s.until_at > clock_timestamp()
    WHERE uw.ward_id = p_ward_id AND p_ward_id = ANY (auth.ward_ids('board.view'))
      AND EXISTS (SELECT FROM public.user_roles ur
                  JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                  JOIN public.permissions p ON p.id = rp.permission_id
                  WHERE ur.user_id = u.id AND p.name = 'duty.sign')
    ORDER BY g.position, u.display_name;
END $$;
