"""The functions that read one open chart ask what row security asks, in every statement."""

from __future__ import annotations

import pytest

from tests import world
from tests.security.intruder import REFUSED
from tests.security.test_matrix import refusal
from ward_app.core.ids import new_id

OPEN = "SELECT auth.open_chart(%s, 'ward', NULL)"
READS = ("SELECT * FROM report.chart(%s)", "SELECT * FROM report.measurement_chart(%s)")
# what row security shows of the same sets, asked of the tables
SETS = """
SELECT v.id, v.occurred_at, v.recorded_at, u.display_name, v.note, v.spo2_percent, v.score_total
FROM report.vital_signs v JOIN public.users u ON u.id = v.recorded_by
WHERE v.admission_id = %s ORDER BY v.occurred_at, v.recorded_at
"""
SAME_OF_CHART = """
SELECT c.id, c.occurred_at, c.recorded_at, c.recorded_by, c.note, c.spo2_percent, c.score_total
FROM report.chart(%s) c WHERE c.id IS NOT NULL
"""
CLOSE_ALL = """
INSERT INTO audit.chart_closings (id, access_id, cause)
SELECT public.gen_random_uuid(), id, 'marked_private' FROM audit.access_logs WHERE kind = 'ward'
"""
NO_MORE_CHARTS = """
DELETE FROM public.role_permissions WHERE permission_id =
    (SELECT id FROM public.permissions WHERE name = 'chart.open')
"""
WES = "(SELECT id FROM public.users WHERE login = 'wes')"


@pytest.fixture
def opened(hospital, at_beta):
    """Wes has the chart of his patient open."""
    assert at_beta.value(OPEN, (hospital.their_patient,), token=hospital.wes)


@pytest.mark.usefixtures("opened")
def test_that_an_open_chart_is_what_row_security_shows(hospital, at_beta):
    """[B06] Set for set; and its facts are those of the tables."""
    shown = at_beta.rows(SETS, (hospital.theirs,), token=hospital.wes)
    assert at_beta.rows(SAME_OF_CHART, (hospital.theirs,), token=hospital.wes) == shown
    assert shown[0][3:5] == ("Wes Westward", "Velociraptor")
    facts = at_beta.rows(READS[0], (hospital.theirs,), token=hospital.wes)[0][:4]
    assert facts[0] == at_beta.value(
        "SELECT report.next_due(%s)", (hospital.theirs,), token=hospital.wes
    )
    assert (facts[1]["scale"], facts[1]["reason"]) == (2, "Telescope")
    assert facts[2] == []
    assert [target["reason"] for target in facts[3]] == ["Bagpipe"]


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("change", "state"),
    [
        ("UPDATE audit.access_logs SET valid_until = now() - interval '1 second'", "WA404"),
        (CLOSE_ALL, "WA404"),
        (f"DELETE FROM public.user_wards WHERE user_id = {WES}", "WA404"),
        (f"DELETE FROM public.user_roles WHERE user_id = {WES}", REFUSED),
        (NO_MORE_CHARTS, REFUSED),
        (f"UPDATE public.users SET is_active = false WHERE id = {WES}", "WA401"),
        (f"UPDATE public.users SET must_change_password = true WHERE id = {WES}", "WA401"),
        (f"UPDATE public.users SET valid_until = now() WHERE id = {WES}", "WA401"),
        ("UPDATE public.sessions SET ended_at = now()", "WA401"),
        ("UPDATE public.sessions SET expires_at = now()", "WA401"),
        ("UPDATE public.sessions SET last_seen_at = now() - interval '13 hours'", "WA401"),
        ("UPDATE public.workstations SET revoked_at = now()", "WA401"),
    ],
)
def test_that_a_chart_closes_in_the_middle_of_a_transaction(
    hospital, at_beta, admin, change, state
):
    """[B03] [B06] Whatever took it away is asked anew by the next statement."""
    admin.execute("SET session_replication_role = replica")  # the trail itself is changed here
    with at_beta.connection(hospital.wes) as connection:
        for read in READS:
            connection.execute(read, (hospital.theirs,))
        assert len(connection.execute(SETS, (hospital.theirs,)).fetchall()) == 1
        admin.execute(change)
        assert connection.execute(SETS, (hospital.theirs,)).fetchall() == []
        for read in READS:
            assert refusal(connection, read, (hospital.theirs,))[0] == state


@pytest.mark.parametrize("read", READS)
def test_that_an_opening_counts_from_the_next_transaction_on(hospital, at_beta, read):
    """[U01] What is read is on record before."""
    token = at_beta.token("wes")
    with at_beta.connection(token) as connection:
        assert connection.execute(OPEN, (hospital.their_patient,)).fetchone() == (True,)
        assert refusal(connection, read, (hospital.theirs,))[0] == "WA404"
        connection.rollback()
    assert at_beta.state(read, (hospital.theirs,), token=token) == "WA404"


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("read", READS)
def test_that_an_open_chart_opens_no_other(hospital, at_beta, intruder, at_other, read):
    for stay in (hospital.mine, hospital.strangers_stay, hospital.gone_stay, new_id(), None):
        assert at_beta.state(read, (stay,), token=hospital.wes) == "WA404"
    assert intruder.state(read, (hospital.theirs,), token=hospital.nora) == "WA404"
    assert at_other.state(read, (hospital.theirs,), token=hospital.olga) == "WA404"
    # the session of another workstation, and an older snapshot, which shows no sign-out
    assert intruder.state(read, (hospital.theirs,), token=hospital.wes) == "WA401"
    with at_beta.connection() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT auth.prove(%s)", (hospital.wes,))
        assert refusal(connection, read, (hospital.theirs,))[0] == "WA401"


@pytest.mark.parametrize("read", READS)
def test_that_broken_glass_opens_the_one_chart(hospital, intruder, read):
    glass = "SELECT auth.open_chart(%s, 'break_glass', 'cardiac arrest in the corridor')"
    assert intruder.value(glass, (hospital.their_patient,), token=hospital.nora)
    assert intruder.state(read, (hospital.theirs,), token=hospital.nora) is None
    assert intruder.state(read, (hospital.mine,), token=hospital.nora) == "WA404"


def test_that_people_of_another_hospital_are_not_named(hospital, at_beta, admin):
    """As the table of people says nothing of them."""
    assert at_beta.value(OPEN, (hospital.their_patient,), token=hospital.wes)
    admin.execute("ALTER TABLE report.vital_signs DISABLE TRIGGER append_only")
    admin.execute(
        "UPDATE report.vital_signs SET recorded_by = %s WHERE id = %s",
        (world.id_of("olga"), hospital.their_set),
    )
    [named] = at_beta.rows(SAME_OF_CHART, (hospital.theirs,), token=hospital.wes)
    assert named[3] == "imported"
