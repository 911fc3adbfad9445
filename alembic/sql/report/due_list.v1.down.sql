-- Take the worklist away again.
DROP FUNCTION report.due_list(uuid[]);
DROP TYPE report.due_item;
