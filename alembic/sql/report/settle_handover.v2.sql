-- What is given is no draft any more, and who accepts takes the bed: either happens together with
-- it or not at all. Responsibility comes to a person by this and by taking a bed oneself.
CREATE OR REPLACE FUNCTION report.settle_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bed_id uuid;
    v_holder_id uuid;
BEGIN
    IF TG_TABLE_NAME = 'handovers' THEN
        DELETE FROM report.handover_drafts d
        WHERE d.admission_id = NEW.admission_id AND d.author_id = NEW.recorded_by;
    ELSIF auth.uid() IS NOT NULL AND NEW.kind = 'accepted' THEN
        -- the bed the patient lies in now; she may have been moved since she was given
        SELECT b.bed_id INTO v_bed_id FROM admission.bed_stays b
        WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
        IF v_bed_id IS NOT NULL THEN
            SELECT h.user_id INTO v_holder_id FROM public.bed_responsibilities h
            WHERE h.bed_id = v_bed_id ORDER BY h.seq DESC LIMIT 1;
            PERFORM public.take_bed(
                v_bed_id, NEW.id, v_holder_id, NEW.handover_id, NEW.recorded_at);
        END IF;
    END IF;
    PERFORM pg_notify('ward', NEW.ward_id || ':handover');
    RETURN NULL;
END $$;
