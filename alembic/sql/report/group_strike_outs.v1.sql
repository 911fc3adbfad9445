-- Striking out what a broken device measured or one person recorded, and taking that back. The
-- sets are named one by one, so that only what was looked at is struck out; all of them or none.
-- Nothing is overwritten: a mark supersedes the set, and whoever takes it back adds a copy of the
-- set that supersedes the mark.

GRANT INSERT ON report.vital_signs TO ward_definer;
GRANT SELECT, INSERT ON report.group_strike_outs TO ward_definer;

ALTER TABLE report.group_strike_outs ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.group_strike_outs FORCE ROW LEVEL SECURITY;
CREATE POLICY own_ward ON report.group_strike_outs FOR SELECT TO ward_client
    USING (ward_id = ANY ((SELECT auth.ward_ids('observation.strike_group'))::uuid[]));

CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON report.group_strike_outs
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
CREATE TRIGGER stamp BEFORE INSERT ON report.group_strike_outs
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON report.group_strike_outs
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- Sets in force measured on a ward in a stretch of time, by way of the stays that touch it: an
-- index by ward would be one more for every set recorded. Not for clients.
CREATE FUNCTION report.sets_measured(p_ward_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT v.* FROM (
        SELECT b.admission_id FROM admission.bed_stays b
        WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
        UNION
        SELECT b.admission_id FROM admission.bed_stays b
        WHERE b.ward_id = p_ward_id AND NOT upper_inf(b.during) AND b.voided_at IS NULL
          AND upper(b.during) >= p_from) here
    JOIN report.vital_signs v ON v.admission_id = here.admission_id
        AND v.occurred_at BETWEEN p_from AND p_until
    WHERE v.ward_id = p_ward_id AND v.status = 'final'
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id);
END $$;

-- Not for clients: raise unless the session may strike out as a group on this ward.
CREATE FUNCTION report.require_strike_out(p_ward_id uuid) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('observation.strike_group');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('observation.strike_group')), false) THEN
        RAISE EXCEPTION 'the ward is not in reach' USING ERRCODE = '42501';
    END IF;
END $$;

-- Who measured on the ward with what, how many sets of which patients: no value of any of them,
-- so that only the charts that are concerned need be opened.
CREATE FUNCTION report.measured_by(p_ward_id uuid, p_from timestamptz, p_until timestamptz)
RETURNS TABLE (device_source text, person_id uuid, person_name text, sets integer,
    patient_ids uuid[], sets_elsewhere integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM report.require_strike_out(p_ward_id);
    IF p_until - p_from > interval '31 days' THEN
        RAISE EXCEPTION 'Choose a stretch of at most 31 days.' USING ERRCODE = 'WA001';
    END IF;
    RETURN QUERY
    SELECT m.device_source, m.recorded_by, u.display_name,
        (count(*) FILTER (WHERE r.admission_id IS NOT NULL))::integer,
        coalesce(array_agg(DISTINCT m.patient_id) FILTER (WHERE r.admission_id IS NOT NULL),
                 '{}'),
        (count(*) FILTER (WHERE r.admission_id IS NULL))::integer
    FROM report.sets_measured(p_ward_id, p_from, p_until) m
    LEFT JOIN (SELECT DISTINCT w.admission_id FROM auth.ward_stays w WHERE w.is_committed) r
        ON r.admission_id = m.admission_id
    LEFT JOIN public.users u ON u.id = m.recorded_by
    GROUP BY m.device_source, m.recorded_by, u.display_name;
END $$;

-- Strike out exactly these sets of one device or person and return how many they are. Saving
-- again under the same id changes nothing.
CREATE FUNCTION report.strike_out_group(
    p_id uuid, p_ward_id uuid, p_device_source text, p_person_id uuid, p_from timestamptz,
    p_until timestamptz, p_set_ids uuid[], p_reason text) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_wanted uuid[] := ARRAY(SELECT DISTINCT s FROM unnest(p_set_ids) s ORDER BY s);
    v_before report.group_strike_outs;
    v_struck integer;
BEGIN
    PERFORM report.require_strike_out(p_ward_id);
    SELECT * INTO v_before FROM report.group_strike_outs g WHERE g.id = p_id;
    IF v_before.recorded_by = auth.uid() AND v_wanted = ARRAY(
        SELECT m.supersedes_id FROM report.vital_signs m
        WHERE m.strike_out_id = p_id ORDER BY m.supersedes_id) THEN
        RETURN v_before.sets;
    ELSIF v_before.id IS NOT NULL THEN
        RAISE EXCEPTION 'This was saved before, with other sets. Leave the sheet and begin again.'
            USING ERRCODE = 'WA001';
    ELSIF btrim(coalesce(p_reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why these sets are struck out.' USING ERRCODE = 'WA001';
    ELSIF cardinality(v_wanted) = 0 THEN
        RAISE EXCEPTION 'There is nothing to strike out.' USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO report.group_strike_outs
        (id, ward_id, device_source, person_id, measured_from, measured_until, reason, sets,
         recorded_by)
    VALUES (p_id, p_ward_id, p_device_source, p_person_id, p_from, p_until, btrim(p_reason),
            cardinality(v_wanted), auth.uid());
    INSERT INTO report.vital_signs
        (id, admission_id, occurred_at, status, supersedes_id, change_reason, strike_out_id)
    SELECT gen_random_uuid(), m.admission_id, m.occurred_at, 'entered_in_error', m.id,
        btrim(p_reason), p_id
    FROM report.sets_measured(p_ward_id, p_from, p_until) m
    WHERE m.id = ANY (v_wanted)
      AND (m.device_source = p_device_source OR m.recorded_by = p_person_id)
      AND m.patient_id IN (SELECT unnest(auth.open_patients()))
      AND m.admission_id IN (SELECT w.admission_id FROM auth.ward_stays w);
    GET DIAGNOSTICS v_struck = ROW_COUNT;
    IF v_struck <> cardinality(v_wanted) THEN
        RAISE EXCEPTION 'Some of these sets were changed meanwhile, or a patient left your wards.'
            ' Nothing was struck out. Look again at what would be.' USING ERRCODE = 'WA001';
    END IF;
    RETURN v_struck;
END $$;

-- Not for clients: the marks of a group strike-out that hold still, of patients in reach.
CREATE FUNCTION report.marks_in_force(p_strike_out_id uuid) RETURNS SETOF report.vital_signs
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT m.* FROM report.vital_signs m
    WHERE m.strike_out_id = p_strike_out_id AND m.status = 'entered_in_error'
      AND m.admission_id IN (SELECT w.admission_id FROM auth.ward_stays w)
      AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = m.id);
END $$;

-- Whose sets a group strike-out still holds struck out: whose charts must be opened to take it
-- back.
CREATE FUNCTION report.struck_out_patients(p_strike_out_id uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM report.require_strike_out(
        (SELECT g.ward_id FROM report.group_strike_outs g WHERE g.id = p_strike_out_id));
    RETURN ARRAY(SELECT DISTINCT m.patient_id FROM report.marks_in_force(p_strike_out_id) m);
END $$;

-- Let the sets of a group strike-out count again and return how many: those whose patients are
-- still in reach, for whoever left can no longer be harmed by them on the board.
CREATE FUNCTION report.reinstate_group(p_id uuid, p_strike_out_id uuid, p_reason text)
RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid := (SELECT g.ward_id FROM report.group_strike_outs g
                       WHERE g.id = p_strike_out_id AND g.reinstates_id IS NULL);
    v_before report.group_strike_outs;
    v_mark report.vital_signs;
    v_marks uuid[];
    v_set report.vital_signs;
BEGIN
    PERFORM report.require_strike_out(v_ward_id);
    SELECT * INTO v_before FROM report.group_strike_outs g WHERE g.id = p_id;
    IF v_before.recorded_by = auth.uid() AND v_before.reinstates_id = p_strike_out_id THEN
        RETURN v_before.sets;
    ELSIF btrim(coalesce(p_reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why these sets count again.' USING ERRCODE = 'WA001';
    END IF;
    v_marks := ARRAY(SELECT m.id FROM report.marks_in_force(p_strike_out_id) m
                     WHERE m.patient_id IN (SELECT unnest(auth.open_patients())));
    IF cardinality(v_marks) = 0 THEN
        RAISE EXCEPTION 'None of these sets is struck out any more, or none of their patients is'
            ' on one of your wards.' USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO report.group_strike_outs (id, ward_id, reinstates_id, reason, sets, recorded_by)
    VALUES (p_id, v_ward_id, p_strike_out_id, btrim(p_reason), cardinality(v_marks), auth.uid());
    FOR v_mark IN SELECT * FROM report.vital_signs m WHERE m.id = ANY (v_marks) LOOP
        SELECT * INTO v_set FROM report.vital_signs o WHERE o.id = v_mark.supersedes_id;
        v_set.id := gen_random_uuid();
        v_set.supersedes_id := v_mark.id;
        v_set.change_reason := btrim(p_reason);
        v_set.strike_out_id := p_id;
        INSERT INTO report.vital_signs VALUES (v_set.*);
    END LOOP;
    RETURN cardinality(v_marks);
END $$;

-- What a group adds was checked by the function that adds it (clients cannot name a group), so
-- the rules for what a person records do not apply: a scale decided otherwise since, for one.
CREATE FUNCTION report.complete_group_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
BEGIN
    SELECT o.patient_id, o.ward_id INTO STRICT NEW.patient_id, NEW.ward_id
    FROM report.vital_signs o WHERE o.id = NEW.supersedes_id;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete_group_member BEFORE INSERT ON report.vital_signs
    FOR EACH ROW WHEN (NEW.strike_out_id IS NOT NULL)
    EXECUTE FUNCTION report.complete_group_member();
DROP TRIGGER complete ON report.vital_signs;
CREATE TRIGGER complete BEFORE INSERT ON report.vital_signs
    FOR EACH ROW WHEN (NEW.strike_out_id IS NULL)
    EXECUTE FUNCTION report.complete_vital_signs();
