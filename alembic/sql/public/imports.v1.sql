-- Data sets that were imported. Until now the name of the imported building kept the anchor.
ALTER TABLE public.imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.imports FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON public.imports TO ward_loader;

CREATE TRIGGER log_change AFTER INSERT OR UPDATE OR DELETE ON public.imports
    FOR EACH ROW EXECUTE FUNCTION audit.log_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.imports
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

GRANT INSERT ON public.imports TO ward_definer;
GRANT SELECT, UPDATE ON room.buildings TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO public.imports (id, facility_id, data_set, anchor_at)
SELECT public.gen_random_uuid(), b.facility_id, 'mimic-iv',
    replace(b.name, 'MIMIC-IV demo, anchored ', '')::timestamptz
FROM room.buildings b WHERE b.name LIKE 'MIMIC-IV demo, anchored ____-__-__T%';
UPDATE room.buildings SET name = 'MIMIC-IV demo'
WHERE name LIKE 'MIMIC-IV demo, anchored ____-__-__T%';
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON public.imports FROM ward_definer;
REVOKE SELECT, UPDATE ON room.buildings FROM ward_definer;
