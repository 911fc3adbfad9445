-- Let the server look for the order of joins again.
ALTER FUNCTION auth.may(text) RESET join_collapse_limit;
ALTER FUNCTION auth.ward_ids(text) RESET join_collapse_limit;
ALTER FUNCTION auth.admission_ids(text) RESET join_collapse_limit;
ALTER FUNCTION auth.patient_ids(text) RESET join_collapse_limit;
ALTER FUNCTION auth.open_patients() RESET join_collapse_limit;
ALTER FUNCTION auth.reaches_patient(uuid, text) RESET join_collapse_limit;
ALTER FUNCTION auth.account_reach(uuid) RESET join_collapse_limit;
ALTER FUNCTION auth.station_keys() RESET join_collapse_limit;
