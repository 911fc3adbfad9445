-- The review of openings: by who leads the patient's ward and by who reviews for the house; never
-- by who opened the chart.

-- Wards whose openings the session reviews.
CREATE FUNCTION audit.reviewed_wards() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.may('access.review') AND auth.may('audit.read') THEN
        RETURN ARRAY(SELECT w.id FROM room.wards w WHERE w.facility_id = auth.facility_id());
    END IF;
    RETURN auth.ward_ids('access.review');
END $$;

-- What was done in an open chart, in words: prints, sets and notes recorded.
CREATE FUNCTION audit.done_while_open(p_opening audit.openings) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT d.words FROM (
            SELECT x.at, CASE x.kind WHEN 'report' THEN 'report: ' ELSE 'printed: ' END
                || x.reason AS words
            FROM audit.access_logs x
            WHERE x.session_id = p_opening.session_id AND x.patient_id = p_opening.patient_id
              AND x.kind IN ('print', 'report')
              AND x.at BETWEEN p_opening.at AND p_opening.valid_until
            UNION ALL
            SELECT v.recorded_at, 'recorded observations' FROM report.vital_signs v
            WHERE v.patient_id = p_opening.patient_id AND v.recorded_by = p_opening.user_id
              AND v.recorded_at BETWEEN p_opening.at AND p_opening.valid_until
            UNION ALL
            SELECT n.recorded_at, 'wrote a note' FROM report.nursing_notes n
            WHERE n.patient_id = p_opening.patient_id AND n.recorded_by = p_opening.user_id
              AND n.recorded_at BETWEEN p_opening.at AND p_opening.valid_until) d
        ORDER BY d.at LIMIT 20);
END $$;

-- Openings of the wards the session reviews: those of some days, and every one nobody decided.
CREATE FUNCTION auth.openings_to_review(p_days integer) RETURNS TABLE (
    id uuid, kind text, opened_at timestamptz, user_id uuid, user_name text, workstation text,
    patient_words text, ward_name text, reason text, valid_until timestamptz,
    closed_at timestamptz, charts integer, told text[], done text[], reviews jsonb,
    is_mine boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
BEGIN
    PERFORM auth.require('access.review');
    RETURN QUERY
    SELECT o.id, o.kind, o.at, o.user_id, u.display_name, o.workstation,
        upper(p.family_name) || ', ' || p.given_name, w.name, o.reason, o.valid_until,
        c.closed_at, o.charts,
        ARRAY(SELECT t.display_name FROM audit.opening_notices n
              JOIN public.users t ON t.id = n.user_id
              WHERE n.opening_id = o.id ORDER BY t.display_name),
        audit.done_while_open(o),
        coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'decision', r.decision,
                'words', r.words, 'by', b.display_name, 'at', r.recorded_at) ORDER BY r.recorded_at)
            FROM audit.opening_reviews r JOIN public.users b ON b.id = r.recorded_by
            WHERE r.opening_id = o.id), '[]'),
        o.user_id = v_user_id
    FROM audit.openings o
    JOIN room.wards w ON w.id = o.ward_id
    JOIN public.users u ON u.id = o.user_id
    LEFT JOIN patient.patients p ON p.id = o.patient_id
    LEFT JOIN audit.chart_closings c ON c.access_id = o.access_id
    WHERE o.ward_id = ANY (audit.reviewed_wards())
      AND (o.at > clock_timestamp() - make_interval(days => p_days) OR NOT EXISTS (
          SELECT FROM audit.opening_reviews d
          WHERE d.opening_id = o.id AND d.decision <> 'asked'))
    ORDER BY o.at DESC, o.id LIMIT 500;
END $$;

-- Say what became of an opening. p_after: the latest review that was seen, so that two who decide
-- at once do not overrule each other unseen. Asking sends the words to who opened the chart.
-- done | not_yours | own | changed
CREATE FUNCTION auth.review_opening(
    p_id uuid, p_opening_id uuid, p_decision text, p_words text, p_after uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_user_id uuid := auth.uid();
    v_opening audit.openings;
BEGIN
    PERFORM auth.require('access.review');
    SELECT * INTO v_opening FROM audit.openings o
    WHERE o.id = p_opening_id AND o.ward_id = ANY (audit.reviewed_wards());
    IF v_opening.id IS NULL THEN
        RETURN 'not_yours';
    ELSIF v_opening.user_id = v_user_id THEN
        RETURN 'own';
    ELSIF btrim(coalesce(p_words, '')) = '' THEN
        RAISE EXCEPTION 'Say in a few words why.' USING ERRCODE = 'WA001';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('opening ' || p_opening_id::text, 0));
    IF EXISTS (SELECT FROM audit.opening_reviews r WHERE r.id = p_id
               AND r.opening_id = p_opening_id AND r.recorded_by = v_user_id) THEN
        RETURN 'done';  -- sent once more
    ELSIF p_after IS DISTINCT FROM (SELECT r.id FROM audit.opening_reviews r
            WHERE r.opening_id = p_opening_id ORDER BY r.recorded_at DESC LIMIT 1) THEN
        RETURN 'changed';
    END IF;
    INSERT INTO audit.opening_reviews (id, opening_id, decision, words, recorded_by)
    VALUES (p_id, p_opening_id, p_decision, btrim(p_words), v_user_id);
    IF p_decision = 'asked' THEN
        INSERT INTO public.messages (id, about_ward_id, to_user_id, urgency, body)
        VALUES (p_id, v_opening.ward_id, v_opening.user_id, 'routine',
                'About a chart you opened with a reason: ' || btrim(p_words));
    END IF;
    PERFORM pg_notify('ward', v_opening.ward_id || ':openings');
    RETURN 'done';
END $$;
