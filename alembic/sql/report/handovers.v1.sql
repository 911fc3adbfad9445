-- Handing patients over: one gives with what the record says and own words, another accepts. What
-- was handed over is the database's own reading of the record at that moment, with its hash; the
-- program only says which reading it showed, and must look again when that is not the newest.
-- Who is responsible changes on acceptance alone.

GRANT SELECT ON report.handovers, report.handover_answers TO ward_definer;
GRANT SELECT, INSERT, UPDATE, DELETE ON report.handover_drafts TO ward_definer;

ALTER TABLE report.handover_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE report.handover_drafts FORCE ROW LEVEL SECURITY;
-- that a draft was kept is on record, what it said is not: nobody handed it over
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON report.handover_drafts
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('words');

CREATE POLICY chart_open ON report.handovers FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients()))
        AND (SELECT auth.may('handover.read')));
CREATE POLICY chart_open ON report.handover_answers FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.open_patients()))
        AND (SELECT auth.may('handover.read')));
-- a draft is its author's alone, whoever else works at the same station
CREATE POLICY author ON report.handover_drafts FOR SELECT TO ward_client
    USING (author_id = (SELECT auth.uid())
        AND admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY giving ON report.handovers FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'handover.give')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY answering ON report.handover_answers FOR INSERT TO ward_client
    WITH CHECK ((auth.reaches_admission(admission_id, 'handover.give')
            OR auth.reaches_admission(admission_id, 'handover.accept'))
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.handovers, report.handover_answers, report.handover_drafts TO ward_client;
GRANT INSERT (id, admission_id, own_words, facts_hash, supersedes_id)
    ON report.handovers TO ward_client;
GRANT INSERT (id, handover_id, kind, words, read_back, facts_hash)
    ON report.handover_answers TO ward_client;
GRANT SELECT, INSERT ON report.handovers, report.handover_answers TO ward_loader;

-- The newest giving of a stay that nobody has brought to an end; null when there is none.
CREATE FUNCTION report.open_handover(p_admission_id uuid) RETURNS report.handovers
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row report.handovers;
BEGIN
    SELECT * INTO v_row FROM report.handovers h WHERE h.admission_id = p_admission_id
      AND NOT EXISTS (SELECT FROM report.handovers c WHERE c.supersedes_id = h.id)
      AND NOT EXISTS (SELECT FROM report.handover_answers a WHERE a.handover_id = h.id
                      AND a.kind IN ('accepted', 'declined', 'withdrawn'))
    ORDER BY h.recorded_at DESC, h.id DESC LIMIT 1;
    RETURN v_row;
END $$;

CREATE FUNCTION report.display_name(p_user_id uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(
        (SELECT u.display_name FROM public.users u WHERE u.id = p_user_id), 'Somebody');
END $$;

-- The record of one stay as it is now, for whoever opened the chart.
CREATE FUNCTION report.handover_reading(
    p_admission_id uuid, OUT ward_id uuid, OUT patient_id uuid, OUT bed_id uuid, OUT facts jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT b.ward_id INTO ward_id FROM admission.bed_stays b
    WHERE b.admission_id = p_admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    SELECT f.patient_id, f.bed_id, f.facts INTO patient_id, bed_id, facts
    FROM report.handover_facts(ward_id, p_admission_id) f;
    IF facts IS NULL THEN
        RAISE EXCEPTION 'This patient is on no ward any more. Look at the list again.'
            USING ERRCODE = 'WA001';
    ELSIF auth.uid() IS NOT NULL AND NOT coalesce(patient_id = ANY (auth.open_patients()), false)
        THEN
        RAISE EXCEPTION 'This chart is not open to you any more. Press F5 to open it again.'
            USING ERRCODE = 'WA001';
    END IF;
END $$;

CREATE FUNCTION report.complete_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.handovers;
    v_open report.handovers;
    v_now record;
BEGIN
    SELECT * INTO v_same FROM report.handovers h
    WHERE h.id = NEW.id AND h.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    IF v_user_id IS NOT NULL THEN
        NEW.recorded_by := v_user_id;
        NEW.recorded_at := clock_timestamp();
        NEW.occurred_at := NEW.recorded_at;
        PERFORM report.require_reach(NEW.admission_id, 'handover.give', 'handovers');
        -- two who give the same patient do so one after the other
        PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    END IF;
    v_now := report.handover_reading(NEW.admission_id);
    NEW.ward_id := v_now.ward_id;
    NEW.patient_id := v_now.patient_id;
    NEW.bed_id := v_now.bed_id;
    NEW.facts := v_now.facts;
    v_open := report.open_handover(NEW.admission_id);
    IF v_user_id IS NOT NULL AND NEW.supersedes_id IS DISTINCT FROM v_open.id THEN
        RAISE EXCEPTION '%', CASE WHEN v_open.id IS NULL
            THEN 'What you gave was answered meanwhile. Look at it again.'
            ELSE report.display_name(v_open.recorded_by)
                || ' gave this patient meanwhile. Look at it again.' END
            USING ERRCODE = 'WA001';
    ELSIF v_user_id IS NOT NULL AND NEW.facts_hash IS DISTINCT FROM report.facts_hash(NEW.facts)
        THEN
        RAISE EXCEPTION 'The record changed since it was shown. Look at it, then give.'
            USING ERRCODE = 'WA001';
    END IF;
    NEW.facts_hash := report.facts_hash(NEW.facts);
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.handovers
    FOR EACH ROW EXECUTE FUNCTION report.complete_handover();

-- Why a handover cannot be answered like this; null = it can. p_open: whether it still awaits it.
CREATE FUNCTION report.handover_answer_problem(
    p_new report.handover_answers, p_given report.handovers, p_open boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_end report.handover_answers;
BEGIN
    IF NOT p_open THEN
        SELECT * INTO v_end FROM report.handover_answers a WHERE a.handover_id = p_given.id
          AND a.kind IN ('accepted', 'declined', 'withdrawn');
        RETURN CASE v_end.kind
            WHEN 'accepted' THEN report.display_name(v_end.recorded_by)
                || ' accepted this patient meanwhile. Look at the list again.'
            WHEN 'declined' THEN report.display_name(v_end.recorded_by)
                || ' declined this handover meanwhile. Look at the list again.'
            WHEN 'withdrawn' THEN report.display_name(v_end.recorded_by)
                || ' took this handover back meanwhile. Look at the list again.'
            ELSE 'This patient was given anew meanwhile. Look at it again.' END;
    ELSIF p_new.kind = 'accepted' AND p_new.recorded_by = p_given.recorded_by
        AND btrim(coalesce(p_new.words, '')) = '' THEN
        RETURN 'You gave this patient yourself. Say why you accept it yourself.';
    ELSIF p_new.kind = 'withdrawn' AND p_new.recorded_by <> p_given.recorded_by THEN
        RETURN 'Only who gave a patient takes that back.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.complete_handover_answer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.handover_answers;
    v_given report.handovers;
    v_now record;
    v_problem text;
BEGIN
    SELECT * INTO v_same FROM report.handover_answers a
    WHERE a.id = NEW.id AND a.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    SELECT * INTO v_given FROM report.handovers h WHERE h.id = NEW.handover_id;
    NEW.admission_id := v_given.admission_id;
    NEW.patient_id := v_given.patient_id;
    NEW.ward_id := v_given.ward_id;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(v_given.admission_id, CASE
        WHEN NEW.kind IN ('reply', 'withdrawn') THEN 'handover.give' ELSE 'handover.accept' END,
        'handover_answers');
    PERFORM FROM admission.admissions a WHERE a.id = v_given.admission_id FOR NO KEY UPDATE;
    v_problem := report.handover_answer_problem(NEW, v_given,
        (report.open_handover(v_given.admission_id)).id IS NOT DISTINCT FROM v_given.id);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    IF NEW.kind <> 'accepted' THEN
        NEW.facts_hash := NULL;
        RETURN NEW;
    END IF;
    v_now := report.handover_reading(v_given.admission_id);
    IF NEW.facts_hash IS DISTINCT FROM report.facts_hash(v_now.facts) THEN
        RAISE EXCEPTION 'The record changed since it was shown. Look at it, then accept.'
            USING ERRCODE = 'WA001';
    ELSIF NEW.facts_hash <> v_given.facts_hash THEN
        NEW.facts := v_now.facts;  -- what came between giving and accepting was seen as well
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.handover_answers
    FOR EACH ROW EXECUTE FUNCTION report.complete_handover_answer();

-- What is given is no draft any more, and who accepts takes the bed: either happens together with
-- it or not at all. Responsibility comes to a person by this and by taking a bed oneself.
CREATE FUNCTION report.settle_handover() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bed_id uuid;
    v_holder_id uuid;
BEGIN
    IF TG_TABLE_NAME = 'handovers' THEN
        DELETE FROM report.handover_drafts d
        WHERE d.admission_id = NEW.admission_id AND d.author_id = NEW.recorded_by;
    ELSIF auth.uid() IS NOT NULL AND NEW.kind = 'accepted' THEN
        -- the bed the patient lies in now; she may have been moved since she was given
        SELECT b.bed_id INTO v_bed_id FROM admission.bed_stays b
        WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
        IF v_bed_id IS NOT NULL THEN
            SELECT h.user_id INTO v_holder_id FROM public.bed_responsibilities h
            WHERE h.bed_id = v_bed_id ORDER BY h.seq DESC LIMIT 1;
            PERFORM public.take_bed(
                v_bed_id, NEW.id, v_holder_id, NEW.handover_id, NEW.recorded_at);
        END IF;
    END IF;
    PERFORM pg_notify('ward', NEW.ward_id || ':handover');
    RETURN NULL;
END $$;
CREATE TRIGGER settle AFTER INSERT ON report.handovers
    FOR EACH ROW EXECUTE FUNCTION report.settle_handover();
CREATE TRIGGER settle AFTER INSERT ON report.handover_answers
    FOR EACH ROW EXECUTE FUNCTION report.settle_handover();

-- Keep own words for a patient until they are given; null or blank throws them away.
CREATE FUNCTION report.keep_handover_words(p_admission_id uuid, p_words text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('handover.give');
    PERFORM report.require_reach(p_admission_id, 'handover.give', 'handover_drafts');
    IF btrim(coalesce(p_words, '')) = '' THEN
        DELETE FROM report.handover_drafts d
        WHERE d.admission_id = p_admission_id AND d.author_id = auth.uid();
    ELSE
        INSERT INTO report.handover_drafts AS d (author_id, admission_id, words, saved_at)
        VALUES (auth.uid(), p_admission_id, btrim(p_words), clock_timestamp())
        ON CONFLICT (author_id, admission_id)
            DO UPDATE SET words = EXCLUDED.words, saved_at = EXCLUDED.saved_at;
    END IF;
END $$;

CREATE TYPE report.handover_line AS (
    admission_id uuid, patient_id uuid, bed_id uuid, facts jsonb, facts_hash text,
    own_accepted_at timestamptz, draft text, handover_id uuid, given_at timestamptz,
    given_by uuid, given_by_name text, own_words text, given_facts jsonb, given_hash text,
    answers jsonb, ended text, ended_at timestamptz, ended_by text);

-- The handover of a ward in bed order: the record as it is now, the giving that waits or was
-- ended last, what was asked and answered about it, when the reader accepted this patient last.
-- Only whose chart the reader has opened.
CREATE FUNCTION report.handover_list(p_ward_id uuid) RETURNS SETOF report.handover_line
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open uuid[] := auth.open_patients();
BEGIN
    PERFORM auth.require('handover.read');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.admission_id, f.patient_id, f.bed_id, f.facts, report.facts_hash(f.facts),
        own.at, draft.words, h.id, h.occurred_at, h.recorded_by,
        report.display_name(h.recorded_by), h.own_words, h.facts, h.facts_hash,
        said.answers, ended.kind, ended.recorded_at, report.display_name(ended.recorded_by)
    FROM report.handover_facts(p_ward_id, NULL) f
    LEFT JOIN LATERAL (
        SELECT max(a.recorded_at) AS at FROM report.handover_answers a
        WHERE a.admission_id = f.admission_id AND a.kind = 'accepted'
          AND a.recorded_by = auth.uid()) own ON true
    LEFT JOIN report.handover_drafts draft ON draft.admission_id = f.admission_id
        AND draft.author_id = auth.uid()
    LEFT JOIN LATERAL (
        SELECT g.* FROM report.handovers g WHERE g.admission_id = f.admission_id
        ORDER BY g.recorded_at DESC, g.id DESC LIMIT 1) h ON true
    LEFT JOIN LATERAL (
        SELECT a.* FROM report.handover_answers a WHERE a.handover_id = h.id
          AND a.kind IN ('accepted', 'declined', 'withdrawn')) ended ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'words', a.words,
            'read_back', a.read_back, 'by', report.display_name(a.recorded_by),
            'at', a.recorded_at) ORDER BY a.recorded_at, a.id) AS answers
        FROM report.handover_answers a WHERE a.handover_id = h.id) said ON true
    WHERE f.patient_id = ANY (v_open)
    ORDER BY f.place;
END $$;
