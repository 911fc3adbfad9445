"""Who did it, when, and that it is on record: the database's to say, never the client's."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.scored import scored
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

GENERATED = "428C9"
SCORED = scored(pulse_per_min=70)
# Every table a client may add to, with what it must give and what it would like to forge.
ADDITIONS = {
    "room.bed_readiness": "bed_id, readiness, occurred_at) VALUES (%(bed)s, 'dirty', now()",
    "room.bed_availability": "bed_id, availability, occurred_at) VALUES (%(bed)s, 'open', now()",
    "patient.allergies": (
        "patient_id, substance, status, occurred_at) VALUES (%(patient)s, 'Latex', 'active', now()"
    ),
    "patient.patient_flags": (
        "patient_id, kind, active, occurred_at) VALUES (%(patient)s, 'falls', true, now()"
    ),
    "admission.expected_discharges": ("admission_id, expected_on) VALUES (%(stay)s, '2030-01-01'"),
    "report.vital_signs": (
        f"admission_id, occurred_at, {SCORED[0]}) VALUES (%(stay)s, now(), {SCORED[1]}"
    ),
    "report.spo2_scale_decisions": (
        "admission_id, scale, decided_by, reason, occurred_at)"
        " VALUES (%(stay)s, 1, 'Dr Mensah', 'COPD', now()"
    ),
    "report.oxygen_targets": (
        "admission_id, low_percent, high_percent, decided_by, occurred_at)"
        " VALUES (%(stay)s, 88, 92, 'Dr Mensah', now()"
    ),
    "report.score_pack_decisions": (
        "admission_id, pack, decided_by, reason, occurred_at)"
        " VALUES (%(stay)s, 'news2', 'Dr Mensah', 'As usual', now()"
    ),
    "patient.pregnancies": (
        "admission_id, status, occurred_at) VALUES (%(stay)s, 'pregnant', now()"
    ),
    "report.observation_plans": (
        "admission_id, interval_minutes, decided_by, reason) VALUES (%(stay)s, 30, 'Dr Mensah', ''"
    ),
    "rounding.round_records": (
        "template_id, admission_id, occurred_at, outcome, reason, deferred_until) VALUES ("
        "(SELECT id FROM rounding.templates WHERE name = 'skin'), %(stay)s, now(), 'deferred',"
        " 'asleep', now() + interval '1 hour'"
    ),
    "rounding.tasks": "admission_id, title, due_at) VALUES (%(stay)s, 'Weigh', now()",
    "public.messages": (
        "about_ward_id, to_role, urgency, body, admission_id) VALUES (%(east)s, 'doctor',"
        " 'routine', 'Please ring', %(stay)s"
    ),
    "report.nursing_notes": (
        "admission_id, kind, title, sections, occurred_at) VALUES (%(stay)s, 'progress',"
        """ 'Progress', '[{"heading": "", "text": "Slept."}]', now()"""
    ),
    "admission.leaves": (
        "admission_id, kind, expected_back_at, occurred_at)"
        " VALUES (%(stay)s, 'left', now() + interval '1 day', now()"
    ),
}
additions = pytest.mark.parametrize("table", ADDITIONS)


def insert_into(table, **forged):
    """Return the INSERT with an id, what is needed, and the forged columns."""
    columns, values = ADDITIONS[table].split(") VALUES (", maxsplit=1)
    names = ", ".join(["id", *forged])
    wanted = ", ".join(["%(new)s", *(f"%({name})s" for name in forged)])
    return f"INSERT INTO {table} ({names}, {columns}) VALUES ({wanted}, {values})"


def values_for(hospital, **forged):
    return {
        "new": new_id(),
        "bed": world.bed("east", "2"),
        "patient": hospital.my_patient,
        "stay": hospital.mine,
        "east": world.id_of("east"),
    } | forged


@additions
def test_that_an_added_row_bears_its_true_author_and_time_and_is_logged(
    hospital, intruder, admin, table
):
    """[B02] [U02]"""
    values = values_for(hospital)
    intruder.rows(insert_into(table), values, token=hospital.nora)
    row = admin.execute(
        f"SELECT recorded_by, abs(extract(epoch FROM recorded_at - now())) < 60 FROM {table}"
        " WHERE id = %s",
        (values["new"],),
    )
    assert row.fetchone() == (world.id_of("nora"), True)
    logged = admin.execute(
        "SELECT action, user_id, database_role, before, after ->> 'recorded_by'"
        " FROM audit.change_logs WHERE schema_name || '.' || table_name = %s AND row_id = %s",
        (table, values["new"]),
    )
    nora = world.id_of("nora")
    assert logged.fetchall() == [("CREATE", nora, "ws_alpha", None, str(nora))]


FORGED = {
    "recorded_by": world.id_of("dora"),
    "recorded_at": "2020-01-01",
    "seq": 1,
    "ward_id": world.id_of("west"),
    "patient_id": world.id_of("nora"),
    "signed_as": "Dora Doctor, Doctor",
    "note_id": world.id_of("nora"),
    "body": "something else",
}
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"


@additions
def test_that_author_time_order_and_place_cannot_be_given(hospital, intruder, admin, table):
    columns = {name for (name,) in admin.execute(COLUMNS, (table,))}
    forgeable = [name for name in FORGED if name in columns and name not in ADDITIONS[table]]
    assert {"recorded_by", "recorded_at"} <= set(forgeable)
    for column in forgeable:
        values = values_for(hospital, **{column: FORGED[column]})
        statement = insert_into(table, **{column: FORGED[column]})
        state = intruder.state(statement, values, token=hospital.nora)
        assert state in {REFUSED, GENERATED}, column


@additions
def test_that_rows_are_neither_changed_nor_removed_nor_locked(hospital, intruder, table):
    """[T28]"""
    for attack in (
        f"UPDATE {table} SET id = id",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"SELECT id FROM {table} FOR UPDATE",
        f"SELECT id FROM {table} FOR KEY SHARE",
        f"LOCK TABLE {table} IN SHARE MODE",
        insert_into(table) + " ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    ):
        assert intruder.state(attack, values_for(hospital), token=hospital.nora) == REFUSED, attack


TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname IN (
    'public', 'room', 'patient', 'admission', 'report', 'rounding', 'audit')
"""


def test_that_no_table_at_all_lets_a_client_change_or_remove_rows(hospital, intruder, admin):
    tables = [name for (name,) in admin.execute(TABLES)]
    assert len(tables) > 25
    with intruder.connection(hospital.nora) as connection:
        for table in tables:
            for attack in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(attack)


def test_that_a_client_adds_to_no_other_table(hospital, intruder, admin):
    tables = [name for (name,) in admin.execute(TABLES) if name not in ADDITIONS]
    with intruder.connection(hospital.nora) as connection:
        for table in tables:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"INSERT INTO {table} DEFAULT VALUES")


def test_that_nobody_gives_himself_rights_or_wards(hospital, intruder, admin):
    """[B08]"""
    nora, west = world.id_of("nora"), world.id_of("west")
    for attack, values in (
        ("INSERT INTO public.user_wards VALUES (%s, %s)", (nora, west)),
        ("UPDATE public.user_wards SET ward_id = %s", (west,)),
        ("INSERT INTO public.user_roles SELECT %s, id FROM public.roles", (nora,)),
        ("INSERT INTO public.role_permissions SELECT r.id, p.id FROM roles r, permissions p", ()),
        ("UPDATE public.users SET idle_minutes = 720", ()),
        ("UPDATE public.users SET password_hash = 'x'", ()),
        ("UPDATE public.sessions SET expires_at = 'infinity'", ()),
        ("UPDATE public.workstations SET revoked_at = NULL", ()),
        ("UPDATE public.installation SET environment = 'demo'", ()),
        ("SELECT auth.password_hash('x', 4)", ()),
        ("SELECT auth.forget_tries(%s)", (nora,)),
        ("GRANT ward_loader TO ws_alpha", ()),
        ("ALTER ROLE ws_alpha SUPERUSER", ()),
        ("ALTER ROLE ws_alpha BYPASSRLS", ()),
        ("ALTER ROLE ws_beta PASSWORD 'mine now'", ()),
        ("CREATE ROLE ws_mine LOGIN IN ROLE ward_client", ()),
        ("ALTER TABLE patient.patients DISABLE ROW LEVEL SECURITY", ()),
        ("ALTER TABLE report.vital_signs DISABLE TRIGGER ALL", ()),
        ("DROP TRIGGER log_change ON report.vital_signs", ()),
        ("CREATE POLICY mine ON patient.patients USING (true)", ()),
        ("ALTER FUNCTION auth.uid() OWNER TO ws_alpha", ()),
        ("SET session_replication_role = replica", ()),
    ):
        assert intruder.state(attack, values, token=hospital.nora) == REFUSED, attack


def test_that_the_audit_trail_is_written_by_the_database_alone(hospital, intruder):
    """[U08]"""
    for attack in (
        "INSERT INTO audit.access_logs (patient_id, kind) VALUES (%(id)s, 'ward')",
        "INSERT INTO audit.change_logs (schema_name, table_name) VALUES ('a', 'b')",
        "INSERT INTO audit.login_history (action, login) VALUES ('LOGOUT', 'nora')",
        "UPDATE audit.change_logs SET user_id = %(id)s",
        "DELETE FROM audit.access_logs",
        "TRUNCATE audit.login_history",
        "SELECT audit.log_change()",
    ):
        state = intruder.state(attack, {"id": hospital.my_patient}, token=hospital.nora)
        assert state == REFUSED, attack


def test_that_even_the_owner_keeps_the_record_as_it_was_written(hospital, admin):
    """Against mistakes of those who administer; the one who disables triggers is not stopped."""
    for table in (
        "audit.change_logs", "audit.access_logs", "audit.login_history", "report.vital_signs",
        "patient.allergies", "patient.patient_flags", "admission.transfers",
        "admission.discharges", "admission.expected_discharges", "room.bed_readiness",
        "room.bed_availability", "report.spo2_scale_decisions", "report.oxygen_targets",
    ):  # fmt: skip
        for attack in (f"UPDATE {table} SET id = DEFAULT", f"DELETE FROM {table}"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                admin.execute(attack)
    for table in ("patient.patients", "admission.admissions", "public.users", "public.sessions"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(f"DELETE FROM {table}")
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(f"TRUNCATE {table} CASCADE")


def test_that_every_step_of_a_stay_is_logged_row_by_row(hospital, intruder, admin):
    """[U02]"""
    counted = "SELECT count(*) FROM audit.change_logs WHERE user_id = %s AND schema_name = %s"
    nora = world.id_of("nora")

    def logged():
        return [admin.execute(counted, (nora, s)).fetchone()[0] for s in ("admission", "room")]

    steps = (
        # a stay closed and one opened, the transfer; the old bed dirty
        (
            "SELECT outcome FROM admission.transfer(%s, %s, %s, %s, clock_timestamp(), '', true)",
            (new_id(), hospital.mine, world.id_of("east"), world.bed("east", "2")),
            [3, 1],
        ),
        # one stay voided, one opened again, the cancellation; the left bed dirty
        (
            "SELECT outcome FROM admission.cancel_latest_step(%s, %s, 'wrong bed')",
            (new_id(), hospital.mine),
            [3, 1],
        ),
        # the stay closed, the admission closed, the discharge; the bed dirty
        (
            "SELECT outcome FROM admission.discharge(%s, %s, clock_timestamp(), 'home', NULL)",
            (new_id(), hospital.mine),
            [3, 1],
        ),
    )
    for sql, values, wanted in steps:
        before = logged()
        assert intruder.value(sql, values, token=hospital.nora) == "done"
        assert [now - then for now, then in zip(logged(), before, strict=True)] == wanted


def test_that_a_secret_is_not_copied_into_the_audit_trail(hospital, admin):
    admin.execute("UPDATE public.users SET password_hash = 'changed' WHERE login = 'nora'")
    [(before, after)] = admin.execute(
        "SELECT before, after FROM audit.change_logs"
        " WHERE table_name = 'users' AND action = 'UPDATE' AND row_id = %s"
        " ORDER BY id DESC LIMIT 1",
        (world.id_of("nora"),),
    )
    assert "password_hash" not in before
    assert "password_hash" not in after
    assert before["login"] == "nora"


def test_that_sequences_are_out_of_reach(hospital, intruder, admin):
    sequences = [
        name
        for (name,) in admin.execute(
            "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences"
        )
    ]
    assert len(sequences) > 10
    with intruder.connection(hospital.nora) as connection:
        for name in sequences:
            for attack in (f"SELECT nextval('{name}')", f"SELECT setval('{name}', 1)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(attack)


SHARE = (
    "SELECT outcome FROM admission.admit(%s, %s, %s, %s, clock_timestamp(), 'home', NULL,"
    " NULL, NULL, NULL, true, %s, %s)"
)


def share_bed_1(hospital, intruder, token, reason, share_with):
    place = (world.id_of("east"), world.bed("east", "1"))
    values = (new_id(), hospital.gone, *place, reason, share_with)
    return intruder.value(SHARE, values, token=token)


@pytest.mark.parametrize("reason", ["", "  ", "ok", None])
def test_that_a_shared_bed_needs_a_reason(hospital, intruder, reason):
    with pytest.raises(psycopg.Error, match="needs a reason"):
        share_bed_1(hospital, intruder, hospital.nora, reason, hospital.mine)


def test_that_a_bed_is_shared_only_with_who_lies_in_it(hospital, intruder):
    for other in (None, new_id(), hospital.theirs):
        outcome = share_bed_1(hospital, intruder, hospital.nora, "newborn", other)
        assert outcome == "bed_taken"
    assert share_bed_1(hospital, intruder, hospital.nora, "newborn", hospital.mine) == "done"


def test_that_a_doctor_may_admit_but_not_let_patients_share_a_bed(hospital, intruder):
    token = intruder.token("dora")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        share_bed_1(hospital, intruder, token, "newborn", hospital.mine)
