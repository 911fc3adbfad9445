"""What the database says afterwards, asked in plain SQL that trusts no constraint."""

from __future__ import annotations

# Two rows in force, one bed (or one patient), and a moment that belongs to both.
_DOUBLE = """
SELECT one.id, other.id, one.during * other.during
FROM admission.bed_stays one
JOIN admission.bed_stays other ON other.{key} = one.{key} AND other.id > one.id
    AND other.during && one.during
WHERE one.voided_at IS NULL AND other.voided_at IS NULL
"""

# The same of everything that ever stood on record: each version of a stay, from the change that
# wrote it to the change that replaced it.
_VERSIONS = """
CREATE TEMP TABLE known AS
SELECT row_id, (after ->> 'bed_id')::uuid AS bed_id, (after ->> 'patient_id')::uuid AS patient_id,
    (after ->> 'during')::tstzrange AS during,
    int8range(id, lead(id) OVER (PARTITION BY row_id ORDER BY id)) AS logged,
    after ->> 'voided_at' IS NULL AS in_force
FROM audit.change_logs WHERE schema_name = 'admission' AND table_name = 'bed_stays';
CREATE INDEX ON known USING gist ({key}, during, logged);
ANALYZE known
"""
_DOUBLE_ON_RECORD = """
SELECT one.row_id, other.row_id, one.during * other.during
FROM known one
JOIN known other ON other.{key} = one.{key} AND other.row_id > one.row_id
    AND other.during && one.during AND other.logged && one.logged
WHERE one.in_force AND other.in_force
"""

# An open admission has exactly one place, any other none.
_LOST_OR_LEFT_BEHIND = """
SELECT a.id, count(b.id) FROM admission.admissions a
LEFT JOIN admission.bed_stays b
    ON b.admission_id = a.id AND upper_inf(b.during) AND b.voided_at IS NULL
GROUP BY a.id
HAVING count(b.id) <> (a.discharged_at IS NULL AND a.cancelled_at IS NULL)::int
"""

# A stay without a gap: from the admission on, each place begins when the one before it ended.
_GAPS = """
SELECT admission_id, ended, began FROM (
    SELECT admission_id, lower(during) AS began,
        lag(upper(during)) OVER (PARTITION BY admission_id ORDER BY lower(during)) AS ended
    FROM admission.bed_stays WHERE voided_at IS NULL) step
WHERE ended <> began
"""

# The steps of the fighters that the change log holds: what, which row, by whom, in which
# transaction. An undone admission is known by its reason, which names the undoing.
_STEPS = """
SELECT coalesce(after ->> 'kind', CASE WHEN after ->> 'cancels_id' IS NOT NULL THEN 'undo'
        WHEN table_name = 'discharges' THEN 'discharge' WHEN action = 'UPDATE' THEN 'undo'
        ELSE 'admit' END) AS act,
    CASE WHEN action = 'CREATE' THEN row_id::text
         ELSE substr(after ->> 'cancel_reason', 6) END AS id,
    database_role, user_id::text, xact, after ->> 'cancels_id'
FROM audit.change_logs
WHERE database_role LIKE 'ws\\_soak\\_%' AND schema_name = 'admission'
  AND (action = 'CREATE' AND table_name IN ('admissions', 'transfers', 'discharges')
       OR table_name = 'admissions' AND before ->> 'cancelled_at' IS NULL
          AND after ->> 'cancelled_at' IS NOT NULL)
"""

_XACTS = """
SELECT xact, count(DISTINCT (user_id, session_id, database_role)) FROM audit.change_logs
WHERE database_role LIKE 'ws\\_soak\\_%' GROUP BY xact
"""

# Rows that are not what the log says was last written of them.
_NOT_AS_LOGGED = """
SELECT row.id FROM {table} row
LEFT JOIN LATERAL (SELECT l.after FROM audit.change_logs l
    WHERE l.row_id = row.id AND l.schema_name || '.' || l.table_name = '{table}'
    ORDER BY l.id DESC LIMIT 1) logged ON true
WHERE logged.after IS DISTINCT FROM to_jsonb(row)
"""
_STEP_TABLES = ("admissions", "bed_stays", "transfers", "discharges")


def double_occupancy(admin):
    """Return every pair of stays that shares a bed or a patient at some moment."""
    found = []
    for key in ("bed_id", "patient_id"):
        found += admin.execute(_DOUBLE.format(key=key)).fetchall()
        admin.execute("DROP TABLE IF EXISTS known")
        admin.execute(_VERSIONS.format(key=key))
        found += admin.execute(_DOUBLE_ON_RECORD.format(key=key)).fetchall()
    return found


def lost_patients(admin):
    """Return admissions with a number of places that cannot be, or a gap in their stay."""
    return admin.execute(_LOST_OR_LEFT_BEHIND).fetchall() + admin.execute(_GAPS).fetchall()


def logged_steps(admin):
    """Return (act, id, workstation role, user id, transaction, undone id) of each step."""
    return admin.execute(_STEPS).fetchall()


def logged_transactions(admin):
    """Return {transaction: number of persons it was done by} of the fighters' changes."""
    return dict(admin.execute(_XACTS).fetchall())


def unlogged_rows(admin):
    """Return the rows that differ from what the change log holds of them."""
    return [
        row
        for table in _STEP_TABLES
        for row in admin.execute(_NOT_AS_LOGGED.format(table=f"admission.{table}")).fetchall()
    ]


def deadlocks(admin):
    """Return how many deadlocks the server had to break in this database."""
    return admin.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()[0]


def changes(admin):
    """Return how many transactions have changed where a patient is."""
    return admin.execute(
        "SELECT count(DISTINCT xact) FROM audit.change_logs WHERE schema_name = 'admission'"
    ).fetchone()[0]
