-- Nursing notes: who signed and when is the database's to say, and so is what may follow what.
-- A note is never changed: a correction is another row by the same author, what adds to a note is
-- a row of its own, and what was struck out stays readable.

GRANT SELECT ON report.nursing_notes TO ward_definer;
GRANT SELECT, INSERT, UPDATE, DELETE ON report.note_drafts TO ward_definer;

ALTER TABLE report.note_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.note_drafts FORCE ROW LEVEL SECURITY;
-- that a draft was kept is on record, what it said is not: nobody signed it
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON report.note_drafts
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('content');

CREATE POLICY chart_open ON report.nursing_notes FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients()))
        AND (SELECT auth.may('note.read')));
CREATE POLICY writing ON report.nursing_notes FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'note.write')
        AND recorded_by = (SELECT auth.uid()));
-- a draft is its author's alone, whoever else works at the same station
CREATE POLICY author ON report.note_drafts FOR SELECT TO ward_client
    USING (author_id = (SELECT auth.uid())
        AND admission_id IN (SELECT unnest(auth.admission_ids())));

GRANT SELECT ON report.nursing_notes, report.note_drafts TO ward_client;
GRANT INSERT (id, admission_id, kind, addendum_to_id, title, sections, symptom, severity, since_on,
    own_words, template, occurred_at, status, supersedes_id, change_reason)
    ON report.nursing_notes TO ward_client;
GRANT SELECT, INSERT ON report.nursing_notes TO ward_loader;

-- The newest row of a note; its status says whether it was struck out.
CREATE FUNCTION report.note_now(p_note_id uuid) RETURNS report.nursing_notes
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row report.nursing_notes;
BEGIN
    SELECT * INTO v_row FROM report.nursing_notes n WHERE n.note_id = p_note_id
      AND NOT EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = n.id);
    RETURN v_row;
END $$;

-- How somebody signs: name, and profession or else roles. Kept with the note as it was then.
CREATE FUNCTION report.signature(p_user_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT concat_ws(', ', u.display_name, coalesce(nullif(btrim(u.profession), ''), (
            SELECT string_agg(r.title, ', ' ORDER BY r.title)
            FROM public.user_roles ur JOIN public.roles r ON r.id = ur.role_id
            WHERE ur.user_id = u.id)))
        FROM public.users u WHERE u.id = p_user_id);
END $$;

-- The sections as one text, for reading and looking up: each heading on a line of its own.
CREATE FUNCTION report.note_body(p_sections jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT coalesce(string_agg(
            concat_ws(E'\n', nullif(s.part ->> 'heading', ''), s.part ->> 'text'),
            E'\n\n' ORDER BY s.place), '')
        FROM jsonb_array_elements(p_sections) WITH ORDINALITY AS s(part, place));
END $$;

-- Why sections cannot be stored; null = they can.
CREATE FUNCTION report.sections_problem(p_sections jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF jsonb_typeof(p_sections) IS DISTINCT FROM 'array' OR jsonb_array_length(p_sections) > 20
        THEN
        RETURN 'The note is not made of sections. Tell IT.';
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(p_sections) s
        WHERE jsonb_typeof(s) <> 'object' OR s - 'heading' - 'text' <> '{}'
           OR jsonb_typeof(s -> 'heading') IS DISTINCT FROM 'string'
           OR jsonb_typeof(s -> 'text') IS DISTINCT FROM 'string') THEN
        RETURN 'The note is not made of sections. Tell IT.';
    ELSIF EXISTS (SELECT FROM jsonb_array_elements(p_sections) s
        WHERE btrim(s ->> 'text', E' \n\t\r') = '' OR length(s ->> 'heading') > 80) THEN
        RETURN 'A section of the note is empty.';
    ELSIF length(p_sections::text) > 40000 THEN
        RETURN 'The note is too long. Write the rest as another one.';
    END IF;
    RETURN NULL;
END $$;

-- Why a note cannot be signed as it is; null = it can. p_addressed: what it adds to, as it is now.
CREATE FUNCTION report.note_problem(
    p_new report.nursing_notes, p_addressed report.nursing_notes) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_new.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'The time of the note lies in the future. Check it.';
    ELSIF p_new.since_on > (clock_timestamp() + interval '1 day')::date THEN
        RETURN 'The symptom cannot begin in the future. Check the day.';
    ELSIF p_new.addendum_to_id IS NULL THEN
        RETURN report.sections_problem(p_new.sections);
    ELSIF p_addressed.id IS NULL OR p_addressed.admission_id <> p_new.admission_id
        OR p_addressed.addendum_to_id IS NOT NULL THEN
        RETURN 'The note this adds to does not belong to this stay.';
    ELSIF p_addressed.status <> 'final' AND p_new.supersedes_id IS NULL THEN
        RETURN 'The note this adds to was struck out. Write a note of its own.';
    END IF;
    RETURN report.sections_problem(p_new.sections);
END $$;

-- What a correction or strike-out replaces. Words under a signature change by its author alone.
CREATE FUNCTION report.note_before(p_new report.nursing_notes, p_user_id uuid)
RETURNS report.nursing_notes
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_before report.nursing_notes;
BEGIN
    SELECT * INTO v_before FROM report.nursing_notes n WHERE n.id = p_new.supersedes_id
      AND n.admission_id = p_new.admission_id AND n.status = 'final';
    IF v_before.id IS NULL THEN
        RAISE EXCEPTION 'The note to be corrected does not belong to this stay.'
            USING ERRCODE = 'WA001';
    ELSIF p_user_id IS NOT NULL AND p_new.status = 'final'
        AND v_before.recorded_by IS DISTINCT FROM p_user_id THEN
        RAISE EXCEPTION 'Only who signed a note corrects it. Add to it, or strike it out.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN v_before;
END $$;

CREATE FUNCTION report.complete_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.nursing_notes;
    v_before report.nursing_notes;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.nursing_notes n
    WHERE n.id = NEW.id AND n.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        PERFORM report.require_reach(NEW.admission_id, CASE WHEN NEW.supersedes_id IS NULL
            THEN 'note.write' ELSE 'note.correct' END, 'nursing_notes');
    END IF;
    NEW.signed_as := report.signature(NEW.recorded_by);
    NEW.note_id := NEW.id;
    IF NEW.supersedes_id IS NOT NULL THEN
        v_before := report.note_before(NEW, v_user_id);
        NEW.note_id := v_before.note_id;
        NEW.addendum_to_id := v_before.addendum_to_id;
    END IF;
    IF NEW.status <> 'final' AND v_before.id IS NOT NULL THEN
        NEW := jsonb_populate_record(NEW, to_jsonb(v_before) - ARRAY['id', 'status', 'words',
            'supersedes_id', 'change_reason', 'recorded_at', 'recorded_by', 'signed_as']);
        RETURN NEW;
    END IF;
    v_problem := report.note_problem(NEW, report.note_now(NEW.addendum_to_id));
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    NEW.body := report.note_body(NEW.sections);
    SELECT p.patient_id, p.ward_id INTO NEW.patient_id, NEW.ward_id
    FROM report.device_place(NEW.admission_id, NEW.occurred_at) p;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.nursing_notes
    FOR EACH ROW EXECUTE FUNCTION report.complete_note();

-- What is signed is no draft any more; both happen together or not at all.
CREATE FUNCTION report.settle_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM report.note_drafts d WHERE d.id = NEW.id AND d.author_id = NEW.recorded_by;
    PERFORM pg_notify('ward', b.ward_id || ':notes') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER settle AFTER INSERT ON report.nursing_notes
    FOR EACH ROW EXECUTE FUNCTION report.settle_note();

-- Keep what somebody is writing; null = it is signed already, and nothing is kept.
CREATE FUNCTION report.keep_note_draft(p_id uuid, p_admission_id uuid, p_content jsonb)
RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_kept_at timestamptz;
BEGIN
    PERFORM auth.require('note.write');
    PERFORM report.require_reach(p_admission_id, 'note.write', 'note_drafts');
    IF EXISTS (SELECT FROM report.nursing_notes n WHERE n.id = p_id) THEN
        RETURN NULL;
    ELSIF length(p_content::text) > 60000 THEN
        RAISE EXCEPTION 'The draft is too long to be kept. Sign a part of it.'
            USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO report.note_drafts AS d (id, author_id, admission_id, content, saved_at)
    VALUES (p_id, v_user_id, p_admission_id, p_content, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET content = EXCLUDED.content, saved_at = EXCLUDED.saved_at
    WHERE d.author_id = v_user_id AND d.admission_id = p_admission_id
    RETURNING d.saved_at INTO v_kept_at;
    IF v_kept_at IS NULL THEN
        RAISE EXCEPTION 'This draft could not be kept. Copy it, and tell IT.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN v_kept_at;
END $$;

-- Throw a draft of one's own away; whether there was one.
CREATE FUNCTION report.drop_note_draft(p_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('note.write');
    DELETE FROM report.note_drafts d WHERE d.id = p_id AND d.author_id = auth.uid();
    RETURN FOUND;
END $$;

-- Words as they are typed: all must be there, the beginning of each suffices. Null = no word.
CREATE FUNCTION report.note_query(p_words text) RETURNS tsquery
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT nullif(to_tsquery('pg_catalog.english', string_agg(word || ':*', ' & ')), '')
        FROM regexp_split_to_table(lower(left(p_words, 200)), '[^[:alnum:]]+') word
        WHERE word <> '');
END $$;

-- Notes in force with these words, the newest first, each hit between U+E000 and U+E001.
-- Row security would keep @@ from the index (it may leak), so this runs as ward_definer and asks
-- itself what the reader may see: charts that this session opened, by its wards, in an earlier
-- transaction. p_ward_id: of who lies there now. Null = not asked.
CREATE FUNCTION report.search_notes(p_ward_id uuid, p_patient_id uuid, p_words text)
RETURNS TABLE (id uuid, marked_title text, marked_words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_query tsquery := report.note_query(p_words);
    v_open uuid[] := auth.open_patients();
    v_marks text := 'HighlightAll=true, StartSel=' || chr(57344) || ', StopSel=' || chr(57345);
BEGIN
    PERFORM auth.require('note.read');
    IF v_query IS NULL THEN
        RAISE EXCEPTION 'Type a word to look for.' USING ERRCODE = 'WA001';
    END IF;
    RETURN QUERY
    SELECT hit.id, ts_headline('pg_catalog.english', hit.title, v_query, v_marks),
        ts_headline('pg_catalog.english', hit.told, v_query, v_marks)
    FROM (
        SELECT n.id, n.title, concat_ws(E'\n', n.symptom, n.own_words, n.body) AS told,
            n.occurred_at
        FROM report.nursing_notes n
        WHERE n.words @@ v_query AND n.patient_id = ANY (v_open) AND n.status = 'final'
          AND NOT EXISTS (SELECT FROM report.nursing_notes c WHERE c.supersedes_id = n.id)
          AND (p_patient_id IS NULL OR n.patient_id = p_patient_id)
          AND (p_ward_id IS NULL OR n.patient_id IN (
               SELECT b.patient_id FROM admission.bed_stays b
               WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL))
        ORDER BY n.occurred_at DESC, n.id DESC LIMIT 100) hit
    ORDER BY hit.occurred_at DESC, hit.id DESC;
END $$;
