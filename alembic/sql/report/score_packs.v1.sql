-- Score packs as a site's configuration: registered content, the use a hospital makes of each, who
-- decided on a patient's score, and pregnancy. A pack's facts are read from its content here, so
-- that nobody can register other numbers than those the hash stands for.

GRANT SELECT ON report.score_packs, report.score_pack_points, report.score_pack_uses,
    report.score_pack_decisions, report.trial_scores, patient.pregnancies TO ward_definer;
GRANT INSERT ON report.score_pack_points, report.trial_scores TO ward_definer;

CREATE POLICY signed_in ON report.score_packs FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL);
CREATE POLICY own_facility ON report.score_pack_uses FOR SELECT TO ward_client
    USING ((SELECT auth.uid()) IS NOT NULL
           AND (facility_id IS NULL OR facility_id = (SELECT auth.facility_id())));
CREATE POLICY in_reach ON report.score_pack_decisions FOR SELECT TO ward_client
    USING (admission_id IN (SELECT unnest(auth.admission_ids())));
CREATE POLICY deciding ON report.score_pack_decisions FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'observation.pack')
        AND recorded_by = (SELECT auth.uid()));
CREATE POLICY in_reach ON patient.pregnancies FOR SELECT TO ward_client
    USING (patient_id IN (SELECT unnest(auth.patient_ids())));
CREATE POLICY recording ON patient.pregnancies FOR INSERT TO ward_client
    WITH CHECK (auth.reaches_admission(admission_id, 'patient.pregnancy')
        AND recorded_by = (SELECT auth.uid()));
-- what a trial pack says is for IT's comparison alone: no client may read it

GRANT SELECT ON report.score_packs, report.score_pack_uses, report.score_pack_decisions,
    patient.pregnancies TO ward_client;
GRANT INSERT (id, admission_id, pack, decided_by, reason, occurred_at)
    ON report.score_pack_decisions TO ward_client;
GRANT INSERT (id, admission_id, status, ended_on, note, occurred_at, supersedes_id, change_reason)
    ON patient.pregnancies TO ward_client;
GRANT SELECT ON report.score_packs, report.score_pack_points, report.score_pack_uses,
    report.score_pack_decisions, report.trial_scores, patient.pregnancies TO ward_loader;
GRANT INSERT ON report.score_packs, report.score_pack_uses, report.score_pack_decisions,
    patient.pregnancies TO ward_loader;

-- What stands in a pack's content, beside the content itself.
CREATE FUNCTION report.complete_score_pack() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_content jsonb := NEW.content::jsonb;
BEGIN
    NEW.hash := encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex');
    NEW.name := v_content ->> 'name';
    NEW.version := v_content ->> 'version';
    NEW.title := v_content ->> 'title';
    -- NEWS2 says whom it is for in its words alone: its file is older than these entries
    NEW.from_months := CASE WHEN v_content ? 'for'
        THEN (v_content #>> '{for,from_months}')::smallint ELSE 192 END;
    NEW.below_months := (v_content #>> '{for,below_months}')::smallint;
    NEW.pregnancy := coalesce(v_content #>> '{for,pregnancy}', 'not_pregnant');
    NEW.by_age := jsonb_path_exists(v_content, '$.parameters[*].bands[*].age_from_months');
    NEW.parameters := ARRAY(
        SELECT e.parameter ->> 'name' FROM jsonb_array_elements(v_content -> 'parameters')
            WITH ORDINALITY e (parameter, place) ORDER BY e.place);
    NEW.responses := v_content -> 'responses';
    NEW.incomplete_interval_minutes := (v_content ->> 'incomplete_interval_minutes')::smallint;
    NEW.needs_sign_off := coalesce(v_content -> 'needs_sign_off', '[]');
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.score_packs
    FOR EACH ROW EXECUTE FUNCTION report.complete_score_pack();

-- The points as rows: a set is scored with them each time one is recorded.
CREATE FUNCTION report.spread_score_pack() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_parameters jsonb := NEW.content::jsonb -> 'parameters';
BEGIN
    INSERT INTO report.score_pack_points
        (pack_id, place, ordinal, parameter, is_further, decimals, choice, lowest, highest,
         spo2_scale, on_oxygen, from_months, below_months, points)
    SELECT NEW.id, p.place, e.ordinal, p.parameter ->> 'name', p.parameter ? 'further',
        coalesce((p.parameter ->> 'decimals')::smallint, 0), e.entry -> 'value',
        (e.entry ->> 'from')::numeric, (e.entry ->> 'to')::numeric,
        (e.entry ->> 'spo2_scale')::smallint, (e.entry ->> 'on_oxygen')::boolean,
        (e.entry ->> 'age_from_months')::smallint, (e.entry ->> 'age_below_months')::smallint,
        (e.entry ->> 'points')::smallint
    FROM jsonb_array_elements(v_parameters) WITH ORDINALITY p (parameter, place)
    CROSS JOIN LATERAL jsonb_array_elements(
        coalesce(p.parameter -> 'choices', p.parameter -> 'bands'))
        WITH ORDINALITY e (entry, ordinal);
    IF EXISTS (SELECT FROM jsonb_array_elements(v_parameters) p
               WHERE NOT EXISTS (SELECT FROM report.score_pack_points b
                                 WHERE b.pack_id = NEW.id AND b.parameter = p ->> 'name')
                  OR (NOT p ? 'further' AND p ->> 'name' NOT IN (
                      'respiratory_rate_per_min', 'spo2_percent', 'on_oxygen',
                      'oxygen_flow_l_per_min', 'oxygen_device', 'inspired_oxygen_percent',
                      'systolic_bp_mmhg', 'diastolic_bp_mmhg', 'pulse_per_min',
                      'consciousness', 'temperature_celsius'))) THEN
        RAISE EXCEPTION 'A parameter of this score has no points, or nothing measures it.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER spread AFTER INSERT ON report.score_packs
    FOR EACH ROW EXECUTE FUNCTION report.spread_score_pack();

CREATE FUNCTION report.complete_score_pack_use() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    IF NEW.use = 'live' AND btrim(coalesce(NEW.signed_off_by, '')) = '' AND EXISTS (
        SELECT FROM report.score_packs p
        WHERE p.id = NEW.pack_id AND p.needs_sign_off <> '[]') THEN
        RAISE EXCEPTION 'This score may be used only when a clinician has signed it off.'
            USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.score_pack_uses
    FOR EACH ROW EXECUTE FUNCTION report.complete_score_pack_use();

-- The use a hospital makes of each pack: what it set last, else what is delivered.
CREATE FUNCTION report.packs_in_use(p_facility_id uuid)
RETURNS TABLE (pack_id uuid, use text)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 2
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT u.pack_id, u.use FROM (
        SELECT DISTINCT ON (s.pack_id) s.pack_id, s.use
        FROM report.score_pack_uses s
        WHERE s.facility_id IS NULL OR s.facility_id = p_facility_id
        ORDER BY s.pack_id, s.facility_id NULLS LAST, s.seq DESC) u
    WHERE u.use <> 'disabled';
END $$;

CREATE FUNCTION report.complete_pack_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same report.score_pack_decisions;
    v_problem text;
BEGIN
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM report.score_pack_decisions d
    WHERE d.id = NEW.id AND d.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(
        NEW.admission_id, 'observation.pack', 'score_pack_decisions');
    IF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        v_problem := 'The time of the decision lies in the future. Check it.';
    ELSIF NEW.pack IS NOT NULL AND NOT EXISTS (
        SELECT FROM report.packs_in_use(auth.facility_id()) u
        JOIN report.score_packs p ON p.id = u.pack_id
        WHERE u.use = 'live' AND p.name = NEW.pack) THEN
        v_problem := 'This score is not in use here.';
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON report.score_pack_decisions
    FOR EACH ROW EXECUTE FUNCTION report.complete_pack_decision();

-- Whose pregnancy it is follows from the stay it was recorded in.
CREATE FUNCTION patient.complete_pregnancy() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_same patient.pregnancies;
    v_problem text;
BEGIN
    SELECT a.patient_id INTO NEW.patient_id FROM admission.admissions a
    WHERE a.id = NEW.admission_id;
    IF v_user_id IS NULL THEN
        RETURN NEW;  -- a bulk load; row security lets nobody else come here without a session
    END IF;
    SELECT * INTO v_same FROM patient.pregnancies r
    WHERE r.id = NEW.id AND r.recorded_by = v_user_id;
    IF v_same.id IS NOT NULL THEN
        RETURN v_same;  -- sent once more: it is there
    END IF;
    NEW.recorded_by := v_user_id;
    NEW.recorded_at := clock_timestamp();
    PERFORM report.require_reach(NEW.admission_id, 'patient.pregnancy', 'pregnancies');
    IF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        v_problem := 'The time lies in the future. Check it.';
    -- a day ahead, for somewhere it is tomorrow already
    ELSIF NEW.ended_on > (clock_timestamp() AT TIME ZONE 'UTC')::date + 1 THEN
        v_problem := 'The end of the pregnancy lies in the future. Check the date.';
    ELSIF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM patient.pregnancies r
        WHERE r.id = NEW.supersedes_id AND r.patient_id = NEW.patient_id) THEN
        v_problem := 'The record to be corrected is not of this patient.';
    END IF;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION '%', v_problem USING ERRCODE = 'WA001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complete BEFORE INSERT ON patient.pregnancies
    FOR EACH ROW EXECUTE FUNCTION patient.complete_pregnancy();
CREATE TRIGGER announce AFTER INSERT ON patient.pregnancies
    FOR EACH ROW EXECUTE FUNCTION patient.announce_statement();

CREATE FUNCTION report.announce_pack_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', b.ward_id || ':observations') FROM admission.bed_stays b
    WHERE b.admission_id = NEW.admission_id AND upper_inf(b.during) AND b.voided_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON report.score_pack_decisions
    FOR EACH ROW EXECUTE FUNCTION report.announce_pack_decision();

CREATE TYPE report.scoring_basis AS (
    admission_id uuid, born_on date, sex text, pregnancy_id uuid, pregnancy text, ended_on date,
    pregnancy_at timestamptz, pregnancy_by text, decision_id uuid, pack text, decided_by text,
    reason text, decided_at timestamptz, decision_by text, live text[], trial text[]);

-- What decides how each stay is scored, looked up from the admission: row security would gather
-- every patient of the caller first, for each set that is recorded. Only of stays that are
-- committed, as whatever opens something to reading.
CREATE FUNCTION report.scoring_bases(p_admission_ids uuid[]) RETURNS SETOF report.scoring_basis
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_user_id uuid;
    v_facility_id uuid;
    v_live text[];
    v_trial text[];
    v_admission_id uuid;
BEGIN
    SELECT l.user_id, l.facility_id INTO v_user_id, v_facility_id FROM auth.live_session l
    WHERE EXISTS (SELECT FROM public.user_roles ur
                  JOIN public.role_permissions rp ON rp.role_id = ur.role_id
                  JOIN public.permissions p ON p.id = rp.permission_id
                  WHERE ur.user_id = l.user_id AND p.name = 'patient.view');
    IF v_user_id IS NULL THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(p.hash ORDER BY p.name) FILTER (WHERE u.use = 'live'), '{}'),
        coalesce(array_agg(p.hash ORDER BY p.name) FILTER (WHERE u.use = 'trial'), '{}')
    INTO v_live, v_trial
    FROM report.packs_in_use(v_facility_id) u
    JOIN report.score_packs p ON p.id = u.pack_id;
    -- one a time: of a list the planner expects many and reads whole tables
    FOREACH v_admission_id IN ARRAY p_admission_ids LOOP
        RETURN QUERY
        SELECT a.id, p.born_on, p.sex, r.id, r.status, r.ended_on, r.occurred_at, ru.display_name,
            d.id, d.pack, d.decided_by, d.reason, d.occurred_at, du.display_name, v_live, v_trial
        FROM admission.admissions a
        JOIN patient.patients p ON p.id = a.patient_id
        LEFT JOIN LATERAL (SELECT * FROM patient.pregnancies o WHERE o.patient_id = a.patient_id
                           ORDER BY o.seq DESC LIMIT 1) r ON true
        LEFT JOIN public.users ru ON ru.id = r.recorded_by
        LEFT JOIN LATERAL (SELECT * FROM report.score_pack_decisions o WHERE o.admission_id = a.id
                           ORDER BY o.seq DESC LIMIT 1) d ON true
        LEFT JOIN public.users du ON du.id = d.recorded_by
        WHERE a.id = v_admission_id AND EXISTS (
            SELECT FROM admission.bed_stays b
            JOIN public.user_wards uw ON uw.ward_id = b.ward_id AND uw.user_id = v_user_id
            WHERE b.admission_id = a.id AND b.voided_at IS NULL
              AND b.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
              AND (upper_inf(b.during)
                   OR (upper(b.during) > statement_timestamp() - interval '24 hours'
                       AND upper(b.during) = a.discharged_at)));
    END LOOP;
END $$;
