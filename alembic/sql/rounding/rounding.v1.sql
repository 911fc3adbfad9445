-- Rounds: versions of checklists, what was answered for whom, and when the next is due.

GRANT SELECT ON rounding.templates, rounding.rounds, rounding.round_records, rounding.tasks,
    rounding.task_events TO ward_definer;
GRANT INSERT ON rounding.rounds, rounding.tasks TO ward_definer;

CREATE POLICY own_hospital ON rounding.templates FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL
        AND coalesce(facility_id = (SELECT auth.facility_id()), true));
CREATE POLICY editing ON rounding.templates FOR INSERT TO ward_client
    WITH CHECK ((SELECT auth.may('round.edit')) AND facility_id = (SELECT auth.facility_id())
        AND recorded_by = (SELECT auth.uid()));

CREATE POLICY own_wards ON rounding.rounds FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('patient.view'))));

-- a checklist of a patient is read like the chart; one of the ward by who works there
CREATE POLICY chart_open ON rounding.round_records FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients()))
        OR (patient_id IS NULL AND ward_id IN (SELECT unnest(auth.ward_ids('patient.view')))));
CREATE POLICY rounding ON rounding.round_records FOR INSERT TO ward_client
    WITH CHECK (recorded_by = (SELECT auth.uid())
        AND CASE WHEN admission_id IS NULL
                 THEN ward_id IN (SELECT unnest(auth.ward_ids('round.record')))
                 ELSE auth.reaches_admission(admission_id, 'round.record') END);

CREATE POLICY own_wards ON rounding.tasks FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('patient.view'))));
CREATE POLICY own_wards ON rounding.task_events FOR SELECT TO ward_client
    USING (task_id IN (SELECT t.id FROM rounding.tasks t));

GRANT SELECT ON rounding.templates, rounding.rounds, rounding.round_records, rounding.tasks,
    rounding.task_events TO ward_client;
GRANT INSERT (id, name, content, change_reason) ON rounding.templates TO ward_client;
GRANT INSERT (id, round_id, template_id, admission_id, subject_ward_id, outcome, answers, words, reason,
    deferred_until, note, occurred_at, status, supersedes_id, change_reason)
    ON rounding.round_records TO ward_client;
GRANT SELECT, INSERT ON rounding.templates, rounding.rounds, rounding.round_records,
    rounding.tasks, rounding.task_events TO ward_loader;

-- Why an item cannot stand in a checklist; null = it can.
CREATE FUNCTION rounding.item_problem(p_item jsonb) RETURNS text
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
CREATE FUNCTION rounding.template_problem(p_content jsonb) RETURNS text
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

-- A new version of a checklist follows the one that is in force at the time.
CREATE FUNCTION rounding.complete_template() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_problem text;
BEGIN
    NEW.version := coalesce((NEW.content ->> 'version')::integer, 0);
    IF auth.uid() IS NULL THEN
        RETURN NEW;  -- what the program ships, or a bulk load; the policy lets nobody else in
    ELSIF NOT auth.may('round.edit') THEN
        RAISE EXCEPTION 'permission round.edit is missing' USING ERRCODE = '42501';
    END IF;
    NEW.facility_id := auth.facility_id();
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    IF EXISTS (SELECT FROM rounding.templates t WHERE t.id = NEW.id) THEN
        RETURN NEW;  -- sent once more: it is there
    ELSIF NEW.version <> 1 + coalesce((
        SELECT max(t.version) FROM rounding.templates t WHERE t.name = NEW.name
          AND coalesce(t.facility_id = NEW.facility_id, true)), 0) THEN
        v_problem := 'Somebody else changed this checklist first. Look at it again.';
    ELSIF btrim(coalesce(NEW.change_reason, '')) = '' THEN
        v_problem := 'Say why the checklist is changed.';
    ELSE
        v_problem := rounding.template_problem(NEW.content);
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON rounding.templates
    FOR EACH ROW EXECUTE FUNCTION rounding.complete_template();

-- Why an answer does not fit its item; null = it fits. Numbers are kept as text.
CREATE FUNCTION rounding.answer_problem(p_item jsonb, p_answer jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_label text := p_item ->> 'label';
    v_text text := p_answer #>> '{}';
    v_known text[] := ARRAY(SELECT c ->> 0 FROM jsonb_array_elements(
        CASE WHEN jsonb_typeof(p_item -> 'choices') = 'array' THEN p_item -> 'choices'
             ELSE '[]' END) c);
BEGIN
    IF p_item ->> 'kind' = 'body_map' THEN
        RETURN CASE WHEN jsonb_typeof(p_answer) <> 'array'
            OR EXISTS (SELECT FROM jsonb_array_elements_text(p_answer) a WHERE a <> ALL (v_known))
            THEN v_label || ' names a place that is not on the map.' END;
    ELSIF jsonb_typeof(p_answer) <> 'string' THEN
        RETURN v_label || ' is not an answer of this kind.';
    ELSIF p_item ->> 'kind' = 'yes_no' THEN
        RETURN CASE WHEN v_text NOT IN ('yes', 'no') THEN v_label || ' is yes or no.' END;
    ELSIF p_item ->> 'kind' = 'choice' THEN
        RETURN CASE WHEN v_text <> ALL (v_known) THEN v_label || ' is not one of its answers.' END;
    ELSIF p_item ->> 'kind' = 'text' THEN
        RETURN CASE WHEN length(v_text) NOT BETWEEN 1 AND 500
            THEN v_label || ' has at most 500 letters.' END;
    ELSIF v_text !~ '^-?[0-9]{1,6}(\.[0-9]{1,3})?$' THEN
        RETURN v_label || ' is not a number.';
    ELSIF v_text::numeric NOT BETWEEN (p_item #>> '{possible,0}')::numeric
        AND (p_item #>> '{possible,1}')::numeric THEN
        RETURN format('%s lies between %s and %s.', v_label, p_item #>> '{possible,0}',
            p_item #>> '{possible,1}');
    END IF;
    RETURN NULL;
END $$;

-- Why answers cannot be stored with a checklist; null = they can.
CREATE FUNCTION rounding.answers_problem(p_items jsonb, p_answers jsonb, p_words jsonb)
RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_item jsonb;
    v_problem text;
BEGIN
    IF EXISTS (SELECT FROM jsonb_object_keys(p_answers || p_words) k WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(p_items) i WHERE i ->> 'name' = k)) THEN
        RETURN 'This checklist has no such item.';
    ELSIF EXISTS (SELECT FROM jsonb_each(p_words) w
                  WHERE jsonb_typeof(w.value) <> 'string'
                     OR length(w.value #>> '{}') NOT BETWEEN 1 AND 500) THEN
        RETURN 'The words to an answer have at most 500 letters.';
    END IF;
    FOR v_item IN SELECT i FROM jsonb_array_elements(p_items) i LOOP
        IF p_answers ? (v_item ->> 'name') THEN
            v_problem := rounding.answer_problem(v_item, p_answers -> (v_item ->> 'name'));
        ELSIF (v_item ->> 'required')::boolean THEN
            v_problem := (v_item ->> 'label') || ' is not answered.';
        END IF;
        EXIT WHEN v_problem IS NOT NULL;
    END LOOP;
    RETURN v_problem;
END $$;

-- Why a record cannot be stored; null = it can. Said only to who may record for that patient.
CREATE FUNCTION rounding.record_problem(p_new rounding.round_records) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_template rounding.templates;
BEGIN
    SELECT * INTO v_template FROM rounding.templates t
    WHERE t.id = p_new.template_id AND coalesce(t.facility_id = auth.facility_id(), true);
    IF v_template.id IS NULL THEN
        RETURN 'The ward database does not know this checklist. Tell IT.';
    ELSIF (v_template.content ->> 'subject' = 'patient') <> (p_new.admission_id IS NOT NULL) THEN
        RETURN 'This checklist is for another kind of subject.';
    ELSIF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time of the round lies in the future. Check it.';
    ELSIF p_new.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM rounding.round_records o JOIN rounding.templates t ON t.id = o.template_id
        WHERE o.id = p_new.supersedes_id AND o.status = 'final' AND t.name = v_template.name
          AND o.admission_id IS NOT DISTINCT FROM p_new.admission_id
          AND (o.admission_id IS NOT NULL OR o.ward_id = p_new.ward_id)) THEN
        RETURN 'The record to be corrected does not belong to this patient and checklist.';
    ELSIF p_new.status <> 'final' THEN
        RETURN CASE WHEN p_new.answers <> '{}' OR p_new.words <> '{}'
            THEN 'What strikes a record out has no answers of its own.' END;
    ELSIF p_new.outcome = 'done' THEN
        RETURN rounding.answers_problem(
            v_template.content -> 'items', p_new.answers, p_new.words);
    ELSIF NOT v_template.content -> 'deferrals' ? coalesce(p_new.reason, '') THEN
        RETURN 'For this reason the checklist cannot be put off.';
    ELSIF p_new.reason = 'other' AND btrim(coalesce(p_new.note, '')) = '' THEN
        RETURN 'Say what the reason is.';
    ELSIF (p_new.deferred_until > p_new.occurred_at
           AND p_new.deferred_until <= p_new.occurred_at + interval '12 hours') IS NOT TRUE THEN
        RETURN 'A checklist can be put off by up to 12 hours.';
    ELSIF p_new.answers <> '{}' OR p_new.words <> '{}' THEN
        RETURN 'What is put off has no answers.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION rounding.complete_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_problem text;
BEGIN
    IF NEW.admission_id IS NOT NULL THEN
        SELECT b.patient_id, b.ward_id, b.bed_id INTO NEW.patient_id, NEW.ward_id, NEW.bed_id
        FROM admission.bed_stays b
        WHERE b.admission_id = NEW.admission_id AND b.voided_at IS NULL
        ORDER BY b.during @> NEW.occurred_at DESC, upper_inf(b.during) DESC, lower(b.during) DESC
        LIMIT 1;
        NEW.subject_ward_id := NULL;
    ELSE
        NEW.ward_id := NEW.subject_ward_id;
    END IF;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    IF (NEW.admission_id IS NOT NULL
        AND NOT auth.reaches_admission(NEW.admission_id, 'round.record'))
       OR (NEW.admission_id IS NULL AND NOT coalesce(
            NEW.ward_id = ANY (auth.ward_ids('round.record')), false)) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "round_records"'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF NEW.supersedes_id IS NOT NULL AND NOT auth.may('round.correct') THEN
        RAISE EXCEPTION 'permission round.correct is missing' USING ERRCODE = '42501';
    END IF;
    v_problem := rounding.record_problem(NEW);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON rounding.round_records
    FOR EACH ROW EXECUTE FUNCTION rounding.complete_record();

-- What is saved together is one round, of whoever saves it. It begins with its first record.
CREATE FUNCTION rounding.join_round() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO rounding.rounds (id, ward_id, occurred_at, recorded_at, recorded_by)
    VALUES (NEW.round_id, NEW.ward_id, NEW.occurred_at, NEW.recorded_at, NEW.recorded_by)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND AND NOT EXISTS (
        SELECT FROM rounding.rounds r WHERE r.id = NEW.round_id
          AND r.recorded_by IS NOT DISTINCT FROM NEW.recorded_by) THEN
        RAISE EXCEPTION 'This round is somebody else''s.' USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
-- after `complete`, which says where it was and who did it
CREATE TRIGGER join_round BEFORE INSERT ON rounding.round_records
    FOR EACH ROW WHEN (NEW.round_id IS NOT NULL) EXECUTE FUNCTION rounding.join_round();

-- How many were answered or put off in a round; null = it is of a ward one does not work on.
CREATE FUNCTION rounding.round_size(p_round_id uuid) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT (SELECT count(*) FROM rounding.round_records m WHERE m.round_id = r.id)
            FROM rounding.rounds r WHERE r.id = p_round_id
              AND r.ward_id = ANY (auth.ward_ids('patient.view')));
END $$;

-- Whether an answer is one of those named; of a body map, whether any place is marked.
CREATE FUNCTION rounding.answer_is(p_answer jsonb, p_when jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(p_answer) = 'array' THEN jsonb_array_length(p_answer) > 0
                ELSE p_when ? (p_answer #>> '{}') END;
END $$;

-- What answers ask for: a task of the bed, or a concern that calls somebody.
CREATE FUNCTION rounding.open_what_answers_ask() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_asked record;
BEGIN
    IF auth.uid() IS NULL OR NEW.status <> 'final' OR NEW.outcome <> 'done' THEN
        RETURN NULL;
    END IF;
    FOR v_asked IN
        SELECT i ->> 'name' AS item, o ->> 'task' AS task, o ->> 'concern' AS concern,
            (o ->> 'minutes')::integer AS minutes
        FROM rounding.templates t
        CROSS JOIN jsonb_array_elements(t.content -> 'items') i
        CROSS JOIN jsonb_array_elements(coalesce(i -> 'opens', '[]')) o
        WHERE t.id = NEW.template_id
          AND rounding.answer_is(NEW.answers -> (i ->> 'name'), o -> 'when')
          -- a correction opens only what the original had not opened
          AND NOT coalesce((SELECT rounding.answer_is(b.answers -> (i ->> 'name'), o -> 'when')
                            FROM rounding.round_records b WHERE b.id = NEW.supersedes_id), false)
    LOOP
        IF v_asked.task IS NOT NULL THEN
            INSERT INTO rounding.tasks (id, ward_id, bed_id, admission_id, patient_id, title,
                due_at, record_id, item, recorded_by)
            VALUES (md5(NEW.id::text || v_asked.item || v_asked.task)::uuid, NEW.ward_id,
                NEW.bed_id, NEW.admission_id, NEW.patient_id, v_asked.task,
                NEW.occurred_at + make_interval(mins => coalesce(v_asked.minutes, 60)), NEW.id,
                v_asked.item, NEW.recorded_by)
            ON CONFLICT DO NOTHING;
        END IF;
        IF v_asked.concern IS NOT NULL AND NEW.admission_id IS NOT NULL
           AND auth.may('escalation.raise') THEN
            PERFORM report.raise_concern(md5(NEW.id::text || v_asked.item || 'concern')::uuid,
                NEW.admission_id, v_asked.concern);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER open_what_answers_ask AFTER INSERT ON rounding.round_records
    FOR EACH ROW EXECUTE FUNCTION rounding.open_what_answers_ask();

CREATE FUNCTION rounding.announce() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', NEW.ward_id || ':rounds');
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON rounding.round_records
    FOR EACH ROW EXECUTE FUNCTION rounding.announce();
CREATE TRIGGER announce AFTER INSERT ON rounding.tasks
    FOR EACH ROW EXECUTE FUNCTION rounding.announce();
