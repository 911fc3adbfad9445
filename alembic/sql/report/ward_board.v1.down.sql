DROP FUNCTION report.ward_board, report.rows_for_wall, report.rows_of_ward;
DROP TYPE report.board_row;
