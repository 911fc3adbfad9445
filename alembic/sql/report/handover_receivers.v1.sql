-- Whom a patient is given to: a person, a role, or (neither) whoever takes over. It says who is
-- expected; who accepts is who is responsible, and both stay on record.

GRANT INSERT (to_user_id, to_role) ON report.handovers TO ward_client;

-- Whether somebody of a role, other than the giver, takes patients over on a ward.
CREATE FUNCTION report.role_takes_over(p_role text, p_ward_id uuid, p_giver_id uuid)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM public.roles r
        JOIN public.role_permissions rp ON rp.role_id = r.id
        JOIN public.permissions p ON p.id = rp.permission_id AND p.name = 'handover.accept'
        JOIN public.user_roles ur ON ur.role_id = r.id
        WHERE r.name = p_role AND ur.user_id IS DISTINCT FROM p_giver_id
          AND public.cannot_hold(ur.user_id, p_ward_id) IS NULL);
END $$;

-- Why a patient cannot be given to whom it says; null = it can.
CREATE FUNCTION report.receiver_problem(p_new report.handovers) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_new.to_user_id = p_new.recorded_by THEN
        RETURN 'You cannot give a patient to yourself. Choose somebody else, or nobody.';
    ELSIF p_new.to_user_id IS NOT NULL THEN
        RETURN public.cannot_hold(p_new.to_user_id, p_new.ward_id);
    ELSIF p_new.to_role IS NOT NULL
        AND NOT report.role_takes_over(p_new.to_role, p_new.ward_id, p_new.recorded_by) THEN
        RETURN 'Nobody else of this role takes patients over on the ward. Choose a person.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION report.check_receiver() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_problem text;
BEGIN
    IF auth.uid() IS NOT NULL
        AND NOT EXISTS (SELECT FROM report.handovers h WHERE h.id = NEW.id) THEN
        v_problem := report.receiver_problem(NEW);
        IF v_problem IS NOT NULL THEN
            RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- after "complete", by name: what the row says of ward and giver is the database's own by then
CREATE TRIGGER receiver BEFORE INSERT ON report.handovers
    FOR EACH ROW EXECUTE FUNCTION report.check_receiver();

-- Whom the reader may give patients of a ward to: people with the beds planned for them in the shift
-- that comes next (or began last, while two run), then roles.
CREATE FUNCTION report.handover_receivers(p_ward_id uuid)
RETURNS TABLE (user_id uuid, role text, name text, on_duty boolean, bed_ids uuid[], beds text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 40 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_me uuid := auth.uid();
BEGIN
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('handover.give')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH run AS (
        SELECT r.* FROM public.shift_runs(p_ward_id, v_now, v_now + interval '36 hours') r
    ), coming AS (
        SELECT r.name, r.shift_on FROM run r
        WHERE r.from_at > v_now OR EXISTS (SELECT FROM run e WHERE e.from_at < r.from_at)
        ORDER BY r.from_at, r.name LIMIT 1
    ), planned AS (
        SELECT d.id, d.label, d.position, a.user_id
        FROM coming c
        CROSS JOIN room.beds d
        CROSS JOIN LATERAL (
            SELECT s.user_id FROM public.shift_allocations s
            WHERE s.bed_id = d.id AND s.shift_name = c.name AND s.shift_on = c.shift_on
            ORDER BY s.seq DESC LIMIT 1) a
        WHERE d.ward_id = p_ward_id AND d.is_active
    ), person AS (
        SELECT u.id, u.display_name AS words, EXISTS (
                SELECT FROM (SELECT y.kind, y.until_at FROM public.duty_signs y
                             WHERE y.user_id = u.id AND y.ward_id = p_ward_id AND y.duty = 'ward'
                             ORDER BY y.seq DESC LIMIT 1) last
                WHERE last.kind = 'on' AND last.until_at > v_now) AS here,
            (SELECT array_agg(p.id ORDER BY p.position) FROM planned p
             WHERE p.user_id = u.id) AS ids,
            (SELECT array_agg(p.label ORDER BY p.position) FROM planned p
             WHERE p.user_id = u.id) AS labels
        FROM public.user_wards uw JOIN public.users u ON u.id = uw.user_id
        WHERE uw.ward_id = p_ward_id AND u.id <> v_me
          AND public.cannot_hold(u.id, p_ward_id) IS NULL
    )
    SELECT o.id, o.role, o.words, o.here, coalesce(o.ids, '{}'), coalesce(o.labels, '{}')
    FROM (SELECT n.id, NULL::text AS role, n.words, n.here, n.ids, n.labels FROM person n
          UNION ALL
          SELECT NULL, r.name, r.title, false, NULL, NULL FROM public.roles r
          WHERE report.role_takes_over(r.name, p_ward_id, v_me)) o
    ORDER BY o.id IS NULL, o.ids IS NULL, NOT o.here, o.words;
END $$;

ALTER TYPE report.handover_line ADD ATTRIBUTE to_user_id uuid, ADD ATTRIBUTE to_role text,
    ADD ATTRIBUTE to_name text, ADD ATTRIBUTE to_me boolean, ADD ATTRIBUTE ended_by_id uuid;

-- As before, with whom each patient was given to, and whether that is the reader.
CREATE OR REPLACE FUNCTION report.handover_list(p_ward_id uuid) RETURNS SETOF report.handover_line
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_open uuid[] := auth.open_patients();
    v_roles text[] := ARRAY(SELECT r.name FROM public.user_roles ur
                            JOIN public.roles r ON r.id = ur.role_id
                            WHERE ur.user_id = auth.uid());
BEGIN
    PERFORM auth.require('handover.read');
    IF NOT coalesce(p_ward_id = ANY (auth.ward_ids('handover.read')), false) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT f.admission_id, f.patient_id, f.bed_id, f.facts, report.facts_hash(f.facts),
        own.at, draft.words, h.id, h.occurred_at, h.recorded_by,
        report.display_name(h.recorded_by), h.own_words, h.facts, h.facts_hash,
        said.answers, ended.kind, ended.recorded_at, report.display_name(ended.recorded_by),
        h.to_user_id, h.to_role,
        CASE WHEN h.to_user_id IS NOT NULL THEN report.display_name(h.to_user_id)
             ELSE (SELECT r.title FROM public.roles r WHERE r.name = h.to_role) END,
        coalesce(h.to_user_id = auth.uid(), h.to_role = ANY (v_roles), false),
        ended.recorded_by
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

-- Who gave the patient of a handover and to whom (null: whoever takes over), of the reader's wards.
CREATE FUNCTION report.handover_people(p_handover_id uuid)
RETURNS TABLE (given_by text, given_to text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT report.display_name(h.recorded_by),
        coalesce((SELECT u.display_name FROM public.users u WHERE u.id = h.to_user_id),
            (SELECT r.title FROM public.roles r WHERE r.name = h.to_role))
    FROM report.handovers h
    WHERE h.id = p_handover_id AND h.ward_id = ANY (auth.ward_ids('handover.read'));
END $$;
