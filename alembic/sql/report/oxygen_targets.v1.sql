-- The oxygen saturation that is prescribed: who decided and when is kept, who wrote it down and
-- when is the database's to say. Each decision replaces the one before it, so that of two people
-- who change the same one at once the second is told. No score follows from it.

GRANT SELECT ON report.oxygen_targets TO ward_definer;

ALTER TABLE report.oxygen_targets ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.oxygen_targets FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON report.oxygen_targets
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report.oxygen_targets
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

CREATE POLICY in_reach ON report.oxygen_targets FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY prescribed ON report.oxygen_targets FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.target')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.oxygen_targets TO ward_client;
GRANT INSERT (id, admission_id, low_percent, high_percent, decided_by, reason, occurred_at,
    supersedes_id) ON report.oxygen_targets TO ward_client;
GRANT SELECT, INSERT ON report.oxygen_targets TO ward_loader;

CREATE FUNCTION report.complete_oxygen_target() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.oxygen_targets;
    v_before report.oxygen_targets;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM report.oxygen_targets t
    WHERE t.id = NEW.id AND t.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(NEW.admission_id, 'observation.target', 'oxygen_targets');
    IF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RAISE EXCEPTION 'The time of the decision lies in the future. Check it.'
            USING ERRCODE = 'WA001';
    END IF;
    SELECT * INTO v_before FROM report.oxygen_targets t
    WHERE t.id = NEW.supersedes_id AND t.admission_id = NEW.admission_id;
    IF NEW.supersedes_id IS NOT NULL AND v_before.id IS NULL THEN
        RAISE EXCEPTION 'The oxygen target that this replaces does not belong to this stay.'
            USING ERRCODE = 'WA001';
    ELSIF NEW.low_percent IS NULL AND v_before.low_percent IS NULL THEN
        RAISE EXCEPTION 'There is no oxygen target to end.' USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.oxygen_targets
    FOR EACH ROW EXECUTE FUNCTION report.complete_oxygen_target();

-- charts and grids that show it are read anew
CREATE TRIGGER announce AFTER INSERT ON report.oxygen_targets
    FOR EACH ROW EXECUTE FUNCTION report.announce_vital_signs();
