-- Checklists are done once in a stay, and answers open tasks and calls, only as the rest of the
-- program can read it: what is due on a whole ward would be unreadable with one that is not.

-- Why an answer of an item cannot open that; null = it can.
CREATE FUNCTION rounding.opening_problem(p_item jsonb, p_opening jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_label text := p_item ->> 'label';
    v_known text[] := CASE WHEN p_item ->> 'kind' = 'yes_no' THEN ARRAY['yes', 'no']
        WHEN p_item ->> 'kind' = 'choice'
            THEN ARRAY(SELECT c ->> 0 FROM jsonb_array_elements(p_item -> 'choices') c) END;
BEGIN
    IF jsonb_typeof(p_opening) <> 'object'
       OR coalesce(p_opening ->> 'task', p_opening ->> 'concern') IS NULL
       OR length(btrim(coalesce(p_opening ->> 'task', 'x'))) NOT BETWEEN 1 AND 200
       OR length(btrim(coalesce(p_opening ->> 'concern', 'x'))) NOT BETWEEN 1 AND 200 THEN
        RETURN format('What an answer of "%s" opens needs words, at most 200 letters.', v_label);
    ELSIF coalesce((p_opening ->> 'minutes')::integer, 60) NOT BETWEEN 5 AND 10080 THEN
        RETURN format('A task of "%s" is to be done within 5 minutes to 7 days.', v_label);
    ELSIF p_item ->> 'kind' <> 'body_map'
      AND (jsonb_typeof(p_opening -> 'when') = 'array'
           AND jsonb_array_length(p_opening -> 'when') > 0) IS NOT TRUE THEN
        RETURN format('"%s" does not say which answer opens it.', v_label);
    ELSIF v_known IS NOT NULL AND EXISTS (
        SELECT FROM jsonb_array_elements_text(p_opening -> 'when') w WHERE w <> ALL (v_known)) THEN
        RETURN format('"%s" opens something with an answer it does not have.', v_label);
    END IF;
    RETURN NULL;
END $$;

-- Why a checklist cannot be done once in a stay; null = it can, or it is due by intervals.
CREATE FUNCTION rounding.once_problem(p_content jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(jsonb_typeof(p_content -> 'once'), 'null') = 'null' THEN
        RETURN NULL;
    ELSIF p_content ->> 'subject' = 'ward' THEN
        RETURN 'A ward has no stay: its checklists are due by intervals.';
    ELSIF coalesce(p_content #>> '{once,of}', 'admission') NOT IN ('admission', 'arrival')
       OR ((p_content #>> '{once,minutes}')::integer BETWEEN 10 AND 10080) IS NOT TRUE THEN
        RETURN 'A checklist is done once within 10 minutes to 7 days of admission or arrival.';
    END IF;
    RETURN NULL;
END $$;

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
    ELSIF coalesce(jsonb_typeof(p_item -> 'opens'), 'null') NOT IN ('array', 'null') THEN
        RETURN format('What an answer of "%s" opens is not readable.', p_item ->> 'label');
    END IF;
    RETURN (
        SELECT rounding.opening_problem(p_item, o)
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(p_item -> 'opens') = 'array'
                                       THEN p_item -> 'opens' ELSE '[]' END) o
        WHERE rounding.opening_problem(p_item, o) IS NOT NULL LIMIT 1);
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
    ELSIF (coalesce((p_content ->> 'grace_minutes')::integer, 0) BETWEEN 0 AND 240
           AND coalesce((p_content ->> 'work_minutes')::integer, 5) BETWEEN 1 AND 240) IS NOT TRUE
    THEN
        RETURN 'A checklist takes 1 to 240 minutes, and is on time within 240 at most.';
    END IF;
    v_problem := rounding.once_problem(p_content);
    IF v_problem IS NOT NULL THEN
        RETURN v_problem;
    END IF;
    SELECT rounding.item_problem(i) INTO v_problem
    FROM jsonb_array_elements(p_content -> 'items') i
    WHERE rounding.item_problem(i) IS NOT NULL LIMIT 1;
    IF v_problem IS NULL AND p_content ->> 'subject' = 'ward'
       AND jsonb_path_exists(p_content, '$.items[*].opens[*].concern') THEN
        RETURN 'A checklist of the ward calls nobody.';
    END IF;
    RETURN v_problem;
EXCEPTION WHEN data_exception THEN
    RETURN 'The checklist is not readable.';
END $$;
