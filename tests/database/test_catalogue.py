"""What must hold of every table, function and grant, read from PostgreSQL's own catalogue."""

import subprocess

import psycopg
import pytest

from ward_app.operations.metadata import SCHEMAS

PRODUCT = ("public", "room", "patient", "admission", "report", "rounding", "audit", "auth")

# logs are no records of their own, login_history tells of sessions, migrations keep their books
NOT_AUDITED = {
    "audit.access_logs",
    "audit.change_logs",
    "audit.login_history",
    "audit.seals",
    "public.sessions",
    "public.alembic_version",
    "public.migration_log",
}

CLIENT_FUNCTIONS = {
    "auth.server_info", "auth.sign_in", "auth.sign_out", "auth.touch", "auth.prove", "auth.uid",
    "auth.sign_in_v2", "auth.change_password", "auth.create_account", "auth.reset_password",
    "auth.set_account_active", "auth.expire_password", "auth.set_account_end",
    "auth.give_role", "auth.take_role", "auth.give_ward", "auth.take_ward",
    "auth.unlock_account", "auth.accounts", "auth.sign_ins", "auth.role_catalogue",
    "auth.account_ids",
    "auth.sign_in_with_badge", "auth.keep_badge_and_pin", "auth.drop_badge", "auth.give_badge",
    "auth.take_badge", "auth.badge_holders", "auth.witness",
    "auth.facility_id", "auth.may", "auth.ward_ids", "auth.admission_ids", "auth.patient_ids",
    "auth.open_patients", "auth.open_chart", "auth.open_directory", "auth.reaches_admission",
    "auth.reaching",
    "auth.reaches_patient", "patient.search", "patient.possible_duplicates", "patient.register",
    "admission.admit", "admission.transfer", "admission.swap", "admission.discharge",
    "admission.cancel_latest_step", "admission.occupied_beds", "report.bed_board",
    "report.next_due", "report.measured_by", "report.strike_out_group",
    "report.struck_out_patients", "report.reinstate_group", "auth.record_print",
    "auth.record_report", "auth.open_trail", "auth.trail_is_open", "auth.record_trail",
    "audit.trail",
    "report.open_escalations", "report.raise_concern",
    "report.answer_escalation", "report.colleagues", "report.tick_escalations",
    "report.silence_escalations",
    "report.observation_dues", "report.due_list", "report.escalation_answers", "report.ward_board",
    "report.accept_score", "report.take_back_accepted_score", "report.accepted_now",
    "report.ward_board_v2", "report.ward_board_v3",
    "report.scoring_bases", "report.chart", "report.measurement_chart",
    "rounding.due_list", "rounding.round_size", "rounding.open_tasks",
    "rounding.tasks_of_beds", "rounding.round_dues", "rounding.answered",
    "report.lane_patients", "rounding.lane_rounds",
    "public.shifts_between", "public.ward_staff", "public.set_ward_shift", "public.allocate_bed",
    "public.take_bed", "public.put_down_bed", "public.sign_duty", "public.on_duty",
    "report.search_notes", "report.keep_note_draft", "report.drop_note_draft",
    "report.handover_list", "report.keep_handover_words",
    "report.assessment_dues", "report.assessments_answering", "report.instruments_in_use",
    "report.assessments_due", "rounding.nights_then",
    "report.handover_receivers", "report.handover_people",
    "auth.station_keys", "patient.record_details", "patient.search_national_id",
    "public.my_messages",
    "public.message_addressees",
    "public.pass_on_messages",
    "public.record_message_event",
    "auth.live_openings", "auth.asks_for_reason", "auth.close_chart",
    "auth.openings_to_review", "auth.review_opening", "patient.search_elsewhere",
    "report.replay", "report.settle_offline", "report.offline_content",
    "auth.open_ward_copy", "report.ward_copy", "report.handover_copy",
    "public.server_figures", "public.monitor_trend",
}  # fmt: skip

CLIENT_INSERTS = {
    "room.bed_readiness",
    "room.bed_availability",
    "patient.allergies",
    "patient.patient_flags",
    "admission.expected_discharges",
    "report.vital_signs",
    "report.measurements",
    "report.spo2_scale_decisions",
    "report.oxygen_targets",
    "report.observation_plans",
    "report.observation_deferrals",
    "admission.leaves",
    "report.devices",
    "report.device_checks",
    "report.device_removals",
    "report.nursing_notes",
    "report.handovers",
    "report.handover_answers",
    "report.pocket_sheets",
    "report.pocket_sheet_ends",
    "report.assessments",
    "report.assessment_deferrals",
    "public.messages",
    "report.score_pack_decisions",
    "patient.pregnancies",
    "rounding.templates",
    "rounding.round_records",
    "rounding.tasks",
    "rounding.task_events",
}


def names(admin, statement, *values):
    return {row[0] for row in admin.execute(statement, values)}


def tables(admin):
    return names(
        admin,
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%s)"
        " AND NOT c.relispartition",
        list(PRODUCT),
    )


def test_that_the_seven_schemas_exist_and_one_for_proving_who_asks(admin):
    """[T01]"""
    found = names(
        admin,
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname"
        " <> 'information_schema'",
    )
    assert found == {*SCHEMAS, "auth"}


@pytest.mark.parametrize(
    "table",
    [
        "public.users", "public.roles", "public.permissions", "public.user_roles",
        "public.role_permissions", "public.sessions", "public.user_wards",
        "patient.patients", "patient.patient_details", "patient.patient_sequences",
        "room.buildings", "room.floors", "room.rooms", "room.beds",
        "admission.admissions", "admission.transfers", "admission.discharges",
        "report.vital_signs", "report.nursing_notes", "rounding.rounds", "rounding.round_records",
        "public.messages", "public.notifications", "audit.access_logs", "audit.change_logs",
        "audit.login_history",
    ],
)  # fmt: skip
def test_that_the_named_tables_exist(admin, table):
    """[T02] [T03] [T04] [T05] [T06] [T07] [T08] [T15] [T16] [T17] [T19]"""
    assert table in tables(admin)


def test_that_every_table_forces_row_security(admin):
    """[B01]"""
    open_tables = names(
        admin,
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%s)"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
        list(PRODUCT),
    )
    assert open_tables == {"public.alembic_version"}


def test_that_every_table_is_audited(admin):
    """[U02]"""
    audited = names(
        admin,
        "SELECT n.nspname || '.' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid ="
        " t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = 'log_change'"
        " AND t.tgenabled <> 'D'",
    )
    assert tables(admin) - audited == NOT_AUDITED


def test_that_every_table_says_what_it_holds(admin):
    silent = names(
        admin,
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%s)"
        " AND obj_description(c.oid) IS NULL",
        list(PRODUCT),
    )
    assert silent == {"public.alembic_version"}


def test_that_no_client_may_delete_update_or_truncate(admin):
    """[T28]"""
    granted = names(
        admin,
        "SELECT table_schema || '.' || table_name || ' ' || privilege_type"
        " FROM information_schema.role_table_grants WHERE grantee IN ('ward_client', 'PUBLIC')"
        " AND table_schema = ANY (%s) AND privilege_type NOT IN ('SELECT', 'INSERT')",
        list(PRODUCT),
    )
    assert granted == set()


def test_that_clients_insert_only_what_is_append_only(admin):
    """[A02]"""
    granted = names(
        admin,
        "SELECT DISTINCT table_schema || '.' || table_name"
        " FROM information_schema.column_privileges WHERE grantee = 'ward_client'"
        " AND privilege_type IN ('INSERT', 'UPDATE')",
    )
    assert granted == CLIENT_INSERTS


def test_that_clients_may_not_write_who_when_or_where(admin):
    granted = names(
        admin,
        "SELECT column_name::text FROM information_schema.column_privileges"
        " WHERE grantee = 'ward_client' AND privilege_type = 'INSERT'",
    )
    assert not granted & {"recorded_by", "recorded_at", "ward_id", "xact"}


def test_that_privileged_functions_are_shut_against_tricks(admin):
    """Own search path with temporary objects last, right owner, not for everybody."""
    wrong = names(
        admin,
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = ANY (%s) AND p.prokind = 'f'"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " AND (NOT 'search_path=pg_catalog, pg_temp' = ANY (coalesce(p.proconfig, '{}'))"
        "      OR p.proowner <> 'ward_definer'::regrole"
        "      OR has_function_privilege('public', p.oid, 'EXECUTE'))",
        list(PRODUCT),
    )
    assert wrong == set()


def test_that_no_better_order_of_joins_is_looked_for_to_tell_a_persons_reach(admin):
    """The search takes longer than the answer, on each new connection."""
    searching = names(
        admin,
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosrc ~ 'auth.held_permissions'"
        " AND NOT 'join_collapse_limit=1' = ANY (coalesce(proconfig, '{}'))",
    )
    assert searching == set()


def test_that_clients_may_call_only_what_is_made_for_them(admin):
    callable_ = names(
        admin,
        "SELECT DISTINCT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n"
        " ON n.oid = p.pronamespace WHERE n.nspname = ANY (%s)"
        " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " AND has_function_privilege('ward_client', p.oid, 'EXECUTE')",
        list(PRODUCT),
    )
    assert callable_ == CLIENT_FUNCTIONS


def test_that_every_foreign_key_has_an_index(admin):
    """[T26]"""
    bare = names(
        admin,
        "SELECT c.conrelid::regclass || '.' || c.conname FROM pg_constraint c"
        " WHERE c.contype = 'f' AND NOT EXISTS (SELECT FROM pg_index i"
        "  WHERE i.indrelid = c.conrelid AND (i.indkey::int2[])[0] = c.conkey[1])",
    )
    assert bare == set()


def test_that_every_key_is_a_uuid_but_those_of_logs(admin):
    """[T25]"""
    other = names(
        admin,
        "SELECT i.indrelid::regclass::text FROM pg_index i JOIN pg_attribute a"
        " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] JOIN pg_class c"
        " ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE i.indisprimary AND n.nspname = ANY (%s) AND a.atttypid <> 'uuid'::regtype"
        " AND NOT c.relispartition",
        list(PRODUCT),
    )
    assert {name.removeprefix("public.") for name in other} == {
        "alembic_version",
        "installation",
        "migration_log",
        "audit.access_logs",
        "audit.change_logs",
        "audit.login_history",
        "audit.seals",
    }


def test_that_the_backup_role_can_dump_everything(server, admin, database_name):
    """[A03] [A03]"""
    admin.execute("CREATE ROLE ward_test_backup LOGIN SUPERUSER")
    try:
        done = subprocess.run(
            [
                server.bin_dir / "pg_dump", "--role=ward_backup", "--data-only",
                "--table=patient.patients", server.dsn(database_name),
            ],
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    finally:
        admin.execute("DROP ROLE ward_test_backup")
    assert done.returncode == 0, done.stderr


def test_that_the_reporting_role_sees_counts_and_no_patient(admin_dsn):
    """[A01] [A01]"""
    with psycopg.connect(
        admin_dsn, options="-c role=ward_readonly", autocommit=True
    ) as connection:
        rows = connection.execute("SELECT ward_code, beds FROM report.bed_occupancy").fetchall()
        assert dict(rows) == {"east": 7, "west": 3}
        for table in ("patient.patients", "report.vital_signs", "public.users"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT * FROM {table}")
