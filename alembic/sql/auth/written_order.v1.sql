-- Join in the order written what tells a person's reach: from the one session, along its keys.
-- To look for a better order takes the server twenty times as long as the answer itself, on every
-- new connection, for every function that asks.
ALTER FUNCTION auth.may(text) SET join_collapse_limit = 1;
ALTER FUNCTION auth.ward_ids(text) SET join_collapse_limit = 1;
ALTER FUNCTION auth.admission_ids(text) SET join_collapse_limit = 1;
ALTER FUNCTION auth.patient_ids(text) SET join_collapse_limit = 1;
ALTER FUNCTION auth.open_patients() SET join_collapse_limit = 1;
ALTER FUNCTION auth.reaches_patient(uuid, text) SET join_collapse_limit = 1;
ALTER FUNCTION auth.account_reach(uuid) SET join_collapse_limit = 1;
ALTER FUNCTION auth.station_keys() SET join_collapse_limit = 1;
