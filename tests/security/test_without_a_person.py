"""The workstation's credential alone, with nobody signed in: nothing of any patient."""

from __future__ import annotations

import psycopg
import pytest

from tests.security.conftest import SECRETS
from tests.security.intruder import REFUSED

# Every relation a workstation may name; the catalogue's own views only where asked.
RELATIONS = """
SELECT format('%%I.%%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_toast|^pg_temp'
  AND (%s OR n.nspname <> 'pg_catalog') AND n.nspname <> 'information_schema'
ORDER BY 1
"""
MINE = ("Okafor", "Mensah", "Pneumonia")


def readable(intruder, token=None, *, catalogue=False):
    """Return what each relation shows as text, by name; refused ones are left out."""
    shown = {}
    with intruder.connection(token) as connection:
        names = [name for (name,) in connection.execute(RELATIONS, (catalogue,))]
        for name in names:
            connection.execute("SAVEPOINT before")
            try:
                rows = connection.execute(f"SELECT r::text FROM {name} r").fetchall()
            except psycopg.Error:
                connection.execute("ROLLBACK TO before")
            else:
                shown[name] = "\n".join(row[0] for row in rows)
    return shown


def assert_hidden(shown, words):
    for name, text in shown.items():
        found = [word for word in words if word in text]
        assert not found, f"{name} shows {found}"


@pytest.mark.parametrize("token", [None, "", "0" * 64, "' OR true --"])
def test_that_without_a_live_token_no_relation_shows_a_patient(hospital, intruder, token):
    shown = readable(intruder, token)
    assert shown["patient.patients"] == shown["room.wards"] == shown["public.facilities"] == ""
    assert_hidden(shown, SECRETS + MINE)


def test_that_neither_tables_nor_catalogue_show_secrets(hospital, intruder, admin):
    """Another ward's patients, another hospital's, password hashes, tokens, role passwords."""
    admin.execute("ANALYZE")
    hashes = [row[0] for row in admin.execute("SELECT password_hash FROM public.users")]
    tokens = [row[0] for row in admin.execute("SELECT encode(token_sha256, 'hex') FROM sessions")]
    roles = [row[0] for row in admin.execute("SELECT rolpassword FROM pg_authid") if row[0]]
    shown = readable(intruder, hospital.nora, catalogue=True)
    assert "pg_catalog.pg_stats" in shown
    assert "Okafor" in shown["patient.patients"]
    assert_hidden(shown, [*SECRETS, *hashes, *tokens, *roles, "$2a$"])


def test_that_statistics_of_columns_show_nothing_to_a_workstation(hospital, intruder, admin):
    admin.execute("ANALYZE")
    sampled = (
        "SELECT count(*) FROM pg_stats WHERE schemaname IN ('public', 'patient', 'admission',"
        " 'report') AND tablename <> 'alembic_version'"
    )
    assert admin.execute(sampled).fetchone()[0] > 0
    assert intruder.value(sampled, token=hospital.nora) == 0


def test_that_the_tables_of_the_audit_trail_are_closed_to_clients(hospital, intruder):
    shown = readable(intruder, hospital.nora)
    assert shown.pop("audit.audit_log") == ""
    assert not [name for name in shown if name.startswith(("audit.", "auth."))]
    assert not {"public.sessions", "public.users", "public.user_wards"} & shown.keys()


@pytest.mark.parametrize(
    "call",
    [
        "auth.open_directory()",
        "auth.open_chart(gen_random_uuid(), 'ward', NULL)",
        "patient.search('Quagmire', NULL, NULL)",
        "patient.possible_duplicates('Quagmire', 'Xylophone', NULL, 'unknown')",
        "patient.register(gen_random_uuid(), 'A', 'B', NULL, 'unknown', NULL, false)",
        "admission.occupied_beds()",
        "public.shifts_between(gen_random_uuid(), now(), now())",
        "public.ward_staff(gen_random_uuid())",
        "public.on_duty()",
        "public.take_bed(gen_random_uuid(), gen_random_uuid(), NULL, NULL, NULL)",
        "public.put_down_bed(gen_random_uuid(), gen_random_uuid(), 'x', NULL)",
        "report.bed_board(ARRAY[gen_random_uuid()])",
        "report.ward_board(ARRAY[gen_random_uuid()])",
        "report.ward_board_v2(ARRAY[gen_random_uuid()])",
        "report.ward_board_v3(ARRAY[gen_random_uuid()])",
        "report.accept_score(gen_random_uuid(), NULL, now(), 'a', 'b')",
        "report.take_back_accepted_score(gen_random_uuid(), NULL, 'b')",
        "report.accepted_now(gen_random_uuid())",
        "admission.transfer(gen_random_uuid(), NULL, NULL, NULL, now(), NULL, true)",
        "admission.swap(gen_random_uuid(), gen_random_uuid(), NULL, NULL, now(), NULL)",
        "admission.discharge(gen_random_uuid(), NULL, now(), 'home', NULL)",
        "admission.cancel_latest_step(gen_random_uuid(), NULL, 'because')",
        "admission.admit(NULL, NULL, NULL, NULL, now(), '', '', '', '', NULL, true, NULL)",
        "report.due_list(ARRAY[gen_random_uuid()])",
        "report.lane_patients(ARRAY[gen_random_uuid()], now())",
        "rounding.lane_rounds(ARRAY[gen_random_uuid()], now())",
        "report.observation_dues(ARRAY[gen_random_uuid()], now(), now())",
        "rounding.round_dues(ARRAY[gen_random_uuid()], now(), now())",
        "rounding.answered(ARRAY[gen_random_uuid()], '{}', now(), now())",
        "report.open_escalations(ARRAY[gen_random_uuid()])",
        "report.raise_concern(gen_random_uuid(), NULL, 'worried')",
        "report.answer_escalation(NULL, NULL, 'planned', now(), NULL, NULL, NULL, NULL, 'x')",
        "report.answer_escalation(NULL, NULL, 'closed', now(), NULL, NULL, NULL, NULL, NULL)",
        "report.colleagues(gen_random_uuid())",
        "report.tick_escalations(ARRAY[gen_random_uuid()])",
        "report.silence_escalations(gen_random_uuid(), ARRAY[gen_random_uuid()], 5::smallint)",
        "report.search_notes(NULL, NULL, 'slept')",
        "report.keep_note_draft(gen_random_uuid(), gen_random_uuid(), '{}')",
        "report.drop_note_draft(gen_random_uuid())",
        "report.handover_list(gen_random_uuid())",
        "auth.change_password('a', 'b')",
        "auth.create_account(gen_random_uuid(), '{}', 'why')",
        "auth.unlock_account(gen_random_uuid(), 'why')",
        "auth.accounts()",
        "auth.sign_ins(gen_random_uuid())",
        "auth.role_catalogue()",
        "auth.keep_badge_and_pin('a', 'b', 'c')",
        "auth.drop_badge()",
        "auth.badge_holders()",
        "auth.give_badge(gen_random_uuid(), 'b', 'why')",
        "auth.take_badge(gen_random_uuid(), 'why')",
        "auth.witness(gen_random_uuid(), 'a', 'b', false)",
        "report.keep_handover_words(gen_random_uuid(), 'mine')",
        "report.settle_offline(gen_random_uuid(), gen_random_uuid(), 'set_aside', 'x')",
        "report.offline_content(gen_random_uuid())",
        "report.chart(gen_random_uuid())",
        "report.measurement_chart(gen_random_uuid())",
        "auth.open_ward_copy(gen_random_uuid())",
        "report.ward_copy(gen_random_uuid(), '{}')",
        "report.handover_copy(gen_random_uuid())",
    ],
)
def test_that_every_command_asks_for_a_signed_in_person(hospital, intruder, call):
    sql = f"SELECT * FROM {call.replace('gen_random_uuid', 'public.gen_random_uuid')}"
    assert intruder.state(sql) == "WA401"
    assert intruder.state(sql, token="f" * 64) == "WA401"


def test_that_without_a_person_the_reach_is_empty(hospital, intruder):
    for call in ("uid()", "facility_id()"):
        assert intruder.value(f"SELECT auth.{call}") is None
    for call in ("ward_ids()", "admission_ids()", "patient_ids()", "open_patients()",
                 "account_ids()"):  # fmt: skip
        assert intruder.value(f"SELECT auth.{call}") == []
    assert intruder.value("SELECT auth.prove('x')") is None
    assert intruder.value("SELECT report.next_due(%s)", (hospital.theirs,)) is None


def test_that_the_server_tells_strangers_only_what_they_need_to_sign_in(hospital, intruder):
    [facts] = intruder.rows("SELECT * FROM auth.server_info()")
    assert facts[0] == "test"
    assert facts[3:5] == ("Main Hospital", True)


def test_that_internal_functions_cannot_be_called(hospital, intruder, admin):
    """Whatever is not on the short list is refused, whoever is signed in."""
    allowed = {
        "auth.server_info", "auth.sign_in", "auth.sign_out", "auth.touch", "auth.prove",
        "auth.uid", "auth.facility_id", "auth.may", "auth.ward_ids", "auth.admission_ids",
        "auth.sign_in_v2", "auth.change_password", "auth.create_account", "auth.reset_password",
        "auth.set_account_active", "auth.expire_password", "auth.set_account_end",
        "auth.give_role", "auth.take_role", "auth.give_ward", "auth.take_ward",
        "auth.unlock_account", "auth.accounts", "auth.sign_ins", "auth.role_catalogue",
        "auth.account_ids",
        "auth.sign_in_with_badge", "auth.keep_badge_and_pin", "auth.drop_badge",
        "auth.give_badge", "auth.take_badge", "auth.badge_holders", "auth.witness",
        "auth.patient_ids", "auth.reaches_admission", "auth.reaching",
        "auth.reaches_patient", "auth.station_keys",
        "patient.record_details", "patient.search_national_id",
        "auth.open_patients", "auth.open_chart", "auth.open_directory",
        "auth.live_openings", "auth.asks_for_reason", "auth.close_chart",
        "auth.openings_to_review", "auth.review_opening", "patient.search_elsewhere",
        "patient.search", "patient.possible_duplicates", "patient.register",
        "admission.admit", "admission.transfer", "admission.swap", "admission.discharge",
        "admission.cancel_latest_step", "admission.occupied_beds",
        "report.bed_board", "report.next_due", "report.measured_by",
        "report.strike_out_group", "report.struck_out_patients", "report.reinstate_group",
        "auth.record_print",
        "auth.record_report", "auth.open_trail", "auth.trail_is_open", "auth.record_trail",
        "audit.trail", "auth.open_ward_copy", "report.ward_copy",
        "report.handover_copy",
        "report.open_escalations", "report.raise_concern",
        "report.answer_escalation", "report.colleagues", "report.tick_escalations",
        "report.silence_escalations", "report.observation_dues",
        "report.escalation_answers", "report.due_list", "report.ward_board",
        "report.scoring_bases", "report.accept_score", "report.take_back_accepted_score",
        "report.accepted_now", "report.ward_board_v2", "report.ward_board_v3",
        "rounding.due_list", "rounding.round_size", "rounding.open_tasks",
        "rounding.tasks_of_beds",
        "rounding.round_dues", "rounding.answered",
        "report.lane_patients", "rounding.lane_rounds",
        "report.search_notes", "report.keep_note_draft", "report.drop_note_draft",
        "report.handover_list", "report.keep_handover_words",
        "report.assessment_dues", "report.assessments_answering", "report.instruments_in_use",
        "report.assessments_due", "rounding.nights_then",
        "report.handover_receivers", "report.handover_people",
        "report.chart", "report.measurement_chart",
        "report.replay", "report.settle_offline", "report.offline_content",
    }  # fmt: skip
    internal = admin.execute(
        "SELECT n.nspname || '.' || p.proname, p.pronargs FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname IN ('auth', 'audit', 'room', 'patient', 'admission', 'report',"
        " 'rounding')"
        " AND n.nspname || '.' || p.proname <> ALL (%s)",
        (sorted(allowed),),
    ).fetchall()
    assert len(internal) > 20
    for name, arguments in internal:
        call = f"SELECT {name}({', '.join(['NULL'] * arguments)})"
        assert intruder.state(call, token=hospital.nora) == REFUSED, name
