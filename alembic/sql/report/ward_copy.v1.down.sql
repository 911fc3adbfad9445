-- Copies stay on record, as what comes nearest; without an end they open nothing.
ALTER TABLE audit.access_logs DISABLE TRIGGER append_only;
-- row security binds the owner too: for this statement it does not
ALTER TABLE audit.access_logs NO FORCE ROW LEVEL SECURITY;
UPDATE audit.access_logs
SET kind = 'search', reason = 'ward copy: ' || coalesce(reason, ''), valid_until = NULL
WHERE kind = 'copy';
ALTER TABLE audit.access_logs FORCE ROW LEVEL SECURITY;
ALTER TABLE audit.access_logs ENABLE TRIGGER append_only;
DROP FUNCTION report.ward_copy(uuid, text[]);
DROP FUNCTION report.copied_stays(uuid, uuid);
DROP FUNCTION report.copied_handover(uuid);
DROP FUNCTION report.copied_rounds(uuid, uuid, timestamptz);
DROP FUNCTION report.copied_notes(uuid, timestamptz);
DROP FUNCTION report.copied_measurements(uuid, uuid, timestamptz);
DROP FUNCTION report.copied_sets(uuid, uuid, timestamptz);
DROP FUNCTION report.copied_facts(uuid, uuid, timestamptz);
DROP FUNCTION auth.require_ward_copy(uuid);
DROP FUNCTION auth.open_ward_copy(uuid);
