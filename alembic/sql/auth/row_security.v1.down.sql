-- Take row security and the clients' grants away again.
DROP VIEW report.bed_occupancy;
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT schemaname, tablename, policyname FROM pg_policies LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', t.policyname, t.schemaname, t.tablename);
    END LOOP;
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relforcerowsecurity LOOP
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', t.name);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t.name);
    END LOOP;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA public, room, patient, admission, report, audit
    FROM ward_client, ward_loader;
REVOKE ALL (id, facility_id, display_name, profession) ON public.users FROM ward_client;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA auth, patient, admission, report
    FROM ward_client, ward_loader;
REVOKE USAGE ON SCHEMA report FROM ward_readonly;
GRANT SELECT ON public.alembic_version TO ward_client;
