-- As it was: a bulk load is stamped too.
CREATE OR REPLACE FUNCTION report.complete_instrument_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_instrument report.instruments;
    v_problem text;
BEGIN
    SELECT * INTO v_instrument FROM report.instruments i WHERE i.id = NEW.instrument_id;
    NEW.name := v_instrument.name;
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    v_problem := report.reassess_problem(NEW.reassess, v_instrument.content::jsonb -> 'bands');
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
