DROP TRIGGER empty_bed ON room.beds;
DROP TRIGGER empty_bed ON room.bed_availability;
DROP FUNCTION room.require_empty_bed();
