-- Take pocket sheets away again; the tables go with their rows, triggers and policies.
DROP TABLE report.pocket_sheet_ends;
DROP TABLE report.pocket_sheets;
DROP FUNCTION report.announce_pocket_sheet();
DROP FUNCTION report.complete_pocket_sheet_end();
DROP FUNCTION report.complete_pocket_sheet();
