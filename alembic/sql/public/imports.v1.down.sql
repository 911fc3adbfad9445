-- Put the anchors back into the names of the imported buildings.
GRANT SELECT ON public.imports TO ward_definer;
GRANT SELECT, UPDATE ON room.buildings TO ward_definer;
SET LOCAL ROLE ward_definer;
UPDATE room.buildings b
SET name = 'MIMIC-IV demo, anchored '
    || to_char(i.anchor_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')
FROM public.imports i
WHERE i.facility_id = b.facility_id AND i.data_set = 'mimic-iv'
  AND b.name = 'MIMIC-IV demo';
SET LOCAL ROLE ward_owner;
REVOKE SELECT, UPDATE ON room.buildings FROM ward_definer;
