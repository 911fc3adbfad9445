"""Every role against every command, table and question that a workstation may name.

What there is comes out of the catalogue: a new function or table fails here until it is placed.
What a role may is the matrix of `test_permissions`, which also shows that each right is enough.
"""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.security.conftest import SECRETS
from tests.security.intruder import REFUSED
from tests.security.permissions import COMMANDS, MATRIX, PEOPLE
from tests.security.test_without_a_person import MINE, assert_hidden

# commands for everybody: signing in and out, one's own password, and the clocks of alerts
FOR_ALL = {
    "auth.change_password", "auth.drop_badge", "auth.keep_badge_and_pin", "auth.prove",
    "auth.sign_in_with_badge", "auth.witness", "auth.sign_in", "auth.sign_in_v2", "auth.sign_out",
    "auth.touch", "public.pass_on_messages", "report.replay",
}  # fmt: skip
# command -> the permission it asks for
NEEDS = {
    "admission.admit": "admission.admit",
    "admission.cancel_latest_step": "admission.cancel",
    "admission.discharge": "admission.discharge",
    "admission.swap": "admission.transfer",
    "admission.transfer": "admission.transfer",
    "auth.close_chart": "chart.open",
    "auth.create_account": "staff.manage",
    "auth.expire_password": "staff.manage",
    "auth.give_badge": "staff.manage",
    "auth.give_role": "staff.manage",
    "auth.give_ward": "staff.assist",
    "auth.open_chart": "chart.open",
    "auth.open_ward_copy": "chart.open",
    "auth.open_directory": "patient.search",
    "auth.open_trail": "audit.read",
    "auth.record_print": "chart.open",
    "auth.record_report": "patient.view",
    "auth.record_trail": "audit.read",
    "auth.reset_password": "staff.assist",
    "auth.review_opening": "access.review",
    "auth.set_account_active": "staff.manage",
    "auth.set_account_end": "staff.manage",
    "auth.take_badge": "staff.manage",
    "auth.take_role": "staff.manage",
    "auth.take_ward": "staff.assist",
    "auth.unlock_account": "staff.assist",
    "patient.record_details": "patient.details",
    "patient.register": "patient.register",
    "public.allocate_bed": "shift.allocate",
    "public.put_down_bed": "shift.take",
    "public.record_message_event": "message.read",
    "public.set_ward_shift": "shift.edit",
    "public.sign_duty": "duty.sign",
    "public.take_bed": "shift.take",
    "report.accept_score": "escalation.accept",
    "report.answer_escalation": "escalation.answer",
    "report.drop_note_draft": "note.write",
    "report.keep_handover_words": "handover.give",
    "report.keep_note_draft": "note.write",
    "report.raise_concern": "escalation.raise",
    "report.reinstate_group": "observation.strike_group",
    "report.settle_offline": "patient.view",
    "report.silence_escalations": "patient.view",
    "report.strike_out_group": "observation.strike_group",
    "report.take_back_accepted_score": "escalation.accept",
    "report.tick_escalations": "board.view",
}

# of the house and of the program: whoever is signed in
HOUSE = frozenset({
    "public.alembic_version", "public.facilities", "public.grades", "public.user_grades",
    "public.users", "report.device_packs", "report.device_settings", "report.escalation_rules",
    "report.instrument_uses", "report.instruments", "report.measurement_kinds",
    "report.schedule_settings", "report.score_pack_uses", "report.score_packs",
    "room.bed_availability", "room.bed_readiness", "room.beds", "room.buildings", "room.floors",
    "room.rooms", "room.wards", "rounding.lane_settings", "rounding.templates",
})  # fmt: skip
# one's own rows, and of accounts those in reach
OWN = frozenset({
    "public.account_events", "public.message_events", "public.notifications",
})  # fmt: skip
# no client reads these at all
CLOSED = frozenset({
    "audit.access_logs", "audit.change_logs", "audit.chart_closings", "audit.eras",
    "audit.login_history", "audit.opening_notices", "audit.opening_reviews", "audit.openings",
    "audit.rules", "audit.seals", "auth.data_keys",
    "auth.key_wraps", "patient.patient_sequences", "public.badges",
    "public.common_passwords", "public.imports",
    "public.pins", "public.witness_proofs",
    "public.installation", "public.message_steps", "public.monitor_snapshots",
    "public.migration_log",
    "public.permissions", "public.role_grants",
    "public.role_permissions", "public.roles", "public.sessions", "public.user_roles",
    "public.user_wards", "public.workstations", "report.offline_replays",
    "report.score_pack_points",
    "report.trial_scores",
})  # fmt: skip
# of patients and of who looks after them: table -> the permission without which no row is read
CLINICAL = {
    **dict.fromkeys(
        ("admission.admissions", "admission.bed_stays", "admission.discharges",
         "admission.expected_discharges", "admission.leaves", "admission.transfers",
         "patient.allergies", "patient.patient_flags", "patient.patients", "patient.pregnancies",
         "report.handover_drafts", "report.note_drafts", "report.observation_deferrals",
         "report.observation_plans", "report.offline_entries", "report.offline_settlements",
         "report.oxygen_targets", "report.score_pack_decisions",
         "report.spo2_scale_decisions", "rounding.rounds", "rounding.task_events",
         "rounding.tasks"), "patient.view"),
    **dict.fromkeys(
        ("patient.detail_changes", "patient.patient_details", "report.accepted_scores",
         "report.device_checks", "report.device_removals", "report.devices",
         "report.escalation_events", "report.escalations", "report.measurements",
         "report.vital_signs", "rounding.round_records"), "chart.open"),
    **dict.fromkeys(
        ("report.handover_answers", "report.handovers", "report.pocket_sheet_ends",
         "report.pocket_sheets"), "handover.read"),
    **dict.fromkeys(
        ("public.bed_responsibilities", "public.duty_signs", "public.shift_allocations",
         "public.ward_shifts"), "board.view"),
    "public.messages": "message.read",
    "report.assessment_deferrals": "assessment.read",
    "report.assessments": "assessment.read",
    "report.group_strike_outs": "observation.strike_group",
    "report.nursing_notes": "note.read",
}  # fmt: skip
# table a client adds rows to -> the permissions, any of which is enough
ADDS = {
    "admission.expected_discharges": {"admission.admit"},
    "admission.leaves": {"admission.leave"},
    "patient.allergies": {"patient.flag"},
    "patient.patient_flags": {"patient.flag"},
    "patient.pregnancies": {"patient.pregnancy"},
    "public.messages": {"message.send"},
    "report.assessment_deferrals": {"assessment.record"},
    "report.assessments": {"assessment.record"},
    "report.device_checks": {"device.check"},
    "report.device_removals": {"device.record"},
    "report.devices": {"device.record"},
    "report.handover_answers": {"handover.give", "handover.accept"},
    "report.handovers": {"handover.give"},
    "report.measurements": {"observation.record"},
    "report.nursing_notes": {"note.write"},
    "report.observation_deferrals": {"observation.defer"},
    "report.observation_plans": {"observation.plan"},
    "report.oxygen_targets": {"observation.target"},
    "report.pocket_sheet_ends": {"handover.read"},
    "report.pocket_sheets": {"handover.read"},
    "report.score_pack_decisions": {"observation.pack"},
    "report.spo2_scale_decisions": {"observation.scale"},
    "report.vital_signs": {"observation.record"},
    "room.bed_availability": {"bed.state"},
    "room.bed_readiness": {"bed.state"},
    "rounding.round_records": {"round.record"},
    "rounding.task_events": {"round.record"},
    "rounding.tasks": {"round.record"},
    "rounding.templates": {"round.edit"},
}
SCHEMAS = ["public", "room", "patient", "admission", "report", "rounding", "audit", "auth"]
FUNCTIONS = """
SELECT n.nspname || '.' || p.proname, p.provolatile = 'v',
    ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = ANY (%s) AND has_function_privilege('ward_client', p.oid, 'EXECUTE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""
TABLES = """
SELECT n.nspname || '.' || c.relname, (
    SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
    -- what is counted by the database itself is refused for another reason
    ORDER BY a.attidentity <> '', a.attname <> 'id', a.attnum LIMIT 1)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
-- parts of a log are looked at in tests/audit/test_months.py
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (%s) ORDER BY 1
"""
roles = pytest.mark.parametrize("role", MATRIX)
SEE_NOBODY = ("administrator", "it", "auditor")


def commands(admin):
    """Return the types of the arguments of each command, by its name."""
    return {name: types for name, writes, types in admin.execute(FUNCTIONS, (SCHEMAS,)) if writes}


def tables(admin):
    """Return a column of each table, by its name."""
    return dict(admin.execute(TABLES, (SCHEMAS,)).fetchall())


@pytest.fixture
def on_the_ward(admin):
    """Administrator, IT and auditor are assigned to ward east like a nurse."""
    for role in SEE_NOBODY:
        user_id = world.id_of(PEOPLE[role])
        admin.execute("SELECT auth.give_ward(%s, 'east', 'wants to see')", (user_id,))


def refusal(connection, statement, params=()):
    """Return the SQLSTATE of a statement and its first line; None, "" when it succeeds."""
    connection.execute("SAVEPOINT before")
    try:
        connection.execute(statement, params)
    except psycopg.Error as error:
        connection.execute("ROLLBACK TO before")
        return error.sqlstate, str(error).splitlines()[0]
    connection.execute("ROLLBACK TO before")
    return None, ""


def test_that_every_command_is_in_the_matrix(admin):
    """[A04]"""
    assert set(commands(admin)) == {*NEEDS, *FOR_ALL}
    assert set(NEEDS.values()) <= {*COMMANDS, "patient.view"}


def test_that_every_table_is_in_the_matrix(admin):
    """[A04]"""
    placed = [*HOUSE, *OWN, *CLOSED, *CLINICAL]
    assert sorted(placed) == sorted(tables(admin))
    may_add = admin.execute(
        "SELECT DISTINCT table_schema || '.' || table_name"
        " FROM information_schema.column_privileges"
        " WHERE grantee = 'ward_client' AND privilege_type = 'INSERT'"
    )
    assert {name for (name,) in may_add} == set(ADDS)


@roles
def test_that_a_command_asks_for_its_permission_first(hospital, intruder, admin, role):
    """[A04] [B08] Before it says anything of what it was given, which is nothing here."""
    types = commands(admin)
    wrong = {}
    with intruder.connection(intruder.token(PEOPLE[role])) as connection:
        for name, permission in NEEDS.items():
            given = ", ".join(f"NULL::{each}" for each in types[name])
            state, words = refusal(connection, f"SELECT * FROM {name}({given})")
            is_missing = (state, words) == (REFUSED, f"permission {permission} is missing")
            if is_missing == (permission in MATRIX[role]):
                wrong[name] = state, words
        connection.rollback()
    assert wrong == {}


@roles
@pytest.mark.usefixtures("charted")
def test_that_a_role_reads_and_writes_no_table_beyond_its_permissions(
    hospital,
    intruder,
    admin,
    on_the_ward,
    role,
):
    """[A02] [A04] Nobody changes or removes a row; rows are added with the permission alone."""
    token = intruder.token(PEOPLE[role])
    if "chart.open" in MATRIX[role]:
        intruder.rows("SELECT auth.open_chart(%s, 'ward', NULL)", (hospital.my_patient,),
                      token=token)  # fmt: skip
    wrong = {}
    with intruder.connection(token) as connection:
        for table, column in tables(admin).items():
            found = wrongly(connection, table, column, MATRIX[role])
            if found:
                wrong[table] = found
        connection.rollback()
    assert wrong == {}


def wrongly(connection, table, column, held):
    """Return what a session can do with a table and should not, or cannot and should."""
    changes = (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}")
    found = [verb for verb in changes if refusal(connection, verb)[0] != REFUSED]
    adding = f"INSERT INTO {table} ({column}) VALUES (NULL)"
    if not ADDS.get(table, set()) & held and refusal(connection, adding)[0] is None:
        found.append(adding)
    if table not in ADDS and refusal(connection, adding)[0] != REFUSED:
        found.append(f"{adding}: not refused")
    state, _words = refusal(connection, f"SELECT {column} FROM {table}")
    if (state == REFUSED) != (table in CLOSED):
        found.append(f"read: {state}")
    elif table in CLINICAL and CLINICAL[table] not in held:
        rows = connection.execute(f"SELECT count({column}) FROM {table}").fetchone()[0]
        found += [f"{rows} rows"] if rows else []
    return found


@pytest.mark.parametrize("role", SEE_NOBODY)
@pytest.mark.usefixtures("charted")
def test_that_no_question_tells_of_a_patient_to_who_sees_nobody(
    hospital,
    intruder,
    admin,
    on_the_ward,
    role,
):
    """[A04] Neither on a ward that they are assigned to; a nurse there is told."""
    questions = [
        (name, types)
        for name, writes, types in admin.execute(FUNCTIONS, (SCHEMAS,)).fetchall()
        if not writes
    ]
    told = answers(intruder, intruder.token(PEOPLE[role]), hospital, questions)
    assert_hidden(told, [*MINE, *SECRETS, "Weigh", "Slept"])
    assert any("Okafor" in text for text in answers(
        intruder, intruder.token("nora"), hospital, questions
    ).values())  # fmt: skip


def answers(intruder, token, hospital, questions):
    """Return what each question answers about the ward, the patient and the stay, as text."""
    told = {}
    ids = (world.id_of("east"), hospital.my_patient, hospital.mine)
    with intruder.connection(token) as connection:
        for name, types in questions:
            for about in ids:
                given = [argument(each, about, ids) for each in types]
                places = ", ".join(f"%s::{each}" for each in types)
                connection.execute("SAVEPOINT before")
                try:
                    rows = connection.execute(f"SELECT q::text FROM {name}({places}) q", given)
                    told[f"{name} of {about}"] = "\n".join(str(row[0]) for row in rows)
                except psycopg.Error:
                    connection.execute("ROLLBACK TO before")
        connection.rollback()
    return told


def argument(kind, about, ids):
    """Return something to ask with, by the type of the argument."""
    return {
        "uuid": about,
        "uuid[]": list(ids),
        "text": "slept",
        "integer": 30,
        "jsonb": "{}",
        "date": "1950-01-01",
        "timestamp with time zone": "2026-01-01",
    }.get(kind)
