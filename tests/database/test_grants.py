"""What each role may do with each table, in full: whoever adds a right has to say so here."""

from __future__ import annotations

import subprocess
from uuid import uuid4

import psycopg
import pytest

from ward_app.operations.bootstrap import create_database, drop_database

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
BUILDING = {
    "room.buildings", "room.floors", "room.wards", "room.rooms", "room.beds",
    "room.bed_readiness", "room.bed_availability",
}  # fmt: skip
PATIENTS = {
    "patient.patients", "patient.patient_details", "patient.allergies", "patient.patient_flags",
}  # fmt: skip
STAYS = {
    "admission.admissions", "admission.bed_stays", "admission.transfers", "admission.discharges",
    "admission.expected_discharges",
}  # fmt: skip
CHARTS = {
    "report.vital_signs",
    "report.spo2_scale_decisions",
    "report.oxygen_targets",
    "report.group_strike_outs",
    "report.measurements",
}
ESCALATION = {
    "report.escalations", "report.escalation_events", "report.accepted_scores",
}  # fmt: skip
RULES = {"report.escalation_rules", "report.schedule_settings", "report.measurement_kinds"}
PACKS = {
    "report.score_packs", "report.score_pack_uses", "report.score_pack_decisions",
    "patient.pregnancies",
}  # fmt: skip
DERIVED = {"report.score_pack_points", "report.trial_scores"}
SCHEDULE = {"report.observation_plans", "report.observation_deferrals", "admission.leaves"}
ROUNDS = {
    "rounding.templates", "rounding.rounds", "rounding.round_records", "rounding.tasks",
    "rounding.task_events", "rounding.lane_settings",
}  # fmt: skip
STAFF = {
    "public.users", "public.roles", "public.permissions", "public.role_permissions",
    "public.user_roles", "public.user_wards", "public.workstations", "public.facilities",
    "public.installation",
}  # fmt: skip
DEVICES = {
    "report.device_packs", "report.device_settings", "report.devices", "report.device_checks",
    "report.device_removals",
}  # fmt: skip
NOTES, DRAFTS = {"report.nursing_notes"}, {"report.note_drafts", "report.handover_drafts"}
HANDOVERS = {
    "report.handovers", "report.handover_answers", "report.pocket_sheets",
    "report.pocket_sheet_ends",
}  # fmt: skip
ASSESSMENTS = {
    "report.instruments", "report.instrument_uses", "report.assessments",
    "report.assessment_deferrals",
}  # fmt: skip
MESSAGES = {"public.messages", "public.notifications", "public.message_events"}
GRADES = {"public.grades"}
SHIFTS = {
    "public.user_grades", "public.ward_shifts", "public.shift_allocations",
    "public.bed_responsibilities", "public.duty_signs",
}  # fmt: skip
MESSAGE_STEPS = {"public.message_steps"}
ACCOUNTS = {"public.role_grants", "public.common_passwords", "public.account_events"}
KEYS, DETAIL_CHANGES = {"auth.data_keys", "auth.key_wraps"}, {"patient.detail_changes"}
TRAIL = {"audit.seals", "audit.eras", "audit.rules"}
BADGES = {"public.badges", "public.pins"}
OPENINGS = {"audit.openings", "audit.opening_notices", "audit.opening_reviews"}
OFFLINE = {"report.offline_entries", "report.offline_settlements", "report.offline_replays"}
SNAPSHOTS = {"public.monitor_snapshots"}
VIEWS = {"report.patient_summary", "report.upcoming_ward_events", "report.upcoming_appointments"}
LOGS = {"audit.change_logs", "audit.access_logs", "audit.login_history"}

# On whole tables; what is granted by column follows below.
ON_TABLES = {
    "ward_client": {
        READ: {"public.alembic_version", "public.facilities",
               *BUILDING, *PATIENTS, *STAYS, *CHARTS, *ESCALATION, *RULES, *SCHEDULE,
               *ROUNDS, *DEVICES, *PACKS, *ASSESSMENTS, *NOTES, *HANDOVERS, *DRAFTS, *MESSAGES,
               *GRADES, *SHIFTS, *DETAIL_CHANGES, "public.account_events", "audit.audit_log",
               "report.offline_settlements", *VIEWS},
    },
    "ward_loader": {
        READ: {"public.alembic_version", "public.imports", "patient.patient_sequences",
               *STAFF, *BUILDING, *PATIENTS, *STAYS, *CHARTS, *ESCALATION, *RULES, *SCHEDULE,
               *ROUNDS, *DEVICES, *PACKS, *ASSESSMENTS, *DERIVED, *NOTES, *HANDOVERS, *MESSAGES,
               *MESSAGE_STEPS, *GRADES, *SHIFTS, *ACCOUNTS, *DETAIL_CHANGES, *BADGES,
               *OPENINGS},
        ADD: {"public.imports", "patient.patient_sequences", *STAFF, *BUILDING, *PATIENTS,
              *STAYS, *ACCOUNTS, *BADGES, *CHARTS, *ESCALATION, *RULES, *SCHEDULE,
               *ROUNDS, *DEVICES, *PACKS, *ASSESSMENTS,
               *NOTES, *HANDOVERS, *MESSAGES, *MESSAGE_STEPS, *SHIFTS, *DETAIL_CHANGES,
              *OPENINGS},
    },
    "ward_definer": {
        READ: {"public.alembic_version", "public.sessions", "patient.patient_sequences",
               *STAFF, *BUILDING, *PATIENTS, *STAYS, *CHARTS, *ESCALATION, *RULES, *SCHEDULE,
               *ROUNDS, *DEVICES, *PACKS, *ASSESSMENTS, *DERIVED,
               *NOTES, *HANDOVERS, *DRAFTS, *MESSAGES,
               *MESSAGE_STEPS, *GRADES, *SHIFTS, *LOGS, *ACCOUNTS, *KEYS, *TRAIL,
               *DETAIL_CHANGES, *BADGES, "public.witness_proofs",
               *OPENINGS, "audit.chart_closings", *OFFLINE, *SNAPSHOTS},
        ADD: {"public.sessions", "public.users", "public.user_roles", "public.user_wards",
              "public.account_events", "public.witness_proofs", *BADGES,
              "patient.patients", "patient.patient_details",
              "patient.patient_sequences", "room.bed_readiness", "report.vital_signs",
              "report.group_strike_outs", "rounding.rounds", "rounding.tasks", *DERIVED, *STAYS,
              *ESCALATION, *LOGS, "audit.seals",
              *DRAFTS, "public.messages", "public.notifications", "public.message_events",
              *OPENINGS, "audit.chart_closings", *OFFLINE, *SNAPSHOTS, "report.measurements",
              "report.nursing_notes", "rounding.round_records",
              *(SHIFTS - {"public.user_grades"}), *DETAIL_CHANGES},
        CHANGE: {"public.sessions", "patient.patient_sequences", "admission.admissions",
                 "admission.bed_stays", *DRAFTS},
        # nobody signed a draft: it goes when it is signed or thrown away; roles and wards that
        # are taken from a person stay in the log of changes
        # a revoked workstation loses its keys
        REMOVE: DRAFTS | {"public.user_roles", "public.user_wards", "auth.key_wraps"},
    },
    "ward_readonly": {READ: {"report.bed_occupancy"}},
    "ward_backup": {},
    "ward_monitor": {},
    "ward_migrator": {},
    "PUBLIC": {},
}  # fmt: skip
ON_COLUMNS = {
    "ward_client": {
        ("public.users", READ): {"id", "facility_id", "display_name", "profession"},
        ("report.offline_entries", READ): {
            "id", "command_id", "session_id", "author_id", "workstation", "kind", "admission_id",
            "patient_id", "ward_id", "occurred_at", "entered_at", "received_at", "verdict",
            "problem",
        },
        ("room.bed_readiness", ADD): {"id", "bed_id", "readiness", "reason", "occurred_at"},
        ("room.bed_availability", ADD): {
            "id", "bed_id", "availability", "block_reason", "note", "expected_end_at",
            "occurred_at",
        },
        ("patient.allergies", ADD): {
            "id", "patient_id", "substance", "reaction", "status", "supersedes_id", "reason",
            "occurred_at",
        },
        ("patient.patient_flags", ADD): {
            "id", "patient_id", "kind", "active", "detail", "reason", "occurred_at",
        },
        ("admission.expected_discharges", ADD): {"id", "admission_id", "expected_on", "reason"},
        ("report.spo2_scale_decisions", ADD): {
            "id", "admission_id", "scale", "decided_by", "reason", "occurred_at",
        },
        ("report.oxygen_targets", ADD): {
            "id", "admission_id", "low_percent", "high_percent", "decided_by", "reason",
            "occurred_at", "supersedes_id",
        },
        ("report.score_pack_decisions", ADD): {
            "id", "admission_id", "pack", "decided_by", "reason", "occurred_at",
        },
        ("patient.pregnancies", ADD): {
            "id", "admission_id", "status", "ended_on", "note", "occurred_at", "supersedes_id",
            "change_reason",
        },
        ("report.observation_plans", ADD): {
            "id", "admission_id", "interval_minutes", "decided_by", "reason", "review_at",
            "expires_at",
        },
        ("report.observation_deferrals", ADD): {
            "id", "admission_id", "due_at", "reason", "note", "deferred_until", "occurred_at",
            "status", "supersedes_id", "change_reason",
        },
        ("admission.leaves", ADD): {
            "id", "admission_id", "kind", "expected_back_at", "reason", "occurred_at",
        },
        ("rounding.templates", ADD): {"id", "name", "content", "change_reason"},
        ("rounding.round_records", ADD): {
            "id", "round_id", "template_id", "admission_id", "subject_ward_id", "outcome",
            "answers", "words", "reason", "deferred_until", "note", "occurred_at", "status",
            "supersedes_id", "change_reason",
        },
        ("rounding.tasks", ADD): {"id", "subject_ward_id", "admission_id", "title", "due_at"},
        ("rounding.task_events", ADD): {
            "id", "task_id", "kind", "reason", "deferred_until", "occurred_at",
        },
        ("report.handovers", ADD): {
            "id", "admission_id", "own_words", "facts_hash", "supersedes_id", "to_user_id",
            "to_role",
        },
        ("report.handover_answers", ADD): {
            "id", "handover_id", "kind", "words", "read_back", "facts_hash",
        },
        ("report.pocket_sheets", ADD): {
            "id", "paper", "as_file", "patient_ids", "expires_at",
        },
        ("report.pocket_sheet_ends", ADD): {"id", "sheet_id", "kind", "words"},
        ("report.devices", ADD): {
            "id", "admission_id", "pack_version", "pack_hash", "kind", "site", "side", "size",
            "inserted_at", "inserted_by", "reason", "due_out_at", "note", "status",
            "supersedes_id", "change_reason",
        },
        ("report.device_checks", ADD): {
            "id", "device_id", "admission_id", "pack_version", "pack_hash", "signs", "note",
            "occurred_at", "status", "supersedes_id", "change_reason",
        },
        ("report.device_removals", ADD): {
            "id", "device_id", "admission_id", "reason", "tip", "removed_by", "note",
            "occurred_at", "status", "supersedes_id", "change_reason",
        },
        ("report.nursing_notes", ADD): {
            "id", "admission_id", "kind", "addendum_to_id", "title", "sections", "symptom",
            "severity", "since_on", "own_words", "template", "occurred_at", "status",
            "supersedes_id", "change_reason",
        },
        ("report.assessments", ADD): {
            "id", "admission_id", "instrument", "version", "hash", "answers", "score", "band",
            "note", "occurred_at", "status", "supersedes_id", "change_reason",
        },
        ("report.assessment_deferrals", ADD): {
            "id", "admission_id", "instrument", "due_at", "reason", "note", "deferred_until",
            "occurred_at", "status", "supersedes_id", "change_reason",
        },
        ("public.messages", ADD): {
            "id", "about_ward_id", "to_user_id", "to_role", "urgency", "body", "admission_id",
            "reply_to_id",
        },
        ("report.measurements", ADD): {
            "id", "admission_id", "kind", "kind_version", "kind_hash", "values",
            "occurred_at", "note", "device_source", "status", "supersedes_id",
            "change_reason",
        },
        ("report.vital_signs", ADD): {
            "id", "admission_id", "occurred_at", "respiratory_rate_per_min", "spo2_percent",
            "spo2_scale", "on_oxygen", "oxygen_flow_l_per_min", "oxygen_device",
            "inspired_oxygen_percent", "further_signs", "systolic_bp_mmhg",
            "diastolic_bp_mmhg", "pulse_per_min", "consciousness", "temperature_celsius",
            "incomplete_reason", "note", "device_source", "status", "supersedes_id",
            "change_reason", "score_pack", "score_version", "score_hash", "score_total",
            "score_at_least", "score_points", "score_missing", "risk", "interval_minutes",
            "next_due_at",
        },
    },
    "ward_loader": {("patient.patient_sequences", CHANGE): {"last_number"}},
    # locking a bed needs the right to change something of it
    "ward_definer": {
        ("public.users", CHANGE): {
            "last_signed_in_at", "password_hash", "must_change_password", "password_expires_at",
            "password_changed_at", "is_active", "valid_until", "unlocked_at", "unlocked_xact",
        },
        ("patient.patient_details", CHANGE): {
            "version", "insurance_member_id_encrypted", "national_id_encrypted",
            "national_id_index", "national_id_index_key", "address_encrypted",
            "medical_history_encrypted",
        },
        ("room.beds", CHANGE): {"position"},
        ("public.badges", CHANGE): {"ended_at"},
        ("public.pins", CHANGE): {"pin_hash", "set_at", "forgotten_tries"},
        ("public.witness_proofs", CHANGE): {"used_at"},
    },
}  # fmt: skip

_ACL = """
SELECT n.nspname || '.' || c.relname, g.privilege_type
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(c.relacl) g
WHERE c.relkind IN ('r', 'p', 'v')
  AND n.nspname = ANY ('{public,patient,room,admission,report,rounding,audit,auth}')
  AND CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END = %s
  AND c.relowner <> g.grantee
  AND NOT c.relispartition  -- tests/audit/test_months.py
"""
_COLUMN_ACL = """
SELECT n.nspname || '.' || c.relname, g.privilege_type, a.attname
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(a.attacl) g
WHERE n.nspname = ANY ('{public,patient,room,admission,report,rounding,audit,auth}')
  AND CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END = %s
"""
roles = pytest.mark.parametrize("role", ON_TABLES)


@pytest.fixture(scope="module")
def database_name(server, template):
    """One database for all of these: they only look."""
    name = f"ward_test_{uuid4().hex}"
    create_database(server.dsn("postgres"), name, template=template)
    yield name
    drop_database(server.dsn("postgres"), name)


@roles
def test_that_a_role_holds_exactly_these_rights_on_tables(admin, role):
    """[A02] [A03]"""
    held: dict[str, set[str]] = {}
    for table, privilege in admin.execute(_ACL, (role,)):
        held.setdefault(privilege, set()).add(table)
    assert held == ON_TABLES[role]


@roles
def test_that_a_role_holds_exactly_these_rights_on_columns(admin, role):
    held: dict[tuple[str, str], set[str]] = {}
    for table, privilege, column in admin.execute(_COLUMN_ACL, (role,)):
        held.setdefault((table, privilege), set()).add(column)
    assert held == ON_COLUMNS.get(role, {})


def test_that_nobody_may_pass_a_right_on(admin):
    passed_on = admin.execute(
        "SELECT c.oid::regclass FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) g"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE g.is_grantable AND g.grantee <> c.relowner"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert passed_on.fetchall() == []


def test_that_no_group_logs_in_or_is_more_than_it_must_be(admin):
    rows = admin.execute(
        "SELECT rolname, rolbypassrls FROM pg_roles WHERE rolname LIKE 'ward\\_%' AND rolname"
        " <> 'ward_admin' AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb"
        " OR rolreplication OR rolbypassrls)"
    )
    assert dict(rows.fetchall()) == {
        "ward_definer": True,
        "ward_loader": True,
        "ward_backup": True,
    }


def test_that_workstations_belong_to_clients_alone(admin):
    groups = admin.execute(
        "SELECT DISTINCT m.roleid::regrole::text FROM pg_auth_members m"
        " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname LIKE 'ws\\_%'"
    )
    assert groups.fetchall() == [("ward_client",)]
    above = admin.execute(
        "SELECT m.roleid::regrole FROM pg_auth_members m WHERE m.member = 'ward_client'::regrole"
    )
    assert above.fetchall() == []


def test_that_the_database_lets_in_our_roles_only(admin):
    allowed = admin.execute(
        "SELECT g.grantee::regrole::text, g.privilege_type FROM pg_database d"
        " CROSS JOIN LATERAL aclexplode(d.datacl) g"
        " WHERE d.datname = current_database() AND g.grantee <> d.datdba"
    )
    assert set(allowed.fetchall()) == {
        *((role, "CONNECT") for role in (
            "ward_client", "ward_loader", "ward_readonly", "ward_monitor", "ward_backup",
            "ward_migrator",
        )),
        ("ward_loader", "TEMPORARY"),
        ("ward_migrator", "TEMPORARY"),
    }  # fmt: skip


def test_that_the_backup_role_dumps_the_whole_database(server, database_name, admin, tmp_path):
    """[A03] Row security stops pg_dump for everybody else, even the owner."""
    program = [server.bin_dir / "pg_dump", "--format=custom", server.dsn(database_name)]
    with (tmp_path / "dump").open("wb") as file:
        done = subprocess.run(
            [*program, "--role=ward_backup"], stdout=file, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "dump").open("rb") as file:
        listed = subprocess.run(
            [server.bin_dir / "pg_restore", "--list"],
            stdin=file,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    for part in ("TABLE DATA patient patients", "TABLE DATA audit change_logs",
                 "TABLE DATA public sessions", "SEQUENCE SET auth tries_",
                 "ROW SECURITY report vital_signs"):  # fmt: skip
        assert part in listed
    refused = subprocess.run([*program, "--role=ward_owner"], capture_output=True, check=False)
    assert refused.returncode != 0
    assert b"row-level security" in refused.stderr


def test_that_the_backup_role_changes_nothing(admin_dsn):
    with psycopg.connect(admin_dsn, options="-c role=ward_backup", autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM public.users").fetchone()[0] > 5
        for attack in ("DELETE FROM public.users", "UPDATE public.users SET login = 'x'",
                       "SELECT nextval('patient.allergies_seq_seq')"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attack)


def test_that_the_loader_adds_and_never_changes(admin_dsn):
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as connection:
        for attack in ("UPDATE patient.patients SET given_name = 'x'", "DELETE FROM room.beds",
                       "TRUNCATE report.vital_signs", "SELECT * FROM public.sessions",
                       "SELECT * FROM audit.change_logs"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attack)
