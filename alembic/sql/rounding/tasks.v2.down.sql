-- Tasks as they were before the migration of this file's name.

ALTER POLICY own_wards ON rounding.tasks
    USING (ward_id IN (SELECT unnest(auth.ward_ids('patient.view'))));
ALTER POLICY answering ON rounding.task_events
    WITH CHECK (recorded_by = (SELECT auth.uid())
        AND task_id IN (SELECT t.id FROM rounding.tasks t
                        WHERE t.ward_id IN (SELECT unnest(auth.ward_ids('round.record')))));

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
    SELECT t.ward_id INTO v_ward_id FROM rounding.tasks t WHERE t.id = NEW.task_id;
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

CREATE OR REPLACE FUNCTION rounding.open_tasks(p_ward_ids uuid[]) RETURNS SETOF rounding.open_task
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM auth.require('patient.view');
    RETURN QUERY
    SELECT t.id, t.ward_id, r.name, d.label, d.position, t.admission_id, t.patient_id,
        p.family_name, p.given_name, t.title, coalesce(later.deferred_until, t.due_at),
        later.deferred_until IS NOT NULL, t.recorded_at, coalesce(u.display_name, 'imported'),
        tt.content ->> 'title'
    FROM rounding.tasks t
    LEFT JOIN admission.bed_stays b ON b.admission_id = t.admission_id AND upper_inf(b.during)
        AND b.voided_at IS NULL AND b.ward_id = t.ward_id
    LEFT JOIN room.beds d ON d.id = coalesce(b.bed_id, t.bed_id)
    LEFT JOIN room.rooms r ON r.id = d.room_id
    LEFT JOIN patient.patients p ON p.id = t.patient_id
    LEFT JOIN public.users u ON u.id = t.recorded_by
    LEFT JOIN rounding.round_records rr ON rr.id = t.record_id
    LEFT JOIN rounding.templates tt ON tt.id = rr.template_id
    LEFT JOIN LATERAL (SELECT e.deferred_until FROM rounding.task_events e
        WHERE e.task_id = t.id AND e.kind = 'deferred' ORDER BY e.seq DESC LIMIT 1) later ON true
    WHERE t.ward_id = ANY (p_ward_ids) AND t.ward_id = ANY (auth.ward_ids('patient.view'))
      AND NOT EXISTS (SELECT FROM rounding.task_events e
                      WHERE e.task_id = t.id AND e.kind IN ('done', 'cancelled'));
END $$;

DROP FUNCTION rounding.tasks_of_beds(uuid[]);
DROP FUNCTION rounding.tasks_of_ward(uuid);
DROP TYPE rounding.task_of_bed;
DROP FUNCTION rounding.ward_of_task(uuid);
