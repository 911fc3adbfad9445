-- Run after the functions were given their owner.
GRANT EXECUTE ON FUNCTION report.ward_board TO ward_client;
