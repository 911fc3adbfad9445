-- Take handovers away again; the tables go with their rows and policies.
DROP FUNCTION report.handover_list(uuid);
DROP TYPE report.handover_line;
DROP FUNCTION report.keep_handover_words(uuid, text);
DROP TRIGGER settle ON report.handover_answers;
DROP TRIGGER settle ON report.handovers;
DROP FUNCTION report.settle_handover();
DROP TRIGGER complete ON report.handover_answers;
DROP FUNCTION report.complete_handover_answer();
DROP FUNCTION report.handover_answer_problem(report.handover_answers, report.handovers, boolean);
DROP TRIGGER complete ON report.handovers;
DROP FUNCTION report.complete_handover();
DROP FUNCTION report.handover_reading(uuid);
DROP FUNCTION report.display_name(uuid);
DROP FUNCTION report.open_handover(uuid);
