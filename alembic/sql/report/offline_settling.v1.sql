-- Settling what a downtime left for a person: entered anew, recorded as it was meant, or set aside,
-- each with a reason, by somebody who may chart that kind where it belongs. Nothing is changed.

-- Whether an entry is for whoever acts to see: of their wards, or of a patient there now.
CREATE FUNCTION report.sees_offline(p_entry report.offline_entries) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN coalesce(p_entry.ward_id = ANY (auth.ward_ids('patient.view')), false)
        OR coalesce(auth.reaches_admission(p_entry.admission_id, 'patient.view'), false);
END $$;

-- What an entry says, by column of its table: for its author, and for who has the chart open (of a
-- ward: for who works there). Null = there is none, or not for them.
CREATE FUNCTION report.offline_content(p_entry_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_entry report.offline_entries;
BEGIN
    PERFORM auth.require('patient.view');
    SELECT * INTO v_entry FROM report.offline_entries e WHERE e.id = p_entry_id;
    IF v_entry.author_id = auth.uid()
       OR v_entry.patient_id = ANY (auth.open_patients())
       OR (v_entry.admission_id IS NULL AND report.sees_offline(v_entry)) THEN
        RETURN v_entry.body::jsonb -> 'row';
    END IF;
    RETURN NULL;
END $$;

-- A set with the score that the packs in use now give it, as the program would send it.
CREATE FUNCTION report.rescored(p_row jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_set report.vital_signs := jsonb_populate_record(NULL::report.vital_signs, p_row);
    v_day date := (v_set.occurred_at AT TIME ZONE 'UTC')::date;
    v_pack record;
    v_score report.score;
BEGIN
    SELECT a.patient_id INTO v_set.patient_id
    FROM admission.admissions a WHERE a.id = v_set.admission_id;
    SELECT * INTO v_pack
    FROM report.packs_for(v_set.admission_id, v_set.patient_id, v_day, 'live');
    IF v_pack.pack_id IS NOT NULL THEN
        v_score := report.score_set(v_set, v_pack.pack_id, v_pack.months);
    END IF;
    RETURN p_row || jsonb_build_object('score_pack', v_pack.name,
        'score_version', v_pack.version, 'score_hash', v_pack.hash, 'score_total', v_score.total,
        'score_at_least', v_score.at_least, 'score_points', v_score.points,
        'score_missing', v_score.missing, 'risk', v_score.risk,
        'interval_minutes', v_score.interval_minutes,
        'next_due_at', v_set.occurred_at + make_interval(mins =>
            coalesce(nullif(v_score.interval_minutes, 0),
                     CASE v_score.interval_minutes WHEN 0 THEN 30 ELSE 240 END)));
END $$;

-- The row of an entry as whoever settles it records it: of their own, with a word on who charted it.
CREATE FUNCTION report.as_meant(p_entry report.offline_entries, p_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row jsonb := (p_entry.body::jsonb -> 'row') || jsonb_build_object('id', p_id);
    v_words text := format('Charted by %s while the database was away.', (
        SELECT u.display_name FROM public.users u WHERE u.id = p_entry.author_id));
BEGIN
    IF p_entry.kind = 'note' THEN
        RETURN v_row || jsonb_build_object('sections', v_row -> 'sections' || jsonb_build_array(
            jsonb_build_object('heading', '', 'text', v_words)));
    END IF;
    v_row := v_row || jsonb_build_object('note', concat_ws(E'\n', v_row ->> 'note', v_words));
    RETURN CASE p_entry.kind WHEN 'observations' THEN report.rescored(v_row) ELSE v_row END;
END $$;

-- Settle an entry; repeating it with the same id changes nothing. p_how: entered_anew, as_meant
-- (under the name of who settles it, by the rules as they are now) or set_aside.
CREATE FUNCTION report.settle_offline(p_id uuid, p_entry_id uuid, p_how text, p_reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_entry report.offline_entries;
    v_kind record;
    v_problem text;
BEGIN
    PERFORM auth.require('patient.view');
    SELECT * INTO v_entry FROM report.offline_entries e
    WHERE e.id = p_entry_id AND e.verdict = 'needs_a_person';
    IF v_entry.id IS NULL OR NOT report.sees_offline(v_entry) THEN
        RAISE EXCEPTION 'This entry is not one of your wards. Look at the list again.'
            USING ERRCODE = 'WA001';
    END IF;
    SELECT * INTO v_kind FROM report.offline_kind(v_entry.kind);
    PERFORM auth.require(v_kind.permission);
    IF btrim(coalesce(p_reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why the entry is settled in this way.' USING ERRCODE = 'WA001';
    END IF;
    INSERT INTO report.offline_settlements (id, entry_id, how, reason, recorded_at, recorded_by)
    VALUES (p_id, p_entry_id, p_how, btrim(p_reason), clock_timestamp(), auth.uid())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM report.offline_settlements s
                       WHERE s.id = p_id AND s.entry_id = p_entry_id
                         AND s.recorded_by = auth.uid()) THEN
            RAISE EXCEPTION 'Somebody else settled this entry first. Look at the list again.'
                USING ERRCODE = 'WA001';
        END IF;
        RETURN;
    END IF;
    IF p_how = 'as_meant' THEN
        PERFORM report.require_where_charted(v_entry, v_kind.permission);
        v_problem := report.store_offline(v_kind.stored_in, report.as_meant(v_entry, p_id));
        IF v_problem IS NOT NULL THEN
            RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
        END IF;
    END IF;
    IF v_entry.ward_id IS NOT NULL THEN
        PERFORM pg_notify('ward', v_entry.ward_id || ':downtime');
    END IF;
END $$;

-- Raise unless whoever acts may chart there.
CREATE FUNCTION report.require_where_charted(
    p_entry report.offline_entries, p_permission text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (p_entry.admission_id IS NULL AND p_entry.ward_id = ANY (auth.ward_ids(p_permission)))
       OR auth.reaches_admission(p_entry.admission_id, p_permission) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION 'The patient is on none of your wards now. Ask who looks after them.'
        USING ERRCODE = 'WA001';
END $$;
