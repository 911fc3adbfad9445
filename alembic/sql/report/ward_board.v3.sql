-- The bed board of this version of the program: report.ward_board_v2, which older workstations go
-- on reading, with the round that is due first and how many are overdue. What a passer-by may read
-- of that are times and numbers, not which checklist a patient is given.
CREATE TYPE report.board_row_v3 AS (
    bed report.board_row_v2, round_due_at timestamptz, round_title text, rounds_overdue smallint);

-- The same dues as rounding.dues, for every patient of a board at once and without what a board
-- does not show: the latest record in force of a checklist says when it is due again.
CREATE FUNCTION report.ward_board_v3(p_ward_ids uuid[]) RETURNS SETOF report.board_row_v3
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 30
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_named boolean := auth.may('patient.view');
    v_most_wards CONSTANT integer := 8;  -- nobody goes round a whole hospital
BEGIN
    RETURN QUERY
    WITH in_force AS MATERIALIZED (
        SELECT t.name, t.content FROM rounding.templates_in_force(auth.facility_id()) t
        WHERE t.content ->> 'subject' = 'patient'
          AND cardinality(p_ward_ids) <= v_most_wards
    ), template AS MATERIALIZED (
        SELECT t.name, t.content ->> 'title' AS title, t.content -> 'off_wards' AS off_wards,
            (t.content #>> '{once,minutes}')::integer AS once_minutes,
            t.content #>> '{once,of}' AS once_of,
            ARRAY(SELECT v.id FROM rounding.templates v WHERE v.name = t.name) AS versions
        FROM in_force t
        WHERE t.content -> 'intervals' <> '[]' OR t.content #>> '{once,minutes}' IS NOT NULL
    ), rule AS MATERIALIZED (
        SELECT t.name, r.place, (r.rule ->> 'minutes')::integer AS minutes,
            r.rule ->> 'ward' AS ward, r.rule -> 'risk' AS risks,
            coalesce((r.rule ->> 'from')::time, '00:00') AS from_time,
            coalesce((r.rule ->> 'to')::time, '24:00') AS to_time
        FROM in_force t
        CROSS JOIN LATERAL jsonb_array_elements(t.content -> 'intervals')
            WITH ORDINALITY r (rule, place)
    ), bed AS MATERIALIZED (
        SELECT w AS row, row_number() OVER () AS number, ((w).bed).admission_id AS admission_id,
            ((w).bed).ward_id AS ward_id, ((w).bed).news2_risk AS risk,
            ((w).bed).arrived_at AS arrived_at, ((w).bed).admitted_at AS admitted_at,
            ((w).bed).due_reason IS NOT DISTINCT FROM 'paused' AS is_paused
        FROM report.ward_board_v2(p_ward_ids) w
    ), due AS (
        SELECT b.admission_id, t.title,
            CASE WHEN last.outcome = 'deferred' THEN last.deferred_until
                 WHEN t.once_minutes IS NOT NULL THEN CASE WHEN last.outcome IS NULL
                    THEN CASE t.once_of WHEN 'arrival' THEN b.arrived_at ELSE b.admitted_at END
                        + make_interval(mins => t.once_minutes) END
                 ELSE base.at + make_interval(mins => every.minutes) END AS due_at
        FROM bed b
        JOIN room.wards w ON w.id = b.ward_id
        CROSS JOIN template t
        LEFT JOIN LATERAL (
            SELECT o.occurred_at, o.outcome, o.deferred_until
            FROM unnest(t.versions) version (id)
            CROSS JOIN LATERAL (
                SELECT r.id, r.occurred_at, r.outcome, r.deferred_until
                FROM rounding.round_records r
                WHERE r.admission_id = b.admission_id AND r.template_id = version.id
                  AND r.status = 'final'
                  AND NOT EXISTS (SELECT FROM rounding.round_records c WHERE c.supersedes_id = r.id)
                ORDER BY r.occurred_at DESC, r.id DESC LIMIT 1) o
            ORDER BY o.occurred_at DESC, o.id DESC LIMIT 1) last ON true
        CROSS JOIN LATERAL (SELECT coalesce(last.occurred_at, b.arrived_at) AS at) base
        CROSS JOIN LATERAL (SELECT (base.at AT TIME ZONE w.time_zone)::time AS clock) local
        LEFT JOIN LATERAL (
            SELECT (min(ARRAY[r.place, r.minutes]))[2]::integer AS minutes FROM rule r
            WHERE r.name = t.name AND (r.ward IS NULL OR r.ward = w.code)
              AND (r.risks IS NULL OR r.risks ? b.risk)
              AND CASE WHEN r.from_time <= r.to_time
                       THEN local.clock >= r.from_time AND local.clock < r.to_time
                       ELSE local.clock >= r.from_time OR local.clock < r.to_time END) every
            ON last.outcome IS DISTINCT FROM 'deferred' AND t.once_minutes IS NULL
        WHERE b.admission_id IS NOT NULL AND NOT b.is_paused
          AND (t.off_wards IS NULL OR NOT t.off_wards ? w.code)
    ), round AS (
        SELECT d.admission_id, min(d.due_at) AS due_at,
            (array_agg(d.title ORDER BY d.due_at, d.title))[1] AS title,
            count(*) FILTER (WHERE d.due_at <= clock_timestamp() - interval '1 minute') AS overdue
        FROM due d WHERE d.due_at IS NOT NULL GROUP BY d.admission_id
    )
    SELECT b.row, r.due_at, CASE WHEN v_named THEN r.title END, r.overdue::smallint
    FROM bed b LEFT JOIN round r ON r.admission_id = b.admission_id
    ORDER BY b.number;
END $$;
