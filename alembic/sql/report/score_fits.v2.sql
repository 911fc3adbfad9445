-- The database scores every set itself and refuses what a client says otherwise: a score or risk
-- that is too low would keep help from being called. A set that comes back by a group
-- reinstatement comes back as it was; bulk loads, which have no session, are looked at afterwards
-- (wardctl packs recompute).

-- total null = incomplete; missing: parameters without points, in the order of the chart.
CREATE TYPE report.score AS (
    total smallint, at_least smallint, points jsonb, missing jsonb, risk text,
    interval_minutes smallint);

-- Completed months of age on a day, never below 0; null = unknown.
CREATE FUNCTION report.age_months(p_born_on date, p_day date) RETURNS integer
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE WHEN p_born_on IS NOT NULL THEN greatest(0,
        (extract(year FROM p_day) - extract(year FROM p_born_on))::integer * 12
        + (extract(month FROM p_day) - extract(month FROM p_born_on))::integer
        - CASE WHEN extract(day FROM p_day) < extract(day FROM p_born_on) THEN 1 ELSE 0 END)
        END;
END $$;

-- The score of a set by a registered pack, of somebody of that age (months, null = unknown).
-- The first band of a parameter that holds the value counts. A further sign never takes the place
-- of a measured one; one that is no number where a number is asked for counts as not measured.
CREATE FUNCTION report.score_set(p_set report.vital_signs, p_pack_id uuid, p_months integer)
RETURNS report.score
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_score report.score;
    v_highest smallint;
    v_known text[];
    v_parameters text[];
    v_incomplete_minutes smallint;
BEGIN
    SELECT coalesce(sum(f.points), 0), coalesce(max(f.points), 0),
        coalesce(jsonb_object_agg(f.parameter, f.points), '{}'), array_agg(f.parameter)
    INTO v_score.at_least, v_highest, v_score.points, v_known
    FROM (
        SELECT DISTINCT ON (b.place) b.parameter, b.points
        FROM (
            VALUES
                ('respiratory_rate_per_min', p_set.respiratory_rate_per_min::numeric,
                 NULL::jsonb, false),
                ('spo2_percent', p_set.spo2_percent, NULL, false),
                ('on_oxygen', NULL, to_jsonb(p_set.on_oxygen), false),
                ('oxygen_flow_l_per_min', p_set.oxygen_flow_l_per_min, NULL, false),
                ('oxygen_device', NULL, to_jsonb(p_set.oxygen_device), false),
                ('inspired_oxygen_percent', p_set.inspired_oxygen_percent, NULL, false),
                ('systolic_bp_mmhg', p_set.systolic_bp_mmhg, NULL, false),
                ('diastolic_bp_mmhg', p_set.diastolic_bp_mmhg, NULL, false),
                ('pulse_per_min', p_set.pulse_per_min, NULL, false),
                ('consciousness', NULL, to_jsonb(p_set.consciousness), false),
                ('temperature_celsius', p_set.temperature_celsius, NULL, false)
            UNION ALL
            SELECT s.key, CASE WHEN s.value ->> 'number' ~ '^-?[0-9]{1,9}([.][0-9]{1,9})?$'
                               THEN (s.value ->> 'number')::numeric END, s.value, true
            FROM jsonb_each(p_set.further_signs) s
        ) m (parameter, number, choice, is_further)
        JOIN report.score_pack_points b
            ON b.parameter = m.parameter AND b.is_further = m.is_further
        WHERE b.pack_id = p_pack_id
          AND CASE WHEN b.choice IS NOT NULL THEN b.choice = m.choice
                   ELSE m.number IS NOT NULL
                        AND (b.lowest IS NULL OR b.lowest <= round(m.number, b.decimals))
                        AND (b.highest IS NULL OR round(m.number, b.decimals) <= b.highest)
                        AND (b.spo2_scale IS NULL OR b.spo2_scale = p_set.spo2_scale)
                        AND (b.on_oxygen IS NULL OR b.on_oxygen = p_set.on_oxygen)
                        AND (b.from_months IS NULL OR b.from_months <= p_months)
                        AND (b.below_months IS NULL OR p_months < b.below_months) END
        ORDER BY b.place, b.ordinal) f;
    SELECT r.risk, r.interval_minutes, p.incomplete_interval_minutes, p.parameters
    INTO v_score.risk, v_score.interval_minutes, v_incomplete_minutes, v_parameters
    FROM report.score_packs p
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(p.responses) AS (
        risk text, lowest_total integer, single_points integer, interval_minutes smallint))
        WITH ORDINALITY r
    WHERE p.id = p_pack_id
      AND CASE WHEN r.lowest_total IS NOT NULL THEN v_score.at_least >= r.lowest_total
               ELSE v_highest >= r.single_points END
    ORDER BY r.ordinality DESC LIMIT 1;
    IF cardinality(v_parameters) = coalesce(cardinality(v_known), 0) THEN
        v_score.total := v_score.at_least;
        v_score.missing := '[]';
    ELSE
        v_score.interval_minutes := least(v_score.interval_minutes, v_incomplete_minutes);
        v_score.missing := to_jsonb(ARRAY(
            SELECT u.name FROM unnest(v_parameters) WITH ORDINALITY u (name, place)
            WHERE u.name <> ALL (coalesce(v_known, '{}')) ORDER BY u.place));
    END IF;
    RETURN v_score;
END $$;

-- What scores a stay's sets of a day at this use: live, the one pack that is chosen (a decision
-- goes first, but not against a known age); on trial, every pack made for such a patient. Up to
-- 42 days after its end a pregnancy counts (CEMACH); without a record there is none. In one
-- statement, so the use of each pack is looked up as in report.packs_in_use.
CREATE FUNCTION report.packs_for(
    p_admission_id uuid, p_patient_id uuid, p_day date, p_use text)
RETURNS TABLE (pack_id uuid, name text, version text, hash text, months integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 1
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT k.id, k.name, k.version, k.hash, s.months
    FROM (
        SELECT p.facility_id, report.age_months(p.born_on, p_day) AS months,
            coalesce((SELECT o.status = 'pregnant' OR p_day <= o.ended_on + 42
                      FROM patient.pregnancies o WHERE o.patient_id = p_patient_id
                      ORDER BY o.seq DESC LIMIT 1), false) AS pregnant,
            (SELECT o.pack FROM report.score_pack_decisions o
             WHERE o.admission_id = p_admission_id AND p_use = 'live'
             ORDER BY o.seq DESC LIMIT 1) AS decided
        FROM patient.patients p WHERE p.id = p_patient_id
        OFFSET 0) s  -- not flattened: each is computed once
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (o.pack_id) o.pack_id, o.use
        FROM report.score_pack_uses o
        WHERE o.facility_id IS NULL OR o.facility_id = s.facility_id
        ORDER BY o.pack_id, o.facility_id NULLS LAST, o.seq DESC) u
    JOIN report.score_packs k ON k.id = u.pack_id
    WHERE u.use = p_use
      AND coalesce(k.from_months <= s.months, true)
      AND coalesce(s.months < k.below_months, true)
      AND CASE WHEN s.decided IS NOT NULL
               THEN k.name = s.decided AND (s.months IS NOT NULL OR NOT k.by_age)
               ELSE s.months IS NOT NULL
                    AND s.pregnant = (k.pregnancy = 'pregnant_or_recent') END
    ORDER BY k.name
    LIMIT CASE p_use WHEN 'live' THEN 1 END;
END $$;

-- The sentence for a set whose score is not the database's.
CREATE FUNCTION report.score_problem(
    p_set report.vital_signs, p_hash text, p_months integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN CASE
        WHEN p_set.score_pack IS NOT NULL AND NOT EXISTS (
            SELECT FROM patient.patients p
            CROSS JOIN LATERAL report.packs_in_use(p.facility_id) u
            JOIN report.score_packs k ON k.id = u.pack_id
            WHERE p.id = p_set.patient_id AND u.use = 'live' AND k.name = p_set.score_pack)
            THEN 'This score is not in use here.'
        WHEN p_set.score_pack = 'news2' AND p_months < 192
            THEN 'NEWS2 is for 16 years and over: this set must be kept without a score.'
        WHEN p_hash IS DISTINCT FROM p_set.score_hash
            THEN 'Another score applies to this patient now (age, pregnancy or a decision), or'
                 ' it was changed. Open the chart again, then save again.'
        ELSE 'The score does not agree with what was measured, so nothing was saved. IT must'
             ' update the program on this workstation.' END;
END $$;

-- After `complete`, which finds the patient; said to who may know alone, strangers hear from the
-- policy. Continuous monitoring is charted again after half an hour, a set without a score after
-- four hours, as the program has it.
CREATE OR REPLACE FUNCTION report.check_score_fits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_pack record;
    v_score report.score;
BEGIN
    IF NEW.strike_out_id IS NOT NULL OR NEW.status <> 'final' OR auth.uid() IS NULL
       OR NOT isfinite(NEW.occurred_at) THEN  -- which the table refuses
        RETURN NEW;
    END IF;
    SELECT * INTO v_pack FROM report.packs_for(
        NEW.admission_id, NEW.patient_id, (NEW.occurred_at AT TIME ZONE 'UTC')::date, 'live');
    IF v_pack.pack_id IS NOT NULL THEN
        v_score := report.score_set(NEW, v_pack.pack_id, v_pack.months);
    END IF;
    IF (NEW.score_pack, NEW.score_version, NEW.score_hash, NEW.score_total, NEW.score_at_least,
        NEW.score_points, NEW.score_missing, NEW.risk, NEW.interval_minutes)
       IS NOT DISTINCT FROM
       (v_pack.name, v_pack.version, v_pack.hash, v_score.total, v_score.at_least,
        v_score.points, v_score.missing, v_score.risk, v_score.interval_minutes)
       AND coalesce(NEW.next_due_at <= NEW.occurred_at + make_interval(mins =>
           coalesce(nullif(v_score.interval_minutes, 0),
                    CASE v_score.interval_minutes WHEN 0 THEN 30 ELSE 240 END)),
           v_pack.pack_id IS NULL)
       OR NOT auth.reaches_admission(NEW.admission_id, 'observation.record') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%', report.score_problem(NEW, v_pack.hash, report.age_months(
        (SELECT p.born_on FROM patient.patients p WHERE p.id = NEW.patient_id),
        (NEW.occurred_at AT TIME ZONE 'UTC')::date)) USING ERRCODE = 'WA001';
END $$;

-- What packs on trial would have said, of every set, also of those that are loaded in bulk.
CREATE FUNCTION report.note_trial_scores() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.status = 'final' AND isfinite(NEW.occurred_at)
       AND EXISTS (SELECT FROM report.score_pack_uses u WHERE u.use = 'trial') THEN
        INSERT INTO report.trial_scores (vital_sign_id, pack_id, total, at_least, points, missing,
            risk, interval_minutes)
        SELECT NEW.id, t.pack_id, s.total, s.at_least, s.points, s.missing, s.risk,
            s.interval_minutes
        FROM report.packs_for(NEW.admission_id, NEW.patient_id,
            (NEW.occurred_at AT TIME ZONE 'UTC')::date, 'trial') t
        CROSS JOIN LATERAL report.score_set(NEW, t.pack_id, t.months) s;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_trial_scores AFTER INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.note_trial_scores();
