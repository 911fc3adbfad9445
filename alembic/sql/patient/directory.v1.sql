-- Finding and registering people. Names are compared with operators that row security would
-- keep from the index, so these run as ward_definer with their own facility filter, and only
-- after the directory was opened (that is logged and committed first).

GRANT INSERT ON patient.patients, patient.patient_details TO ward_definer;
GRANT SELECT, INSERT, UPDATE ON patient.patient_sequences TO ward_definer;

CREATE FUNCTION patient.location(p_patient_id uuid) RETURNS TABLE (place text, admission_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT w.name || coalesce(', bed ' || d.label, ', no bed'), b.admission_id
    FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    WHERE b.patient_id = p_patient_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;

CREATE TYPE patient.found AS (
    id uuid, mrn text, family_name text, given_name text, title text, sex text, born_on date,
    born_on_is_estimate boolean, place text, open_admission_id uuid, likeness real,
    last_discharged_at timestamptz);

-- p_name: any part of surname or given name; p_born_on, p_mrn: exact. Null = not asked.
CREATE FUNCTION patient.search(p_name text, p_born_on date, p_mrn text) RETURNS SETOF patient.found
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_words text[] := regexp_split_to_array(
        btrim(regexp_replace(lower(coalesce(p_name, '')), '[,%_\\]+', ' ', 'g')), '\s+');
    -- the longest word goes to the trigram index, the others are checked on what it finds
    v_longest text := (SELECT '%' || word || '%' FROM unnest(v_words) word
                       ORDER BY length(word) DESC LIMIT 1);
BEGIN
    PERFORM auth.require_directory();
    IF p_born_on IS NULL AND p_mrn IS NULL AND length(coalesce(v_longest, '')) < 4 THEN
        RAISE EXCEPTION 'Type at least two letters of a name, a number or a date of birth.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN QUERY
    SELECT p.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
        p.born_on_is_estimate, here.place, here.admission_id,
        CASE WHEN p_name IS NULL THEN 1::real
             ELSE public.word_similarity(lower(p_name), p.search_name) END AS likeness,
        (SELECT max(a.discharged_at) FROM admission.admissions a
         WHERE a.patient_id = p.id AND a.cancelled_at IS NULL)
    FROM patient.patients p
    LEFT JOIN LATERAL patient.location(p.id) here ON true
    WHERE p.facility_id = auth.facility_id()
      AND (p_mrn IS NULL OR p.mrn = p_mrn)
      AND (p_born_on IS NULL OR p.born_on = p_born_on)
      AND (p_name IS NULL OR p.search_name LIKE v_longest)
      AND (p_name IS NULL OR p.search_name LIKE ALL (
           SELECT '%' || word || '%' FROM unnest(v_words) word))
    ORDER BY likeness DESC, p.family_name, p.given_name, p.mrn
    LIMIT 20;
END $$;

-- People who may be the one about to be registered: alike in name and born the same day, with
-- day and month exchanged, within a year, or unknown.
CREATE FUNCTION patient.possible_duplicates(
    p_family_name text, p_given_name text, p_born_on date, p_sex text)
RETURNS SETOF patient.found
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 5
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_name text := lower(p_family_name || ' ' || p_given_name);
BEGIN
    PERFORM auth.require_directory();
    RETURN QUERY
    SELECT p.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
        p.born_on_is_estimate, here.place, here.admission_id, likeness.score,
        (SELECT max(a.discharged_at) FROM admission.admissions a
         WHERE a.patient_id = p.id AND a.cancelled_at IS NULL)
    FROM patient.patients p
    CROSS JOIN LATERAL (SELECT greatest(
        public.similarity(v_name, p.search_name),
        public.similarity(lower(p_given_name || ' ' || p_family_name), p.search_name)) AS score
    ) likeness
    LEFT JOIN LATERAL patient.location(p.id) here ON true
    WHERE p.facility_id = auth.facility_id()
      AND (p.search_name OPERATOR(public.%) v_name OR p.born_on = p_born_on)
      AND likeness.score >= CASE
            WHEN p.born_on = p_born_on THEN 0.3
            WHEN p.born_on IS NULL OR p_born_on IS NULL THEN 0.6
            WHEN extract(day FROM p.born_on) = extract(month FROM p_born_on)
             AND extract(month FROM p.born_on) = extract(day FROM p_born_on)
             AND extract(year FROM p.born_on) = extract(year FROM p_born_on) THEN 0.4
            WHEN abs(p.born_on - p_born_on) <= 366 THEN 0.6
            ELSE 0.8 END
      AND (p.sex = p_sex OR 'unknown' IN (p.sex, p_sex) OR likeness.score >= 0.8)
    ORDER BY (p.born_on IS NOT DISTINCT FROM p_born_on) DESC, likeness.score DESC
    LIMIT 5;
END $$;

-- The next patient number of a facility and year: two digits of the year, seven of the count,
-- and a check digit (Luhn), so that a mistyped number is noticed.
CREATE FUNCTION patient.next_mrn(p_facility_id uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_year smallint := extract(year FROM clock_timestamp() AT TIME ZONE (
        SELECT time_zone FROM public.facilities WHERE id = p_facility_id));
    v_number integer;
    v_stem text;
    v_sum integer := 0;
    v_digit integer;
BEGIN
    INSERT INTO patient.patient_sequences AS s (facility_id, year, last_number)
    VALUES (p_facility_id, v_year, 1)
    ON CONFLICT (facility_id, year) DO UPDATE SET last_number = s.last_number + 1
    RETURNING s.last_number INTO v_number;
    v_stem := lpad((v_year % 100)::text, 2, '0') || lpad(v_number::text, 7, '0');
    FOR i IN 1..9 LOOP
        v_digit := substr(v_stem, 10 - i, 1)::integer;
        IF i % 2 = 1 THEN
            v_digit := v_digit * 2;
            IF v_digit > 9 THEN v_digit := v_digit - 9; END IF;
        END IF;
        v_sum := v_sum + v_digit;
    END LOOP;
    RETURN v_stem || ((10 - v_sum % 10) % 10)::text;
END $$;

-- Register a person; repeating it with the same id returns the number given the first time.
CREATE FUNCTION patient.register(
    p_id uuid, p_family_name text, p_given_name text, p_title text, p_sex text,
    p_born_on date, p_born_on_is_estimate boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility_id uuid := auth.facility_id();
    v_mrn text;
BEGIN
    PERFORM auth.require('patient.register');
    SELECT mrn INTO v_mrn FROM patient.patients
    WHERE id = p_id AND facility_id = v_facility_id
      AND family_name = p_family_name AND given_name = p_given_name;
    IF v_mrn IS NOT NULL THEN
        RETURN v_mrn;
    END IF;
    BEGIN
        v_mrn := patient.next_mrn(v_facility_id);
        INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, title, sex,
                                      born_on, born_on_is_estimate)
        VALUES (p_id, v_facility_id, v_mrn, p_family_name, p_given_name, p_title, p_sex,
                p_born_on, p_born_on_is_estimate);
        INSERT INTO patient.patient_details (patient_id) VALUES (p_id);
    EXCEPTION WHEN unique_violation THEN  -- sent twice at once: the other one has its number
        SELECT mrn INTO v_mrn FROM patient.patients
        WHERE id = p_id AND facility_id = v_facility_id
          AND family_name = p_family_name AND given_name = p_given_name;
        IF v_mrn IS NULL THEN
            RAISE;
        END IF;
    END;
    RETURN v_mrn;
END $$;
