-- Who may decide when observations are taken, put a set off, and what the database adds to it.

GRANT SELECT ON report.schedule_settings, report.observation_plans, report.observation_deferrals
    TO ward_definer;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['report.schedule_settings', 'report.observation_plans',
                             'report.observation_deferrals', 'admission.leaves'] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON %s'
                       ' FOR EACH ROW EXECUTE FUNCTION audit.log_change()', t);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', t);
    END LOOP;
END $$;
CREATE TRIGGER stamp BEFORE INSERT ON report.schedule_settings
    FOR EACH ROW EXECUTE FUNCTION audit.stamp();

CREATE POLICY signed_in ON report.schedule_settings FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY in_reach ON report.observation_plans FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY planning ON report.observation_plans FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.plan')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY in_reach ON report.observation_deferrals FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY deferring ON report.observation_deferrals FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.defer')
        AND recorded_by = (SELECT auth.uid()));

GRANT SELECT ON report.schedule_settings, report.observation_plans, report.observation_deferrals
    TO ward_client;
GRANT INSERT (id, admission_id, interval_minutes, decided_by, reason, review_at, expires_at)
    ON report.observation_plans TO ward_client;
GRANT INSERT (id, admission_id, due_at, reason, note, deferred_until, occurred_at, status,
    supersedes_id, change_reason) ON report.observation_deferrals TO ward_client;
GRANT SELECT, INSERT ON report.schedule_settings, report.observation_plans,
    report.observation_deferrals TO ward_loader;

-- The numbers of a hospital that has not set its own. Defaults from a system in use (Open Eobs,
-- nh_observations/frequencies.py): unknown 4 h, after a transfer 15 min, restart 1 h, after a
-- refusal at most 24 h. The rest is ours, for the hospital to confirm.
GRANT INSERT ON report.schedule_settings TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO report.schedule_settings (id, arrival_minutes, restart_minutes, unknown_minutes,
    refusal_cap_minutes, longest_deferral_minutes, shortest_minutes, grace_minutes, source)
VALUES ('5b8e7f2c-64f5-5f0e-9d0b-3c1d5f0a7a11', 15, 60, 240, 1440, 480, 5, 0,
    'As delivered: Open Eobs (arrival, restart, unknown, refusal); to be confirmed locally.');
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON report.schedule_settings FROM ward_definer;

CREATE FUNCTION report.schedule_rules() RETURNS report.schedule_settings
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rules report.schedule_settings;
BEGIN
    SELECT * INTO v_rules FROM report.schedule_settings s ORDER BY s.seq DESC LIMIT 1;
    RETURN v_rules;
END $$;

-- Raise as the policy would, before anything is said about a patient out of reach.
CREATE FUNCTION report.require_reach(
    p_admission_id uuid, p_permission text, p_table text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT auth.reaches_admission(p_admission_id, p_permission) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "%"', p_table
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- Seconds to the next set as the latest set in force asks; without a set, as for the unknown.
CREATE FUNCTION report.asked_seconds(p_admission_id uuid) RETURNS double precision
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_rules report.schedule_settings := report.schedule_rules();
BEGIN
    RETURN coalesce((
        SELECT report.score_seconds(v.occurred_at, v.next_due_at, v_rules)
        FROM report.vital_signs v
        WHERE v.admission_id = p_admission_id AND v.status = 'final'
          AND NOT EXISTS (SELECT FROM report.vital_signs c WHERE c.supersedes_id = v.id)
        ORDER BY v.occurred_at DESC, v.id DESC LIMIT 1), v_rules.unknown_minutes * 60);
END $$;

-- Seconds to the next set as one set asks; it was stored with the set when it was scored.
CREATE FUNCTION report.score_seconds(
    p_occurred_at timestamptz, p_next_due_at timestamptz, p_rules report.schedule_settings)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN greatest(p_rules.shortest_minutes * 60, coalesce(
        extract(epoch FROM p_next_due_at - p_occurred_at), p_rules.unknown_minutes * 60));
END $$;

CREATE FUNCTION report.complete_plan() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.observation_plans;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM report.observation_plans p
    WHERE p.id = NEW.id AND p.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    NEW.occurred_at := NEW.recorded_at;
    PERFORM report.require_reach(NEW.admission_id, 'observation.plan', 'observation_plans');
    NEW.asked_minutes := report.asked_seconds(NEW.admission_id) / 60;
    IF NEW.interval_minutes > NEW.asked_minutes THEN
        IF NOT auth.may('observation.plan_longer') THEN
            RAISE EXCEPTION 'permission observation.plan_longer is missing'
                USING ERRCODE = '42501';
        ELSIF btrim(NEW.reason) = '' THEN
            RAISE EXCEPTION 'Observing less often than the score asks needs a reason.'
                USING ERRCODE = 'WA001';
        ELSIF NEW.expires_at IS NULL THEN
            RAISE EXCEPTION 'Observing less often than the score asks needs an end.'
                USING ERRCODE = 'WA001';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.observation_plans
    FOR EACH ROW EXECUTE FUNCTION report.complete_plan();

CREATE FUNCTION report.complete_deferral() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.observation_deferrals;
    v_struck report.observation_deferrals;
    v_problem text;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM report.observation_deferrals d
    WHERE d.id = NEW.id AND d.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(
        NEW.admission_id, 'observation.defer', 'observation_deferrals');
    -- two who put off the same set do so one after the other
    PERFORM FROM admission.admissions a WHERE a.id = NEW.admission_id FOR NO KEY UPDATE;
    IF NEW.supersedes_id IS NOT NULL THEN
        SELECT * INTO v_struck FROM report.observation_deferrals d
        WHERE d.id = NEW.supersedes_id AND d.admission_id = NEW.admission_id
          AND d.status = 'final';
        IF v_struck.id IS NULL THEN
            RAISE EXCEPTION 'What is to be taken back does not belong to this stay.'
                USING ERRCODE = 'WA001';
        END IF;
        NEW.due_at := v_struck.due_at;
        NEW.reason := v_struck.reason;
        NEW.note := v_struck.note;
        NEW.deferred_until := v_struck.deferred_until;
        NEW.occurred_at := v_struck.occurred_at;
        RETURN NEW;
    END IF;
    v_problem := report.deferral_problem(NEW);
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    IF NEW.reason = 'refused' THEN
        NEW.deferred_until := report.longest_deferral(
            NEW.admission_id, NEW.occurred_at, (report.schedule_rules()).refusal_cap_minutes);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.observation_deferrals
    FOR EACH ROW EXECUTE FUNCTION report.complete_deferral();

CREATE FUNCTION report.announce_schedule() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':schedule') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.observation_plans
    FOR EACH ROW EXECUTE FUNCTION report.announce_schedule();
CREATE TRIGGER announce AFTER INSERT ON report.observation_deferrals
    FOR EACH ROW EXECUTE FUNCTION report.announce_schedule();
CREATE TRIGGER announce AFTER INSERT ON admission.leaves
    FOR EACH ROW EXECUTE FUNCTION report.announce_schedule();
