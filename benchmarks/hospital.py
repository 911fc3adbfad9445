"""A hospital of 1,000 beds with as many vital-sign rows as asked for, made inside the server."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import psycopg

from ward_app.core.database import Database
from ward_app.core.places import places
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.bootstrap import drop_database, initialise
from ward_app.operations.cluster import Cluster, private_cluster
from ward_app.operations.migrate import upgrade

DATABASE = "ward_bench"
STATION = "ws_bench"
STATION_PASSWORD = "bench-only"  # noqa: S105 - of a private cluster on a socket nobody else reaches
LOGIN, PASSWORD = "bench", "bench bench bench"
NURSE = "nurse"  # works on one ward; LOGIN on all
WARDS, BEDS = 33, 31
ADMISSIONS_ENDED = 4_000

_BUILD = f"""
INSERT INTO public.installation VALUES (1, 'test', '0001') ON CONFLICT DO NOTHING;
INSERT INTO public.facilities VALUES (public.gen_random_uuid(), 'bench', 'Bench', 'Europe/London');
INSERT INTO room.buildings SELECT public.gen_random_uuid(), id, 'A' FROM public.facilities;
INSERT INTO room.floors SELECT public.gen_random_uuid(), id, '1', 1 FROM room.buildings;
INSERT INTO public.workstations (id, facility_id, role_name, name)
    SELECT public.gen_random_uuid(), id, '{STATION}', 'Bench' FROM public.facilities;
INSERT INTO public.users (id, facility_id, login, display_name, password_hash, idle_minutes)
    SELECT public.gen_random_uuid(), f.id, login, 'Bench', auth.password_hash('{PASSWORD}', 4), 720
    FROM public.facilities f, unnest(ARRAY['{LOGIN}', '{NURSE}']) login;
INSERT INTO public.user_roles SELECT u.id, r.id FROM public.users u, public.roles r
    WHERE r.name = 'nurse';
INSERT INTO room.wards (id, facility_id, floor_id, code, name, time_zone)
    SELECT public.gen_random_uuid(), f.id, l.id, n::text, 'Ward ' || lpad(n::text, 2, '0'),
        'Europe/London'
    FROM public.facilities f, room.floors l, generate_series(1, {WARDS}) n;
INSERT INTO public.user_wards SELECT u.id, w.id FROM public.users u, room.wards w
    WHERE u.login = '{LOGIN}' OR w.name = 'Ward 01';
INSERT INTO room.rooms SELECT public.gen_random_uuid(), floor_id, id, 'Bay ' || n, 'bay', n
    FROM room.wards, generate_series(1, 5) n;
INSERT INTO room.beds (id, room_id, ward_id, label, position)
    SELECT public.gen_random_uuid(), r.id, r.ward_id, ((r.position - 1) * 7 + n)::text,
        (r.position - 1) * 7 + n
    FROM room.rooms r, generate_series(1, 7) n WHERE (r.position - 1) * 7 + n <= {BEDS};
INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex, born_on)
    SELECT public.gen_random_uuid(), f.id, lpad(n::text, 10, '0'), 'Name ' || md5(n::text), 'Given',
        'female', DATE '1950-01-01' + n % 15000
    FROM public.facilities f, generate_series(1, {WARDS * BEDS + ADMISSIONS_ENDED}) n;
CREATE TEMPORARY TABLE chosen AS
    SELECT p.id AS patient_id, public.gen_random_uuid() AS admission_id,
        row_number() OVER (ORDER BY p.mrn) AS n, p.facility_id
    FROM patient.patients p;
INSERT INTO admission.admissions
    (id, facility_id, patient_id, source, specialty, consultant, admitted_at, discharged_at)
    SELECT admission_id, facility_id, patient_id, 'home', 'Medicine', 'Dr Bench',
        now() - interval '5 days' - CASE WHEN n > {WARDS * BEDS} THEN interval '30 days' ELSE interval '0' END,
        CASE WHEN n > {WARDS * BEDS} THEN now() - interval '20 days' END
    FROM chosen;
INSERT INTO admission.bed_stays (id, admission_id, patient_id, ward_id, bed_id, during,
        ward_arrived_at, share_group)
    SELECT s.id, c.admission_id, c.patient_id, b.ward_id, b.id,
        tstzrange(now() - interval '5 days', NULL), now() - interval '5 days', s.id
    FROM chosen c JOIN (SELECT id, ward_id, row_number() OVER (ORDER BY ward_id, position) AS n
                        FROM room.beds) b USING (n)
    CROSS JOIN LATERAL (SELECT public.gen_random_uuid() AS id, c.n AS dependent) s
    -- the last bed of each ward stays free for admitting and moving
    WHERE c.n % {BEDS} <> 0;
INSERT INTO patient.patient_flags (id, patient_id, kind, active, occurred_at)
    SELECT public.gen_random_uuid(), patient_id, 'falls', true, now() FROM chosen WHERE n % 3 = 0;
INSERT INTO patient.allergies (id, patient_id, substance, status, occurred_at)
    SELECT public.gen_random_uuid(), patient_id, 'Penicillin', 'active', now() FROM chosen
    WHERE n % 4 = 0;
INSERT INTO room.bed_readiness (id, bed_id, readiness, occurred_at)
    SELECT public.gen_random_uuid(), id, 'clean', now() FROM room.beds;
"""

# Ordered like a hospital's history: every patient a set in turn, back in time; ids that grow.
_VITAL_SIGNS = """
WITH subject AS MATERIALIZED (
    SELECT id, patient_id, row_number() OVER (ORDER BY id) - 1 AS k FROM admission.admissions),
number AS (
    SELECT n, n %% (SELECT count(*) FROM subject) AS k
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n)
INSERT INTO report.vital_signs (id, admission_id, patient_id, occurred_at, recorded_at,
    respiratory_rate_per_min, spo2_percent, on_oxygen, systolic_bp_mmhg, diastolic_bp_mmhg,
    pulse_per_min, consciousness, temperature_celsius, score_pack, score_version, score_hash,
    score_total, score_at_least, score_points, score_missing, risk, interval_minutes, next_due_at)
SELECT (lpad(to_hex(n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
    a.id, a.patient_id, now() - (%(total)s::bigint - n) * (interval '5 days' / %(total)s::bigint),
    now(), 16, 97, false, 120, 80, 75, 'A', 36.8, 'news2', '1', 'bench', n %% 8, n %% 8, '{}',
    '[]', 'low', 240, now() + (n %% 240) * interval '1 minute'
FROM number JOIN subject a USING (k)
"""


@dataclass(frozen=True, slots=True)
class Hospital:
    """The bench hospital: its server, its database, one ward and all wards."""

    cluster: Cluster
    settings: DatabaseSettings
    ward_id: UUID

    def connect(self) -> Database:
        """Return the database as the bench workstation sees it."""
        return Database.connect(self.settings, STATION_PASSWORD)

    def admin(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return an administrator's connection in autocommit mode."""
        return psycopg.connect(self.cluster.dsn(DATABASE), autocommit=True)


def build() -> Hospital:
    """Return a fresh bench hospital without vital signs, on a server that syncs to disk."""
    cluster = private_cluster(places().data_dir / "bench")
    cluster.start()
    admin_dsn = cluster.dsn("postgres")
    drop_database(admin_dsn, DATABASE)
    initialise(admin_dsn, DATABASE)
    upgrade(cluster.dsn(DATABASE))
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {STATION}")
        connection.execute(
            f"CREATE ROLE {STATION} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_client"
        )
    with psycopg.connect(cluster.dsn(DATABASE), options="-c role=ward_loader") as connection:
        connection.execute(_BUILD)
    with psycopg.connect(cluster.dsn(DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        found = connection.execute("SELECT id FROM room.wards ORDER BY name LIMIT 1").fetchone()
    settings = DatabaseSettings(
        host=str(cluster.socket_dir), port=cluster.port, name=DATABASE, user=STATION
    )
    return Hospital(cluster, settings, found[0] if found else UUID(int=0))


def fill_vital_signs(hospital: Hospital, *, first: int, last: int) -> None:
    """Add rows `first` to `last` of the history; triggers stay out, it is made up anyway."""
    step = 1_000_000
    with hospital.admin() as connection:
        connection.execute("SET session_replication_role = replica")
        for start in range(first, last + 1, step):
            values = {"first": start, "last": min(start + step - 1, last), "total": last}
            connection.execute(_VITAL_SIGNS, values)
        connection.execute("VACUUM ANALYZE report.vital_signs")
