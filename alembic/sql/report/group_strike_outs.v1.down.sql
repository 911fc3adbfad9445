-- Take group strike-outs away again; what they added to the charts stays there.
DROP TRIGGER complete_group_member ON report.vital_signs;
DROP TRIGGER complete ON report.vital_signs;
CREATE TRIGGER complete BEFORE INSERT ON report.vital_signs
    FOR EACH ROW EXECUTE FUNCTION report.complete_vital_signs();
DROP FUNCTION report.complete_group_member();
DROP FUNCTION report.reinstate_group(uuid, uuid, text);
DROP FUNCTION report.struck_out_patients(uuid);
DROP FUNCTION report.marks_in_force(uuid);
DROP FUNCTION report.strike_out_group(
    uuid, uuid, text, uuid, timestamptz, timestamptz, uuid[], text);
DROP FUNCTION report.measured_by(uuid, timestamptz, timestamptz);
DROP FUNCTION report.require_strike_out(uuid);
DROP FUNCTION report.sets_measured(uuid, timestamptz, timestamptz);
REVOKE INSERT ON report.vital_signs FROM ward_definer;
