-- Take back the report on the server. The snapshots go with their table.
DROP FUNCTION public.monitor_trend(timestamptz, interval);
DROP FUNCTION public.keep_monitor_snapshot(uuid, jsonb);
DROP FUNCTION public.server_figures(text[]);
DROP FUNCTION public.monitor_host(), public.monitor_activity(), public.monitor_replication(),
    public.monitor_size(), public.monitor_cache(), public.monitor_locks(), public.monitor_bloat(),
    public.monitor_indexes(), public.monitor_slow(), public.monitor_connections();
DROP FUNCTION public.statement_shape(text);
DROP FUNCTION public.require_monitor();
