DROP FUNCTION report.replay(uuid, jsonb);
DROP FUNCTION report.keep_offline(report.offline_entries, public.sessions);
DROP FUNCTION report.known_offline(bytea);
DROP FUNCTION report.take_offline(report.offline_entries, public.sessions);
DROP FUNCTION report.offline_problem(report.offline_entries, public.sessions);
DROP FUNCTION report.read_offline(public.sessions, text);
DROP FUNCTION report.store_offline(regclass, jsonb);
DROP FUNCTION report.offline_kind(text);
REVOKE INSERT ON report.measurements, report.nursing_notes, rounding.round_records
    FROM ward_definer;
DROP POLICY in_reach ON report.offline_settlements;
DROP POLICY in_reach ON report.offline_entries;
