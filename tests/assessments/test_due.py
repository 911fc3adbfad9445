"""When an assessment is due, and what its answers find, as the database says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from tests.assessments.builders import (
    AT_RISK,
    FELL,
    LOCAL,
    NAMED,
    assess,
    dues,
    local,
    strike,
    use,
)
from tests.database.test_plans import explained
from tests.steps import ago
from ward_app.assessments.queries import stays_answering
from ward_app.assessments.rules import result
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id

LONDON_SPRING = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
LONDON_AUTUMN = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)


def test_that_nothing_is_due_until_the_site_says_so(database, nurse, stay):
    assess(database, nurse, stay)
    assert dues(database, nurse) == ()


def test_that_admission_makes_it_due_and_an_assessment_due_again(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30,
                                  "again_minutes": 600})  # fmt: skip
    (due,) = dues(database, nurse)
    (admitted_at,) = admin.execute("SELECT admitted_at FROM admission.admissions").fetchone()
    assert (due.admission_id, due.instrument, due.reason) == (stay, "falls", "admission")
    assert (due.due_at, due.done_at) == (admitted_at + timedelta(minutes=30), None)
    assert (due.title, due.work_minutes) == ("Falls checklist", 6)
    at = ago(0)
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=at)
    (due,) = dues(database, nurse)
    assert (due.due_at, due.reason, due.done_at) == (at + timedelta(minutes=600), "interval", at)


def test_that_an_incomplete_assessment_does_not_answer_what_is_due(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    assess(database, nurse, stay, "falls", {"age": "unknown"}, occurred_at=ago(0))
    (due,) = dues(database, nurse)
    assert (due.reason, due.done_at) == ("admission", None)


def test_that_a_fall_makes_the_checklist_due_once_more_and_a_struck_out_fall_does_not(
    database, nurse, stay, admin
):
    use(admin, "falls", reassess={"after": ["fall"], "first_minutes": 60})
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(0))
    assert dues(database, nurse) == ()
    at = ago(0)
    fell = assess(database, nurse, stay, "after_fall", FELL, occurred_at=at)
    (due,) = dues(database, nurse)
    assert (due.reason, due.due_at) == ("fall", at + timedelta(minutes=60))
    strike(database, nurse, stay, fell)
    assert dues(database, nurse) == ()


def test_that_a_checklist_for_adults_is_due_of_no_child(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    admin.execute("UPDATE patient.patients SET born_on = current_date - interval '15 years'")
    assert dues(database, nurse) == ()
    admin.execute("UPDATE patient.patients SET born_on = current_date - interval '16 years'")
    assert len(dues(database, nurse)) == 1
    admin.execute("UPDATE patient.patients SET born_on = NULL")
    assert len(dues(database, nurse)) == 1


def test_that_the_band_sets_when_it_is_due_again(database, nurse, stay, admin):
    use(admin, "pain_verbal", reassess={"again_minutes": 600, "by_band": {"severe": 30}})
    at = ago(0)
    assess(database, nurse, stay, "pain_verbal", {"pain": "severe"}, occurred_at=at)
    (due,) = dues(database, nurse)
    assert due.due_at == at + timedelta(minutes=30)
    later = ago(0)
    assess(database, nurse, stay, "pain_verbal", {"pain": "mild"}, occurred_at=later)
    (due,) = dues(database, nurse)
    assert due.due_at == later + timedelta(minutes=600)


def test_that_nothing_is_due_on_leave_or_on_a_ward_that_is_not_the_readers(
    database, nurse, signed_in, stay, admin, loader
):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    for login in ("wes", "wall", "col", "ivan"):
        assert dues(database, Actor(signed_in(login).token)) == ()
    assert dues(database, None) == ()
    loader.execute(
        "INSERT INTO admission.leaves (id, admission_id, kind, expected_back_at, occurred_at)"
        " VALUES (%s, %s, 'left', now() + interval '1 day', now())",
        (new_id(), stay),
    )
    assert dues(database, nurse) == ()


@pytest.mark.parametrize("at", [LONDON_SPRING, LONDON_AUTUMN], ids=["spring", "autumn"])
def test_that_the_times_are_elapsed_over_a_change_of_the_clock(
    database, nurse, stay, admin, loader, at
):
    use(admin, "pain_nrs", reassess={"again_minutes": 240})
    one = NAMED["pain_nrs"]
    loader.execute(
        "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
        ' occurred_at) VALUES (%s, %s, %s, %s, %s, \'{"pain": "7"}\', %s)',
        (new_id(), stay, one.name, one.version, one.hash, at),
    )
    (due,) = dues(database, nurse)
    assert due.due_at - at == timedelta(hours=4)


FILL = """
SET session_replication_role = replica;
INSERT INTO report.assessments (id, admission_id, patient_id, instrument_id, instrument, version,
    hash, answers, complete, occurred_at)
SELECT md5('as' || n)::uuid, md5('s' || n)::uuid, md5('p' || n)::uuid, i.id, i.name, i.version,
    i.hash, jsonb_build_object('pain', (n %% 7)::text, 'place', md5(n::text)), true,
    timestamptz '2020-01-01' + n * interval '1 hour'
FROM report.instruments i, generate_series(1, 20000) n WHERE i.name = 'pain_nrs';
SET session_replication_role = origin;
ANALYZE report.assessments;
"""


def test_that_who_answered_so_is_found_by_the_index(database, nurse, stay, admin, admin_dsn):
    """[P08] [Q16] [X03]"""
    assess(database, nurse, stay, answers={"pain": "4", "place": "left hip"})
    psycopg.ClientCursor(admin).execute(FILL.replace("%%", "%"))
    with explained(admin_dsn, nurse) as (transaction, plans):
        found = stays_answering(transaction, "pain_nrs", {"place": "left hip"})
    assert found == (stay,)
    assert any("Bitmap Index Scan on ix_assessments_answers" in plan for plan in plans)
    assert not any("Seq Scan on assessments" in plan for plan in plans)


def test_that_answers_are_found_in_open_charts_and_in_force_alone(
    database, nurse, signed_in, stay
):
    first = assess(database, nurse, stay, answers={"pain": "4", "place": "left hip"})
    asked = ("pain_nrs", {"place": "left hip"})
    assert database.run(nurse, stays_answering, *asked) == (stay,)
    assert database.run(nurse, stays_answering, "pain_nrs", {"pain": "4"}) == (stay,)
    assert database.run(nurse, stays_answering, "pain_verbal", {"place": "left hip"}) == ()
    for login in ("wes", "both"):
        other = Actor(signed_in(login).token)
        assert database.run(other, stays_answering, *asked) == ()
    with pytest.raises(NotPermittedError):
        database.run(Actor(signed_in("col").token), stays_answering, *asked)
    assess(database, nurse, stay, answers={"pain": "4"}, supersedes_id=first, change_reason="slip")
    assert database.run(nurse, stays_answering, *asked) == ()


def test_that_points_of_a_file_may_have_halves(admin):
    assert result(local(), LOCAL["vectors"][1]["answers"]).score == Decimal("4.5")
