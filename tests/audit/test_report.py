"""`wardctl audit report`: what stands out."""

from __future__ import annotations

import json

import pytest

from tests.commands import said_by
from tests.steps import admit
from ward_app.audit.service import open_chart
from ward_app.cli.audit import app
from ward_app.core.errors import RuleBrokenError, WardError
from ward_app.operations.audit_report import report
from ward_app.staff.service import sign_in

RULES = """
INSERT INTO audit.rules (id, retention_years, mass_charts, mass_minutes, off_hours_from,
                         off_hours_until, source)
VALUES (gen_random_uuid(), 6, 1, 10, %s, %s, 'for a test')
"""
GLASS = "SELECT auth.open_chart(%s, 'break_glass', 'found collapsed on the stairs')"


@pytest.fixture
def busy(database, nurse, admin):
    """Two failed sign-ins, three charts opened, one of them by breaking the glass."""
    for login in ("nora", "nora", "Secret-Password-9"):
        with pytest.raises(WardError):
            database.run(None, sign_in, login, "wrong password")
    for label in "12":
        admit(database, nurse, f"Okafor {label}", label=label)
    patients = [row[0] for row in admin.execute("SELECT id FROM patient.patients ORDER BY id")]
    for patient in patients:
        database.run(nurse, open_chart, patient)
    database.run(nurse, lambda tx: tx.value(GLASS, (patients[0],)))


def test_that_it_tells_what_stands_out(busy, here, admin):
    """[U07]"""
    admin.execute(RULES, ("00:00", "24:00"))
    found = here(report, days=1)
    known, unknown = found.failed_sign_ins
    assert (known.login, known.times, known.reason) == ("nora", 2, "wrong password")
    assert (unknown.login, unknown.reason) == ("a name nobody has", "unknown login")
    [glass] = found.broken_glass
    assert (glass.login, glass.workstation) == ("nora", "ws_alpha")
    assert glass.reason == "found collapsed on the stairs"
    [night] = found.off_hours
    assert (night.login, night.openings) == ("nora", 3)
    assert night.sign_ins == 3
    [mass] = found.mass_openings
    assert (mass.login, mass.charts) == ("nora", 2)


def test_that_a_quiet_hospital_has_nothing_to_tell(here, database, nurse, admin):
    admin.execute(RULES, ("00:00", "00:00:00.000001"))
    found = here(report, days=30)
    assert found.failed_sign_ins == found.broken_glass == found.mass_openings == ()
    assert found.off_hours == ()


def test_that_hours_across_midnight_are_hours_too(busy, here, admin):
    admin.execute(RULES, ("00:00:00.000002", "00:00:00.000001"))
    assert [each.login for each in here(report, days=1).off_hours] == ["nora"]


def test_that_older_days_are_left_out(busy, here, admin):
    admin.execute("SET session_replication_role = replica")
    for log in ("access_logs", "login_history"):
        admin.execute(f"UPDATE audit.{log} SET at = at - interval '2 days'")
    assert here(report, days=1).failed_sign_ins == ()
    assert len(here(report, days=3).failed_sign_ins) == 2
    with pytest.raises(RuleBrokenError, match="how many days"):
        here(report, days=0)


def test_that_the_command_says_it_in_lines_or_as_json(busy, admin_dsn, admin):
    """[U07]"""
    text = said_by(app, admin_dsn, "report")
    assert "2 x nora at ws_alpha: wrong password" in text
    assert "found collapsed on the stairs" in text
    assert "Many charts\n  none" in text
    assert "Secret-Password-9" not in text
    told = json.loads(said_by(app, admin_dsn, "report", "--days", "2", "--json"))
    assert told["broken_glass"][0]["login"] == "nora"
    assert "Secret-Password-9" not in str(told)
    admin.execute(RULES, ("00:00", "24:00"))
    text = said_by(app, admin_dsn, "report")
    assert "nora: 3 openings, 3 sign-ins" in text
    assert "nora at ws_alpha: 2 charts" in text
