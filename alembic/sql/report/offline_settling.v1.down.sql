DROP FUNCTION report.settle_offline(uuid, uuid, text, text);
DROP FUNCTION report.require_where_charted(report.offline_entries, text);
DROP FUNCTION report.as_meant(report.offline_entries, uuid);
DROP FUNCTION report.rescored(jsonb);
DROP FUNCTION report.offline_content(uuid);
DROP FUNCTION report.sees_offline(report.offline_entries);
