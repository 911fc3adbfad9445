-- Take the reading of what is handed over away again.
DROP FUNCTION report.facts_hash(jsonb);
DROP FUNCTION report.handover_facts(uuid, uuid);
DROP FUNCTION report.handover_background(uuid);
DROP FUNCTION report.handover_decisions(uuid);
DROP FUNCTION report.handover_notes(uuid);
DROP FUNCTION report.handover_devices(uuid);
DROP FUNCTION report.handover_assessed(uuid);
DROP FUNCTION report.handover_measured(uuid);
DROP FUNCTION report.handover_sets(uuid);
