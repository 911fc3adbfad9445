-- Every log in one table again: its rows are copied.
DO $$
DECLARE
    v_log text;
    v_index record;
    v_last bigint;
BEGIN
    FOREACH v_log IN ARRAY ARRAY['change_logs', 'access_logs'] LOOP
        EXECUTE format('LOCK TABLE audit.%I IN ACCESS EXCLUSIVE MODE', v_log);
        EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING DEFAULTS'
                       ' INCLUDING CONSTRAINTS INCLUDING COMMENTS)', v_log || '_new', v_log);
        EXECUTE format('COMMENT ON TABLE audit.%I IS %L', v_log || '_new',
                       obj_description(format('audit.%I', v_log)::regclass));
        EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', v_log || '_new');
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE'
                       ' ON audit.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()',
                       v_log || '_new');
        EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', v_log, v_log || '_parted');
        EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', v_log || '_parted');
        EXECUTE format('INSERT INTO audit.%I SELECT * FROM audit.%I', v_log || '_new',
                       v_log || '_parted');
        EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', v_log || '_new');

        EXECUTE format('SELECT last_value FROM audit.%I', v_log || '_id_seq') INTO v_last;
        EXECUTE format('ALTER SEQUENCE audit.%I RENAME TO %I', v_log || '_id_seq',
                       v_log || '_parted_id_seq');
        EXECUTE format('ALTER TABLE audit.%I RENAME CONSTRAINT %I TO %I', v_log || '_parted',
                       'pk_' || v_log, 'pk_' || v_log || '_parted');
        EXECUTE format('ALTER TABLE audit.%I ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY'
                       ' (SEQUENCE NAME audit.%I), ADD CONSTRAINT %I PRIMARY KEY (id)',
                       v_log || '_new', v_log || '_id_seq', 'pk_' || v_log);
        PERFORM setval(format('audit.%I', v_log || '_id_seq')::regclass, v_last);
        FOR v_index IN
            SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS made_by
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = format('audit.%I', v_log || '_parted')::regclass
              AND NOT i.indisprimary
        LOOP
            EXECUTE format('ALTER INDEX audit.%I RENAME TO %I', v_index.name,
                           v_index.name || '_parted');
            EXECUTE replace(v_index.made_by, format('ONLY audit.%I', v_log || '_parted'),
                            format('audit.%I', v_log || '_new'));
        END LOOP;
        EXECUTE format('GRANT SELECT, INSERT ON audit.%I TO ward_definer', v_log || '_new');
        EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', v_log || '_new', v_log);
    END LOOP;
END $$;
CREATE TRIGGER place BEFORE INSERT ON audit.access_logs
    FOR EACH ROW EXECUTE FUNCTION audit.place_access();
DO $$
DECLARE
    v_view record;
BEGIN
    FOR v_view IN SELECT * FROM (VALUES ('change_events', 'change_logs'),
                                        ('access_events', 'access_logs')) of (name, log) LOOP
        EXECUTE format('CREATE OR REPLACE VIEW audit.%I AS %s', v_view.name,
            replace(pg_get_viewdef(format('audit.%I', v_view.name)::regclass),
                    format('audit.%I', v_view.log || '_parted'), format('audit.%I', v_view.log)));
    END LOOP;
END $$;
