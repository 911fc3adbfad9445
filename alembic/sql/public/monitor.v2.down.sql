-- Ask for the sizes of every table again, and for what is waited for without its table.
CREATE OR REPLACE FUNCTION public.monitor_indexes() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH one AS (
            SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisvalid,
                format('%I.%I', n.nspname, c.relname) AS name,
                format('%I.%I', n.nspname, t.relname) AS on_table,
                pg_relation_size(i.indexrelid) AS bytes,
                coalesce(pg_stat_get_numscans(i.indexrelid), 0) AS scans,
                EXISTS (SELECT FROM pg_constraint k
                        WHERE k.conrelid = i.indrelid AND k.contype = 'f'
                          AND k.conkey[1] = (i.indkey::int2[])[0]) AS serves_foreign_key,
                EXISTS (SELECT FROM pg_constraint k
                        WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
                    AS is_rule,
                (i.indrelid, i.indkey::text, i.indclass::text, i.indcollation::text,
                 i.indoption::text, coalesce(pg_get_expr(i.indexprs, i.indrelid), ''),
                 coalesce(pg_get_expr(i.indpred, i.indrelid), ''), c.relam) AS likeness
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
            JOIN pg_class t ON t.oid = i.indrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        )
        SELECT jsonb_build_object(
            'counted_since', (SELECT d.stats_reset FROM pg_stat_database d
                              WHERE d.datname = current_database()),
            'missing', coalesce((SELECT jsonb_agg(to_jsonb(m) ORDER BY m.rows_read DESC) FROM (
                SELECT format('%I.%I', s.schemaname, s.relname) AS name, s.n_live_tup AS rows,
                    s.seq_scan AS scans, s.seq_tup_read AS rows_read,
                    100.0 * s.seq_scan / nullif(s.seq_scan + coalesce(s.idx_scan, 0), 0)
                        AS scan_percent
                FROM pg_stat_user_tables s
                WHERE s.n_live_tup >= 10000 AND s.seq_scan > 50
                  AND s.seq_scan > coalesce(s.idx_scan, 0) / 20
                ORDER BY s.seq_tup_read DESC LIMIT 10) m), '[]'),
            'unused', coalesce((SELECT jsonb_agg(to_jsonb(u) ORDER BY u.bytes DESC, u.name) FROM (
                SELECT o.name, o.on_table, o.bytes, o.serves_foreign_key FROM one o
                WHERE o.scans = 0 AND NOT o.indisunique AND NOT o.is_rule AND o.indisvalid
                ORDER BY o.bytes DESC, o.name LIMIT 20) u), '[]'),
            'duplicate', coalesce((SELECT jsonb_agg(to_jsonb(d) ORDER BY d.bytes DESC, d.name)
                FROM (SELECT b.name, b.on_table, b.bytes, a.name AS same_as
                      FROM one a JOIN one b ON b.likeness = a.likeness
                      WHERE a.indexrelid <> b.indexrelid AND NOT b.is_rule
                        AND (a.is_rule OR a.indexrelid < b.indexrelid) LIMIT 20) d), '[]'),
            'invalid', coalesce((SELECT jsonb_agg(jsonb_build_object('name', o.name,
                'on_table', o.on_table, 'bytes', o.bytes) ORDER BY o.name)
                FROM one o WHERE NOT o.indisvalid), '[]'),
            'largest', coalesce((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.bytes DESC, l.name) FROM (
                SELECT o.name, o.on_table, o.bytes, o.scans FROM one o
                ORDER BY o.bytes DESC, o.name LIMIT 10) l), '[]')));
END $$;

CREATE OR REPLACE FUNCTION public.monitor_bloat() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object(
        'tables', coalesce((SELECT jsonb_agg(to_jsonb(b) ORDER BY b.dead DESC, b.name) FROM (
            SELECT format('%I.%I', s.schemaname, s.relname) AS name, s.n_live_tup AS live,
                s.n_dead_tup AS dead,
                100.0 * s.n_dead_tup / nullif(s.n_live_tup + s.n_dead_tup, 0) AS dead_percent,
                pg_table_size(s.relid) AS bytes,
                greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed_at,
                greatest(s.last_analyze, s.last_autoanalyze) AS analyzed_at
            FROM pg_stat_user_tables s WHERE s.n_dead_tup > 1000
            ORDER BY s.n_dead_tup DESC, 1 LIMIT 20) b), '[]'),
        'settings', (SELECT jsonb_object_agg(p.name, current_setting(p.name))
            FROM pg_settings p WHERE p.name IN ('autovacuum', 'autovacuum_max_workers',
                'autovacuum_naptime', 'autovacuum_vacuum_threshold',
                'autovacuum_vacuum_scale_factor', 'autovacuum_analyze_threshold',
                'autovacuum_analyze_scale_factor', 'autovacuum_vacuum_insert_threshold',
                'autovacuum_freeze_max_age', 'track_counts')));
END $$;

CREATE OR REPLACE FUNCTION public.monitor_locks() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_database oid := (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
BEGIN
    RETURN jsonb_build_object(
        'held', coalesce((SELECT jsonb_agg(to_jsonb(h) ORDER BY h.locks DESC, h.kind, h.mode) FROM (
            SELECT l.locktype AS kind, l.mode, count(*) FILTER (WHERE l.granted) AS locks,
                count(*) FILTER (WHERE NOT l.granted) AS waiting
            FROM pg_locks l
            WHERE l.pid <> pg_backend_pid() AND (l.database = v_database OR l.database IS NULL)
            GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20) h), '[]'),
        'blocked', coalesce((SELECT jsonb_agg(to_jsonb(b) ORDER BY b.waits_s DESC, b.pid, b.holder_pid)
            FROM (
            SELECT w.pid, w.usename::text AS role, l.locktype AS kind, l.mode,
                CASE WHEN l.database = v_database THEN l.relation::regclass::text END AS relation,
                greatest(extract(epoch FROM clock_timestamp()
                    - coalesce(l.waitstart, w.state_change)), 0) AS waits_s,
                public.statement_shape(w.query) AS shape,
                h.pid AS holder_pid, h.usename::text AS holder_role, h.state AS holder_state,
                extract(epoch FROM clock_timestamp() - h.xact_start) AS holder_s,
                public.statement_shape(h.query) AS holder_shape
            FROM pg_stat_activity w
            JOIN pg_locks l ON l.pid = w.pid AND NOT l.granted
            CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) blocking (pid)
            LEFT JOIN pg_stat_activity h ON h.pid = blocking.pid
            WHERE w.wait_event_type = 'Lock'
            ORDER BY 6 DESC LIMIT 50) b), '[]'));
END $$;

CREATE OR REPLACE FUNCTION public.monitor_size() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_one record;
    v_all jsonb := '[]';
BEGIN
    FOR v_one IN SELECT d.oid, d.datname AS name FROM pg_database d WHERE d.datallowconn LOOP
        BEGIN
            v_all := v_all || jsonb_build_object('name', v_one.name,
                                                 'bytes', pg_database_size(v_one.oid));
        EXCEPTION WHEN invalid_catalog_name THEN
            NULL;  -- dropped since it was listed: a test restore ended
        END;
    END LOOP;
    RETURN jsonb_build_object(
        'bytes', pg_database_size(current_database()),
        'databases', (SELECT jsonb_agg(one ORDER BY (one -> 'bytes')::bigint DESC)
                      FROM jsonb_array_elements(v_all) one WHERE one ->> 'bytes' IS NOT NULL),
        'tables', coalesce((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.bytes DESC, t.name) FROM (
            SELECT format('%I.%I', n.nspname, c.relname) AS name,
                sum(pg_table_size(leaf.oid))::bigint AS table_bytes,
                sum(pg_indexes_size(leaf.oid))::bigint AS index_bytes,
                sum(pg_total_relation_size(leaf.oid))::bigint AS bytes,
                -- -1: nobody counted them yet, which is not none
                CASE WHEN bool_and(leaf.reltuples >= 0) THEN sum(leaf.reltuples)::bigint END
                    AS rows
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            -- of a partitioned table all its parts, which hold the rows
            CROSS JOIN LATERAL (
                SELECT l.oid, l.reltuples FROM pg_class l
                WHERE l.oid = c.oid AND c.relkind <> 'p'
                UNION ALL
                SELECT l.oid, l.reltuples FROM pg_partition_tree(c.oid) p
                JOIN pg_class l ON l.oid = p.relid WHERE c.relkind = 'p' AND p.isleaf) leaf
            WHERE c.relkind IN ('r', 'm', 'p') AND NOT c.relispartition
              AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            GROUP BY 1 ORDER BY 4 DESC, 1 LIMIT 10) t), '[]'));
END $$;

DROP FUNCTION public.relation_bytes(oid, oid[]);
DROP FUNCTION public.locked_relations();
