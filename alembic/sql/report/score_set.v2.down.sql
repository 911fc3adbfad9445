-- As it was before: each value joined with the bands of its parameter.
CREATE OR REPLACE FUNCTION report.score_set(p_set report.vital_signs, p_pack_id uuid, p_months integer)
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
