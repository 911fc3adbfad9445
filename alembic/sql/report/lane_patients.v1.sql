-- Who is on wards and when her sets are due: the next one, as the board says, and those that are
-- expected to follow until p_until if each is taken in time (or now, where it is overdue).

-- Not for clients: the caller has checked that the stay is in reach.
CREATE FUNCTION report.expected_sets(
    p_admission_id uuid, p_due_at timestamptz, p_until timestamptz) RETURNS timestamptz[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_until timestamptz := least(p_until, v_now + interval '24 hours');
    v_seconds double precision;
    v_plan report.schedule_event;
    v_at timestamptz := p_due_at;
    v_all timestamptz[] := '{}';
BEGIN
    IF v_at IS NULL OR v_at >= v_until THEN
        RETURN v_all;
    END IF;
    v_seconds := report.asked_seconds(p_admission_id);
    v_plan := report.plan_at(p_admission_id, v_now);
    WHILE v_at < v_until LOOP
        v_all := v_all || v_at;
        SELECT f.due_at INTO v_at
        FROM report.following_due(greatest(v_at, v_now), v_seconds, v_plan) f;
    END LOOP;
    RETURN v_all;
END $$;

CREATE FUNCTION report.lane_patients(p_ward_ids uuid[], p_until timestamptz) RETURNS TABLE (
    ward_id uuid, ward_name text, bed_id uuid, room_name text, bed_label text,
    bed_position integer, admission_id uuid, patient_id uuid, family_name text, given_name text,
    title text, risk text, score_pack text, score_total smallint, score_at_least smallint,
    due_reason text, set_at timestamptz[])
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT d.ward_id, d.ward_name, b.bed_id, d.room_name, d.bed_label, d.bed_position,
        d.admission_id, d.patient_id, d.family_name, d.given_name, d.title, d.risk, d.score_pack,
        d.score_total, d.score_at_least, d.due_reason,
        report.expected_sets(d.admission_id, d.due_at, p_until)
    FROM report.due_list(p_ward_ids) d
    JOIN admission.bed_stays b ON b.admission_id = d.admission_id AND upper_inf(b.during)
        AND b.voided_at IS NULL;
END $$;
