-- The bed board of this version of the program: as report.bed_board, which older workstations go
-- on reading, with the pack of the score, why the next set is due, and the open escalation.
-- What a passer-by may read of an escalation is its level and its clock.

CREATE TYPE report.board_row AS (
    ward_id uuid, ward_name text, room_id uuid, room_name text, room_kind text, bed_id uuid,
    bed_label text, occupied boolean, readiness text, readiness_since timestamptz,
    availability text, availability_reason text, availability_until timestamptz,
    patient_id uuid, admission_id uuid, mrn text, family_name text, given_name text, title text,
    sex text, born_on date, specialty text, consultant text, admission_reason text,
    admitted_at timestamptz, arrived_at timestamptz, expected_discharge_on date,
    allergy_status text, allergies text[], flags text[], news2_total smallint,
    news2_at_least smallint, news2_risk text, news2_previous_total smallint,
    observed_at timestamptz, next_due_at timestamptz, spo2_scale smallint, alike_name boolean,
    score_pack text, due_reason text, escalation_id uuid, escalation_level text,
    escalation_opened_at timestamptz, escalation_state text, escalation_respond_by timestamptz,
    escalation_role text);

-- The beds of these wards in ward, room and bed order, each ward's patients without a bed last.
CREATE FUNCTION report.ward_board(p_ward_ids uuid[]) RETURNS SETOF report.board_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_facility_id uuid := auth.facility_id();
    v_wards uuid[] := auth.ward_ids();
    v_named boolean := auth.may('patient.view');
    v_ward record;
BEGIN
    PERFORM auth.require('board.view');
    FOR v_ward IN
        SELECT w.id, w.name, w.wall_privacy FROM room.wards w
        WHERE w.id = ANY (p_ward_ids) AND w.facility_id = v_facility_id
        ORDER BY w.name, w.id
    LOOP
        IF v_named THEN
            RETURN QUERY SELECT * FROM report.rows_of_ward(
                v_ward.id, v_ward.name, v_ward.id = ANY (v_wards));
        ELSE
            RETURN QUERY SELECT * FROM report.rows_for_wall(
                v_ward.id, v_ward.name, v_ward.id = ANY (v_wards), v_ward.wall_privacy);
        END IF;
    END LOOP;
END $$;

-- Not for clients: the same without what a passer-by must not read.
CREATE FUNCTION report.rows_for_wall(
    p_ward_id uuid, p_ward_name text, p_in_reach boolean, p_privacy text)
RETURNS SETOF report.board_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_bed report.board_row;
    v_letters integer;
BEGIN
    FOR v_bed IN SELECT * FROM report.rows_of_ward(p_ward_id, p_ward_name, p_in_reach) LOOP
        IF v_bed.admission_id IS NOT NULL THEN
            v_letters := CASE WHEN p_privacy = 'initials'
                AND NOT coalesce('privacy' = ANY (v_bed.flags), false) THEN 1 ELSE 0 END;
            v_bed.family_name := left(v_bed.family_name, v_letters);
            v_bed.given_name := left(v_bed.given_name, v_letters);
            v_bed.mrn := '';
            v_bed.title := NULL;
            v_bed.sex := 'unknown';
            v_bed.born_on := NULL;
            v_bed.specialty := NULL;
            v_bed.consultant := NULL;
            v_bed.admission_reason := NULL;
            v_bed.allergy_status := 'not_recorded';
            v_bed.allergies := NULL;
            v_bed.flags := NULL;
        END IF;
        RETURN NEXT v_bed;
    END LOOP;
END $$;

-- Not for clients: the caller says whether the ward is in reach.
CREATE FUNCTION report.rows_of_ward(p_ward_id uuid, p_ward_name text, p_in_reach boolean)
RETURNS SETOF report.board_row
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    WITH stay AS (
        SELECT s.id, s.bed_id, s.ward_arrived_at, lower(s.during) AS since,
            CASE WHEN p_in_reach THEN s.admission_id END AS admission_id,
            CASE WHEN p_in_reach THEN s.patient_id END AS patient_id
        FROM admission.bed_stays s
        WHERE s.ward_id = p_ward_id AND upper_inf(s.during) AND s.voided_at IS NULL
          AND s.xact IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
    ), place AS (
        SELECT r.id AS room_id, r.name AS room_name, r.kind AS room_kind, d.id AS bed_id,
            d.label, r.position AS room_position, d.position AS bed_position, stay.id AS stay_id,
            stay.admission_id, stay.patient_id, stay.ward_arrived_at, stay.since
        FROM room.beds d
        JOIN room.rooms r ON r.id = d.room_id
        LEFT JOIN stay ON stay.bed_id = d.id
        WHERE d.ward_id = p_ward_id AND d.is_active
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, stay.id, stay.admission_id,
            stay.patient_id, stay.ward_arrived_at, stay.since
        FROM stay WHERE stay.bed_id IS NULL AND p_in_reach
    )
    SELECT p_ward_id, p_ward_name, place.room_id, place.room_name, place.room_kind, place.bed_id,
        place.label, place.stay_id IS NOT NULL,
        CASE WHEN place.bed_id IS NOT NULL THEN coalesce(ready.state, 'clean') END, ready.since,
        CASE WHEN place.bed_id IS NOT NULL THEN coalesce(open.state, 'open') END,
        open.reason, open.expected_end_at,
        p.id, a.id, p.mrn, p.family_name, p.given_name, p.title, p.sex, p.born_on,
        a.specialty, a.consultant, a.reason, a.admitted_at,
        CASE WHEN p_in_reach THEN place.ward_arrived_at END, expected.expected_on,
        CASE WHEN p.id IS NULL THEN NULL WHEN allergy.substances IS NOT NULL THEN 'present'
             WHEN allergy.none_known THEN 'none_known' ELSE 'not_recorded' END,
        allergy.substances, flag.pairs,
        news.score_total, news.score_at_least, news.risk, news.previous_total,
        news.observed_at, news.next_due_at, news.spo2_scale, false,
        news.score_pack, news.due_reason, called.id, called.level, called.opened_at,
        called.state, called.respond_by, called.role
    FROM place
    LEFT JOIN LATERAL (SELECT b.readiness AS state, b.occurred_at AS since
        FROM room.bed_readiness b
        WHERE b.bed_id = place.bed_id ORDER BY b.seq DESC LIMIT 1) ready ON true
    LEFT JOIN LATERAL (SELECT b.availability AS state, b.block_reason AS reason,
            b.expected_end_at
        FROM room.bed_availability b
        WHERE b.bed_id = place.bed_id ORDER BY b.seq DESC LIMIT 1) open ON true
    LEFT JOIN admission.admissions a ON a.id = place.admission_id
    LEFT JOIN patient.patients p ON p.id = place.patient_id
    LEFT JOIN LATERAL (SELECT e.expected_on FROM admission.expected_discharges e
        WHERE e.admission_id = a.id ORDER BY e.seq DESC LIMIT 1) expected ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(g.substance ORDER BY g.seq)
                FILTER (WHERE g.status = 'active') AS substances,
            bool_or(g.status = 'none_known') AS none_known
        FROM patient.allergies g WHERE g.patient_id = p.id
          AND NOT EXISTS (SELECT FROM patient.allergies c WHERE c.supersedes_id = g.id)
    ) allergy ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(ARRAY[latest.kind, latest.detail] ORDER BY latest.kind) AS pairs
        FROM (SELECT DISTINCT ON (f.kind) f.kind, f.detail, f.active
              FROM patient.patient_flags f
              WHERE f.patient_id = p.id ORDER BY f.kind, f.seq DESC) latest
        WHERE latest.active) flag ON true
    LEFT JOIN report.latest_scores(p_ward_id) news ON news.admission_id = a.id
    LEFT JOIN report.escalations_of_ward(CASE WHEN p_in_reach THEN p_ward_id END) called
        ON called.admission_id = a.id
    ORDER BY place.bed_id IS NULL, place.room_position, place.bed_position, place.since;
END $$;
