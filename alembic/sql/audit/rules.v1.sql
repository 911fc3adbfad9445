-- The numbers as delivered, and the cluster on whose transaction numbers the first seals stand.
GRANT INSERT ON audit.rules, audit.eras TO ward_definer;
SET LOCAL ROLE ward_definer;
INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes, off_hours_from,
                         off_hours_until, source)
VALUES ('7d5f0f52-2c0f-5d3a-9d0b-5a3f0b6a4c10', 6, 60, 10, '22:00', '06:00',
        'As delivered: for the hospital to confirm.');
INSERT INTO audit.eras (id, era, system_identifier, reason)
SELECT '2f0b7a66-8a0e-5f5f-8c55-0c1c5b6d7e01', 1, system_identifier::text, 'installed'
FROM pg_control_system();
SET LOCAL ROLE ward_owner;
REVOKE INSERT ON audit.rules, audit.eras FROM ward_definer;
