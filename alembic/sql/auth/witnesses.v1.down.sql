-- No witnesses again; the table goes with its rows, grants and triggers.
DROP FUNCTION auth.use_witness(uuid, text);
DROP FUNCTION auth.witness(uuid, text, text, boolean);
