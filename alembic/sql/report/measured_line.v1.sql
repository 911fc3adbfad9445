-- What follows from the values of a measurement, and its one line: made here and nowhere else, so
-- that no program can store a total that its parts do not make.

-- A value as a number: as typed, or a choice that is a number; null for all else ("NT").
CREATE FUNCTION report.measured_number(p_value jsonb) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(p_value) = 'string'
                 AND p_value #>> '{}' ~ '^-?[0-9]+(\.[0-9]+)?$'
                THEN (p_value #>> '{}')::numeric END;
END $$;

-- A derived value; null where the values do not suffice.
CREATE FUNCTION report.measured_derivation(p_derived jsonb, p_values jsonb) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_numbers numeric[] := ARRAY(
        SELECT report.measured_number(p_values -> f.name)
        FROM jsonb_array_elements_text(p_derived -> 'fields') WITH ORDINALITY f (name, place)
        ORDER BY f.place);
    v_result numeric;
BEGIN
    IF p_derived ->> 'formula' = 'drop' THEN
        v_result := v_numbers[1] - (SELECT min(n) FROM unnest(v_numbers[2:]) n);
    ELSIF array_position(v_numbers, NULL) IS NOT NULL THEN
        RETURN NULL;
    ELSIF p_derived ->> 'formula' = 'sum' THEN
        v_result := (SELECT sum(n) FROM unnest(v_numbers) n);
    ELSIF p_derived ->> 'formula' = 'body_mass_index' AND v_numbers[2] <> 0 THEN
        v_result := v_numbers[1] / (v_numbers[2] / 100) ^ 2;
    END IF;
    RETURN round(v_result, coalesce((p_derived ->> 'decimals')::integer, 0));
END $$;

-- All derived values by name, numbers as text.
CREATE FUNCTION report.measured_derived(p_derived jsonb, p_values jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(jsonb_object_agg(d ->> 'name',
                                         report.measured_derivation(d, p_values)::text), '{}')
        FROM jsonb_array_elements(p_derived) d
        WHERE report.measured_derivation(d, p_values) IS NOT NULL);
END $$;

-- A value as it reads: with its unit, a choice in words, a flag as yes or no.
CREATE FUNCTION report.measured_text(p_field jsonb, p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_text text := p_value #>> '{}';
BEGIN
    RETURN CASE p_field ->> 'type'
        WHEN 'flag' THEN CASE WHEN p_value = 'true' THEN 'yes' ELSE 'no' END
        WHEN 'number' THEN rtrim(
            trim_scale(v_text::numeric)::text || ' ' || coalesce(p_field ->> 'unit', ''))
        WHEN 'choice' THEN coalesce((
            SELECT c ->> 2 FROM jsonb_array_elements(p_field -> 'choices') c
            WHERE c ->> 0 = v_text), v_text)
        ELSE v_text END;
END $$;

-- The values in one line: each part of the summary of which every value is known.
CREATE FUNCTION report.measured_line(p_kind report.measurement_kinds, p_values jsonb,
    p_derived jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_texts jsonb := '{}';
    v_field jsonb;
    v_part text;
    v_name text;
    v_parts text[] := '{}';
BEGIN
    SELECT coalesce(jsonb_object_agg(d.key, trim_scale((d.value #>> '{}')::numeric)::text), '{}')
    INTO v_texts FROM jsonb_each(p_derived) d;
    FOR v_field IN SELECT f FROM jsonb_array_elements(p_kind.fields) f LOOP
        v_name := v_field ->> 'name';
        IF p_values ? v_name THEN
            v_texts := v_texts || jsonb_build_object(
                v_name, report.measured_text(v_field, p_values -> v_name),
                v_name || '_value', p_values ->> v_name);
        END IF;
    END LOOP;
    FOR v_part IN SELECT p FROM jsonb_array_elements_text(p_kind.summary) p LOOP
        FOR v_name IN SELECT m[1] FROM regexp_matches(v_part, '\{([a-z0-9_]+)\}', 'g') m LOOP
            v_part := replace(v_part, '{' || v_name || '}', v_texts ->> v_name);
        END LOOP;
        v_parts := v_parts || v_part;  -- null when one of its values is not known
    END LOOP;
    RETURN array_to_string(v_parts, ', ');
END $$;
