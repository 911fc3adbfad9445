DROP FUNCTION report.assessments_due(uuid[], timestamptz, timestamptz);
DROP FUNCTION report.assessments_due_between(uuid[], timestamptz, timestamptz);
DROP FUNCTION report.ward_at(uuid, timestamptz);
DROP FUNCTION report.instrument_use_at(uuid, text, timestamptz);
