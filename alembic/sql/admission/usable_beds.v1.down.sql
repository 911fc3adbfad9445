-- Put the patient back where the stay was, as if never gone since p_at. Where somebody lay in
-- that bed meanwhile: back into it from now on if it is free again, else onto the ward without
-- a bed.
CREATE OR REPLACE FUNCTION admission.reopen_stay(p_stay_id uuid, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
    v_now timestamptz := greatest(clock_timestamp(), p_at + interval '1 millisecond');
BEGIN
    BEGIN
        UPDATE admission.bed_stays
        SET during = tstzrange(lower(during), NULL), xact = pg_current_xact_id()::text::bigint
        WHERE id = p_stay_id;
        RETURN;
    EXCEPTION WHEN exclusion_violation THEN
        SELECT * INTO v_stay FROM admission.bed_stays WHERE id = p_stay_id;
    END;
    BEGIN
        PERFORM admission.add_stay(v_stay, v_stay.bed_id, tstzrange(v_now, NULL));
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, v_now));
    EXCEPTION WHEN exclusion_violation THEN
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, NULL));
    END;
END $$;

DROP TRIGGER usable_bed ON admission.bed_stays;
DROP FUNCTION admission.require_usable_bed();
DROP FUNCTION room.is_usable(uuid);
