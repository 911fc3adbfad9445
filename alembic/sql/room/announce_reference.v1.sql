-- Tell every workstation that the house changed what they read once and keep: wards and their
-- places, beds, checklists, instruments, a ward's own numbers. One notification per transaction
-- (equal ones collapse); it is of no ward: "<no ward>:reference".

CREATE FUNCTION room.announce_reference() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('ward', '00000000-0000-0000-0000-000000000000:reference');
    RETURN NULL;
END $$;

DO $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['room.buildings', 'room.floors', 'room.wards', 'room.rooms',
        'room.beds', 'report.instruments', 'report.instrument_uses', 'rounding.templates',
        'rounding.lane_settings']::regclass[]
    LOOP
        EXECUTE format('CREATE TRIGGER announce_reference AFTER INSERT OR UPDATE OR DELETE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION room.announce_reference()', v_table);
    END LOOP;
END $$;
