-- What was charted while the database was away, replayed under its author and time through the
-- same tables, triggers and rules as everything else. What is not proven to be the author's is
-- refused; what is proven and cannot be stored waits for a person and is never lost.

GRANT SELECT, INSERT ON report.offline_entries, report.offline_settlements,
    report.offline_replays TO ward_definer;
GRANT INSERT ON report.measurements, report.nursing_notes, rounding.round_records
    TO ward_definer;

-- That something waits is for the ward to see; what it says is asked for by itself.
CREATE POLICY in_reach ON report.offline_entries FOR SELECT TO ward_client
    USING (ward_id IN (SELECT unnest(auth.ward_ids('patient.view')))
        OR admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY in_reach ON report.offline_settlements FOR SELECT TO ward_client
    USING (entry_id IN (SELECT e.id FROM report.offline_entries e));
GRANT SELECT (id, command_id, session_id, author_id, workstation, kind, admission_id, patient_id,
    ward_id, occurred_at, entered_at, received_at, verdict, problem)
    ON report.offline_entries TO ward_client;
GRANT SELECT ON report.offline_settlements TO ward_client;

-- Where entries of a kind are stored and what their author must be permitted. The one place in
-- the database where a kind is added, beside the CHECK of report.offline_entries.
CREATE FUNCTION report.offline_kind(p_kind text, OUT stored_in regclass, OUT permission text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT k.stored_in::regclass, k.permission INTO stored_in, permission
    FROM (VALUES
        ('observations', 'report.vital_signs', 'observation.record'),
        ('measurement', 'report.measurements', 'observation.record'),
        ('round_answers', 'rounding.round_records', 'round.record'),
        ('note', 'report.nursing_notes', 'note.write')) k (kind, stored_in, permission)
    WHERE k.kind = p_kind;
END $$;

-- Store a row as whoever acts, with those columns alone that a workstation may fill; null = it is
-- stored, else 'already there', or the sentence why it is not. The table's triggers hold its rules.
CREATE FUNCTION report.store_offline(p_table regclass, p_row jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_columns text;
    v_there jsonb;
    v_meant jsonb;
    v_rows integer;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ') INTO v_columns
    FROM pg_attribute a
    WHERE a.attrelid = p_table AND a.attnum > 0 AND NOT a.attisdropped AND p_row ? a.attname
      AND has_column_privilege('ward_client', p_table, a.attnum, 'INSERT')
    HAVING count(*) = (SELECT count(*) FROM jsonb_object_keys(p_row));
    IF v_columns IS NULL THEN
        RETURN 'The program that charted this knows other columns than the ward database.';
    END IF;
    EXECUTE format('SELECT to_jsonb(t) FROM %s t WHERE t.id = $1', p_table)
        INTO v_there USING (p_row ->> 'id')::uuid;
    IF v_there IS NOT NULL THEN
        EXECUTE format('SELECT to_jsonb(r) FROM jsonb_populate_record(NULL::%s, $1) r', p_table)
            INTO v_meant USING p_row;
        RETURN CASE WHEN v_there ->> 'recorded_by' = auth.uid()::text AND NOT EXISTS (
                SELECT FROM jsonb_object_keys(p_row) k WHERE v_there -> k IS DISTINCT FROM v_meant -> k)
            THEN 'already there'
            ELSE 'This was saved before, with other values. Compare it with the chart.' END;
    END IF;
    EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)'
        ' ON CONFLICT DO NOTHING', p_table, v_columns) USING p_row;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN CASE WHEN v_rows = 0
        THEN 'Somebody else corrected or struck out the same thing first. Look at the chart.' END;
END $$;

-- An entry as its author charted it; no row when the text is none.
CREATE FUNCTION report.read_offline(p_session public.sessions, p_body text)
RETURNS report.offline_entries
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facts jsonb;
    v_entry report.offline_entries;
BEGIN
    v_facts := p_body::jsonb;
    v_entry.session_id := p_session.id;
    v_entry.author_id := p_session.user_id;
    v_entry.workstation := p_session.workstation;
    v_entry.command_id := (v_facts ->> 'id')::uuid;
    v_entry.kind := v_facts ->> 'kind';
    v_entry.admission_id := (v_facts ->> 'admission')::uuid;
    v_entry.occurred_at := (v_facts ->> 'occurred_at')::timestamptz;
    v_entry.entered_at := (v_facts ->> 'entered_at')::timestamptz;
    v_entry.body := p_body;
    SELECT a.patient_id, b.ward_id INTO v_entry.patient_id, v_entry.ward_id
    FROM admission.admissions a
    LEFT JOIN LATERAL (
        SELECT s.ward_id FROM admission.bed_stays s
        WHERE s.admission_id = a.id AND s.voided_at IS NULL
        ORDER BY s.during @> v_entry.occurred_at DESC, upper_inf(s.during) DESC,
            lower(s.during) DESC
        LIMIT 1) b ON true
    WHERE a.id = v_entry.admission_id;
    IF v_entry.admission_id IS NULL THEN
        v_entry.ward_id := (v_facts #>> '{row,subject_ward_id}')::uuid;
    END IF;
    RETURN v_entry;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;

-- What stands against storing an entry as its author, who acts; null = nothing does.
CREATE FUNCTION report.offline_problem(p_entry report.offline_entries, p_session public.sessions)
RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_row jsonb := p_entry.body::jsonb -> 'row';
    v_needed text := (report.offline_kind(p_entry.kind)).permission;
BEGIN
    IF v_needed IS NULL THEN
        RETURN 'The ward database does not know this kind of entry.';
    ELSIF (v_row ->> 'id')::uuid IS DISTINCT FROM p_entry.command_id
       OR (v_row ->> 'admission_id')::uuid IS DISTINCT FROM p_entry.admission_id
       OR (v_row ->> 'occurred_at')::timestamptz IS DISTINCT FROM p_entry.occurred_at THEN
        RETURN 'The entry contradicts itself.';
    ELSIF greatest(p_entry.entered_at, p_entry.occurred_at)
          > clock_timestamp() + interval '5 minutes' THEN
        RETURN 'Its time lies in the future. The clock of the workstation may have been wrong.';
    ELSIF p_entry.entered_at NOT BETWEEN p_session.created_at - interval '5 minutes'
          AND p_session.created_at + interval '24 hours' THEN
        RETURN 'It was charted more than a day after its author signed in, or before.';
    ELSIF p_entry.occurred_at > p_entry.entered_at + interval '5 minutes'
       OR p_entry.occurred_at < p_session.created_at - interval '24 hours' THEN
        RETURN 'Its time does not fit the time at which it was charted.';
    ELSIF auth.uid() IS DISTINCT FROM p_entry.author_id THEN
        RETURN 'The account of who charted this is closed, or waits for a new password.';
    ELSIF NOT auth.may(v_needed) THEN
        RETURN 'Who charted this may not do so any more.';
    ELSIF p_entry.admission_id IS NULL THEN
        RETURN CASE WHEN p_entry.ward_id = ANY (auth.ward_ids(v_needed)) IS NOT TRUE
            THEN 'The ward is not one of who charted this any more.' END;
    ELSIF p_entry.patient_id IS NULL THEN
        RETURN 'The ward database does not know this stay.';
    ELSIF NOT auth.reaches_admission(p_entry.admission_id, v_needed) THEN
        RETURN 'The patient is on no ward of who charted this any more: moved or discharged.';
    ELSIF EXISTS (SELECT FROM admission.admissions a WHERE a.id = p_entry.admission_id
                  AND a.discharged_at < p_entry.occurred_at) THEN
        RETURN 'The patient was discharged before that time.';
    END IF;
    RETURN NULL;
END $$;

-- Store one proven entry, or queue it: 'accepted', 'already_there' or 'needs_a_person', and why.
CREATE FUNCTION report.take_offline(
    p_entry report.offline_entries, p_session public.sessions, OUT verdict text, OUT problem text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    BEGIN
        problem := coalesce(report.offline_problem(p_entry, p_session), report.store_offline(
            (report.offline_kind(p_entry.kind)).stored_in, p_entry.body::jsonb -> 'row'));
    EXCEPTION
        -- what the rules of the ward say; anything else is no verdict, and nothing is taken
        WHEN SQLSTATE 'WA001' THEN
            problem := left(SQLERRM, 500);
        WHEN insufficient_privilege THEN
            problem := 'Who charted this may not do so any more.';
        WHEN integrity_constraint_violation OR data_exception OR undefined_column THEN
            problem := 'The ward database does not take its values. They may be of another version.';
    END;
    verdict := CASE WHEN problem IS NULL THEN 'accepted'
                    WHEN problem = 'already there' THEN 'already_there' ELSE 'needs_a_person' END;
    IF verdict = 'already_there' THEN
        problem := NULL;
    END IF;
END $$;

-- What is known of an entry that came before; null = it never did.
CREATE FUNCTION report.known_offline(p_mac bytea, OUT verdict text, OUT problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT CASE WHEN s.id IS NOT NULL THEN 'settled'
                WHEN e.verdict = 'accepted' THEN 'already_there' ELSE e.verdict END,
        CASE WHEN s.id IS NULL THEN e.problem END
    INTO verdict, problem
    FROM report.offline_entries e
    LEFT JOIN report.offline_settlements s ON s.entry_id = e.id
    WHERE e.mac = p_mac;
END $$;

-- Replay entries of one sign-in at this workstation, 1 to 100 of {"body": text, "mac": hex}: what
-- became of each, by its place from 1 on. Nobody needs to be signed in; what proves an entry is
-- the key that came with its author's sign-in. One stay after the other, in an order that all
-- workstations share, so that none waits for another in a circle.
CREATE FUNCTION report.replay(p_session_id uuid, p_items jsonb)
RETURNS TABLE (place integer, verdict text, problem text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER ROWS 100
-- all workstations come back at once: a replay waits for its turn longer than a person would
SET search_path = pg_catalog, pg_temp SET lock_timeout = '25s' AS $$
DECLARE
    v_token text := current_setting('ward.token', true);
    v_session public.sessions;
    v_item record;
    v_entry report.offline_entries;
    v_counts integer[] := '{0,0,0,0}';
    v_place integer;
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'a replay needs the present state' USING ERRCODE = 'feature_not_supported';
    ELSIF jsonb_typeof(p_items) IS DISTINCT FROM 'array'
       OR jsonb_array_length(p_items) NOT BETWEEN 1 AND 100 OR p_session_id IS NULL THEN
        RAISE EXCEPTION 'a replay takes 1 to 100 entries of one sign-in' USING ERRCODE = '22023';
    END IF;
    SELECT * INTO v_session FROM auth.charting_session(p_session_id);
    IF v_session.id IS NOT NULL THEN
        -- two programs of a workstation replay one after the other
        PERFORM FROM public.sessions s WHERE s.id = p_session_id FOR NO KEY UPDATE;
        PERFORM auth.begin_acting_for(v_session);
    END IF;
    FOR v_item IN
        SELECT i.place::integer AS place, i.item ->> 'body' AS body, public.hmac(
                convert_to(i.item ->> 'body', 'UTF8'), auth.offline_key(v_session.id), 'sha256') AS mac,
            i.item ->> 'mac' AS claimed
        FROM jsonb_array_elements(p_items) WITH ORDINALITY AS i (item, place)
        ORDER BY substring(i.item ->> 'body' FROM '"admission":"([0-9a-f-]{36})"'), i.place
    LOOP
        place := v_item.place;
        verdict := 'refused';
        problem := NULL;
        IF v_session.id IS NOT NULL AND encode(v_item.mac, 'hex') = v_item.claimed THEN
            SELECT k.verdict, k.problem INTO verdict, problem FROM report.known_offline(v_item.mac) k;
            IF verdict IS NULL THEN
                v_entry := report.read_offline(v_session, v_item.body);
                v_entry.mac := v_item.mac;
                SELECT q.verdict, q.problem INTO verdict, problem
                FROM report.keep_offline(v_entry, v_session) q;
            END IF;
        END IF;
        v_place := CASE verdict WHEN 'accepted' THEN 1 WHEN 'needs_a_person' THEN 3
                                WHEN 'refused' THEN 4 ELSE 2 END;
        v_counts[v_place] := v_counts[v_place] + 1;
        RETURN NEXT;
    END LOOP;
    IF v_session.id IS NOT NULL THEN
        PERFORM auth.end_acting(v_token);
    END IF;
    INSERT INTO report.offline_replays
        (id, workstation, session_id, accepted, already_there, needs_a_person, refused)
    VALUES (public.gen_random_uuid(), session_user::text, p_session_id, v_counts[1], v_counts[2],
            v_counts[3], v_counts[4]);
END $$;

-- Take an entry and keep it on record, whatever became of it; refused when it is no entry at all.
CREATE FUNCTION report.keep_offline(
    p_entry report.offline_entries, p_session public.sessions, OUT verdict text, OUT problem text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF num_nulls(p_entry.command_id, p_entry.occurred_at, p_entry.entered_at) > 0
       OR (report.offline_kind(p_entry.kind)).stored_in IS NULL
       OR NOT isfinite(p_entry.occurred_at) OR NOT isfinite(p_entry.entered_at) THEN
        verdict := 'refused';
        RETURN;
    END IF;
    SELECT t.verdict, t.problem INTO verdict, problem
    FROM report.take_offline(p_entry, p_session) t;
    p_entry.id := public.gen_random_uuid();
    p_entry.received_at := clock_timestamp();
    p_entry.verdict := CASE WHEN verdict = 'needs_a_person' THEN verdict ELSE 'accepted' END;
    p_entry.problem := problem;
    INSERT INTO report.offline_entries SELECT p_entry.*;
    IF verdict = 'needs_a_person' AND p_entry.ward_id IS NOT NULL THEN
        PERFORM pg_notify('ward', p_entry.ward_id || ':downtime');
    END IF;
END $$;
