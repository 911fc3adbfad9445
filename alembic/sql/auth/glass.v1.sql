-- Opening a chart with a reason: of a patient of another ward (break-glass) and of one who is
-- marked private. One patient, one session, one hour; on record, told to who leads the patient's
-- ward and waiting for a review, in the transaction that opens it. What the client undoes opens
-- nothing: an opening counts from the next transaction on, as every other one.

GRANT SELECT, INSERT ON audit.openings, audit.opening_notices, audit.opening_reviews,
    audit.chart_closings TO ward_definer;
GRANT SELECT, INSERT ON audit.openings, audit.opening_notices, audit.opening_reviews TO ward_loader;
GRANT INSERT ON public.messages TO ward_definer;

-- Whether a patient is marked private: staff of the house, or known to the public.
CREATE FUNCTION auth.is_private(p_patient_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN coalesce((
        SELECT f.active FROM patient.patient_flags f
        WHERE f.patient_id = p_patient_id AND f.kind = 'privacy' ORDER BY f.seq DESC LIMIT 1), false);
END $$;

-- Whether somebody holds the patient's bed, or is to look after it in this shift.
CREATE FUNCTION auth.cares_for(p_user_id uuid, p_patient_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM admission.bed_stays b
        WHERE b.patient_id = p_patient_id AND upper_inf(b.during) AND b.voided_at IS NULL
          AND b.bed_id IS NOT NULL
          AND (p_user_id = (SELECT r.user_id FROM public.bed_responsibilities r
                            WHERE r.bed_id = b.bed_id ORDER BY r.seq DESC LIMIT 1)
               OR p_user_id = public.allocated_at(b.bed_id, clock_timestamp())));
END $$;

-- What this session opened with a reason and may still read.
CREATE VIEW auth.opened_with_reason AS
SELECT x.id AS access_id, x.patient_id, x.kind, x.at, x.valid_until
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('break_glass', 'privacy')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id);
ALTER VIEW auth.opened_with_reason OWNER TO ward_definer;

CREATE OR REPLACE VIEW auth.opened_charts AS
SELECT x.patient_id
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('ward', 'break_glass', 'privacy')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND (x.kind = 'break_glass'
       OR EXISTS (SELECT FROM auth.ward_stays w
                  WHERE w.patient_id = x.patient_id AND w.is_committed))
  AND NOT EXISTS (SELECT FROM audit.chart_closings c WHERE c.access_id = x.id);

-- Who is told that a chart of a ward was opened: who may review that and works on the ward; where
-- nobody does, who reviews for the whole house. Never who opened it.
CREATE FUNCTION audit.told_of_opening(p_ward_id uuid, p_but uuid) RETURNS TABLE (user_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 3 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH reviewer AS (
        SELECT u.id, bool_or(p.name = 'audit.read') AS of_the_house,
            EXISTS (SELECT FROM public.user_wards uw
                    WHERE uw.user_id = u.id AND uw.ward_id = p_ward_id) AS of_the_ward
        FROM public.users u
        JOIN room.wards w ON w.id = p_ward_id AND w.facility_id = u.facility_id
        JOIN public.user_roles ur ON ur.user_id = u.id
        JOIN public.role_permissions rp ON rp.role_id = ur.role_id
        JOIN public.permissions p ON p.id = rp.permission_id
            AND p.name IN ('access.review', 'audit.read')
        WHERE u.is_active AND u.id <> p_but
        GROUP BY u.id HAVING bool_or(p.name = 'access.review'))
    SELECT r.id FROM reviewer r
    WHERE r.of_the_ward
       OR (r.of_the_house AND NOT EXISTS (SELECT FROM reviewer o WHERE o.of_the_ward));
END $$;

-- Put an opening into the queue of the ward, tell who leads it, and let their screens know.
CREATE FUNCTION audit.queue_opening(p_new audit.openings) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    p_new.id := gen_random_uuid();
    p_new.at := clock_timestamp();
    INSERT INTO audit.openings SELECT p_new.*;
    IF p_new.kind <> 'cared_for' THEN
        INSERT INTO audit.opening_notices (id, opening_id, user_id)
        SELECT gen_random_uuid(), p_new.id, t.user_id
        FROM audit.told_of_opening(p_new.ward_id, p_new.user_id) t;
    END IF;
    PERFORM pg_notify('ward', p_new.ward_id || ':openings');
END $$;

-- Many charts at once: more than 60 patients opened by a person in 10 minutes, with whatever
-- sessions at whatever workstations, those of the one ward not counted of which most were opened,
-- for the round or the grid of a ward opens all of its charts. Once in ten minutes. A guess of the
-- house: the first site is to confirm the number.
CREATE FUNCTION audit.note_many_charts(p_session auth.live_session) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_most CONSTANT integer := 60;
    v_since CONSTANT timestamptz := clock_timestamp() - interval '10 minutes';
    v_opened uuid[];
    v_new audit.openings;
    v_biggest record;
BEGIN
    SELECT array_agg(DISTINCT x.patient_id) INTO v_opened FROM audit.access_logs x
    WHERE x.user_id = p_session.user_id AND x.at > v_since
      AND x.kind IN ('ward', 'break_glass', 'privacy');
    IF coalesce(cardinality(v_opened), 0) <= v_most THEN
        RETURN;
    END IF;
    SELECT b.ward_id, count(*) AS patients INTO v_biggest FROM admission.bed_stays b
    WHERE b.patient_id = ANY (v_opened) AND upper_inf(b.during) AND b.voided_at IS NULL
    GROUP BY b.ward_id ORDER BY count(*) DESC, b.ward_id LIMIT 1;
    IF v_biggest.ward_id IS NULL OR cardinality(v_opened) - v_biggest.patients <= v_most
       OR EXISTS (SELECT FROM audit.openings o WHERE o.user_id = p_session.user_id
                  AND o.kind = 'many_charts' AND o.at > v_since) THEN
        RETURN;
    END IF;
    v_new.kind := 'many_charts';
    v_new.user_id := p_session.user_id;
    v_new.session_id := p_session.session_id;
    v_new.workstation := p_session.workstation;
    v_new.ward_id := v_biggest.ward_id;
    v_new.charts := cardinality(v_opened);
    PERFORM audit.queue_opening(v_new);
END $$;

-- The ward where a patient is now; null: not in hospital, or in another one.
CREATE FUNCTION auth.ward_of_patient(p_patient_id uuid, p_facility_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN (SELECT b.ward_id FROM admission.bed_stays b
            JOIN patient.patients p ON p.id = b.patient_id AND p.facility_id = p_facility_id
            WHERE b.patient_id = p_patient_id AND upper_inf(b.during) AND b.voided_at IS NULL
            LIMIT 1);
END $$;

-- Whether a chart may be opened so: of the own ward, and where it is private with a reason or by
-- who looks after the patient; of another ward of the house with a reason.
CREATE FUNCTION auth.may_open(
    p_session auth.live_session, p_patient_id uuid, p_kind text, p_private boolean)
RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_kind = 'break_glass' THEN
        RETURN auth.ward_of_patient(p_patient_id, p_session.facility_id) IS NOT NULL;
    END IF;
    RETURN EXISTS (SELECT FROM auth.ward_stays w WHERE w.patient_id = p_patient_id)
       AND (p_kind = 'privacy' OR NOT p_private OR auth.cares_for(p_session.user_id, p_patient_id));
END $$;

-- Log to unlock: the only writer of opened charts. Readable from the next transaction on.
CREATE OR REPLACE FUNCTION auth.open_chart(p_patient_id uuid, p_kind text, p_reason text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_private boolean;
    v_new audit.openings;
BEGIN
    PERFORM auth.require('chart.open');
    SELECT * INTO v_session FROM auth.live_session;
    IF p_kind NOT IN ('ward', 'break_glass', 'privacy') THEN
        RAISE EXCEPTION 'unknown kind of access' USING ERRCODE = '22023';
    ELSIF p_kind = 'break_glass' THEN
        PERFORM auth.require('chart.break_glass');
    END IF;
    IF p_kind <> 'ward' AND length(btrim(coalesce(p_reason, ''))) < 10 THEN
        RAISE EXCEPTION 'Opening this record needs a reason of at least 10 characters.'
            USING ERRCODE = 'WA001';
    END IF;
    v_private := auth.is_private(p_patient_id);
    IF NOT auth.may_open(v_session, p_patient_id, p_kind, v_private) THEN
        -- opened before, with a reason, and still open
        RETURN p_kind = 'ward' AND p_patient_id IN (
            SELECT r.patient_id FROM auth.opened_with_reason r);
    END IF;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, valid_until)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, p_patient_id, p_kind, p_reason, clock_timestamp()
            + CASE p_kind WHEN 'ward' THEN interval '12 hours' ELSE interval '1 hour' END)
    RETURNING id, valid_until INTO v_new.access_id, v_new.valid_until;
    v_new.kind := CASE p_kind WHEN 'ward' THEN 'cared_for' ELSE p_kind END;
    IF p_kind <> 'ward' OR (v_private AND NOT EXISTS (
        SELECT FROM audit.openings o
        WHERE o.session_id = v_session.session_id AND o.patient_id = p_patient_id)) THEN
        v_new.user_id := v_session.user_id;
        v_new.session_id := v_session.session_id;
        v_new.workstation := v_session.workstation;
        v_new.patient_id := p_patient_id;
        -- a patient who left within a day: the ward she left
        v_new.ward_id := coalesce(
            auth.ward_of_patient(p_patient_id, v_session.facility_id),
            (SELECT b.ward_id FROM admission.bed_stays b WHERE b.patient_id = p_patient_id
             AND b.voided_at IS NULL ORDER BY upper(b.during) DESC LIMIT 1));
        v_new.reason := btrim(p_reason);
        PERFORM audit.queue_opening(v_new);
    END IF;
    PERFORM audit.note_many_charts(v_session);
    RETURN true;
END $$;

-- What this session opened with a reason and may still read, and who was told of it. One patient
-- may be opened anew before the hour is over: the latest counts.
CREATE FUNCTION auth.live_openings() RETURNS TABLE (
    patient_id uuid, kind text, opened_at timestamptz, valid_until timestamptz, told text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (r.patient_id) r.patient_id, r.kind, r.at, r.valid_until, ARRAY(
        SELECT u.display_name FROM audit.openings o
        JOIN audit.opening_notices n ON n.opening_id = o.id
        JOIN public.users u ON u.id = n.user_id
        WHERE o.access_id = r.access_id ORDER BY u.display_name)
    FROM auth.opened_with_reason r ORDER BY r.patient_id, r.valid_until DESC;
END $$;

-- Whether the chart of a patient of one's own wards asks for a reason before it opens.
CREATE FUNCTION auth.asks_for_reason(p_patient_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.is_private(p_patient_id)
       AND EXISTS (SELECT FROM auth.ward_stays w WHERE w.patient_id = p_patient_id)
       AND NOT auth.cares_for(auth.uid(), p_patient_id);
END $$;

-- Close a chart that was opened with a reason before its hour is over; false: none was open.
CREATE FUNCTION auth.close_chart(p_patient_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('chart.open');
    INSERT INTO audit.chart_closings (id, access_id, cause)
    SELECT gen_random_uuid(), r.access_id, 'closed_by_reader'
    FROM auth.opened_with_reason r WHERE r.patient_id = p_patient_id
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- Patients of other wards who fit, by name alone: enough to break the glass for the right one.
-- Who is marked private is found by the patient number only, and by her initials.
CREATE FUNCTION patient.search_elsewhere(p_name text, p_born_on date, p_mrn text)
RETURNS TABLE (
    id uuid, family_name text, given_name text, title text, is_private boolean, likeness real)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 20 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_words text[] := regexp_split_to_array(
        btrim(regexp_replace(lower(coalesce(p_name, '')), '[,%_\\]+', ' ', 'g')), '\s+');
    v_longest text := (SELECT '%' || word || '%' FROM unnest(v_words) word
                       ORDER BY length(word) DESC LIMIT 1);
    v_mine uuid[] := ARRAY(SELECT w.patient_id FROM auth.ward_stays w);
BEGIN
    PERFORM auth.require('chart.break_glass');
    PERFORM auth.require_directory();
    IF p_born_on IS NULL AND p_mrn IS NULL AND length(coalesce(v_longest, '')) < 4 THEN
        RAISE EXCEPTION 'Type at least two letters of a name, a number or a date of birth.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN QUERY
    SELECT p.id,
        CASE WHEN private.is THEN left(p.family_name, 1) ELSE p.family_name END,
        CASE WHEN private.is THEN left(p.given_name, 1) ELSE p.given_name END,
        CASE WHEN NOT private.is THEN p.title END, private.is,
        CASE WHEN p_name IS NULL THEN 1::real
             ELSE public.word_similarity(lower(p_name), p.search_name) END AS likeness
    FROM patient.patients p
    CROSS JOIN LATERAL (SELECT auth.is_private(p.id) AS is) private
    WHERE p.facility_id = auth.facility_id() AND NOT p.id = ANY (v_mine)
      AND (p_mrn IS NULL OR p.mrn = p_mrn)
      AND (p_born_on IS NULL OR p.born_on = p_born_on)
      AND (p_name IS NULL OR p.search_name LIKE v_longest)
      AND (p_name IS NULL OR p.search_name LIKE ALL (
           SELECT '%' || word || '%' FROM unnest(v_words) word))
      AND (p_mrn IS NOT NULL OR NOT private.is)
      AND EXISTS (SELECT FROM admission.bed_stays b WHERE b.patient_id = p.id
                  AND upper_inf(b.during) AND b.voided_at IS NULL)
    ORDER BY 6 DESC, 2, 3 LIMIT 20;
END $$;

-- Where somebody who is marked private lies, the directory tells her own ward alone.
CREATE OR REPLACE FUNCTION patient.location(p_patient_id uuid)
RETURNS TABLE (place text, admission_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT CASE WHEN auth.is_private(p_patient_id) AND b.ward_id <> ALL (auth.ward_ids())
                THEN 'another ward'
                ELSE w.name || coalesce(', bed ' || d.label, ', no bed') END, b.admission_id
    FROM admission.bed_stays b
    JOIN room.wards w ON w.id = b.ward_id
    LEFT JOIN room.beds d ON d.id = b.bed_id
    WHERE b.patient_id = p_patient_id AND upper_inf(b.during) AND b.voided_at IS NULL;
END $$;

-- Marking somebody private, or ending that, needs its own permission and a reason; charts that
-- are open to whoever does not look after her close at that moment.
ALTER POLICY flagging ON patient.patient_flags
    WITH CHECK (auth.reaches_patient(patient_id, CASE kind
            WHEN 'privacy' THEN 'patient.privacy' ELSE 'patient.flag' END)
        AND recorded_by = (SELECT auth.uid()));

CREATE FUNCTION patient.check_privacy_reason() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.kind = 'privacy' AND auth.may('patient.privacy')
       AND btrim(coalesce(NEW.reason, '')) = '' THEN
        RAISE EXCEPTION 'Say why this patient is marked private, or is not any more.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER privacy_reason BEFORE INSERT ON patient.patient_flags
    FOR EACH ROW EXECUTE FUNCTION patient.check_privacy_reason();

CREATE FUNCTION patient.close_private_charts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.kind = 'privacy' AND NEW.active THEN
        INSERT INTO audit.chart_closings (id, access_id, cause)
        SELECT gen_random_uuid(), x.id, 'marked_private'
        FROM audit.access_logs x
        WHERE x.patient_id = NEW.patient_id AND x.kind = 'ward'
          AND x.at > clock_timestamp() - interval '12 hours'
          AND x.valid_until > clock_timestamp()
          AND NOT auth.cares_for(x.user_id, x.patient_id)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER close_private_charts AFTER INSERT ON patient.patient_flags
    FOR EACH ROW EXECUTE FUNCTION patient.close_private_charts();

-- Who acts on an admission, and whether the session may at all: null when it may not. As before
-- through the session's wards; and, to record observations and notes alone, for a patient in
-- hospital for whom the session broke the glass.
CREATE OR REPLACE FUNCTION auth.reaching(p_admission_id uuid, p_permission text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid := (SELECT user_id FROM auth.live_session);
BEGIN
    RETURN CASE WHEN v_user_id IS NOT NULL
       AND (EXISTS (SELECT FROM admission.bed_stays b
                    JOIN public.user_wards uw ON uw.ward_id = b.ward_id AND uw.user_id = v_user_id
                    WHERE b.admission_id = p_admission_id AND b.voided_at IS NULL
                      AND (upper_inf(b.during)
                           OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                               AND upper(b.during) = (SELECT a.discharged_at
                                                      FROM admission.admissions a
                                                      WHERE a.id = b.admission_id))))
            OR (p_permission IN ('observation.record', 'note.write')
                AND auth.broke_glass_for(p_admission_id)))
       AND EXISTS (SELECT FROM public.user_roles ur
                   JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                   JOIN public.permissions p ON p.id = rp.permission_id
                   WHERE ur.user_id = v_user_id AND p.name = p_permission)
       THEN v_user_id END;
END $$;

-- Asked of a stay that is on none of the session's wards.
CREATE FUNCTION auth.broke_glass_for(p_admission_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM auth.opened_with_reason r
                   JOIN admission.bed_stays b ON b.patient_id = r.patient_id
                   WHERE r.kind = 'break_glass' AND b.admission_id = p_admission_id
                     AND upper_inf(b.during) AND b.voided_at IS NULL);
END $$;

-- Breaking the glass is for adding to a record: what stands there is corrected by its own ward.
ALTER POLICY recording ON report.vital_signs
    WITH CHECK (recorded_by = auth.reaching(admission_id, CASE
        WHEN supersedes_id IS NULL THEN 'observation.record' ELSE 'observation.correct' END));
ALTER POLICY recording ON report.measurements
    WITH CHECK (recorded_by = auth.reaching(admission_id, CASE
        WHEN supersedes_id IS NULL THEN 'observation.record' ELSE 'observation.correct' END));
