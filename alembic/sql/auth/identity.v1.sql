-- Who is asking. A client proves itself with a secret token, never with an identity: any client
-- may set any setting, so a setting can only carry what the client must already know.
-- Every function here belongs to ward_definer, lists pg_temp last (a temporary object must not be
-- found first) and never takes a column of the row it decides on (one call per statement).
--
-- A client may also undo what it did: whatever opens something to reading (a session, an access
-- record, a stay on the reader's ward) counts only from the transaction after the one that wrote
-- it, when it is committed and on record.

GRANT SELECT ON public.sessions, public.users, public.workstations, public.user_wards,
    public.user_roles, public.role_permissions, public.permissions, public.roles,
    public.facilities, public.installation, public.alembic_version TO ward_definer;
GRANT SELECT ON admission.bed_stays, admission.admissions TO ward_definer;
GRANT SELECT ON room.wards TO ward_definer;
GRANT SELECT, INSERT ON audit.access_logs TO ward_definer;

-- One hospital is kept from another by the wards its people work on, so those are its own.
CREATE FUNCTION auth.refuse_foreign_ward() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.users u JOIN room.wards w ON w.facility_id = u.facility_id
                   WHERE u.id = NEW.user_id AND w.id = NEW.ward_id) THEN
        RAISE EXCEPTION 'the ward belongs to another hospital than the person'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER own_facility BEFORE INSERT OR UPDATE ON public.user_wards
    FOR EACH ROW EXECUTE FUNCTION auth.refuse_foreign_ward();

-- The one live session of this transaction, or no row. Only in READ COMMITTED: an older snapshot
-- would not show that the person was signed out or the workstation revoked meanwhile.
CREATE VIEW auth.live_session AS
SELECT s.id AS session_id, s.user_id, s.workstation, u.facility_id
FROM public.sessions s
JOIN public.users u ON u.id = s.user_id AND u.is_active
JOIN public.workstations w ON w.role_name = s.workstation AND w.revoked_at IS NULL
    AND s.created_at >= w.enrolled_at
WHERE current_setting('transaction_isolation') = 'read committed'
  AND s.token_sha256 = sha256(convert_to(current_setting('ward.token', true), 'UTF8'))
  AND s.workstation = session_user::text
  AND s.ended_at IS NULL
  AND s.expires_at > clock_timestamp()
  AND s.last_seen_at > clock_timestamp() - make_interval(mins => u.idle_minutes)
  AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint;
ALTER VIEW auth.live_session OWNER TO ward_definer;

-- Stays the session may see through its wards: running ones, and those whose patient left
-- hospital from there within a day (so that a discharge can be undone and charting finished).
-- The session may act on all of them and read of those that are committed.
CREATE VIEW auth.ward_stays AS
SELECT b.admission_id, b.patient_id,
    b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint AS is_committed
FROM auth.live_session l
JOIN public.user_wards uw ON uw.user_id = l.user_id
JOIN admission.bed_stays b ON b.ward_id = uw.ward_id
WHERE upper_inf(b.during) AND b.voided_at IS NULL
UNION ALL
SELECT b.admission_id, b.patient_id,
    b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
FROM auth.live_session l
JOIN public.user_wards uw ON uw.user_id = l.user_id
JOIN admission.bed_stays b ON b.ward_id = uw.ward_id
WHERE NOT upper_inf(b.during) AND b.voided_at IS NULL
  AND upper(b.during) > statement_timestamp() - interval '24 hours'
  -- looked up one by one: joined, the planner would read through all admissions there ever were
  AND upper(b.during) = (
      SELECT a.discharged_at FROM admission.admissions a WHERE a.id = b.admission_id);
ALTER VIEW auth.ward_stays OWNER TO ward_definer;

-- Patients whose chart this session opened and whose access record is committed.
CREATE VIEW auth.opened_charts AS
SELECT x.patient_id
FROM auth.live_session l
JOIN audit.access_logs x ON x.session_id = l.session_id
WHERE x.kind IN ('ward', 'break_glass')
  AND x.valid_until > clock_timestamp()
  AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
  AND (x.kind = 'break_glass'
       OR EXISTS (SELECT FROM auth.ward_stays w
                  WHERE w.patient_id = x.patient_id AND w.is_committed));
ALTER VIEW auth.opened_charts OWNER TO ward_definer;

CREATE VIEW auth.held_permissions AS
SELECT p.name
FROM auth.live_session l
JOIN public.user_roles ur ON ur.user_id = l.user_id
JOIN public.role_permissions rp ON rp.role_id = ur.role_id
JOIN public.permissions p ON p.id = rp.permission_id;
ALTER VIEW auth.held_permissions OWNER TO ward_definer;

-- First statement of every transaction: the server's time when the token is that of a live
-- session, else null.
CREATE FUNCTION auth.prove(p_token text) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('ward.token', p_token, true);
    RETURN (SELECT clock_timestamp() FROM auth.live_session);
END $$;

CREATE FUNCTION auth.uid() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT user_id FROM auth.live_session);
END $$;

CREATE FUNCTION auth.facility_id() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT facility_id FROM auth.live_session);
END $$;

CREATE FUNCTION auth.may(p_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission);
END $$;

-- Raise unless the session is live and holds the permission.
CREATE FUNCTION auth.require(p_permission text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.uid() IS NULL THEN
        RAISE EXCEPTION 'no live session' USING ERRCODE = 'WA401';
    ELSIF NOT auth.may(p_permission) THEN
        RAISE EXCEPTION 'permission % is missing', p_permission USING ERRCODE = '42501';
    END IF;
END $$;

-- Wards the session works on, if it may do what is asked.
CREATE FUNCTION auth.ward_ids(p_permission text DEFAULT 'board.view') RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(array_agg(uw.ward_id), '{}')
            FROM auth.live_session l JOIN public.user_wards uw ON uw.user_id = l.user_id
            WHERE EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission));
END $$;

-- Admissions to read: of the session's wards, and all of a patient whose chart is open.
CREATE FUNCTION auth.admission_ids(p_permission text DEFAULT 'patient.view') RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission) THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(admission_id), '{}') FROM (
        SELECT admission_id FROM auth.ward_stays WHERE is_committed
        UNION
        SELECT a.id FROM auth.opened_charts o
        JOIN admission.admissions a ON a.patient_id = o.patient_id) reach);
END $$;

-- Whether the session may act on one admission or patient: those of its wards alone. A chart
-- opened from elsewhere, or an earlier stay, is for reading. Costs the same in a ward and in a
-- hospital of 1,000 beds.
CREATE FUNCTION auth.reaches_admission(p_admission_id uuid, p_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission)
       AND EXISTS (SELECT FROM auth.ward_stays WHERE admission_id = p_admission_id);
END $$;

CREATE FUNCTION auth.reaches_patient(p_patient_id uuid, p_permission text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission)
       AND EXISTS (SELECT FROM auth.ward_stays WHERE patient_id = p_patient_id);
END $$;

CREATE FUNCTION auth.patient_ids(p_permission text DEFAULT 'patient.view') RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM auth.held_permissions WHERE name = p_permission) THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(patient_id), '{}') FROM (
        SELECT patient_id FROM auth.ward_stays WHERE is_committed
        UNION
        SELECT patient_id FROM auth.opened_charts) reach);
END $$;

CREATE FUNCTION auth.open_patients() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM auth.held_permissions WHERE name = 'chart.open') THEN
        RETURN '{}';
    END IF;
    RETURN (SELECT coalesce(array_agg(patient_id), '{}') FROM auth.opened_charts);
END $$;

-- Log to unlock: the only writer of opened charts. Readable from the next transaction on.
CREATE FUNCTION auth.open_chart(p_patient_id uuid, p_kind text, p_reason text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
    v_valid interval := CASE p_kind WHEN 'break_glass' THEN interval '1 hour' ELSE interval '12 hours' END;
BEGIN
    PERFORM auth.require('chart.open');
    SELECT * INTO v_session FROM auth.live_session;
    IF p_kind NOT IN ('ward', 'break_glass') THEN
        RAISE EXCEPTION 'unknown kind of access' USING ERRCODE = '22023';
    END IF;
    IF p_kind = 'break_glass' AND length(btrim(coalesce(p_reason, ''))) < 10 THEN
        RAISE EXCEPTION 'Opening this record needs a reason of at least 10 characters.'
            USING ERRCODE = 'WA001';
    END IF;
    IF p_kind = 'ward' AND NOT EXISTS (
        SELECT FROM auth.ward_stays w WHERE w.patient_id = p_patient_id) THEN
        RETURN false;
    END IF;
    IF p_kind = 'break_glass' AND NOT EXISTS (
        SELECT FROM patient.patients p
        WHERE p.id = p_patient_id AND p.facility_id = v_session.facility_id) THEN
        RETURN false;
    END IF;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, valid_until)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, p_patient_id, p_kind, p_reason,
            clock_timestamp() + v_valid);
    RETURN true;
END $$;

-- The patient directory (search, possible duplicates) opens the same way, for 15 minutes.
CREATE FUNCTION auth.open_directory() RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_session auth.live_session;
BEGIN
    PERFORM auth.require('patient.search');
    SELECT * INTO v_session FROM auth.live_session;
    INSERT INTO audit.access_logs
        (xact, user_id, session_id, workstation, patient_id, kind, reason, valid_until)
    VALUES (pg_current_xact_id()::text::bigint, v_session.user_id, v_session.session_id,
            v_session.workstation, NULL, 'search', 'directory opened',
            clock_timestamp() + interval '15 minutes');
END $$;

-- Raise unless the directory was opened in an earlier, committed transaction.
CREATE FUNCTION auth.require_directory() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.search');
    IF NOT EXISTS (
        SELECT FROM auth.live_session l JOIN audit.access_logs x ON x.session_id = l.session_id
        WHERE x.kind = 'search' AND x.patient_id IS NULL
          AND x.valid_until > clock_timestamp()
          AND x.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint) THEN
        RAISE EXCEPTION 'the patient directory is not open' USING ERRCODE = 'WA403';
    END IF;
END $$;
