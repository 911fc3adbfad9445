-- What the server counts about itself, for the report of `wardctl monitor` and for IT's panel.
-- Of statements nothing is told but their verb and the tables and functions they name: what was
-- written into them may be a patient's. Who asks is a monitoring role, or IT with a live session.

CREATE FUNCTION public.require_monitor() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF auth.uid() IS NULL AND pg_has_role(session_user, 'pg_monitor', 'MEMBER') THEN
        RETURN;
    END IF;
    PERFORM auth.require('system.operate');
END $$;

-- The verb of a statement and the tables and functions in it, in order; never a value of it.
CREATE FUNCTION public.statement_shape(p_text text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c_verbs constant text[] := ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'WITH', 'MERGE',
        'COPY', 'VACUUM', 'ANALYZE', 'CREATE', 'ALTER', 'DROP', 'BEGIN', 'COMMIT', 'ROLLBACK',
        'LISTEN', 'NOTIFY', 'LOCK', 'FETCH', 'DECLARE', 'REFRESH', 'TRUNCATE', 'REINDEX', 'CALL'];
    v_verb text := upper(substring(p_text FROM '^\s*([a-zA-Z]+)'));
    v_names text;
BEGIN
    IF v_verb IS NULL OR v_verb <> ALL (c_verbs) THEN
        RETURN 'OTHER';
    END IF;
    SELECT string_agg(f.name, ', ' ORDER BY f.place) INTO v_names FROM (
        SELECT t.name, min(t.place) AS place
        FROM (SELECT lower(coalesce(m.found[1], 'public.' || m.found[2])) AS name, m.place
              FROM regexp_matches(left(p_text, 10000),
                  '\m([a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*)\M'
                  '|\m(?:from|join|into|update|table)\s+([a-z_][a-z0-9_]*)\M(?!\.)', 'gi')
                  WITH ORDINALITY m (found, place)) t
        WHERE EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                      WHERE n.nspname = split_part(t.name, '.', 1)
                        AND c.relname = split_part(t.name, '.', 2))
           OR EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                      WHERE n.nspname = split_part(t.name, '.', 1)
                        AND p.proname = split_part(t.name, '.', 2))
        GROUP BY t.name ORDER BY 2 LIMIT 6) f;
    RETURN concat_ws(' ', v_verb, v_names);
END $$;

CREATE FUNCTION public.monitor_connections() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        WITH one AS (
            SELECT a.usename::text AS role, a.state, a.backend_start, a.state_change
            FROM pg_stat_activity a WHERE a.backend_type = 'client backend')
        SELECT jsonb_build_object(
            'used', count(*),
            'most', current_setting('max_connections')::int
                    - current_setting('superuser_reserved_connections')::int,
            'active', count(*) FILTER (WHERE state = 'active'),
            'idle', count(*) FILTER (WHERE state = 'idle'),
            'idle_in_transaction', count(*) FILTER (WHERE state ~ '^idle in transaction'),
            'longest_idle_in_transaction_s', max(extract(epoch FROM clock_timestamp() - state_change))
                FILTER (WHERE state ~ '^idle in transaction'),
            'average_age_s', avg(extract(epoch FROM clock_timestamp() - backend_start)),
            'stations', coalesce((
                SELECT jsonb_agg(to_jsonb(s) ORDER BY s.used DESC, s.role) FROM (
                    SELECT o.role, w.name, count(*) AS used,
                        count(*) FILTER (WHERE o.state = 'active') AS active
                    FROM one o LEFT JOIN public.workstations w ON w.role_name = o.role
                    GROUP BY o.role, w.name ORDER BY 3 DESC, 1 LIMIT 50) s), '[]'))
        FROM one);
END $$;

-- Null where pg_stat_statements is not installed, or not loaded by the server.
CREATE FUNCTION public.monitor_slow() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_schema text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n
                      ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements');
    v_found jsonb;
BEGIN
    IF v_schema IS NULL THEN
        RETURN jsonb_build_object('is_counted', false, 'statements', '[]'::jsonb);
    END IF;
    EXECUTE format($q$
        WITH all_of_them AS (
            SELECT s.queryid, min(s.query) AS query, sum(s.calls) AS calls,
                sum(s.total_exec_time) AS total_ms, max(s.max_exec_time) AS max_ms,
                sum(s.rows) AS rows
            FROM %I.pg_stat_statements s
            WHERE s.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
            GROUP BY s.queryid
        ), slowest AS (
            SELECT a.queryid::text AS id, public.statement_shape(a.query) AS shape,
                a.calls, a.total_ms, a.total_ms / nullif(a.calls, 0) AS mean_ms, a.max_ms, a.rows,
                100 * a.total_ms / nullif((SELECT sum(total_ms) FROM all_of_them), 0)
                    AS share_percent
            FROM all_of_them a
            ORDER BY a.total_ms / nullif(a.calls, 0) DESC NULLS LAST, a.queryid LIMIT 10)
        SELECT jsonb_agg(to_jsonb(s) ORDER BY s.mean_ms DESC, s.id) FROM slowest s$q$, v_schema)
    INTO v_found;
    RETURN jsonb_build_object('is_counted', true, 'statements', coalesce(v_found, '[]'));
EXCEPTION
    WHEN object_not_in_prerequisite_state OR undefined_column OR undefined_table THEN
        RETURN jsonb_build_object('is_counted', false, 'statements', '[]'::jsonb);
END $$;

CREATE FUNCTION public.monitor_indexes() RETURNS jsonb
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

CREATE FUNCTION public.monitor_bloat() RETURNS jsonb
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

CREATE FUNCTION public.monitor_locks() RETURNS jsonb
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

CREATE FUNCTION public.monitor_cache() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (
        SELECT jsonb_build_object(
            'hits', d.blks_hit, 'reads', d.blks_read,
            'hit_percent', 100.0 * d.blks_hit / nullif(d.blks_hit + d.blks_read, 0),
            'shared_buffers_bytes', pg_size_bytes(current_setting('shared_buffers')),
            'tables', coalesce((SELECT jsonb_agg(to_jsonb(t) ORDER BY t.reads DESC, t.name) FROM (
                SELECT format('%I.%I', s.schemaname, s.relname) AS name, s.heap_blks_hit AS hits,
                    s.heap_blks_read AS reads,
                    100.0 * s.heap_blks_hit / nullif(s.heap_blks_hit + s.heap_blks_read, 0)
                        AS hit_percent
                FROM pg_statio_user_tables s WHERE s.heap_blks_read > 0
                ORDER BY s.heap_blks_read DESC, 1 LIMIT 10) t), '[]'))
        FROM pg_stat_database d WHERE d.datname = current_database());
END $$;

CREATE FUNCTION public.monitor_size() RETURNS jsonb
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

-- A primary is behind nobody; a standby that has replayed all it received is not either, however
-- long nothing was written.
CREATE FUNCTION public.monitor_replication() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_is_standby boolean := pg_is_in_recovery();
    v_here pg_lsn := CASE WHEN v_is_standby THEN pg_last_wal_receive_lsn()
                          ELSE pg_current_wal_lsn() END;
BEGIN
    RETURN jsonb_build_object(
        'is_standby', v_is_standby,
        'lag_s', CASE WHEN NOT v_is_standby THEN NULL
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END,
        'is_received', NOT v_is_standby
            OR EXISTS (SELECT FROM pg_stat_wal_receiver r WHERE r.status = 'streaming'),
        'standbys', coalesce((SELECT jsonb_agg(jsonb_build_object(
                'name', r.application_name, 'state', r.state, 'sync_state', r.sync_state,
                'lag_s', coalesce(extract(epoch FROM r.replay_lag), 0),
                'lag_bytes', greatest(pg_wal_lsn_diff(v_here, r.replay_lsn), 0))
                ORDER BY r.application_name)
            FROM pg_stat_replication r), '[]'),
        'slots', coalesce((SELECT jsonb_agg(jsonb_build_object(
                'name', s.slot_name, 'is_active', s.active, 'state', s.wal_status,
                'kept_bytes', greatest(pg_wal_lsn_diff(v_here, s.restart_lsn), 0))
                ORDER BY s.slot_name)
            FROM pg_replication_slots s), '[]'));
END $$;

CREATE FUNCTION public.monitor_activity() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object('sessions', coalesce((
        SELECT jsonb_agg(to_jsonb(s) ORDER BY s.runs_s DESC, s.pid) FROM (
            SELECT a.pid, a.usename::text AS role, a.application_name AS application,
                coalesce(host(a.client_addr), 'local') AS client, a.state,
                a.query_start AS began_at,
                greatest(extract(epoch FROM clock_timestamp() - CASE WHEN a.state = 'active'
                    THEN a.query_start ELSE a.state_change END), 0) AS runs_s,
                a.wait_event_type AS waits_for, public.statement_shape(a.query) AS shape
            FROM pg_stat_activity a
            WHERE a.backend_type = 'client backend' AND a.state <> 'idle'
              AND a.pid <> pg_backend_pid()
            ORDER BY 7 DESC LIMIT 30) s), '[]'));
END $$;

-- Processor, memory and disk are told by who stands on the server itself (wardctl monitor).
CREATE FUNCTION public.monitor_host() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN jsonb_build_object(
        'started_at', pg_postmaster_start_time(),
        'archive', (SELECT jsonb_build_object(
            'is_on', current_setting('archive_mode') <> 'off',
            'archived', a.archived_count, 'failed', a.failed_count,
            'archived_at', a.last_archived_time,
            'archived_s', extract(epoch FROM clock_timestamp() - a.last_archived_time),
            'fails', a.last_failed_time IS NOT NULL AND (a.last_archived_time IS NULL
                     OR a.last_failed_time > a.last_archived_time))
            FROM pg_stat_archiver a),
        'wraparound', (SELECT jsonb_build_object(
            'database', d.datname, 'age', age(d.datfrozenxid), 'multi_age', mxid_age(d.datminmxid),
            'vacuum_age', current_setting('autovacuum_freeze_max_age')::bigint)
            FROM pg_database d ORDER BY age(d.datfrozenxid) DESC, d.datname LIMIT 1));
END $$;

-- The figures of the kinds asked for, by kind, and of when and what they are.
CREATE FUNCTION public.server_figures(p_kinds text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_kind text;
    v_made jsonb;
BEGIN
    PERFORM public.require_monitor();
    v_made := jsonb_build_object(
        'taken_at', clock_timestamp(), 'database', current_database(),
        'server_version', current_setting('server_version'),
        -- without it the server hides what others' connections do: wardctl init gives it
        'is_complete', pg_has_role('ward_definer', 'pg_read_all_stats', 'USAGE'));
    FOREACH v_kind IN ARRAY p_kinds LOOP
        v_made := v_made || jsonb_build_object(v_kind, CASE v_kind
            WHEN 'connections' THEN public.monitor_connections()
            WHEN 'slow' THEN public.monitor_slow()
            WHEN 'indexes' THEN public.monitor_indexes()
            WHEN 'bloat' THEN public.monitor_bloat()
            WHEN 'locks' THEN public.monitor_locks()
            WHEN 'cache' THEN public.monitor_cache()
            WHEN 'size' THEN public.monitor_size()
            WHEN 'replication' THEN public.monitor_replication()
            WHEN 'activity' THEN public.monitor_activity()
            WHEN 'host' THEN public.monitor_host() END);
    END LOOP;
    RETURN v_made;
END $$;

GRANT SELECT, INSERT ON public.monitor_snapshots TO ward_definer;

-- Keep the figures of this moment, with what the server's own computer told of itself.
CREATE FUNCTION public.keep_monitor_snapshot(p_id uuid, p_machine jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT pg_has_role(session_user, 'pg_monitor', 'MEMBER') THEN
        RAISE EXCEPTION 'only a monitoring role keeps snapshots' USING ERRCODE = '42501';
    END IF;
    INSERT INTO public.monitor_snapshots (id, machine, figures)
    VALUES (p_id, p_machine, public.server_figures(ARRAY['connections', 'slow', 'indexes',
        'bloat', 'locks', 'cache', 'size', 'replication', 'activity', 'host']))
    ON CONFLICT (id) DO NOTHING;
END $$;

-- Of the snapshots since then the first of each step, the oldest first, and the very latest: what
-- grows in them.
CREATE FUNCTION public.monitor_trend(p_since timestamptz, p_step interval)
RETURNS TABLE (taken_at timestamptz, machine jsonb, figures jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.require_monitor();
    RETURN QUERY
    WITH chosen AS (
        SELECT min(s.taken_at) AS at FROM public.monitor_snapshots s
        WHERE s.taken_at >= p_since GROUP BY date_bin(p_step, s.taken_at, 'epoch')
        UNION
        SELECT max(s.taken_at) FROM public.monitor_snapshots s WHERE s.taken_at >= p_since)
    SELECT s.taken_at, s.machine, jsonb_build_object('size', s.figures -> 'size',
        'slow', s.figures -> 'slow', 'cache', (s.figures -> 'cache') - 'tables',
        'connections', (s.figures -> 'connections') - 'stations')
    FROM public.monitor_snapshots s JOIN chosen c ON c.at = s.taken_at
    ORDER BY s.taken_at, s.id;
END $$;
