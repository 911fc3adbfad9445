-- Nobody lies in a bed that is closed or taken out of use: whoever asks, and however.

-- Arguments: the column with the bed, and what was to be done to it.
CREATE FUNCTION room.require_empty_bed() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bed_id uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    v_place text;
BEGIN
    -- as an admission locks it: who comes second finds the bed as the first one left it
    PERFORM FROM room.beds d WHERE d.id = v_bed_id FOR NO KEY UPDATE;
    SELECT format('bed %s of ward %s', d.label, w.code) INTO v_place
    FROM room.beds d JOIN room.wards w ON w.id = d.ward_id
    WHERE d.id = v_bed_id AND EXISTS (
        SELECT FROM admission.bed_stays b
        WHERE b.bed_id = d.id AND upper_inf(b.during) AND b.voided_at IS NULL);
    IF FOUND THEN
        RAISE EXCEPTION 'Somebody lies in %, so it was not %. Move them first.',
            v_place, TG_ARGV[1] USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;

-- After it: who may not write the row learns nothing of the bed, and holds nobody up.
CREATE TRIGGER empty_bed AFTER INSERT ON room.bed_availability
    FOR EACH ROW WHEN (NEW.availability = 'closed')
    EXECUTE FUNCTION room.require_empty_bed('bed_id', 'closed');
CREATE TRIGGER empty_bed BEFORE UPDATE OF is_active ON room.beds
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
    EXECUTE FUNCTION room.require_empty_bed('id', 'taken out of use');
