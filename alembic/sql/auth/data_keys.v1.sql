-- Data keys: made and wrapped by IT (wardctl keys), handed to whoever is signed in.

ALTER TABLE auth.data_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.data_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE auth.key_wraps ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.key_wraps FORCE ROW LEVEL SECURITY;
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON auth.data_keys
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON auth.key_wraps
    FOR EACH ROW EXECUTE FUNCTION audit.log_change('wrapped');
-- a key that is forgotten makes everything unreadable that it encrypted
CREATE TRIGGER no_delete BEFORE DELETE OR TRUNCATE ON auth.data_keys
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

GRANT SELECT ON auth.data_keys, auth.key_wraps TO ward_definer;
GRANT DELETE ON auth.key_wraps TO ward_definer;

-- A workstation that is revoked, or has another key of its own, loses what was wrapped for it,
-- whoever changed it.
CREATE FUNCTION auth.drop_wraps() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM auth.key_wraps WHERE workstation_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER drop_wraps AFTER UPDATE ON public.workstations
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL
                       OR NEW.public_key IS DISTINCT FROM OLD.public_key
                       OR NEW.enrolled_at IS DISTINCT FROM OLD.enrolled_at)
    EXECUTE FUNCTION auth.drop_wraps();

-- The keys of this workstation, as it alone can open them: for the live session of a person who
-- may see patients or search for them, never for the workstation by itself.
CREATE FUNCTION auth.station_keys()
RETURNS TABLE (number integer, purpose text, state text, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM auth.held_permissions p
                   WHERE p.name IN ('chart.open', 'patient.search')) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT k.number, k.purpose, k.state, w.wrapped
    FROM auth.live_session l
    JOIN public.workstations s ON s.role_name = l.workstation AND s.revoked_at IS NULL
    JOIN auth.key_wraps w ON w.workstation_id = s.id
    JOIN auth.data_keys k ON k.id = w.data_key_id AND k.state <> 'retired'
    ORDER BY k.number;
END $$;
