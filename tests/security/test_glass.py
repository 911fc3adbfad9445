"""Breaking the glass, by whoever holds a token: one patient, one session, one hour, on record."""

from __future__ import annotations

import psycopg
import pytest

from tests import world
from tests.patience import PATIENCE_S
from tests.scored import scored
from tests.security.glass import NOTICES, OPEN, PRIVATE, QUEUE
from tests.security.intruder import REFUSED
from ward_app.core.ids import new_id

pytestmark = pytest.mark.usefixtures("wes_leads_west")

REASON = "cardiac arrest on Ward 3"
READ = "SELECT count(*) FROM report.vital_signs WHERE patient_id = %s"
COLUMNS, VALUES = scored(pulse_per_min=70)
RECORD = (
    f"INSERT INTO report.vital_signs (id, admission_id, occurred_at, {COLUMNS})"
    f" VALUES (%s, %s, now(), {VALUES})"
)
NOTE = (
    "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at)"
    ' VALUES (%s, %s, \'progress\', \'Progress\', \'[{"heading": "", "text": "Arrest."}]\', now())'
)


def break_glass(intruder, hospital, patient=None, *, token=None, reason=REASON):
    values = patient or hospital.their_patient, "break_glass", reason
    return intruder.value(OPEN, values, token=token or hospital.nora)


def readable(intruder, hospital, *, token=None):
    return intruder.value(READ, (hospital.their_patient,), token=token or hospital.nora) > 0


def move_on(admin, interval):
    """Let the hour of every opening be over by so much."""
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute(
        "UPDATE audit.access_logs SET valid_until = clock_timestamp() - %s::interval", (interval,)
    )


@pytest.mark.parametrize("reason", [None, "", "          ", "too short", "  short  \t"])
def test_that_the_glass_does_not_break_without_a_reason(hospital, intruder, admin, reason):
    """[U01]"""
    values = hospital.their_patient, "break_glass", reason
    assert intruder.state(OPEN, values, token=hospital.nora) == "WA001"
    assert not readable(intruder, hospital)
    assert admin.execute(QUEUE).fetchall() == []


def test_that_an_opening_is_told_and_queued_with_it(hospital, intruder, admin):
    """[U01] [T08]"""
    assert break_glass(intruder, hospital)
    assert readable(intruder, hospital)
    nora, west = world.id_of("nora"), world.id_of("west")
    assert admin.execute(QUEUE).fetchall() == [
        ("break_glass", nora, hospital.their_patient, west, REASON)
    ]
    assert admin.execute(NOTICES).fetchall() == [(world.id_of("wes"),)]


def test_that_where_nobody_leads_who_audits_the_house_is_told(hospital, intruder, admin):
    admin.execute(
        "DELETE FROM public.user_roles ur USING public.roles r"
        " WHERE r.id = ur.role_id AND r.name = 'ward_manager'"
    )
    assert break_glass(intruder, hospital)
    assert admin.execute(NOTICES).fetchall() == [(world.id_of("audrey"),)]


def test_that_nobody_is_told_of_an_opening_of_her_own(hospital, intruder, admin):
    """Wes leads the ward and opens a private chart there: who audits the house is told."""
    admin.execute(PRIVATE, (hospital.their_patient, True))
    wes = intruder.token("wes")
    asked = hospital.their_patient, "privacy", "her consultant asked me to"
    assert intruder.value(OPEN, asked, token=wes)
    assert admin.execute(NOTICES).fetchall() == [(world.id_of("audrey"),)]


def test_that_who_may_sign_in_no_more_is_not_told(hospital, intruder, admin):
    admin.execute("UPDATE public.users SET is_active = false WHERE login = 'wes'")
    assert break_glass(intruder, hospital)
    assert admin.execute(NOTICES).fetchall() == [(world.id_of("audrey"),)]


def test_that_the_ward_hears_of_an_opening_at_once(hospital, intruder, admin_dsn):
    with psycopg.connect(admin_dsn, autocommit=True) as ear:
        ear.execute("LISTEN ward")
        assert break_glass(intruder, hospital)
        heard = {told.payload for told in ear.notifies(timeout=PATIENCE_S, stop_after=1)}
    assert heard == {f"{world.id_of('west')}:openings"}


@pytest.mark.parametrize("undo", ["ROLLBACK", "ROLLBACK TO before; COMMIT"])
def test_that_what_is_undone_opened_nothing(hospital, intruder, admin, undo):
    """Neither before it is undone nor after: an opening is on record first."""
    with intruder.connection(hospital.nora) as connection:
        connection.execute("SAVEPOINT before")
        connection.execute(OPEN, (hospital.their_patient, "break_glass", REASON))
        [count] = connection.execute(READ, (hospital.their_patient,)).fetchone()
        assert count == 0
        connection.execute(undo)
    assert not readable(intruder, hospital)
    for table in ("access_logs WHERE kind = 'break_glass'", "openings", "opening_notices"):
        assert admin.execute(f"SELECT count(*) FROM audit.{table}").fetchone() == (0,)


def test_that_another_session_and_another_station_see_nothing_of_it(hospital, intruder, at_beta):
    assert break_glass(intruder, hospital)
    again = intruder.token("nora")
    assert not readable(intruder, hospital, token=again)
    assert at_beta.value("SELECT auth.prove(%s)", (hospital.nora,)) is None
    assert at_beta.value(READ, (hospital.their_patient,), token=hospital.nora) == 0
    doctor = intruder.token("dora")
    assert not readable(intruder, hospital, token=doctor)


def test_that_the_hour_ends_in_the_database_and_a_new_one_needs_a_new_reason(
    hospital, intruder, admin
):
    assert break_glass(intruder, hospital)
    move_on(admin, "1 second")
    assert not readable(intruder, hospital)
    assert intruder.state(RECORD, (new_id(), hospital.theirs), token=hospital.nora) == REFUSED
    assert intruder.state(
        OPEN, (hospital.their_patient, "break_glass", None), token=hospital.nora
    ) == "WA001"  # fmt: skip
    assert break_glass(intruder, hospital, reason="still at the bedside")
    assert readable(intruder, hospital)
    assert len(admin.execute(QUEUE).fetchall()) == 2


def test_that_closing_takes_the_right_away_at_once(hospital, intruder, admin):
    assert break_glass(intruder, hospital)
    close = "SELECT auth.close_chart(%s)"
    assert intruder.value(close, (hospital.their_patient,), token=hospital.nora)
    assert not readable(intruder, hospital)
    assert intruder.state(RECORD, (new_id(), hospital.theirs), token=hospital.nora) == REFUSED
    assert intruder.rows("SELECT * FROM auth.live_openings()", token=hospital.nora) == []
    assert not intruder.value(close, (hospital.their_patient,), token=hospital.nora)
    assert len(admin.execute(QUEUE).fetchall()) == 1


def test_that_closing_one_chart_leaves_another_open(hospital, intruder, admin):
    admin.execute(PRIVATE, (hospital.my_patient, True))
    asked = hospital.my_patient, "privacy", "covering the break in bay A"
    assert intruder.value(OPEN, asked, token=hospital.nora)
    assert break_glass(intruder, hospital)
    close = "SELECT auth.close_chart(%s)"
    assert intruder.value(close, (hospital.my_patient,), token=hospital.nora)
    assert readable(intruder, hospital)


def test_that_nobody_closes_the_chart_of_another_session(hospital, intruder):
    assert break_glass(intruder, hospital)
    doctor = intruder.token("dora")
    close = "SELECT auth.close_chart(%s)"
    assert not intruder.value(close, (hospital.their_patient,), token=doctor)
    assert readable(intruder, hospital)


def test_that_signing_out_ends_it(hospital, intruder):
    token = intruder.token("nora")
    assert break_glass(intruder, hospital, token=token)
    assert readable(intruder, hospital, token=token)
    intruder.rows("SELECT auth.sign_out()", token=token)
    assert intruder.value(READ, (hospital.their_patient,), token=token) == 0


def test_that_no_glass_breaks_for_another_hospital_or_for_who_is_not_here(
    hospital, intruder, admin
):
    for nobody in (hospital.stranger, hospital.gone, new_id(), None):
        values = nobody, "break_glass", REASON
        assert not intruder.value(OPEN, values, token=hospital.nora)
    assert admin.execute(QUEUE).fetchall() == []


def test_that_each_patient_needs_a_glass_of_her_own(hospital, intruder, admin):
    """One reason opens one chart; another patient of that ward stays closed."""
    other = new_id()
    admin.execute(
        "INSERT INTO patient.patients (id, facility_id, mrn, family_name, given_name, sex)"
        " VALUES (%s, %s, '0000000026', 'Zephyr', 'Zoe', 'female')",
        (other, world.id_of("main")),
    )
    assert break_glass(intruder, hospital)
    names = {
        name
        for (name,) in intruder.rows(
            "SELECT family_name FROM patient.patients", token=hospital.nora
        )
    }
    assert names == {"Okafor", "Quagmire"}


@pytest.mark.parametrize("login", ["hal", "col", "audrey", "ivan", "ada", "wall"])
def test_that_who_may_not_break_the_glass_does_not(hospital, intruder, login):
    token = intruder.token(login)
    values = hospital.their_patient, "break_glass", REASON
    assert intruder.state(OPEN, values, token=token) == REFUSED


def test_that_observations_and_notes_are_added_behind_the_glass_and_nothing_is_corrected(
    hospital, intruder, admin
):
    assert break_glass(intruder, hospital)
    set_id = new_id()
    assert intruder.state(RECORD, (set_id, hospital.theirs), token=hospital.nora) is None
    assert intruder.state(NOTE, (new_id(), hospital.theirs), token=hospital.nora) is None
    strike = (
        "INSERT INTO report.vital_signs (id, admission_id, occurred_at, status, supersedes_id,"
        " change_reason) VALUES (%s, %s, now(), 'entered_in_error', %s, 'slip')"
    )
    for theirs in (hospital.their_set, set_id):
        values = new_id(), hospital.theirs, theirs
        assert intruder.state(strike, values, token=hospital.nora) == REFUSED
    recorded = "SELECT recorded_by FROM report.vital_signs WHERE id = %s"
    assert admin.execute(recorded, (set_id,)).fetchone() == (world.id_of("nora"),)


def test_that_nothing_is_added_behind_the_glass_once_the_patient_has_left(
    hospital, intruder, at_beta
):
    assert break_glass(intruder, hospital)
    discharge = "SELECT admission.discharge(%s, %s, clock_timestamp(), 'home', NULL)"
    at_beta.value(discharge, (new_id(), hospital.theirs), token=at_beta.token("wes"))
    assert intruder.state(RECORD, (new_id(), hospital.theirs), token=hospital.nora) == REFUSED


@pytest.mark.parametrize("table", ["openings", "opening_notices", "opening_reviews",
                                   "chart_closings"])  # fmt: skip
@pytest.mark.parametrize("act", ["SELECT * FROM", "DELETE FROM", "TRUNCATE", "INSERT INTO"])
def test_that_no_client_touches_queue_notices_and_reviews(hospital, intruder, table, act):
    """[U01] What was told and is to be reviewed is the database's alone."""
    assert break_glass(intruder, hospital)
    what = " DEFAULT VALUES" if act == "INSERT INTO" else ""
    assert intruder.state(f"{act} audit.{table}{what}", token=hospital.nora) == REFUSED


@pytest.mark.parametrize("table", ["openings", "opening_notices", "opening_reviews",
                                   "chart_closings"])  # fmt: skip
def test_that_not_even_the_owner_changes_them(admin, table):
    with pytest.raises(psycopg.errors.RestrictViolation, match="keeps every row"):
        admin.execute(f"DELETE FROM audit.{table}")


def to_review(intruder, token):
    return intruder.rows("SELECT id, is_mine FROM auth.openings_to_review(30)", token=token)


def decide(intruder, opening, decision="justified", words="was there", *, token, after=None):
    values = new_id(), opening, decision, words, after
    return intruder.value("SELECT auth.review_opening(%s, %s, %s, %s, %s)", values, token=token)


def test_that_who_leads_the_ward_and_who_audits_review_and_nobody_else(
    hospital, intruder, at_beta, admin
):
    assert break_glass(intruder, hospital)
    manager = at_beta.token("wes")
    [(opening, mine)] = to_review(at_beta, manager)
    assert not mine
    auditor = intruder.token("audrey")
    assert to_review(intruder, auditor) == [(opening, False)]
    for login in ("nora", "dora", "col"):
        token = intruder.token(login)
        asked = "SELECT * FROM auth.openings_to_review(30)"
        assert intruder.state(asked, token=token) == REFUSED
    assert decide(at_beta, opening, token=manager) == "done"
    assert decide(intruder, opening, token=auditor) == "changed"
    stored = "SELECT decision, words, recorded_by FROM audit.opening_reviews"
    assert admin.execute(stored).fetchall() == [("justified", "was there", world.id_of("wes"))]


def test_that_only_the_same_review_sent_once_more_is_done(hospital, intruder, at_beta, admin):
    """The id of somebody else's review does not pass for one's own."""
    assert break_glass(intruder, hospital)
    manager = at_beta.token("wes")
    [(opening, _)] = to_review(at_beta, manager)
    review = "SELECT auth.review_opening(%s, %s, 'justified', 'was there', NULL)"
    values = new_id(), opening
    assert at_beta.value(review, values, token=manager) == "done"
    assert at_beta.value(review, values, token=manager) == "done"
    assert intruder.value(review, values, token=intruder.token("audrey")) == "changed"
    assert admin.execute("SELECT count(*) FROM audit.opening_reviews").fetchone() == (1,)


def test_that_nobody_reviews_an_opening_of_her_own(hospital, intruder, admin):
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles"
        " WHERE name IN ('ward_manager', 'auditor')",
        (world.id_of("nora"),),
    )
    assert break_glass(intruder, hospital)
    [(opening, mine)] = to_review(intruder, hospital.nora)
    assert mine
    assert decide(intruder, opening, token=hospital.nora) == "own"
    told = {user for (user,) in admin.execute(NOTICES)}
    assert told == {world.id_of("wes")}


def test_that_a_leader_of_another_ward_reviews_nothing_here(hospital, intruder, admin):
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles"
        " WHERE name = 'ward_manager'",
        (world.id_of("dora"),),
    )
    assert break_glass(intruder, hospital)
    doctor = intruder.token("dora")
    assert to_review(intruder, doctor) == []
    [(opening,)] = admin.execute("SELECT id FROM audit.openings")
    assert decide(intruder, opening, token=doctor) == "not_yours"


def test_that_asking_tells_who_opened_it_and_decides_nothing(hospital, intruder, at_beta, admin):
    assert break_glass(intruder, hospital)
    manager = at_beta.token("wes")
    [(opening, _)] = to_review(at_beta, manager)
    assert decide(at_beta, opening, "asked", "Who called you?", token=manager) == "done"
    told = "SELECT body, is_for_me FROM public.my_messages(14)"
    [(body, for_me)] = intruder.rows(told, token=hospital.nora)
    assert "Who called you?" in body
    assert for_me
