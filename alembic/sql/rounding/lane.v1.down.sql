-- Take the shift lane away again; its table goes with its row.
DROP FUNCTION rounding.lane_rounds(uuid[], timestamptz);
DROP FUNCTION rounding.expected_rounds(jsonb, room.wards, text, timestamptz, timestamptz);
DROP FUNCTION report.lane_patients(uuid[], timestamptz);
DROP FUNCTION report.expected_sets(uuid, timestamptz, timestamptz);
