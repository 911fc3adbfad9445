-- As before: whoever takes a bed says whether it was handed over.
CREATE OR REPLACE FUNCTION public.take_bed(p_bed_id uuid, p_event_id uuid, p_from_user_id uuid,
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
