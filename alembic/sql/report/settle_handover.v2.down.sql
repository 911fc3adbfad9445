-- Accepting moves nothing but the handover again.
CREATE OR REPLACE FUNCTION report.settle_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'handovers' THEN
        DELETE FROM report.handover_drafts d
        WHERE d.admission_id = NEW.admission_id AND d.author_id = NEW.recorded_by;
    END IF;
    PERFORM pg_notify('ward', NEW.ward_id || ':handover');
    RETURN NULL;
END $$;
