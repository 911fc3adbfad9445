-- Tasks belong to a bed and a shift. A patient's task is where she lies now, whoever works there
-- and whichever ward opened it; its shift is the one its time falls into, by the ward's own shifts.

-- The ward a task is on now: the patient's, or the one it was opened on once she left. Null: there
-- is no such task.
CREATE FUNCTION rounding.ward_of_task(p_task_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (SELECT coalesce(b.ward_id, t.ward_id) FROM rounding.tasks t
            LEFT JOIN admission.bed_stays b ON b.admission_id = t.admission_id
                AND upper_inf(b.during) AND b.voided_at IS NULL
            WHERE t.id = p_task_id);
END $$;

CREATE TYPE rounding.task_of_bed AS (
    id uuid, ward_id uuid, room_name text, bed_label text, bed_position integer,
    admission_id uuid, patient_id uuid, family_name text, given_name text, title text,
    due_at timestamptz, put_off boolean, opened_at timestamptz, opened_by text, asked_by text,
    opened_for text, shift_name text, shift_on date, held_by text);

-- Open tasks of one ward: where each is now, the bed it was opened for, the shift its time falls
-- into (of two that overlap the one that began last) and who holds the bed now. Not for clients.
CREATE FUNCTION rounding.tasks_of_ward(p_ward_id uuid) RETURNS SETOF rounding.task_of_bed
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    WITH here AS (
        SELECT t.*, b.bed_id AS now_bed_id
        FROM admission.bed_stays b JOIN rounding.tasks t ON t.admission_id = b.admission_id
        WHERE b.ward_id = p_ward_id AND upper_inf(b.during) AND b.voided_at IS NULL
        UNION ALL
        SELECT t.*, t.bed_id
        FROM rounding.tasks t
        WHERE t.ward_id = p_ward_id
          AND NOT EXISTS (SELECT FROM admission.bed_stays b WHERE b.admission_id = t.admission_id
                          AND upper_inf(b.during) AND b.voided_at IS NULL)
    ), open AS MATERIALIZED (
        SELECT h.*, coalesce(later.deferred_until, h.due_at) AS now_due_at,
            later.deferred_until IS NOT NULL AS put_off
        FROM here h
        LEFT JOIN LATERAL (SELECT e.deferred_until FROM rounding.task_events e
            WHERE e.task_id = h.id AND e.kind = 'deferred' ORDER BY e.seq DESC LIMIT 1) later
            ON true
        WHERE NOT EXISTS (SELECT FROM rounding.task_events e
                          WHERE e.task_id = h.id AND e.kind IN ('done', 'cancelled'))
    ), run AS MATERIALIZED (  -- the shifts of each day something is due on, read once
        SELECT d.day, r.name, r.shift_on, r.from_at, r.until_at
        FROM (SELECT DISTINCT date_trunc('day', o.now_due_at, 'UTC') AS day FROM open o) d
        CROSS JOIN LATERAL public.shift_runs(p_ward_id, d.day, d.day + interval '24 hours') r
    )
    SELECT o.id, p_ward_id, r.name, d.label, d.position, o.admission_id, o.patient_id,
        p.family_name, p.given_name, o.title, o.now_due_at, o.put_off, o.recorded_at,
        coalesce(u.display_name, 'imported'), tt.content ->> 'title', was.label,
        shift.name, shift.shift_on, holder.display_name
    FROM open o
    LEFT JOIN room.beds d ON d.id = o.now_bed_id
    LEFT JOIN room.rooms r ON r.id = d.room_id
    LEFT JOIN room.beds was ON was.id = o.bed_id
    LEFT JOIN patient.patients p ON p.id = o.patient_id
    LEFT JOIN public.users u ON u.id = o.recorded_by
    LEFT JOIN rounding.round_records rr ON rr.id = o.record_id
    LEFT JOIN rounding.templates tt ON tt.id = rr.template_id
    LEFT JOIN LATERAL (
        SELECT run.name, run.shift_on FROM run
        WHERE run.day = date_trunc('day', o.now_due_at, 'UTC')
          AND run.from_at <= o.now_due_at AND run.until_at > o.now_due_at
        ORDER BY run.from_at DESC, run.name LIMIT 1) shift ON true
    LEFT JOIN LATERAL (
        SELECT h.user_id FROM public.bed_responsibilities h
        WHERE h.bed_id = o.now_bed_id ORDER BY h.seq DESC LIMIT 1) held ON true
    LEFT JOIN public.users holder ON holder.id = held.user_id;
END $$;

-- The same for a client, of the wards it works on.
CREATE FUNCTION rounding.tasks_of_beds(p_ward_ids uuid[]) RETURNS SETOF rounding.task_of_bed
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT t.* FROM (SELECT DISTINCT w FROM unnest(p_ward_ids) w
                     WHERE w = ANY (auth.ward_ids('patient.view'))) mine (id)
    CROSS JOIN LATERAL rounding.tasks_of_ward(mine.id) t;
END $$;

-- As it was read before, for programs that are not updated yet; from the same source.
CREATE OR REPLACE FUNCTION rounding.open_tasks(p_ward_ids uuid[])
RETURNS SETOF rounding.open_task
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT t.id, t.ward_id, t.room_name, t.bed_label, t.bed_position, t.admission_id,
        t.patient_id, t.family_name, t.given_name, t.title, t.due_at, t.put_off, t.opened_at,
        t.opened_by, t.asked_by
    FROM rounding.tasks_of_beds(p_ward_ids) t;
END $$;

-- Who may say what became of a task: whoever works where it is now; the ward that opened it no
-- longer once its patient lies on another.
CREATE OR REPLACE FUNCTION rounding.complete_task_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_ward_id uuid;
BEGIN
    IF auth.uid() IS NULL THEN
        RETURN NEW;  -- a bulk load
    END IF;
    NEW.recorded_by := auth.uid();
    NEW.recorded_at := clock_timestamp();
    v_ward_id := rounding.ward_of_task(NEW.task_id);
    IF NOT coalesce(v_ward_id = ANY (auth.ward_ids('round.record')), false) THEN
        RAISE EXCEPTION 'new row violates row-level security policy for table "task_events"'
            USING ERRCODE = 'insufficient_privilege';
    ELSIF NEW.occurred_at > clock_timestamp() + interval '5 minutes' THEN
        RAISE EXCEPTION 'The time lies in the future. Check it.' USING ERRCODE = 'WA001';
    ELSIF NEW.kind = 'deferred' AND (NEW.deferred_until > NEW.occurred_at
        AND NEW.deferred_until <= NEW.occurred_at + interval '24 hours') IS NOT TRUE THEN
        RAISE EXCEPTION 'A task can be put off by up to 24 hours.' USING ERRCODE = 'WA001';
    END IF;
    PERFORM pg_notify('ward', v_ward_id || ':rounds');
    RETURN NEW;
END $$;

-- A task is read where it was opened and where its patient is.
ALTER POLICY own_wards ON rounding.tasks
    USING (ward_id IN (SELECT unnest(auth.ward_ids('patient.view')))
        OR admission_id IN (SELECT unnest(auth.admission_ids())));
ALTER POLICY answering ON rounding.task_events
    WITH CHECK (recorded_by = (SELECT auth.uid())
        AND task_id IN (SELECT t.id FROM rounding.tasks t
                        WHERE t.ward_id IN (SELECT unnest(auth.ward_ids('round.record')))
                           OR t.admission_id IN (
                               SELECT unnest(auth.admission_ids('round.record')))));
