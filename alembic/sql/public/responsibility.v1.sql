-- Who is to look after a bed (allocation) and who does (responsibility). The first is planned by
-- who leads the shift, the second moves only when the receiver takes it. Both are written by
-- functions that check the session themselves; no client inserts a row by hand.

GRANT SELECT, INSERT ON public.shift_allocations, public.bed_responsibilities TO ward_definer;
CREATE POLICY own_wards ON public.shift_allocations FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('board.view'))));
CREATE POLICY own_wards ON public.bed_responsibilities FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('board.view'))));
GRANT SELECT ON public.shift_allocations, public.bed_responsibilities TO ward_client;
GRANT SELECT, INSERT ON public.shift_allocations, public.bed_responsibilities TO ward_loader;
CREATE TRIGGER announce AFTER INSERT ON public.shift_allocations
    FOR EACH ROW EXECUTE FUNCTION public.announce_shifts();
CREATE TRIGGER announce AFTER INSERT ON public.bed_responsibilities
    FOR EACH ROW EXECUTE FUNCTION public.announce_shifts();

-- One change of a bed at a time; the bed's ward, if the session may do that there.
CREATE FUNCTION public.enter_bed(p_bed_id uuid, p_permission text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid;
BEGIN
    PERFORM auth.require(p_permission);
    SELECT d.ward_id INTO v_ward_id FROM room.beds d WHERE d.id = p_bed_id AND d.is_active;
    IF NOT coalesce(v_ward_id = ANY (auth.ward_ids(p_permission)), false) THEN
        RAISE EXCEPTION 'the bed is not on a ward of the session' USING ERRCODE = '42501';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('bed ' || p_bed_id::text, 0));
    RETURN v_ward_id;
END $$;

-- When something happened: never later than now, and after what is on record of the bed already
-- (a clock that is a little slow is forgiven).
CREATE FUNCTION public.happened_at(p_occurred_at timestamptz, p_after timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_at timestamptz := least(coalesce(p_occurred_at, v_now), v_now);
BEGIN
    IF p_occurred_at > v_now + interval '5 minutes' THEN
        RAISE EXCEPTION 'The time lies in the future. Check it.' USING ERRCODE = 'WA001';
    ELSIF v_at < v_now - interval '24 hours' OR v_at < p_after - interval '5 minutes' THEN
        RAISE EXCEPTION 'The time lies before the last change of this bed. Check it.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN greatest(v_at, p_after);
END $$;

-- Plan who looks after a bed in a shift; p_user_id null = nobody yet. What was planned before is
-- superseded for the rest of the shift, and is named, so that two who plan at once do not undo
-- each other.
CREATE FUNCTION public.allocate_bed(p_id uuid, p_bed_id uuid, p_user_id uuid, p_shift text,
    p_shift_on date, p_supersedes_id uuid, p_reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := public.enter_bed(p_bed_id, 'shift.allocate');
    v_before public.shift_allocations;
    v_from timestamptz;
    v_until timestamptz;
    v_problem text;
BEGIN
    IF EXISTS (SELECT FROM public.shift_allocations a WHERE a.id = p_id) THEN
        RETURN false;  -- sent once more
    END IF;
    SELECT r.from_at, r.until_at INTO v_from, v_until
    FROM public.shift_runs(v_ward_id, p_shift_on::timestamptz - interval '1 day',
                           p_shift_on::timestamptz + interval '3 days') r
    WHERE r.name = p_shift AND r.shift_on = p_shift_on;
    SELECT * INTO v_before FROM public.shift_allocations a
    WHERE a.bed_id = p_bed_id AND a.shift_name = p_shift AND a.shift_on = p_shift_on
    ORDER BY a.seq DESC LIMIT 1;
    v_problem := CASE
        WHEN v_from IS NULL THEN 'The ward has no such shift on that day.'
        WHEN v_until <= clock_timestamp() THEN 'This shift is over.'
        WHEN p_supersedes_id IS DISTINCT FROM v_before.id
            THEN 'Somebody else allocated this bed just now. Look at it again.'
        WHEN v_before.id IS NOT NULL AND v_from <= clock_timestamp()
         AND btrim(coalesce(p_reason, '')) = '' THEN 'The shift has begun: say why it changes.'
        WHEN p_user_id IS NOT NULL THEN public.cannot_hold(p_user_id, v_ward_id) END;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO public.shift_allocations (id, ward_id, bed_id, user_id, shift_name, shift_on,
        shift_from, shift_until, occurred_at, supersedes_id, change_reason, recorded_by)
    VALUES (p_id, v_ward_id, p_bed_id, p_user_id, p_shift, p_shift_on, v_from, v_until,
        greatest(clock_timestamp(), v_from), v_before.id, nullif(btrim(p_reason), ''), auth.uid());
    RETURN true;
END $$;

-- Who looks after a bed by plan at a moment: of the shift that began last.
CREATE FUNCTION public.allocated_at(p_bed_id uuid, p_at timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT a.user_id FROM public.shift_allocations a
            WHERE a.bed_id = p_bed_id AND a.shift_from <= p_at AND a.shift_until > p_at
              AND a.occurred_at <= p_at
            ORDER BY a.shift_from DESC, a.seq DESC LIMIT 1);
END $$;

-- Take a bed from who holds it, or from nobody: the only way responsibility comes to a person.
-- False = nothing to do: sent once more, or held already. p_from_user_id says whom the taker saw
-- holding it, so that two who take at once do not both believe they have it. p_handover_id: of the
-- taker's own acceptance (0033), which alone makes it a bed that was handed over; null: none.
CREATE FUNCTION public.take_bed(p_bed_id uuid, p_event_id uuid, p_from_user_id uuid,
    p_handover_id uuid, p_occurred_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := public.enter_bed(p_bed_id, 'shift.take');
    v_user_id uuid := auth.uid();
    v_held public.bed_responsibilities;
    v_problem text := public.cannot_hold(v_user_id, v_ward_id);
    v_at timestamptz;
BEGIN
    SELECT * INTO v_held FROM public.bed_responsibilities b WHERE b.bed_id = p_bed_id
    ORDER BY b.seq DESC LIMIT 1;
    IF v_held.user_id = v_user_id
       OR EXISTS (SELECT FROM public.bed_responsibilities b WHERE b.id = p_event_id) THEN
        RETURN false;
    ELSIF p_handover_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM report.handover_answers a
        WHERE a.id = p_event_id AND a.handover_id = p_handover_id AND a.kind = 'accepted'
          AND a.recorded_by = v_user_id) THEN
        v_problem := 'This bed was not handed over to you. Accept the patient in the handover.';
    ELSIF v_problem IS NULL AND v_held.user_id IS DISTINCT FROM p_from_user_id THEN
        v_problem := (
            SELECT format('Bed %s is with %s by now. Look at it again.', d.label,
                coalesce(u.display_name, 'nobody'))
            FROM room.beds d LEFT JOIN public.users u ON u.id = v_held.user_id
            WHERE d.id = p_bed_id);
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    v_at := public.happened_at(p_occurred_at, v_held.occurred_at);
    INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, user_id, from_user_id, how,
        handover_id, occurred_at, recorded_by)
    VALUES (p_event_id, v_ward_id, p_bed_id, v_user_id, v_held.user_id,
        CASE WHEN p_handover_id IS NOT NULL THEN 'handed_over'
             WHEN public.allocated_at(p_bed_id, v_at) = v_user_id THEN 'allocated'
             ELSE 'taken' END,
        p_handover_id, v_at, v_user_id);
    PERFORM public.come_on_duty(v_user_id, v_ward_id);
    RETURN true;
END $$;

-- Put a bed down with nobody taking it: one's own, or, with a reason and the right to allocate,
-- that of somebody who is gone.
CREATE FUNCTION public.put_down_bed(p_bed_id uuid, p_event_id uuid, p_reason text,
    p_occurred_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := public.enter_bed(p_bed_id, 'shift.take');
    v_held public.bed_responsibilities;
    v_problem text;
BEGIN
    SELECT * INTO v_held FROM public.bed_responsibilities b WHERE b.bed_id = p_bed_id
    ORDER BY b.seq DESC LIMIT 1;
    IF v_held.user_id IS NULL
       OR EXISTS (SELECT FROM public.bed_responsibilities b WHERE b.id = p_event_id) THEN
        RETURN false;
    ELSIF v_held.user_id <> auth.uid() THEN
        v_problem := CASE
            WHEN v_ward_id <> ALL (auth.ward_ids('shift.allocate'))
                THEN 'Only who holds the bed, or who leads the shift, can put it down.'
            WHEN btrim(coalesce(p_reason, '')) = ''
                THEN 'Say why the bed is taken from who holds it.' END;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, from_user_id, how, reason,
        occurred_at, recorded_by)
    VALUES (p_event_id, v_ward_id, p_bed_id, v_held.user_id, 'put_down',
        nullif(btrim(p_reason), ''), public.happened_at(p_occurred_at, v_held.occurred_at),
        auth.uid());
    RETURN true;
END $$;

-- Who leaves a ward, or the house, holds its beds no longer: they are put down at that moment.
CREATE FUNCTION public.put_down_all(p_user_id uuid, p_ward_id uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, from_user_id, how, reason,
        occurred_at, recorded_by)
    SELECT gen_random_uuid(), b.ward_id, b.bed_id, p_user_id, 'left', 'does not work here any more',
        greatest(clock_timestamp(), b.occurred_at), auth.uid()
    FROM (SELECT DISTINCT ON (r.bed_id) r.* FROM public.bed_responsibilities r
          WHERE r.bed_id IN (SELECT h.bed_id FROM public.bed_responsibilities h
                             WHERE h.user_id = p_user_id)
          ORDER BY r.bed_id, r.seq DESC) b
    WHERE b.user_id = p_user_id AND coalesce(b.ward_id = p_ward_id, true);
END $$;

CREATE FUNCTION public.leave_ward() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.put_down_all(OLD.user_id, OLD.ward_id);
    RETURN NULL;
END $$;
CREATE TRIGGER leave_ward AFTER DELETE ON public.user_wards
    FOR EACH ROW EXECUTE FUNCTION public.leave_ward();

CREATE FUNCTION public.leave_house() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.put_down_all(NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER leave_house AFTER UPDATE OF is_active ON public.users
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION public.leave_house();
