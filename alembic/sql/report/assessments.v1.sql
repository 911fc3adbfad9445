-- Assessments by instruments: what an instrument says of itself is read from its content here and
-- tested here, and so are score and band of whatever is recorded with it, whatever program writes.

GRANT SELECT ON report.instruments, report.instrument_uses, report.assessments TO ward_definer;

CREATE POLICY signed_in ON report.instruments FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY signed_in ON report.instrument_uses FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY chart_open ON report.assessments FOR SELECT TO ward_client
    USING ((SELECT auth.may('assessment.read'))
        AND patient_id IN (SELECT unnest(auth.open_patients())));
CREATE POLICY recording ON report.assessments FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'assessment.record')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.instruments, report.instrument_uses, report.assessments TO ward_client;
GRANT INSERT (id, admission_id, instrument, version, hash, answers, score, band, note, occurred_at,
    status, supersedes_id, change_reason) ON report.assessments TO ward_client;
GRANT SELECT, INSERT ON report.instruments, report.instrument_uses, report.assessments
    TO ward_loader;

-- Whether a condition ("this item is one of these answers") holds.
CREATE FUNCTION report.condition_holds(p_condition jsonb, p_answers jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(p_condition -> 'is' ? (p_answers ->> (p_condition ->> 'item')), false);
END $$;

-- Points of an answer that fits its item; null = it has none.
CREATE FUNCTION report.answer_points(p_item jsonb, p_answer text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_item ->> 'kind' = 'choice' THEN
        RETURN (SELECT (c ->> 'points')::numeric
                FROM jsonb_array_elements(p_item -> 'choices') c WHERE c ->> 'value' = p_answer);
    ELSIF p_item ->> 'kind' = 'yes_no' THEN
        RETURN (p_item #>> ARRAY['points', p_answer])::numeric;
    ELSIF p_item ->> 'kind' <> 'number' THEN
        RETURN NULL;
    ELSIF p_item ->> 'points' = 'value' THEN
        RETURN p_answer::numeric;
    ELSIF p_item ? 'points' THEN
        RETURN (SELECT (r.entry ->> 'points')::numeric
                FROM jsonb_array_elements(p_item -> 'points') WITH ORDINALITY r (entry, place)
                WHERE coalesce(p_answer::numeric >= (r.entry ->> 'from')::numeric, true)
                  AND coalesce(p_answer::numeric <= (r.entry ->> 'to')::numeric, true)
                ORDER BY r.place LIMIT 1);
    END IF;
    RETURN NULL;
END $$;

-- Why an answer does not fit its item; null = it fits. Numbers are kept as text, in one way only.
CREATE FUNCTION report.assessed_item_problem(p_item jsonb, p_answer jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_label text := p_item ->> 'label';
    v_text text := p_answer #>> '{}';
BEGIN
    IF jsonb_typeof(p_answer) <> 'string' THEN
        RETURN v_label || ' is not an answer of this kind.';
    ELSIF p_item ->> 'kind' = 'yes_no' THEN
        RETURN CASE WHEN v_text NOT IN ('yes', 'no') THEN v_label || ' is yes or no.' END;
    ELSIF p_item ->> 'kind' = 'choice' THEN
        RETURN CASE WHEN NOT EXISTS (
            SELECT FROM jsonb_array_elements(p_item -> 'choices') c
            WHERE c ->> 'value' = v_text) THEN v_label || ' is not one of its answers.' END;
    ELSIF p_item ->> 'kind' = 'text' THEN
        RETURN CASE WHEN length(btrim(v_text)) NOT BETWEEN 1 AND 500
            THEN v_label || ' has at most 500 letters.' END;
    ELSIF v_text !~ '^-?[0-9]{1,9}(\.[0-9]{1,6})?$' THEN
        RETURN v_label || ' is not a number.';
    ELSIF v_text <> round(v_text::numeric, coalesce((p_item ->> 'decimals')::integer, 0))::text
    THEN
        RETURN v_label || ' has other decimals.';
    ELSIF v_text::numeric NOT BETWEEN (p_item #>> '{possible,0}')::numeric
        AND (p_item #>> '{possible,1}')::numeric THEN
        RETURN format('%s lies between %s and %s.', v_label, p_item #>> '{possible,0}',
            p_item #>> '{possible,1}');
    END IF;
    RETURN NULL;
END $$;

-- Why answers cannot be stored with an instrument; null = they can.
CREATE FUNCTION report.assessed_problem(p_content jsonb, p_answers jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_item jsonb;
    v_problem text;
BEGIN
    IF jsonb_typeof(p_answers) IS DISTINCT FROM 'object' THEN
        RETURN 'The answers are not readable.';
    ELSIF EXISTS (SELECT FROM jsonb_object_keys(p_answers) k WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_content -> 'items') i WHERE i ->> 'name' = k)) THEN
        RETURN 'This instrument has no such item.';
    END IF;
    FOR v_item IN SELECT i FROM jsonb_array_elements(p_content -> 'items') i
                  WHERE p_answers ? (i ->> 'name') LOOP
        v_problem := CASE
            WHEN v_item ? 'only_if'
             AND NOT report.condition_holds(v_item -> 'only_if', p_answers)
            THEN (v_item ->> 'label') || ' does not belong to these answers.'
            ELSE report.assessed_item_problem(v_item, p_answers -> (v_item ->> 'name')) END;
        EXIT WHEN v_problem IS NOT NULL;
    END LOOP;
    RETURN v_problem;
END $$;

-- What answers that fit come to. Incomplete is no score: unknown is not zero.
CREATE FUNCTION report.assessed(
    p_content jsonb, p_answers jsonb, OUT complete boolean, OUT score numeric, OUT band text)
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_score numeric;
BEGIN
    complete := NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_content -> 'items') i
        WHERE coalesce((i ->> 'required')::boolean, true)
          AND (NOT i ? 'only_if' OR report.condition_holds(i -> 'only_if', p_answers))
          AND (NOT p_answers ? (i ->> 'name') OR EXISTS (
              SELECT FROM jsonb_array_elements(coalesce(i -> 'choices', '[]')) c
              WHERE c ->> 'value' = p_answers ->> (i ->> 'name')
                AND (c ->> 'unknown')::boolean)));
    IF NOT complete THEN
        RETURN;
    END IF;
    IF p_content ->> 'scoring' = 'sum' THEN
        SELECT coalesce(sum(report.answer_points(i, p_answers ->> (i ->> 'name'))), 0)
        INTO v_score
        FROM jsonb_array_elements(p_content -> 'items') i WHERE p_answers ? (i ->> 'name');
    END IF;
    score := v_score;
    SELECT b.entry ->> 'name' INTO band
    FROM jsonb_array_elements(p_content -> 'bands') WITH ORDINALITY b (entry, place)
    WHERE (b.entry ->> 'from' IS NULL OR v_score >= (b.entry ->> 'from')::numeric)
      AND (b.entry ->> 'to' IS NULL OR v_score <= (b.entry ->> 'to')::numeric)
      AND (coalesce(b.entry -> 'when', '[]') = '[]' OR EXISTS (
          SELECT FROM jsonb_array_elements(b.entry -> 'when') c
          WHERE report.condition_holds(c, p_answers)))
    ORDER BY b.place LIMIT 1;
END $$;

-- What stands in an instrument's content, beside the content itself; its own tests are run.
CREATE FUNCTION report.complete_instrument() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_content jsonb := NEW.content::jsonb;
    v_test jsonb;
    v_found record;
BEGIN
    NEW.hash := encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex');
    NEW.name := v_content ->> 'name';
    NEW.version := v_content ->> 'version';
    NEW.title := v_content ->> 'title';
    NEW.records := v_content ->> 'records';
    NEW.work_minutes := (v_content ->> 'work_minutes')::smallint;
    NEW.from_months := (v_content #>> '{for,from_months}')::smallint;
    NEW.below_months := (v_content #>> '{for,below_months}')::smallint;
    NEW.is_free := coalesce((v_content #>> '{licence,free}')::boolean, false);
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    IF coalesce(jsonb_array_length(v_content -> 'vectors'), 0) = 0 THEN
        RAISE EXCEPTION 'This instrument carries no tests; it must not be used.'
            USING ERRCODE = 'WA001';
    END IF;
    FOR v_test IN SELECT v FROM jsonb_array_elements(v_content -> 'vectors') v LOOP
        SELECT * INTO v_found FROM report.assessed(v_content, v_test -> 'answers');
        IF report.assessed_problem(v_content, v_test -> 'answers') IS NOT NULL
           OR v_found.score IS DISTINCT FROM (v_test ->> 'score')::numeric
           OR v_found.band IS DISTINCT FROM v_test ->> 'band' THEN
            RAISE EXCEPTION 'This instrument does not come out as its own test "%" says.',
                v_test ->> 'name' USING ERRCODE = 'WA001';
        END IF;
    END LOOP;
    RETURN NEW;
EXCEPTION WHEN data_exception THEN
    RAISE EXCEPTION 'This instrument is not readable.' USING ERRCODE = 'WA001';
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.instruments
    FOR EACH ROW EXECUTE FUNCTION report.complete_instrument();

-- Why a site's times are not possible; null = they are.
CREATE FUNCTION report.reassess_problem(p_reassess jsonb, p_bands jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM jsonb_array_elements_text(coalesce(p_reassess -> 'after', '[]')) e
               WHERE e NOT IN ('admission', 'transfer', 'fall')) THEN
        RETURN 'An assessment is due after admission, transfer or a fall.';
    ELSIF EXISTS (
        SELECT FROM (SELECT p_reassess ->> 'first_minutes' AS minutes
                     UNION ALL SELECT p_reassess ->> 'again_minutes'
                     UNION ALL SELECT b.value
                     FROM jsonb_each_text(coalesce(p_reassess -> 'by_band', '{}')) b) m
        WHERE m.minutes IS NOT NULL AND m.minutes::integer NOT BETWEEN 5 AND 525600) THEN
        RETURN 'The times are 5 minutes to a year.';
    ELSIF EXISTS (SELECT FROM jsonb_object_keys(coalesce(p_reassess -> 'by_band', '{}')) k
                  WHERE NOT EXISTS (SELECT FROM jsonb_array_elements(p_bands) b
                                    WHERE b ->> 'name' = k)) THEN
        RETURN 'The times name a band that this instrument does not have.';
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception THEN
    RETURN 'The times are not readable.';
END $$;

CREATE FUNCTION report.complete_instrument_use() RETURNS trigger
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
CREATE TRIGGER complete BEFORE INSERT ON report.instrument_uses
    FOR EACH ROW EXECUTE FUNCTION report.complete_instrument_use();

-- The instruments in use on a ward: what it set last, else what is delivered.
CREATE FUNCTION report.instruments_in_use(p_ward_id uuid)
RETURNS TABLE (instrument_id uuid, name text, reassess jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 10
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT u.instrument_id, u.name, u.reassess FROM (
        SELECT DISTINCT ON (s.name) s.name, s.instrument_id, s.in_use, s.reassess
        FROM report.instrument_uses s
        WHERE s.ward_id IS NULL OR s.ward_id = p_ward_id
        ORDER BY s.name, s.ward_id NULLS LAST, s.seq DESC) u
    WHERE u.in_use;
END $$;

-- Why an assessment cannot be stored; null = it can. Said only to who may record for that patient.
CREATE FUNCTION report.assessment_problem(
    p_new report.assessments, p_before report.assessments, p_content jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_content IS NULL THEN
        RETURN 'The ward database does not know this instrument. Tell IT.';
    ELSIF p_new.instrument <> p_content ->> 'name' OR p_new.version <> p_content ->> 'version' THEN
        RETURN 'The instrument is not the one it is said to be. Tell IT.';
    ELSIF p_before.id IS NOT NULL AND p_before.instrument <> p_new.instrument THEN
        RETURN 'It was assessed with another instrument. Strike it out instead.';
    ELSIF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time lies in the future. Check it.';
    ELSIF p_new.answers = '{}' THEN
        RETURN 'Nothing is answered.';
    ELSIF p_before.id IS NULL AND auth.uid() IS NOT NULL AND NOT EXISTS (
        SELECT FROM admission.bed_stays b
        CROSS JOIN LATERAL report.instruments_in_use(b.ward_id) u
        WHERE b.admission_id = p_new.admission_id AND b.voided_at IS NULL
          AND u.name = p_new.instrument) THEN
        RETURN 'This instrument is not in use on the ward.';
    END IF;
    RETURN report.assessed_problem(p_content, p_new.answers);
END $$;

CREATE FUNCTION report.complete_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.assessments;
    v_before report.assessments;
    v_content jsonb;
    v_found record;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.assessments a
    WHERE a.id = NEW.id AND a.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        PERFORM report.require_reach(NEW.admission_id, 'assessment.record', 'assessments');
        IF NEW.supersedes_id IS NOT NULL AND NOT auth.may('assessment.correct') THEN
            RAISE EXCEPTION 'permission assessment.correct is missing' USING ERRCODE = '42501';
        END IF;
    END IF;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_before FROM report.assessments a WHERE a.id = NEW.supersedes_id
          AND a.admission_id = NEW.admission_id AND a.status = 'final';
        IF v_before.id IS NULL THEN
            RAISE EXCEPTION 'The assessment to be corrected does not belong to this stay.'
                USING ERRCODE = 'WA001';
        END IF;
    END IF;
    IF NEW.status <> 'final' AND v_before.id IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, to_jsonb(v_before) - ARRAY['id', 'status',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by']);
        RETURN NEW;
    END IF;
    SELECT i.id, i.content::jsonb INTO NEW.instrument_id, v_content
    FROM report.instruments i WHERE i.hash = NEW.hash;
    SELECT p.patient_id, p.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM report.device_place(NEW.admission_id, NEW.occurred_at) p;
    v_problem := report.assessment_problem(NEW, v_before, v_content);
    IF v_problem IS NULL THEN
        SELECT * INTO v_found FROM report.assessed(v_content, NEW.answers);
        IF v_user_id IS NOT NULL AND (NEW.score IS DISTINCT FROM v_found.score
                                      OR NEW.band IS DISTINCT FROM v_found.band) THEN
            v_problem := 'The answers do not come to this score. Nothing is saved; tell IT.';
        END IF;
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    NEW.complete := v_found.complete;
    NEW.score := v_found.score;
    NEW.band := v_found.band;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.assessments
    FOR EACH ROW EXECUTE FUNCTION report.complete_assessment();

CREATE FUNCTION report.announce_assessment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':assessments') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.assessments
    FOR EACH ROW EXECUTE FUNCTION report.announce_assessment();

-- Who answered an instrument like this (containment, by its index): of open charts, in force.
CREATE FUNCTION report.assessments_answering(p_instrument text, p_answers jsonb)
RETURNS TABLE (admission_id uuid, assessment_id uuid, occurred_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_open uuid[] := auth.open_patients();
BEGIN
    PERFORM auth.require('assessment.read');
    RETURN QUERY
    SELECT a.admission_id, a.id, a.occurred_at
    FROM report.assessments a
    WHERE a.answers @> p_answers AND a.instrument = p_instrument AND a.status = 'final'
      AND a.patient_id = ANY (v_open)
      AND NOT EXISTS (SELECT FROM report.assessments n WHERE n.supersedes_id = a.id)
    ORDER BY a.occurred_at DESC, a.id DESC;
END $$;

CREATE TYPE report.assessment_due AS (
    admission_id uuid, instrument text, due_at timestamptz, title text, reason text,
    done_at timestamptz, work_minutes smallint, instrument_id uuid);

-- What is due of a ward's patients of an age for it by the ward's own times, elapsed: after an event nobody has
-- assessed since, or again after the last complete assessment. Nobody on leave; nothing on a ward
-- that set no times, or is not the reader's.
CREATE FUNCTION report.assessment_dues(p_ward_id uuid) RETURNS SETOF report.assessment_due
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('assessment.read')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT b.admission_id, u.name, least(begun.due_at, again.due_at), i.title,
        CASE WHEN begun.due_at <= coalesce(again.due_at, begun.due_at) THEN begun.event
             ELSE 'interval' END,
        done.occurred_at, i.work_minutes, i.id
    FROM admission.bed_stays b
    JOIN admission.admissions a ON a.id = b.admission_id
    JOIN patient.patients p ON p.id = b.patient_id
    CROSS JOIN LATERAL report.age_months(p.born_on, statement_timestamp()::date) age (months)
    CROSS JOIN LATERAL report.instruments_in_use(p_ward_id) u
    JOIN report.instruments i ON i.id = u.instrument_id
    LEFT JOIN LATERAL (
        SELECT o.occurred_at, o.band FROM report.assessments o
        WHERE o.admission_id = b.admission_id AND o.instrument = u.name AND o.complete
          AND o.status = 'final'
          AND NOT EXISTS (SELECT FROM report.assessments n WHERE n.supersedes_id = o.id)
        ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) done ON true
    LEFT JOIN LATERAL (
        SELECT e.event, e.at + make_interval(mins => (u.reassess ->> 'first_minutes')::integer)
            AS due_at
        FROM (SELECT 'admission' AS event, a.admitted_at AS at
              UNION ALL SELECT 'transfer', b.ward_arrived_at
              UNION ALL SELECT fi.records, max(f.occurred_at)
              FROM report.assessments f JOIN report.instruments fi ON fi.id = f.instrument_id
              WHERE f.admission_id = b.admission_id AND fi.records IS NOT NULL
                AND f.status = 'final' AND NOT EXISTS (
                    SELECT FROM report.assessments n WHERE n.supersedes_id = f.id)
              GROUP BY fi.records) e
        WHERE u.reassess -> 'after' ? e.event
          AND coalesce(done.occurred_at < e.at, true)
        ORDER BY e.at LIMIT 1) begun ON true
    CROSS JOIN LATERAL (
        SELECT done.occurred_at + make_interval(mins => coalesce(
            (u.reassess -> 'by_band' ->> done.band)::integer,
            (u.reassess ->> 'again_minutes')::integer)) AS due_at) again
    WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
      -- of an age that is not known it may be asked
      AND coalesce(age.months >= i.from_months, true)
      AND coalesce(age.months < i.below_months, true)
      AND u.reassess IS NOT NULL AND least(begun.due_at, again.due_at) IS NOT NULL
      AND coalesce((SELECT l.kind FROM admission.leaves l WHERE l.admission_id = b.admission_id
                    ORDER BY l.seq DESC LIMIT 1), '') <> 'left'
    ORDER BY 3, 1, 2;
END $$;
