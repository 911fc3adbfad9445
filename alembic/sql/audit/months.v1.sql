-- The logs of changes and of openings by month (UTC): what may go goes a month at a time, and
-- what is asked of a few weeks reads the indexes of a few weeks.

-- Adds a part to a log, as guarded as the log: who may read the log may read it and nobody may
-- write it but through the log, row security binds its owner, and it is only ever added to.
-- p_from null: the rest, for what has no month.
CREATE FUNCTION audit.add_part(p_log text, p_part text, p_from timestamptz, p_until timestamptz)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_rest text := p_log || '_rest';
BEGIN
    EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING DEFAULTS'
                   ' INCLUDING CONSTRAINTS INCLUDING COMMENTS)', p_part, p_log);
    EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', p_part);
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', p_part);
    EXECUTE format('GRANT SELECT ON audit.%I TO ward_definer', p_part);
    EXECUTE format('COMMENT ON TABLE audit.%I IS %L', p_part,
        CASE WHEN p_from IS NULL THEN 'Part of a log: what no month was made for.'
             ELSE 'Part of a log: a month, UTC.' END);
    IF p_from IS NOT NULL AND pg_relation_size(format('audit.%I', v_rest)::regclass) > 0 THEN
        -- it came before its month was made; row security binds the owner too
        EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', v_rest);
        EXECUTE format('ALTER TABLE audit.%I DISABLE TRIGGER append_only', v_rest);
        EXECUTE format('WITH early AS (DELETE FROM audit.%I WHERE at >= $1 AND at < $2'
                       ' RETURNING *) INSERT INTO audit.%I SELECT * FROM early', v_rest, p_part)
            USING p_from, p_until;
        EXECUTE format('ALTER TABLE audit.%I ENABLE TRIGGER append_only', v_rest);
        EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', v_rest);
    END IF;
    EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', p_part);
    EXECUTE format('ALTER TABLE audit.%I ATTACH PARTITION audit.%I %s', p_log, p_part,
        CASE WHEN p_from IS NULL THEN 'DEFAULT'
             ELSE format('FOR VALUES FROM (%L) TO (%L)', p_from, p_until) END);
END $$;

-- From where on a log has no month; null: it has none at all.
CREATE FUNCTION audit.months_end(p_log text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    RETURN (
        SELECT max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')
                   ::timestamptz)
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = format('audit.%I', p_log)::regclass);
END $$;

-- Shows the openings of the months that are not over, and of the rest: every opening that may
-- still unlock a chart, whenever this ran last. What asks that with every statement would, of the
-- whole log, lock each of its months: 1 ms with those of six years.
CREATE FUNCTION audit.show_recent_openings() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_parts text[] := ARRAY(
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'audit.access_logs'::regclass
          -- a day: the longest unlock is of twelve hours, and a clock may be set
          AND coalesce(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')
                       ::timestamptz > clock_timestamp() - interval '1 day', true)
        ORDER BY c.relname);
    v_words text := 'Openings that may still unlock: ' || array_to_string(v_parts, ', ') || '.';
BEGIN
    IF obj_description(to_regclass('audit.recent_openings')) IS NOT DISTINCT FROM v_words THEN
        RETURN;
    END IF;
    EXECUTE (SELECT 'CREATE OR REPLACE VIEW audit.recent_openings AS '
             || string_agg(format('SELECT * FROM audit.%I', part), ' UNION ALL ')
             FROM unnest(v_parts) part);
    EXECUTE format('COMMENT ON VIEW audit.recent_openings IS %L', v_words);
END $$;

-- Makes the months that are missing up to so many after this one, and returns their names.
-- The owner of the logs alone can: it runs with the rights of whoever calls it.
CREATE FUNCTION audit.add_months(p_ahead integer) RETURNS SETOF text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_log text;
    v_from timestamptz;
    v_last timestamptz := date_trunc('month', clock_timestamp()) + make_interval(months => p_ahead);
    v_part text;
BEGIN
    FOREACH v_log IN ARRAY ARRAY['change_logs', 'access_logs'] LOOP
        v_from := audit.months_end(v_log);
        IF v_last > v_from + interval '2 years' THEN
            RAISE EXCEPTION 'the clock of the server is years ahead of the newest month of %',
                v_log USING ERRCODE = 'datetime_field_overflow';
        END IF;
        WHILE v_from <= v_last LOOP
            v_part := v_log || to_char(v_from, '_YYYY_MM');
            PERFORM audit.add_part(v_log, v_part, v_from, v_from + interval '1 month');
            RETURN NEXT v_part;
            v_from := v_from + interval '1 month';
        END LOOP;
    END LOOP;
    PERFORM audit.show_recent_openings();
END $$;

-- Every log becomes a part of itself as it is, for what came until the end of this month: not a
-- row is copied. New rows have a month of their own from the next one on.
DO $$
DECLARE
    v_log text;
    v_index record;
    v_last bigint;
    v_until timestamptz;
BEGIN
    SET LOCAL timezone = 'UTC';
    FOREACH v_log IN ARRAY ARRAY['change_logs', 'access_logs'] LOOP
        EXECUTE format('LOCK TABLE audit.%I IN ACCESS EXCLUSIVE MODE', v_log);
        EXECUTE format('CREATE TABLE audit.%I (LIKE audit.%I INCLUDING DEFAULTS'
                       ' INCLUDING CONSTRAINTS INCLUDING COMMENTS) PARTITION BY RANGE (at)',
                       v_log || '_new', v_log);
        EXECUTE format('COMMENT ON TABLE audit.%I IS %L', v_log || '_new',
                       obj_description(format('audit.%I', v_log)::regclass));
        EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', v_log || '_new');
        EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', v_log || '_new');
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE'
                       ' ON audit.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()',
                       v_log || '_new');
        PERFORM audit.add_part(v_log || '_new', v_log || '_rest', NULL, NULL);
        EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', v_log, v_log || '_before');

        EXECUTE format('SELECT last_value FROM audit.%I', v_log || '_id_seq') INTO v_last;
        EXECUTE format('ALTER TABLE audit.%I ALTER COLUMN id DROP IDENTITY', v_log || '_before');
        EXECUTE format('ALTER TABLE audit.%I DROP CONSTRAINT %I', v_log || '_before',
                       'pk_' || v_log);
        EXECUTE format('ALTER TABLE audit.%I ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY'
                       ' (SEQUENCE NAME audit.%I), ADD CONSTRAINT %I PRIMARY KEY (id, at)',
                       v_log || '_new', v_log || '_id_seq', 'pk_' || v_log);
        PERFORM setval(format('audit.%I', v_log || '_id_seq')::regclass, v_last);
        FOR v_index IN
            SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS made_by
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE i.indrelid = format('audit.%I', v_log || '_before')::regclass
        LOOP
            EXECUTE format('ALTER INDEX audit.%I RENAME TO %I', v_index.name,
                           v_index.name || '_before');
            EXECUTE replace(v_index.made_by, format('audit.%I', v_log || '_before'),
                            format('audit.%I', v_log || '_new'));
        END LOOP;

        EXECUTE format('DROP TRIGGER IF EXISTS place ON audit.%I', v_log || '_before');
        EXECUTE format('REVOKE INSERT ON audit.%I FROM ward_definer', v_log || '_before');
        EXECUTE format('GRANT SELECT, INSERT ON audit.%I TO ward_definer', v_log || '_new');
        EXECUTE format('COMMENT ON TABLE audit.%I IS %L', v_log || '_before',
                       'Part of a log: what came before there were months.');
        EXECUTE format('ALTER TABLE audit.%I NO FORCE ROW LEVEL SECURITY', v_log || '_before');
        EXECUTE format('SELECT date_trunc(''month'', greatest(clock_timestamp(), max(at)))'
                       ' + interval ''1 month'' FROM audit.%I', v_log || '_before') INTO v_until;
        EXECUTE format('ALTER TABLE audit.%I ATTACH PARTITION audit.%I FOR VALUES FROM (MINVALUE)'
                       ' TO (%L)', v_log || '_new', v_log || '_before', v_until);
        EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', v_log || '_before');
        EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', v_log || '_new', v_log);
    END LOOP;
END $$;
CREATE TRIGGER place BEFORE INSERT ON audit.access_logs
    FOR EACH ROW EXECUTE FUNCTION audit.place_access();
-- a view goes on reading the table that it was made of
DO $$
DECLARE
    v_view record;
BEGIN
    FOR v_view IN SELECT * FROM (VALUES ('change_events', 'change_logs'),
                                        ('access_events', 'access_logs')) of (name, log) LOOP
        EXECUTE format('CREATE OR REPLACE VIEW audit.%I AS %s', v_view.name,
            replace(pg_get_viewdef(format('audit.%I', v_view.name)::regclass),
                    format('audit.%I', v_view.log || '_before'), format('audit.%I', v_view.log)));
    END LOOP;
END $$;
SELECT audit.add_months(3);
GRANT CREATE ON SCHEMA audit TO ward_definer;
ALTER VIEW audit.recent_openings OWNER TO ward_definer;
REVOKE CREATE ON SCHEMA audit FROM ward_definer;
