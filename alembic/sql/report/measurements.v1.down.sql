-- Take bedside measurements away again; the tables go with their rows, triggers and policies.
DROP TRIGGER announce ON report.measurements;
DROP FUNCTION report.announce_measurement();
DROP TRIGGER complete ON report.measurements;
DROP FUNCTION report.complete_measurement();
DROP FUNCTION report.measurement_problem(report.measurements);
DROP FUNCTION report.measured_problem(jsonb, jsonb);
DROP FUNCTION report.measured_value_problem(jsonb, jsonb);
DROP FUNCTION report.measured_line(report.measurement_kinds, jsonb, jsonb);
DROP FUNCTION report.measured_text(jsonb, jsonb);
DROP FUNCTION report.measured_derived(jsonb, jsonb);
DROP FUNCTION report.measured_derivation(jsonb, jsonb);
DROP FUNCTION report.measured_number(jsonb);
