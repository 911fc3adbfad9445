-- Recording a bedside measurement: who, when and where are the database's to say, and the values
-- must be such as the registered kind declares, whatever program sends them.

GRANT SELECT ON report.measurement_kinds, report.measurements TO ward_definer;

CREATE POLICY signed_in ON report.measurement_kinds FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY chart_open ON report.measurements FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY recording ON report.measurements FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.record')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.measurement_kinds, report.measurements TO ward_client;
GRANT INSERT (id, admission_id, kind, kind_version, kind_hash, values, occurred_at, note, device_source, status, supersedes_id, change_reason)
    ON report.measurements TO ward_client;
GRANT SELECT, INSERT ON report.measurement_kinds, report.measurements TO ward_loader;

-- Why a value does not fit its field, as the declaration says; null = it fits.
-- Numbers are kept as text, so that 36.80 stays what was typed.
CREATE FUNCTION report.measured_value_problem(p_field jsonb, p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_label text := p_field ->> 'label';
    v_text text := p_value #>> '{}';
    v_type text := jsonb_typeof(p_value);
BEGIN
    IF p_field ->> 'type' = 'flag' THEN
        RETURN CASE WHEN v_type <> 'boolean' THEN v_label || ' is yes or no.' END;
    ELSIF v_type <> 'string' THEN
        RETURN v_label || ' is not a value of this kind.';
    ELSIF p_field ->> 'type' = 'choice' THEN
        RETURN CASE WHEN NOT EXISTS (
            SELECT FROM jsonb_array_elements(p_field -> 'choices') c WHERE c ->> 0 = v_text)
            THEN v_label || ' is not one of its choices.' END;
    ELSIF p_field ->> 'type' = 'text' THEN
        RETURN CASE WHEN length(v_text) NOT BETWEEN 1 AND 200
            THEN v_label || ' has at most 200 letters.' END;
    ELSIF v_text !~ '^-?[0-9]{1,9}(\.[0-9]{1,9})?$' THEN
        RETURN v_label || ' is not a number.';
    ELSIF v_text::numeric NOT BETWEEN (p_field #>> '{possible,0}')::numeric
        AND (p_field #>> '{possible,1}')::numeric
        OR v_text::numeric <> round(
            v_text::numeric, coalesce((p_field ->> 'decimals')::integer, 0)) THEN
        RETURN format('%s lies between %s and %s.', v_label,
            p_field #>> '{possible,0}', p_field #>> '{possible,1}');
    END IF;
    RETURN NULL;
END $$;

-- Why values cannot be stored as a measurement of a kind; null = they can.
CREATE FUNCTION report.measured_problem(p_fields jsonb, p_values jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_field jsonb;
    v_problem text;
BEGIN
    IF jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR p_values = '{}' THEN
        RETURN 'The measurement has no value.';
    ELSIF EXISTS (SELECT FROM jsonb_object_keys(p_values) k WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_fields) f WHERE f ->> 'name' = k)) THEN
        RETURN 'This kind of measurement has no such value.';
    END IF;
    FOR v_field IN SELECT f FROM jsonb_array_elements(p_fields) f LOOP
        IF p_values ? (v_field ->> 'name') THEN
            v_problem := report.measured_value_problem(
                v_field, p_values -> (v_field ->> 'name'));
        ELSIF (v_field ->> 'required')::boolean THEN
            v_problem := (v_field ->> 'label') || ' is missing.';
        END IF;
        EXIT WHEN v_problem IS NOT NULL;
    END LOOP;
    RETURN v_problem;
END $$;

-- Why a measurement cannot be stored; null = it can.
CREATE FUNCTION report.measurement_problem(p_new report.measurements) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_fields jsonb;
BEGIN
    IF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time of the measurement lies in the future. Check it.';
    ELSIF p_new.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM report.measurements o WHERE o.id = p_new.supersedes_id
          AND o.status = 'final' AND o.admission_id = p_new.admission_id
          AND o.kind = p_new.kind) THEN
        RETURN 'The measurement to be corrected does not belong to this stay.';
    ELSIF p_new.status <> 'final' THEN
        RETURN CASE WHEN p_new.values <> '{}'
            THEN 'What strikes a measurement out has no values of its own.' END;
    END IF;
    SELECT k.fields INTO v_fields FROM report.measurement_kinds k
    WHERE k.name = p_new.kind AND k.version = p_new.kind_version AND k.hash = p_new.kind_hash;
    IF v_fields IS NULL THEN
        RETURN 'The ward database does not know this kind of measurement. Tell IT.';
    END IF;
    RETURN report.measured_problem(v_fields, p_new.values);
END $$;

CREATE FUNCTION report.complete_measurement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_kind report.measurement_kinds;
    v_problem text;
BEGIN
    SELECT b.patient_id, b.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND b.voided_at IS NULL
    ORDER BY b.during @> NEW.occurred_at DESC, upper_inf(b.during) DESC, lower(b.during) DESC
    LIMIT 1;
    IF NEW.patient_id IS NULL THEN
        SELECT a.patient_id INTO NEW.patient_id
        FROM admission.admissions a WHERE a.id = NEW.admission_id;
    END IF;
    SELECT * INTO v_kind FROM report.measurement_kinds k
    WHERE k.name = NEW.kind AND k.version = NEW.kind_version AND k.hash = NEW.kind_hash;
    IF v_kind.id IS NOT NULL AND report.measured_problem(v_kind.fields, NEW.values) IS NULL THEN
        NEW.derived := report.measured_derived(v_kind.derived, NEW.values);
        NEW.summary := report.measured_line(v_kind, NEW.values, NEW.derived);
    END IF;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    -- nothing is said of a patient out of reach
    PERFORM report.require_reach(NEW.admission_id, 'observation.record', 'measurements');
    IF NEW.supersedes_id IS NOT NULL AND NOT auth.may('observation.correct') THEN
        RAISE EXCEPTION 'permission observation.correct is missing' USING ERRCODE = '42501';
    END IF;
    v_problem := report.measurement_problem(NEW);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.measurements
    FOR EACH ROW EXECUTE FUNCTION report.complete_measurement();

CREATE FUNCTION report.announce_measurement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':measurements') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.measurements
    FOR EACH ROW EXECUTE FUNCTION report.announce_measurement();
