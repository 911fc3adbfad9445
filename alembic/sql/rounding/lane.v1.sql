-- The shift lane: the wards' own numbers, and when checklists are due and expected again.

GRANT SELECT ON rounding.lane_settings TO ward_definer;
CREATE TRIGGER stamp BEFORE INSERT ON rounding.lane_settings
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();
CREATE POLICY signed_in ON rounding.lane_settings FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
GRANT SELECT ON rounding.lane_settings TO ward_client;
GRANT SELECT, INSERT ON rounding.lane_settings TO ward_loader;

-- What holds until a hospital decides: nobody is let sleep. The minutes are ours, for a sum that
-- can be compared from nurse to nurse; they say nothing about how long anything should take.
GRANT INSERT ON rounding.lane_settings TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO rounding.lane_settings (id, visit_minutes, sleep_kinds, sleep_risks, sleep_minutes,
    work_minutes, source)
VALUES ('2f0c5a8e-97b4-5c1a-8d55-6e1b7a90c3d4', 30, '{}', '{}', 0, '{"set": 5, "task": 10}',
    'As delivered; to be decided locally.');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON rounding.lane_settings FROM ward_definer;

-- When a checklist is due and then expected again until p_until, if it is answered in time (or
-- now, where it is overdue). Not for clients.
CREATE FUNCTION rounding.expected_rounds(
    p_content jsonb, p_ward room.wards, p_risk text, p_due_at timestamptz, p_until timestamptz)
RETURNS timestamptz[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz := least(p_until, v_now + interval '24 hours');
    v_at timestamptz := p_due_at;
    v_all timestamptz[] := '{}';
BEGIN
    WHILE v_at < v_until LOOP
        v_all := v_all || v_at;
        v_at := greatest(v_at, v_now);
        v_at := CASE WHEN p_content #>> '{once,minutes}' IS NULL THEN v_at + make_interval(mins =>
            rounding.interval_minutes(p_content -> 'intervals', p_ward.code, p_risk,
                (v_at AT TIME ZONE p_ward.time_zone)::time)) END;
    END LOOP;
    RETURN v_all;
END $$;

CREATE FUNCTION rounding.lane_rounds(p_ward_ids uuid[], p_until timestamptz) RETURNS TABLE (
    ward_id uuid, admission_id uuid, template_id uuid, title text, work_minutes integer,
    due_at timestamptz[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT d.ward_id, d.admission_id, d.template_id, d.title,
        (t.content ->> 'work_minutes')::integer,
        rounding.expected_rounds(t.content, w, d.risk, d.due_at, p_until)
    FROM rounding.due_list(p_ward_ids) d
    JOIN rounding.templates t ON t.id = d.template_id
    JOIN room.wards w ON w.id = d.ward_id
    WHERE d.due_at < p_until;
END $$;
