-- The audit trail in one place, for people who hold audit.read. They see who did what to which
-- record, when and from where; what was written in it stays where it is.

GRANT SELECT ON audit.change_logs TO ward_definer;
GRANT SELECT, INSERT ON audit.seals TO ward_definer;
GRANT SELECT ON audit.eras, audit.rules TO ward_definer;

ALTER TABLE audit.seals ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.seals FORCE ROW LEVEL SECURITY;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- What an entry is, and where the patient lay: whichever function writes it.
CREATE FUNCTION audit.place_access() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.kind IN ('print', 'report') AND NEW.action = 'VIEW' THEN
        NEW.action := 'PRINT';
    END IF;
    IF NEW.ward_id IS NULL AND NEW.patient_id IS NOT NULL THEN
        NEW.ward_id := (SELECT s.ward_id FROM admission.bed_stays s
                        WHERE s.patient_id = NEW.patient_id AND s.voided_at IS NULL
                        ORDER BY s.during DESC LIMIT 1);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER place BEFORE INSERT ON audit.access_logs
    FOR EACH ROW EXECUTE FUNCTION audit.place_access();

-- Of a sign-out the session is known; that of a sign-in is made after the entry.
CREATE FUNCTION audit.place_sign_out() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.session_id := (SELECT session_id FROM auth.live_session);
    RETURN NEW;
END $$;
CREATE TRIGGER place BEFORE INSERT ON audit.login_history
    FOR EACH ROW WHEN (NEW.action = 'LOGOUT') EXECUTE FUNCTION audit.place_sign_out();

CREATE VIEW audit.change_events AS
SELECT 'change'::text AS source, c.id, c.at, c.action, 'change'::text AS kind, true AS succeeded,
    c.user_id, c.session_id, c.database_role AS workstation, c.ward_id, c.patient_id,
    c.schema_name || '.' || c.table_name AS resource_type,
    c.row_id AS resource_id,
    -- names of columns, never what stands in them; of accounts what was done, and why
    CASE WHEN c.table_name = 'account_events' THEN
        (SELECT concat_ws(' ', replace(c.after ->> 'action', '_', ' '), c.after ->> 'detail',
                          'of', u.display_name) || ': ' || (c.after ->> 'reason')
         FROM public.users u WHERE u.id = (c.after ->> 'user_id')::uuid)
    -- what the guard saw done to a table (wardctl audit guard)
    WHEN c.after ? 'ddl' THEN c.after ->> 'ddl'
    WHEN c.action = 'UPDATE' THEN
        (SELECT string_agg(a.key, ', ' ORDER BY a.key) FROM jsonb_each(c.after) a
         WHERE a.value IS DISTINCT FROM c.before -> a.key)
    END AS detail
FROM audit.change_logs c;

CREATE VIEW audit.access_events AS
SELECT 'access'::text AS source, a.id, a.at, a.action, a.kind, true AS succeeded,
    a.user_id, a.session_id, a.workstation, a.ward_id, a.patient_id,
    CASE a.kind WHEN 'search' THEN 'patient directory' WHEN 'audit' THEN 'audit trail'
                WHEN 'report' THEN 'report' ELSE 'chart' END AS resource_type,
    a.patient_id AS resource_id,
    a.reason AS detail
FROM audit.access_logs a;

CREATE VIEW audit.login_events AS
SELECT 'login'::text AS source, h.id, h.at, h.action,
    CASE WHEN h.action = 'LOGOUT' THEN 'sign_out' WHEN h.succeeded THEN 'sign_in'
         ELSE 'failed_sign_in' END AS kind,
    h.succeeded, h.user_id,
    coalesce(h.session_id, (SELECT s.id FROM public.sessions s
                            WHERE s.user_id = h.user_id AND s.xact = h.xact
                            ORDER BY s.created_at LIMIT 1)) AS session_id,
    h.workstation, NULL::uuid AS ward_id, NULL::uuid AS patient_id,
    'session'::text AS resource_type, NULL::uuid AS resource_id,
    -- what was typed for a name nobody has may be a password
    h.reason AS detail
FROM audit.login_history h;

GRANT CREATE ON SCHEMA audit TO ward_definer;
ALTER VIEW audit.change_events OWNER TO ward_definer;
ALTER VIEW audit.access_events OWNER TO ward_definer;
ALTER VIEW audit.login_events OWNER TO ward_definer;

-- Log to unlock, as charts: what is asked is on record, and the trail is readable from the next
-- transaction on, for a quarter of an hour.
CREATE FUNCTION auth.open_trail(p_what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('audit.read');
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, valid_until, action)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, NULL, 'audit', left(p_what, 200),
            clock_timestamp() + interval '15 minutes', 'VIEW');
END $$;

CREATE FUNCTION auth.trail_is_open() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN auth.may('audit.read') AND EXISTS (
        SELECT FROM auth.live_session l JOIN audit.access_logs x ON x.session_id = l.session_id
        WHERE x.kind = 'audit' AND x.patient_id IS NULL
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint);
END $$;

-- Before the trail leaves the screen on paper or as a file.
CREATE FUNCTION auth.record_trail(p_what text, p_action text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('audit.read');
    IF NOT auth.trail_is_open() THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, action)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, NULL, 'audit', left(p_what, 200), p_action);
    RETURN true;
END $$;

-- Everything of the reader's hospital. Who did it from a workstation of another is left out, and
-- so is a patient of another.
CREATE VIEW audit.audit_log WITH (security_barrier) AS
SELECT e.source, e.id, e.at, e.action, e.kind, e.succeeded, e.user_id, u.login,
    u.display_name AS user_name, e.session_id, e.workstation,
    coalesce(s.name, e.workstation) AS workstation_name, e.ward_id, w.name AS ward_name,
    p.id AS patient_id, p.mrn, p.family_name, p.given_name, e.resource_type, e.resource_id,
    e.detail
FROM (SELECT * FROM audit.change_events
      UNION ALL SELECT * FROM audit.access_events
      UNION ALL SELECT * FROM audit.login_events) e
LEFT JOIN public.workstations s ON s.role_name = e.workstation
LEFT JOIN public.users u ON u.id = e.user_id
LEFT JOIN room.wards w ON w.id = e.ward_id
LEFT JOIN patient.patients p
    ON p.id = e.patient_id AND p.facility_id = (SELECT auth.facility_id())
WHERE (SELECT auth.trail_is_open())
  AND (s.facility_id IS NULL OR s.facility_id = (SELECT auth.facility_id()));
ALTER VIEW audit.audit_log OWNER TO ward_definer;
REVOKE CREATE ON SCHEMA audit FROM ward_definer;
COMMENT ON VIEW audit.audit_log IS
    'Changes, openings, prints, exports and sign-ins in one place; only while the trail is open.';

-- Sessions with which a person, at however many workstations, opened more charts within so many
-- minutes than the rules say, of these times.
CREATE FUNCTION audit.mass_sessions(p_since timestamptz, p_until timestamptz) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rules audit.rules;
    v_within interval;
BEGIN
    SELECT * INTO v_rules FROM audit.rules ORDER BY seq DESC LIMIT 1;
    v_within := make_interval(mins => v_rules.mass_minutes);
    RETURN (
        WITH opening AS (
            SELECT a.user_id, a.session_id, a.at, count(*) OVER (
                PARTITION BY a.user_id ORDER BY a.at RANGE v_within PRECEDING) AS openings
            FROM audit.access_logs a
            WHERE a.at >= p_since AND a.at < p_until AND a.patient_id IS NOT NULL
              AND a.action = 'VIEW'
        ), counted AS (
            -- the same chart again is no other one: looked at where there are enough at all
            SELECT o.user_id, o.session_id, o.at,
                o.openings > v_rules.mass_charts AND v_rules.mass_charts < (
                    SELECT count(DISTINCT a.patient_id) FROM audit.access_logs a
                    WHERE a.user_id = o.user_id AND a.at >= greatest(p_since, o.at - v_within)
                      AND a.at <= o.at AND a.patient_id IS NOT NULL
                      AND a.action = 'VIEW') AS is_mass
            FROM opening o
        ), led_to AS (
            SELECT c.session_id, c.at, min(c.at) FILTER (WHERE c.is_mass) OVER (
                PARTITION BY c.user_id ORDER BY c.at DESC) AS mass_at
            FROM counted c
        )
        SELECT coalesce(array_agg(DISTINCT l.session_id), '{}')
        FROM led_to l WHERE l.mass_at <= l.at + v_within);
END $$;

-- One page of the trail, the newest first, after the entry (p_before_at, p_before_source,
-- p_before_id) of the page before. p_person, p_patient, p_workstation: what was typed; null: all.
-- Each log is read through its own index and gives a page at most, however long it is.
CREATE FUNCTION audit.trail(
    p_question text, p_since timestamptz, p_until timestamptz, p_person text, p_patient text,
    p_workstation text, p_before_at timestamptz, p_before_source text, p_before_id bigint,
    p_rows integer)
RETURNS TABLE (
    source text, id bigint, at timestamptz, action text, kind text, succeeded boolean,
    login text, user_name text, session_id uuid, workstation_name text, ward_name text,
    patient_id uuid, mrn text, family_name text, given_name text, resource_type text,
    resource_id uuid, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility uuid := auth.facility_id();
    v_rules audit.rules;
    v_zone text;
    v_people uuid[];
    v_patients uuid[];
    v_stations text[];
    v_foreign text[];
    v_sessions uuid[];
    v_sources text[];
    v_condition text;
    v_branches text;
BEGIN
    PERFORM auth.require('audit.read');
    IF NOT auth.trail_is_open() THEN
        RAISE EXCEPTION 'The audit trail was closed after a quarter of an hour. Ask again.'
            USING ERRCODE = 'WA001';
    END IF;
    SELECT * INTO v_rules FROM audit.rules r ORDER BY r.seq DESC LIMIT 1;
    SELECT f.time_zone INTO v_zone FROM public.facilities f WHERE f.id = v_facility;
    IF p_person IS NOT NULL THEN
        v_people := ARRAY(SELECT u.id FROM public.users u WHERE u.facility_id = v_facility
            AND (u.login = lower(p_person)
                 OR strpos(lower(u.display_name), lower(p_person)) > 0));
    END IF;
    IF p_patient IS NOT NULL THEN
        v_patients := audit.patients_named(v_facility, p_patient);
    END IF;
    IF p_workstation IS NOT NULL THEN
        v_stations := ARRAY(SELECT s.role_name FROM public.workstations s
            WHERE s.facility_id = v_facility
              AND strpos(lower(s.role_name || ' ' || s.name), lower(p_workstation)) > 0);
    END IF;
    v_foreign := ARRAY(SELECT s.role_name FROM public.workstations s
                       WHERE s.facility_id <> v_facility);
    IF p_question = 'mass_opening' THEN
        v_sessions := audit.mass_sessions(p_since, p_until);
    END IF;
    SELECT q.sources, q.condition INTO v_sources, v_condition FROM (VALUES
        ('everything', '{access,change,login}', 'true'),
        ('openings', '{access}', $q$e.action = 'VIEW'$q$),
        ('taken_out', '{access}', $q$e.action IN ('PRINT', 'EXPORT')$q$),
        ('changes', '{change}', 'true'),
        ('accounts', '{change}', $q$e.resource_type = 'public.account_events'$q$),
        ('sign_ins', '{login}', 'true'),
        ('failed_sign_ins', '{login}', 'NOT e.succeeded'),
        ('break_glass', '{access}', $q$e.kind = 'break_glass'$q$),
        ('mass_opening', '{access}', 'e.session_id = ANY ($11)'),
        ('off_hours', '{access,login}', $q$e.user_id IS NOT NULL AND CASE WHEN $13 < $14
            THEN (e.at AT TIME ZONE $12)::time >= $13 AND (e.at AT TIME ZONE $12)::time < $14
            ELSE (e.at AT TIME ZONE $12)::time >= $13 OR (e.at AT TIME ZONE $12)::time < $14
            END$q$)
    ) q (name, sources, condition) WHERE q.name = p_question;
    IF v_sources IS NULL THEN
        RAISE EXCEPTION 'unknown question' USING ERRCODE = '22023';
    END IF;
    SELECT string_agg(format($q$(SELECT * FROM audit.%I e
        WHERE e.at >= $1 AND e.at < $2 AND (%s)
          AND e.workstation <> ALL ($3)%s%s%s%s
        ORDER BY e.at DESC, e.id DESC LIMIT $10)$q$,
        s || '_events', v_condition,
        CASE WHEN v_people IS NOT NULL THEN ' AND e.user_id = ANY ($4)' END,
        CASE WHEN v_patients IS NOT NULL THEN ' AND e.patient_id = ANY ($5)' END,
        CASE WHEN v_stations IS NOT NULL THEN ' AND e.workstation = ANY ($6)' END,
        CASE WHEN p_before_at IS NOT NULL THEN format($q$ AND e.at <= $7 AND (e.at < $7
            OR (e.at = $7 AND (%1$L < $8 OR (%1$L = $8 AND e.id < $9))))$q$, s) END),
        ' UNION ALL ') INTO v_branches
    FROM unnest(v_sources) s;
    RETURN QUERY EXECUTE format($q$
        SELECT e.source, e.id, e.at, e.action, e.kind, e.succeeded, u.login, u.display_name,
            e.session_id, coalesce(s.name, e.workstation), w.name, p.id, p.mrn, p.family_name,
            p.given_name, e.resource_type, e.resource_id, e.detail
        FROM (SELECT * FROM (%s) every ORDER BY every.at DESC, every.source DESC, every.id DESC
              LIMIT $10) e
        LEFT JOIN public.workstations s ON s.role_name = e.workstation
        LEFT JOIN public.users u ON u.id = e.user_id
        LEFT JOIN room.wards w ON w.id = e.ward_id
        LEFT JOIN patient.patients p ON p.id = e.patient_id AND p.facility_id = $15
        ORDER BY e.at DESC, e.source DESC, e.id DESC$q$, v_branches)
    USING p_since, p_until, v_foreign, v_people, v_patients, v_stations, p_before_at,
        p_before_source, p_before_id, least(p_rows, 10000), v_sessions, v_zone,
        v_rules.off_hours_from, v_rules.off_hours_until, v_facility;
END $$;

-- Whom an auditor means: by number, or by all words of a name. Nobody is an empty list.
CREATE FUNCTION audit.patients_named(p_facility_id uuid, p_typed text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_number text := regexp_replace(p_typed, '\s+', '', 'g');
    v_words text[] := ARRAY(
        SELECT '%' || word || '%' FROM regexp_split_to_table(
            regexp_replace(lower(p_typed), '[,%_\\]+', ' ', 'g'), '\s+') word
        WHERE word <> '' ORDER BY length(word) DESC);
BEGIN
    RETURN ARRAY(
        SELECT p.id FROM patient.patients p
        WHERE p.facility_id = p_facility_id AND p.mrn = v_number
        UNION
        SELECT p.id FROM patient.patients p
        WHERE p.facility_id = p_facility_id AND length(coalesce(v_words[1], '')) > 3
          AND p.search_name LIKE v_words[1] AND p.search_name LIKE ALL (v_words));
END $$;

-- Whether it went onto paper or into a file. Programs of before do not say; they printed.
DROP FUNCTION auth.record_print(uuid, text);
CREATE FUNCTION auth.record_print(
    p_patient_id uuid, p_what text, p_action text DEFAULT 'PRINT') RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('chart.open');
    IF NOT coalesce(p_patient_id = ANY (auth.open_patients()), false) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, action)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, p_patient_id, 'print', left(p_what, 200), p_action);
    RETURN true;
END $$;

DROP FUNCTION auth.record_report(uuid[], uuid[], text);
CREATE FUNCTION auth.record_report(
    p_ward_ids uuid[], p_admission_ids uuid[], p_what text, p_action text DEFAULT 'PRINT')
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_patient_ids uuid[];
BEGIN
    PERFORM auth.require('patient.view');
    SELECT coalesce(array_agg(DISTINCT a.patient_id), '{}') INTO v_patient_ids
    FROM admission.admissions a WHERE a.id = ANY (p_admission_ids);
    IF coalesce(cardinality(p_ward_ids), 0) = 0
       OR NOT p_ward_ids <@ auth.ward_ids('patient.view')
       OR NOT v_patient_ids <@ (auth.patient_ids('patient.view') || auth.open_patients())
       OR EXISTS (SELECT FROM unnest(p_admission_ids) asked (id)
                  WHERE asked.id NOT IN (SELECT a.id FROM admission.admissions a
                                         WHERE a.id = ANY (p_admission_ids))) THEN
        RETURN false;
    END IF;
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, action, ward_id)
    SELECT pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
        v_session.workstation, named.patient_id, 'report', left(p_what, 200), p_action,
        CASE WHEN named.patient_id IS NULL AND cardinality(p_ward_ids) = 1 THEN p_ward_ids[1] END
    FROM unnest(NULL::uuid || v_patient_ids) named (patient_id);
    RETURN true;
END $$;
