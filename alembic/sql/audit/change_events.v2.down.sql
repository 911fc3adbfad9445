-- Without what IT decided about the building.
CREATE OR REPLACE VIEW audit.change_events AS
SELECT 'change'::text AS source, c.id, c.at, c.action, 'change'::text AS kind, true AS succeeded,
    c.user_id, c.session_id, c.database_role AS workstation, c.ward_id, c.patient_id,
    c.schema_name || '.' || c.table_name AS resource_type,
    c.row_id AS resource_id,
    -- names of columns, never what stands in them; of accounts what was done, and why
    CASE WHEN c.table_name = 'account_events' THEN
        (SELECT concat_ws(' ', replace(c.after ->> 'action', '_', ' '), c.after ->> 'detail',
                          'of', u.display_name) || ': ' || (c.after ->> 'reason')
         FROM public.users u WHERE u.id = (c.after ->> 'user_id')::uuid)
    -- what the guard saw done to a table (wardctl audit guard)
    WHEN c.after ? 'ddl' THEN c.after ->> 'ddl'
    WHEN c.action = 'UPDATE' THEN
        (SELECT string_agg(a.key, ', ' ORDER BY a.key) FROM jsonb_each(c.after) a
         WHERE a.value IS DISTINCT FROM c.before -> a.key)
    END AS detail
FROM audit.change_logs c;
