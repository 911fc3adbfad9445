-- Take the device register away again; the tables go with their rows and policies.
DROP TRIGGER announce ON report.devices;
DROP TRIGGER announce ON report.device_checks;
DROP TRIGGER announce ON report.device_removals;
DROP FUNCTION report.announce_device();
DROP TRIGGER complete ON report.device_removals;
DROP FUNCTION report.complete_device_removal();
DROP FUNCTION report.device_removal_problem(
    report.device_removals, report.devices, report.device_removals);
DROP TRIGGER complete ON report.device_checks;
DROP FUNCTION report.complete_device_check();
DROP FUNCTION report.device_check_problem(report.device_checks, report.devices, jsonb);
DROP TRIGGER complete ON report.devices;
DROP FUNCTION report.complete_device();
DROP FUNCTION report.device_problem(report.devices, report.devices);
DROP FUNCTION report.device_score(jsonb, jsonb, boolean);
DROP FUNCTION report.device_scheme(text, text, text);
DROP FUNCTION report.device_looked_at(uuid);
DROP FUNCTION report.device_removal_now(uuid);
DROP FUNCTION report.device_now(uuid);
DROP FUNCTION report.device_place(uuid, timestamptz);
