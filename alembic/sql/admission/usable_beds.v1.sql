-- Nobody is put into a bed that is closed or out of use, whoever asks, and however: the other half
-- of room.require_empty_bed().

CREATE FUNCTION room.is_usable(p_bed_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- who closes it or takes it out of use locks it: who comes second finds what the first one did
    PERFORM FROM room.beds d WHERE d.id = p_bed_id FOR SHARE;
    RETURN EXISTS (SELECT FROM room.beds d WHERE d.id = p_bed_id AND d.is_active)
        AND 'closed' IS DISTINCT FROM (
            SELECT s.availability FROM room.bed_availability s
            WHERE s.bed_id = p_bed_id ORDER BY s.seq DESC LIMIT 1);
END $$;

CREATE FUNCTION admission.require_usable_bed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT room.is_usable(NEW.bed_id) THEN
        RAISE EXCEPTION 'This bed is closed or out of use. Choose another.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;

-- After it: who may not write the row learns nothing of the bed, and holds nobody up.
CREATE TRIGGER usable_bed AFTER INSERT OR UPDATE OF bed_id, during, voided_at
    ON admission.bed_stays
    FOR EACH ROW WHEN (upper_inf(NEW.during) AND NEW.voided_at IS NULL AND NEW.bed_id IS NOT NULL)
    EXECUTE FUNCTION admission.require_usable_bed();

-- Put the patient back where the stay was, as if never gone since p_at. Where somebody lay in
-- that bed meanwhile: back into it from now on if it is free again, else onto the ward without
-- a bed; and so too where the bed was closed or taken out of use.
CREATE OR REPLACE FUNCTION admission.reopen_stay(p_stay_id uuid, p_at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_stay admission.bed_stays;
    v_now timestamptz := greatest(clock_timestamp(), p_at + interval '1 millisecond');
BEGIN
    SELECT * INTO v_stay FROM admission.bed_stays WHERE id = p_stay_id;
    IF v_stay.bed_id IS NOT NULL AND NOT room.is_usable(v_stay.bed_id) THEN
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, NULL));
        RETURN;
    END IF;
    BEGIN
        UPDATE admission.bed_stays
        SET during = tstzrange(lower(during), NULL), xact = pg_current_xact_id()::text::bigint
        WHERE id = p_stay_id;
        RETURN;
    EXCEPTION WHEN exclusion_violation THEN
        NULL;  -- somebody lay there meanwhile
    END;
    BEGIN
        PERFORM admission.add_stay(v_stay, v_stay.bed_id, tstzrange(v_now, NULL));
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, v_now));
    EXCEPTION WHEN exclusion_violation THEN
        PERFORM admission.add_stay(v_stay, NULL, tstzrange(p_at, NULL));
    END;
END $$;
