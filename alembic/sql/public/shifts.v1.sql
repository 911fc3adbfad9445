-- The shifts of wards, by each ward's own clock. They are written by functions that check the
-- session themselves; no client inserts a row by hand.

GRANT SELECT, INSERT ON public.ward_shifts TO ward_definer;
CREATE POLICY own_wards ON public.ward_shifts FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('board.view'))));
GRANT SELECT ON public.ward_shifts TO ward_client;
GRANT SELECT, INSERT ON public.ward_shifts TO ward_loader;

SET LOCAL ROLE ward_definer;
INSERT INTO public.ward_shifts (id, ward_id, name, starts_at, ends_at, in_force_from, source)
SELECT gen_random_uuid(), w.id, s.name, s.starts_at, s.ends_at, '2000-01-01',
    'Set when shifts were introduced; the ward confirms or changes it.'
FROM room.wards w
CROSS JOIN (VALUES ('Day', time '07:30', time '20:00'), ('Night', time '19:30', time '08:00'))
    s (name, starts_at, ends_at);
SET LOCAL ROLE ward_owner;

-- The shifts of a ward that run at some time between two moments, by its own clock: the local
-- times of the setting in force on the day a shift starts. One that ends before it starts, or at
-- the same time, ends on the next day.
CREATE FUNCTION public.shift_runs(p_ward_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, shift_on date, from_at timestamptz, until_at timestamptz, wanted jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 4 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT r.name, r.day, r.starts, r.ends, r.wanted
    FROM (
        SELECT s.name, d.day, s.wanted, (d.day + s.starts_at) AT TIME ZONE w.time_zone AS starts,
            (d.day + (s.ends_at <= s.starts_at)::integer + s.ends_at)
                AT TIME ZONE w.time_zone AS ends
        FROM room.wards w
        CROSS JOIN LATERAL (
            SELECT g::date AS day FROM generate_series(
                (p_from AT TIME ZONE w.time_zone)::date - 1,
                (p_until AT TIME ZONE w.time_zone)::date, interval '1 day') g) d
        CROSS JOIN LATERAL (
            SELECT DISTINCT ON (x.name) x.name, x.starts_at, x.ends_at, x.wanted, x.is_used
            FROM public.ward_shifts x
            WHERE x.ward_id = w.id AND x.in_force_from <= d.day
            ORDER BY x.name, x.in_force_from DESC, x.seq DESC) s
        WHERE w.id = p_ward_id AND s.is_used) r
    WHERE r.starts < p_until AND r.ends > p_from
    ORDER BY r.starts, r.ends, r.name;
END $$;

-- The same for a client, of the wards it works on.
CREATE FUNCTION public.shifts_between(p_ward_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS TABLE (name text, shift_on date, from_at timestamptz, until_at timestamptz, wanted jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 4 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('board.view');
    IF p_ward_id = ANY (auth.ward_ids('board.view')) AND p_until <= p_from + interval '400 days'
    THEN
        RETURN QUERY SELECT r.name, r.shift_on, r.from_at, r.until_at, r.wanted
            FROM public.shift_runs(p_ward_id, p_from, p_until) r;
    END IF;
END $$;

-- The usual two shifts for a ward that is new; it changes them as it works.
CREATE FUNCTION public.give_usual_shifts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.ward_shifts (id, ward_id, name, starts_at, ends_at, in_force_from, source)
    VALUES (gen_random_uuid(), NEW.id, 'Day', '07:30', '20:00', '2000-01-01',
            'Set when the ward was made; the ward confirms or changes it.'),
           (gen_random_uuid(), NEW.id, 'Night', '19:30', '08:00', '2000-01-01',
            'Set when the ward was made; the ward confirms or changes it.');
    RETURN NULL;
END $$;
CREATE TRIGGER usual_shifts AFTER INSERT ON room.wards
    FOR EACH ROW EXECUTE FUNCTION public.give_usual_shifts();

-- Set a shift of a ward from a day on; the times before it stay on record. A shift that is not
-- used any more ends with its last start before that day.
CREATE FUNCTION public.set_ward_shift(p_id uuid, p_ward_id uuid, p_setting jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_today date;
    v_wanted jsonb := coalesce(p_setting -> 'wanted', '{}');
BEGIN
    PERFORM auth.require('shift.edit');
    IF p_ward_id <> ALL (auth.ward_ids('shift.edit')) THEN
        RAISE EXCEPTION 'the ward is not one of the session' USING ERRCODE = '42501';
    ELSIF EXISTS (SELECT FROM public.ward_shifts s WHERE s.id = p_id) THEN
        RETURN;  -- sent once more
    END IF;
    SELECT (clock_timestamp() AT TIME ZONE w.time_zone)::date INTO v_today
    FROM room.wards w WHERE w.id = p_ward_id;
    IF (p_setting ->> 'in_force_from')::date < v_today THEN
        RAISE EXCEPTION 'A change of shift times counts from today at the earliest.'
            USING ERRCODE = 'WA001';
    ELSIF btrim(coalesce(p_setting ->> 'source', '')) = '' THEN
        RAISE EXCEPTION 'Say who decided the times.' USING ERRCODE = 'WA001';
    ELSIF EXISTS (SELECT FROM jsonb_each(v_wanted) e
                  WHERE e.key NOT IN (SELECT g.name FROM public.grades g)
                     OR jsonb_typeof(e.value) <> 'number' OR (e.value #>> '{}') !~ '^[0-9]{1,2}$')
    THEN
        RAISE EXCEPTION 'The number wanted of each grade is 0 to 99.' USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO public.ward_shifts (id, ward_id, name, starts_at, ends_at, wanted, is_used,
        in_force_from, source, recorded_by)
    VALUES (p_id, p_ward_id, btrim(p_setting ->> 'name'), (p_setting ->> 'starts_at')::time,
        (p_setting ->> 'ends_at')::time, v_wanted, (p_setting ->> 'is_used')::boolean,
        (p_setting ->> 'in_force_from')::date, btrim(p_setting ->> 'source'), auth.uid());
END $$;

CREATE FUNCTION public.announce_shifts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', NEW.ward_id || ':shifts');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON public.ward_shifts
    FOR EACH ROW EXECUTE FUNCTION public.announce_shifts();
