-- Why an item cannot stand in a checklist; null = it can.
CREATE OR REPLACE FUNCTION rounding.item_problem(p_item jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(p_item ->> 'name', '') !~ '^[a-z][a-z0-9_]{0,39}$' THEN
        RETURN 'Every item needs a short name of small letters.';
    ELSIF length(btrim(coalesce(p_item ->> 'label', ''))) NOT BETWEEN 1 AND 80 THEN
        RETURN 'Every item needs words of at most 80 letters.';
    ELSIF coalesce(p_item ->> 'kind', '') NOT IN ('yes_no', 'choice', 'number', 'text', 'body_map')
    THEN
        RETURN format('"%s" is of no known kind.', p_item ->> 'label');
    ELSIF p_item ->> 'kind' IN ('choice', 'body_map')
      AND coalesce(jsonb_array_length(p_item -> 'choices'), 0) NOT BETWEEN 2 AND 40 THEN
        RETURN format('"%s" needs two answers or more.', p_item ->> 'label');
    ELSIF p_item ->> 'kind' = 'number'
      AND ((p_item #>> '{possible,0}')::numeric < (p_item #>> '{possible,1}')::numeric) IS NOT TRUE
    THEN
        RETURN format('"%s" needs a lowest and a highest number.', p_item ->> 'label');
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN format('"%s" is not readable.', p_item ->> 'label');
END $$;

-- Why a checklist cannot be used; null = it can.
CREATE OR REPLACE FUNCTION rounding.template_problem(p_content jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_problem text;
BEGIN
    IF length(btrim(coalesce(p_content ->> 'title', ''))) NOT BETWEEN 1 AND 60 THEN
        RETURN 'The checklist needs a name of at most 60 letters.';
    ELSIF coalesce(p_content ->> 'subject', '') NOT IN ('patient', 'ward') THEN
        RETURN 'A checklist is of a patient or of the ward.';
    ELSIF coalesce(jsonb_typeof(p_content -> 'items'), '') <> 'array'
       OR jsonb_array_length(p_content -> 'items') NOT BETWEEN 1 AND 40 THEN
        RETURN 'The checklist needs 1 to 40 items.';
    ELSIF coalesce(jsonb_typeof(p_content -> 'intervals'), '') <> 'array'
       OR coalesce(jsonb_typeof(p_content -> 'deferrals'), '') <> 'array' THEN
        RETURN 'The checklist does not say how often it is due, and why it may be put off.';
    ELSIF (SELECT count(DISTINCT i ->> 'name') FROM jsonb_array_elements(p_content -> 'items') i)
        <> jsonb_array_length(p_content -> 'items') THEN
        RETURN 'Two items have the same name.';
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(p_content -> 'intervals') r
                  WHERE ((r ->> 'minutes')::integer BETWEEN 10 AND 10080) IS NOT TRUE) THEN
        RETURN 'A checklist is due every 10 minutes to every 7 days.';
    END IF;
    SELECT rounding.item_problem(i) INTO v_problem
    FROM jsonb_array_elements(p_content -> 'items') i
    WHERE rounding.item_problem(i) IS NOT NULL LIMIT 1;
    RETURN v_problem;
EXCEPTION WHEN data_exception THEN
    RETURN 'The checklist is not readable.';
END $$;

DROP FUNCTION rounding.opening_problem(jsonb, jsonb);
DROP FUNCTION rounding.once_problem(jsonb);
