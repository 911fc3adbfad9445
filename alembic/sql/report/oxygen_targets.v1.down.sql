-- Take the prescribed oxygen targets away; policies and grants go with their table.
DROP TRIGGER announce ON report.oxygen_targets;
DROP TRIGGER complete ON report.oxygen_targets;
