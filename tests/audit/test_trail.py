"""The trail in one place: what each act leaves in it, and what an auditor finds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import world
from tests.steps import admit, ago, leave, move
from ward_app.audit.queries import trail_page
from ward_app.audit.service import (
    open_chart,
    open_directory,
    open_trail,
    record_print,
    record_trail,
)
from ward_app.audit.types import Action, Question, Wanted
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError, WardError
from ward_app.staff.service import sign_in, sign_out

VIEW = "SELECT action, resource_type, login, workstation, ward_name, mrn FROM audit.audit_log"


@pytest.fixture
def auditor(signed_in, database):
    """Audrey, who has opened the trail."""
    actor = Actor(signed_in("audrey").token)
    database.run(actor, open_trail, "everything")
    return actor


@pytest.fixture
def ask(database, auditor):
    """Return the answer to one of the auditor's questions."""

    def answer(question=Question.EVERYTHING, **changes):
        page = {name: changes.pop(name) for name in ("after", "rows") if name in changes}
        facts = {"since": ago(24 * 60), "until": ago(-10)} | changes
        wanted = Wanted(question=question, **facts)
        return database.run(auditor, trail_page, wanted, **page)

    return answer


@pytest.fixture
def stay(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


@pytest.fixture
def patient(admin, stay):
    question = "SELECT patient_id FROM admission.admissions WHERE id = %s"
    return admin.execute(question, (stay,)).fetchone()[0]


def actions(rows):
    return {row.action for row in rows}


def test_that_every_kind_of_act_leaves_its_code_and_there_are_no_others(
    database, nurse, ask, patient, stay, admin
):
    """[U04] [T18] EXPORT and PRINT from the dialogs: tests/observations/test_chart_print.py."""
    database.run(nurse, open_chart, patient)
    database.run(nurse, record_print, patient, "chart, A4", action=Action.PRINT)
    database.run(nurse, record_print, patient, "chart, PDF", action=Action.EXPORT)
    move(database, nurse, stay, "2")
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s", (world.id_of("wes"),))
    database.run(nurse, sign_out)
    assert actions(ask(rows=1000)) == set(Action)


def test_that_an_entry_says_who_where_and_whose(database, nurse, ask, patient, admin):
    """[T18] [U06] [B05] Person, session, workstation, ward, patient and what kind of record."""
    database.run(nurse, open_chart, patient)
    [row] = ask(Question.OPENINGS, patient="okafor")
    assert (row.user_name, row.login, row.workstation) == ("Nora Nurse", "nora", "ws_alpha")
    assert (row.ward_name, row.family_name) == ("Ward 7 East", "Okafor")
    assert (row.resource_type, row.kind) == ("chart", "ward")
    session = "SELECT id FROM public.sessions WHERE user_id = %s"
    assert row.session_id == admin.execute(session, (world.id_of("nora"),)).fetchone()[0]
    changed = ask(Question.CHANGES, patient="okafor")
    assert {r.resource_type for r in changed} >= {"patient.patients", "admission.admissions"}
    assert {r.session_id for r in changed} == {row.session_id}
    assert {r.ward_name for r in changed if r.resource_type == "admission.bed_stays"} == {
        "Ward 7 East"
    }


def test_that_the_view_shows_the_same_in_one_place(database, nurse, auditor, patient):
    """[T18]"""
    database.run(nurse, open_chart, patient)

    def read(tx):
        return tx.tuples(f"{VIEW} WHERE resource_type = 'chart'")

    [row] = database.run(auditor, read)
    assert row[:5] == ("VIEW", "chart", "nora", "ws_alpha", "Ward 7 East")
    codes = database.run(auditor, lambda tx: tx.tuples("SELECT DISTINCT source FROM"
                                                       " audit.audit_log"))  # fmt: skip
    assert set(codes) == {("access",), ("change",), ("login",)}


def test_that_reading_the_trail_is_on_record(ask, auditor):
    """[U01]"""
    ask()
    [row] = ask(Question.OPENINGS, person="audrey")
    assert (row.resource_type, row.kind, row.detail) == ("audit trail", "audit", "everything")


def test_that_an_update_names_columns_and_no_value(database, nurse, ask, stay):
    leave(database, nurse, stay)
    rows = [r for r in ask(Question.CHANGES) if r.resource_type == "admission.admissions"]
    [updated] = [r for r in rows if r.action is Action.UPDATE]
    assert "discharged_at" in updated.detail
    assert "2026" not in updated.detail


def test_that_a_person_is_found_by_user_name_or_part_of_the_name(database, nurse, ask, patient):
    database.run(nurse, open_chart, patient)
    for typed in ("nora", "NORA", "Nurs", "nora nurse"):
        assert {row.login for row in ask(person=typed)} == {"nora"}
    assert ask(person="nobody") == ()
    assert ask(person="%") == ()


def test_that_a_patient_is_found_by_number_or_by_names(database, nurse, ask, patient, admin):
    """[U07] Who saw this patient."""
    admit(database, nurse, "Bello", label="2")
    database.run(nurse, open_chart, patient)
    mrn = "SELECT mrn FROM patient.patients WHERE id = %s"
    number = admin.execute(mrn, (patient,)).fetchone()[0]
    for typed in (number, f"{number[:3]} {number[3:6]} {number[6:]}", "okafor", "Ada Okafor"):
        rows = ask(patient=typed)
        assert rows
        assert {row.family_name for row in rows} == {"Okafor"}
    for typed in ("o", "%", "__", "Nobody", "' OR true --"):
        assert ask(patient=typed) == ()


def test_that_a_workstation_is_found_by_its_name(database, nurse, ask, connect, signed_in):
    signed_in("wes", connect("ws_beta"))
    assert {row.workstation for row in ask(workstation="beta")} == {"ws_beta"}
    assert ask(workstation="gamma") == ()


def test_that_failed_sign_ins_are_found_without_what_was_typed(database, ask):
    """[U03] [U07] Somebody may have typed a password where the name goes."""
    for login in ("nora", "Secret-Password-9"):
        with pytest.raises(WardError):
            database.run(None, sign_in, login, "wrong password")
    unknown, known = ask(Question.FAILED_SIGN_INS)
    assert (unknown.login, unknown.detail) == (None, "unknown login")
    assert (known.login, known.detail) == ("nora", "wrong password")
    assert not unknown.succeeded
    assert "Secret-Password-9" not in str(unknown)
    assert len(ask(Question.SIGN_INS)) == 3


def test_that_mass_opening_finds_who_opened_many_charts_at_a_time(
    database, nurse, ask, admin, signed_in
):
    """[U07]"""
    admin.execute(
        "INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes, off_hours_from,"
        " off_hours_until, source) VALUES (gen_random_uuid(), 6, 2, 10, '22:00', '06:00', 'test')"
    )
    for label in "123":
        admit(database, nurse, f"Okafor {label}", label=label)
    patients = [row[0] for row in admin.execute("SELECT id FROM patient.patients ORDER BY id")]
    for patient in (patients[0], patients[0], patients[1], patients[1]):
        database.run(nurse, open_chart, patient)
    assert ask(Question.MASS_OPENING) == ()  # the same two again are two
    other = Actor(signed_in("dora").token)
    database.run(other, open_chart, patients[2])
    database.run(nurse, open_chart, patients[2])
    found = ask(Question.MASS_OPENING)
    assert {row.login for row in found} == {"nora"}
    assert len(found) == 5
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute(
        "UPDATE audit.access_logs SET at = at - interval '11 minutes'"
        " WHERE patient_id = %s AND user_id = %s",
        (patients[0], world.id_of("nora")),
    )
    assert ask(Question.MASS_OPENING) == ()


def test_that_mass_opening_counts_over_all_sessions_of_a_person(
    database, connect, nurse, ask, admin, signed_in
):
    """[U07] A chart opened again is no other chart, at whatever workstation."""
    admin.execute(
        "INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes, off_hours_from,"
        " off_hours_until, source) VALUES (gen_random_uuid(), 6, 2, 10, '22:00', '06:00', 'test')"
    )
    for label in "123":
        admit(database, nurse, f"Okafor {label}", label=label)
    patients = [row[0] for row in admin.execute("SELECT id FROM patient.patients ORDER BY id")]
    beta = connect("ws_beta")
    again = Actor(signed_in("nora", beta).token)
    for patient in patients[:2]:
        database.run(nurse, open_chart, patient)
        beta.run(again, open_chart, patient)
    assert ask(Question.MASS_OPENING) == ()
    third = Actor(signed_in("nora", beta).token)
    beta.run(third, open_chart, patients[2])
    found = ask(Question.MASS_OPENING)
    assert {row.login for row in found} == {"nora"}
    assert len({row.session_id for row in found}) == 3


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-06-15"])
def test_that_off_hours_are_those_of_the_hospitals_clock(
    database, nurse, ask, admin, patient, day
):
    """[U07] Also on the days the clocks change."""
    database.run(nurse, open_chart, patient)
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    since = admin.execute("SELECT %s::timestamptz - interval '1 day'", (day,)).fetchone()[0]
    found = {}
    for clock in ("23:30", "02:00", "06:00", "12:00", "21:59"):
        admin.execute(
            "UPDATE audit.access_logs SET at = %s::timestamp AT TIME ZONE 'Europe/London'"
            " WHERE kind = 'ward'",
            (f"{day} {clock}",),
        )
        rows = ask(Question.OFF_HOURS, since=since, until=since + timedelta(days=3))
        found[clock] = bool(rows)
    assert [clock for clock, is_off in found.items() if is_off] == ["23:30", "02:00"]


def test_that_account_changes_tell_what_was_done_and_why(admin, ask):
    admin.execute("INSERT INTO public.account_events (id, user_id, action, detail, reason,"
                  " database_role) VALUES (gen_random_uuid(), %s, 'role_given', 'nurse',"
                  " 'joined the ward', 'postgres')", (world.id_of("wes"),))  # fmt: skip
    [row] = ask(Question.ACCOUNTS)
    assert row.detail == "role given nurse of Wes Westward: joined the ward"


def test_that_pages_follow_each_other_without_gap_or_repeat(database, nurse, ask, admin):
    for label in "1234":
        admit(database, nurse, f"Okafor {label}", label=label)
        database.run(nurse, open_directory)
    # several entries of one moment, in one log and across logs
    for log in ("change_logs", "access_logs", "login_history"):
        admin.execute(f"ALTER TABLE audit.{log} DISABLE TRIGGER append_only")
        admin.execute(f"UPDATE audit.{log} SET at = date_trunc('minute', at)")
    everything = ask(rows=1000)
    assert len(everything) > 20
    paged, after = [], None
    while page := ask(rows=7, after=after):
        paged += page
        after = page[-1]
    assert tuple(paged) == everything
    assert len(set(paged)) == len(paged)
    assert list(everything) == sorted(
        everything, key=lambda r: (r.at, r.source, r.id), reverse=True
    )


def test_that_bounds_are_from_and_before(database, nurse, ask, patient):
    database.run(nurse, open_chart, patient)
    [row] = ask(Question.OPENINGS, patient="okafor")
    assert ask(Question.OPENINGS, patient="okafor", since=row.at) == (row,)
    assert ask(Question.OPENINGS, patient="okafor", until=row.at) == ()


def test_that_the_trail_is_read_only_after_it_was_opened(database, signed_in):
    audrey = Actor(signed_in("audrey").token)
    wanted = Wanted(question=Question.EVERYTHING, since=ago(60), until=ago(-1))
    with pytest.raises(RuleBrokenError, match="quarter of an hour"):
        database.run(audrey, trail_page, wanted)


def test_that_the_trail_closes_after_a_quarter_of_an_hour(ask, admin):
    ask()
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now()")
    with pytest.raises(RuleBrokenError):
        ask()


def test_that_who_does_not_audit_neither_opens_nor_reads_it(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, open_trail, "everything")
    wanted = Wanted(question=Question.EVERYTHING, since=ago(60), until=ago(-1))
    with pytest.raises(NotPermittedError):
        database.run(nurse, trail_page, wanted)


def test_that_what_leaves_the_screen_is_on_record_first(database, ask, auditor, signed_in):
    """[U04]"""
    database.run(auditor, record_trail, "Everything, CSV, 3 rows", action=Action.EXPORT)
    [row] = ask(Question.TAKEN_OUT)
    assert (row.action, row.detail) == (Action.EXPORT, "Everything, CSV, 3 rows")
    closed = Actor(signed_in("audrey").token)
    with pytest.raises(NotPermittedError, match="not open any more"):
        database.run(closed, record_trail, "x", action=Action.PRINT)
