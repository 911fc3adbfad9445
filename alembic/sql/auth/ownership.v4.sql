-- Give every function of the product to the role that runs it and to nobody else.
-- Run after any file that creates functions; grants to clients follow by name.
DO $$
DECLARE
    f record;
BEGIN
    FOR f IN
        SELECT p.oid::regprocedure AS name, n.nspname AS schema
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('auth', 'audit', 'room', 'patient', 'admission', 'report', 'rounding',
                            'public')
          AND p.proowner = 'ward_owner'::regrole
    LOOP
        EXECUTE format('GRANT CREATE ON SCHEMA %I TO ward_definer', f.schema);
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.name);
        EXECUTE format('ALTER FUNCTION %s OWNER TO ward_definer', f.name);
        IF f.schema <> 'auth' THEN
            EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM ward_definer', f.schema);
        END IF;
    END LOOP;
END $$;
