-- Take the nursing notes away again; the tables go with their rows and policies.
DROP FUNCTION report.search_notes(uuid, uuid, text);
DROP FUNCTION report.note_query(text);
DROP FUNCTION report.drop_note_draft(uuid);
DROP FUNCTION report.keep_note_draft(uuid, uuid, jsonb);
DROP TRIGGER settle ON report.nursing_notes;
DROP FUNCTION report.settle_note();
DROP TRIGGER complete ON report.nursing_notes;
DROP FUNCTION report.complete_note();
DROP FUNCTION report.note_before(report.nursing_notes, uuid);
DROP FUNCTION report.note_problem(report.nursing_notes, report.nursing_notes);
DROP FUNCTION report.sections_problem(jsonb);
DROP FUNCTION report.note_body(jsonb);
DROP FUNCTION report.signature(uuid);
DROP FUNCTION report.note_now(uuid);
