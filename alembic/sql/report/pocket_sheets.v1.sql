-- Pocket sheets: paper that leaves the ward's screens is numbered, counted, and each print of it
-- is on record.

GRANT SELECT ON report.pocket_sheets, report.pocket_sheet_ends TO ward_definer;

CREATE POLICY own_wards ON report.pocket_sheets FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('handover.read'))));
CREATE POLICY own_wards ON report.pocket_sheet_ends FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('handover.read'))));
CREATE POLICY printing ON report.pocket_sheets FOR INSERT TO ward_client
    WITH CHECK (ward_id IN (SELECT unnest(auth.ward_ids('handover.read')))
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY ending ON report.pocket_sheet_ends FOR INSERT TO ward_client
    WITH CHECK (ward_id IN (SELECT unnest(auth.ward_ids('handover.read')))
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.pocket_sheets, report.pocket_sheet_ends TO ward_client;
GRANT INSERT (id, paper, as_file, patient_ids, expires_at) ON report.pocket_sheets TO ward_client;
GRANT INSERT (id, sheet_id, kind, words) ON report.pocket_sheet_ends TO ward_client;
GRANT SELECT, INSERT ON report.pocket_sheets, report.pocket_sheet_ends TO ward_loader;

CREATE FUNCTION report.complete_pocket_sheet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.pocket_sheets;
    v_patient_id uuid;
    v_what text := concat_ws(', ', 'pocket sheet', CASE WHEN NEW.as_file THEN 'PDF' END, NEW.paper);
    v_action text := CASE WHEN NEW.as_file THEN 'EXPORT' ELSE 'PRINT' END;
BEGIN
    SELECT * INTO v_same FROM report.pocket_sheets s
    WHERE s.id = NEW.id AND s.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    ELSIF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    SELECT b.ward_id INTO NEW.ward_id FROM admission.bed_stays b
    WHERE b.patient_id = NEW.patient_ids[1] AND upper_inf(b.during) AND b.voided_at IS NULL;
    IF NOT coalesce(NEW.ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "pocket_sheets"'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF (NEW.expires_at > NEW.recorded_at
        AND NEW.expires_at <= NEW.recorded_at + interval '24 hours') IS NOT TRUE THEN
        RAISE EXCEPTION 'A pocket sheet is good for 24 hours at most. Check the time.'
            USING ERRCODE = 'WA001';
    END IF;
    FOREACH v_patient_id IN ARRAY NEW.patient_ids LOOP
        IF NOT auth.record_print(v_patient_id, v_what, v_action) THEN
            RAISE EXCEPTION 'A chart is not open to you any more. Press F5 to open it again.'
                USING ERRCODE = 'WA001';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.pocket_sheets
    FOR EACH ROW EXECUTE FUNCTION report.complete_pocket_sheet();

CREATE FUNCTION report.complete_pocket_sheet_end() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.pocket_sheet_ends;
    v_end report.pocket_sheet_ends;
BEGIN
    SELECT * INTO v_same FROM report.pocket_sheet_ends e
    WHERE e.id = NEW.id AND e.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    SELECT s.ward_id INTO NEW.ward_id FROM report.pocket_sheets s WHERE s.id = NEW.sheet_id;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    IF NOT coalesce(NEW.ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "pocket_sheet_ends"'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- two who tick the same sheet do so one after the other
    PERFORM pg_advisory_xact_lock(hashtextextended('pocket sheet ' || NEW.sheet_id::text, 0));
    SELECT * INTO v_end FROM report.pocket_sheet_ends e WHERE e.sheet_id = NEW.sheet_id;
    IF v_end.id IS NOT NULL THEN
        RAISE EXCEPTION '% ticked this sheet already.', report.display_name(v_end.recorded_by)
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.pocket_sheet_ends
    FOR EACH ROW EXECUTE FUNCTION report.complete_pocket_sheet_end();

CREATE FUNCTION report.announce_pocket_sheet() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', NEW.ward_id || ':handover');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.pocket_sheets
    FOR EACH ROW EXECUTE FUNCTION report.announce_pocket_sheet();
CREATE TRIGGER announce AFTER INSERT ON report.pocket_sheet_ends
    FOR EACH ROW EXECUTE FUNCTION report.announce_pocket_sheet();
