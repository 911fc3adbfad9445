"""Assessing, correcting and striking out, by role; tasks with it; what is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.assessments.builders import (
    AT_RISK,
    EAST,
    NAMED,
    an_assessment,
    assess,
    chart,
    content,
    in_force,
    register,
    rows,
    strike,
    use,
)
from tests.steps import WITHOUT_ZONE, admit, ago, open_first
from ward_app.assessments.pack import read_instrument
from ward_app.assessments.service import record_assessment
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.rounding.queries import rounds_of_wards


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


def test_that_an_assessment_is_read_as_it_was_recorded(database, nurse, stay):
    assess(database, nurse, stay, answers={"pain": "0", "place": "hip"}, note=" told by wife ")
    (row,) = rows(database, nurse, stay)
    assert (row.instrument, row.title, row.version) == ("pain_nrs", "Pain, 0 to 10", "1")
    assert row.hash == NAMED["pain_nrs"].hash
    assert (row.answers, row.note) == ({"pain": "0", "place": "hip"}, "told by wife")
    assert (row.complete, row.score, row.band, row.recorded_by) == (True, 0, "none", "Nora Nurse")


def test_that_an_incomplete_assessment_is_stored_and_has_no_score(database, nurse, stay):
    new = an_assessment(stay, "falls", {"age": "65_or_over", "fallen": "yes"})
    found = database.run(nurse, record_assessment, new)
    (row,) = rows(database, nurse, stay)
    assert (found.complete, row.complete, row.score, row.band) == (False, False, None, None)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"occurred_at": WITHOUT_ZONE}, "occurred_at", "needs a zone"),
        ({"supersedes_id": new_id(), "change_reason": " "}, "change_reason", "why it is"),
        ({"answers": {}}, "answers", "Nothing is answered"),
        ({"answers": {"pain": "11"}}, "answers", "between 0 and 10"),
    ],
    ids=["zone", "reason", "nothing", "impossible"],
)
def test_that_the_program_refuses_before_the_database(
    database, nurse, stay, changes, field, words
):
    with pytest.raises(RuleBrokenError, match=words) as refused:
        database.run(nurse, record_assessment, an_assessment(stay, **changes))
    assert refused.value.field == field


def test_that_the_time_does_not_lie_in_the_future(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="in the future"):
        assess(database, nurse, stay, occurred_at=ago(-60))
    assert rows(database, nurse, stay) == ()


def test_that_what_was_assessed_before_the_stay_is_taken(database, nurse, stay):
    assess(database, nurse, stay, occurred_at=ago(60 * 24 * 3))
    assert len(rows(database, nurse, stay)) == 1


def test_that_a_repeat_is_the_same_write(database, nurse, stay):
    new = an_assessment(stay)
    for _ in range(2):
        database.run(nurse, record_assessment, new)
    assert len(rows(database, nurse, stay)) == 1


def test_that_a_correction_stands_beside_the_original(database, nurse, stay):
    first = assess(database, nurse, stay, answers={"pain": "8"})
    assess(database, nurse, stay, answers={"pain": "3"}, supersedes_id=first,
           change_reason="misheard")  # fmt: skip
    found = rows(database, nurse, stay)
    assert [row.score for row in in_force(database, nurse, stay)] == [3]
    original = next(row for row in found if row.id == first)
    assert (original.superseded, original.score, len(found)) == (True, 8, 2)


def test_that_two_who_correct_the_same_are_told(database, nurse, stay):
    first = assess(database, nurse, stay)
    change = {"supersedes_id": first, "change_reason": "slip"}
    assess(database, nurse, stay, answers={"pain": "5"}, **change)
    with pytest.raises(ConflictError):
        assess(database, nurse, stay, answers={"pain": "6"}, **change)
    with pytest.raises(ConflictError):
        strike(database, nurse, stay, first)
    assert [row.score for row in in_force(database, nurse, stay)] == [5]


def test_that_a_correction_is_of_the_same_stay_and_instrument(database, nurse, stay):
    other = admit(database, nurse, "Young", "Yuri", label="2")
    first = assess(database, nurse, stay)
    change = {"supersedes_id": first, "change_reason": "slip"}
    with pytest.raises(RuleBrokenError, match="does not belong to this stay"):
        assess(database, nurse, other, **change)
    with pytest.raises(RuleBrokenError, match="another instrument"):
        assess(database, nurse, stay, "falls", AT_RISK, **change)


def test_that_what_is_struck_out_stays_readable_and_the_one_before_counts(database, nurse, stay):
    assess(database, nurse, stay, answers={"pain": "2"}, occurred_at=ago(9))
    wrong = assess(database, nurse, stay, answers={"pain": "9"}, note="by mistake")
    strike(database, nurse, stay, wrong)
    assert [row.score for row in in_force(database, nurse, stay)] == [2]
    mark = next(row for row in rows(database, nurse, stay) if row.struck_out)
    assert (mark.answers, mark.score, mark.change_reason) == ({"pain": "9"}, 9, "wrong patient")


def test_that_a_strike_out_needs_a_reason_and_is_the_same_when_repeated(database, nurse, stay):
    wrong = assess(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="why"):
        strike(database, nurse, stay, wrong, reason=" ")
    strike(database, nurse, stay, wrong)
    with pytest.raises(ConflictError):
        strike(database, nurse, stay, wrong)


def test_that_what_is_struck_out_is_not_corrected(database, nurse, stay):
    mark = strike(database, nurse, stay, assess(database, nurse, stay))
    with pytest.raises(RuleBrokenError, match="does not belong"):
        assess(database, nurse, stay, supersedes_id=mark, change_reason="slip")


def test_that_an_assistant_assesses_and_corrects_nothing(database, nurse, signed_in, stay):
    assistant = Actor(signed_in("hal").token)
    mine = assess(database, assistant, stay)
    open_first(database, assistant)
    assert len(rows(database, assistant, stay)) == 1
    with pytest.raises(NotPermittedError):
        assess(database, assistant, stay, supersedes_id=mine, change_reason="slip")
    with pytest.raises(NotPermittedError):
        strike(database, assistant, stay, mine)


def test_that_a_doctor_assesses_and_corrects(database, signed_in, nurse, stay):
    doctor = Actor(signed_in("dora").token)
    open_first(database, doctor)
    first = assess(database, nurse, stay)
    assess(database, doctor, stay, answers={"pain": "7"}, supersedes_id=first,
           change_reason="asked again")  # fmt: skip
    assert [row.recorded_by for row in in_force(database, doctor, stay)] == ["Dora Doctor"]


@pytest.mark.parametrize("login", ["wes", "col", "wall", "ivan", "ada", "audrey"])
def test_that_others_neither_read_nor_write(database, nurse, signed_in, stay, login):
    other, first = Actor(signed_in(login).token), assess(database, nurse, stay)
    assert rows(database, other, stay) == ()
    with pytest.raises(NotPermittedError):
        assess(database, other, stay)
    with pytest.raises((NotPermittedError, ConflictError)):
        strike(database, other, stay, first)
    assert len(in_force(database, nurse, stay)) == 1


def test_that_a_closed_chart_shows_nothing(database, nurse, signed_in, stay):
    assess(database, nurse, stay)
    both = Actor(signed_in("both").token)
    assert rows(database, both, stay) == ()
    open_first(database, both)
    assert len(rows(database, both, stay)) == 1


def test_that_an_instrument_not_in_use_on_the_ward_is_refused_and_its_results_stay(
    database, nurse, stay, admin
):
    first = assess(database, nurse, stay)
    use(admin, "pain_nrs", in_use=False)
    with pytest.raises(RuleBrokenError, match="not in use"):
        assess(database, nurse, stay)
    assess(database, nurse, stay, answers={"pain": "1"}, supersedes_id=first,
           change_reason="slip")  # fmt: skip
    found = chart(database, nurse, stay)
    assert "pain_nrs" not in [one.name for one in found.in_use]
    assert [one.name for one in found.behind.values()] == ["pain_nrs"]


def test_that_a_new_version_changes_no_old_result(database, nurse, stay, admin):
    answers = {"moist": "wet", "weight": "0.0", "moves": "yes"}
    old = register(admin)
    use(admin, old)
    assess(database, nurse, stay, read_instrument(content(), "old"), answers)
    items = read_instrument(content(), "old").items
    assert items[0].choices[1].points == 2
    heavier = content(version="2").replace('"points": 2', '"points": 4')
    heavier = heavier.replace('"score": 4.5', '"score": 6.5')
    use(admin, register(admin, heavier))
    new = read_instrument(heavier, "new")
    assess(database, nurse, stay, new, answers, occurred_at=ago(1))
    found = chart(database, nurse, stay)
    assert [(row.version, row.score) for row in found.rows] == [("2", 4), ("1", 2)]
    assert [one.version for one in found.in_use if one.name == "local"] == ["2"]
    assert {one.version for one in found.behind.values()} == {"1", "2"}


def test_that_a_band_opens_the_task_that_was_asked_for_once(database, nurse, stay):
    proposal = NAMED["falls"].band("at_risk").proposals[0]
    new = an_assessment(stay, "falls", AT_RISK, proposals=((new_id(), proposal),), ward_id=EAST)
    for _ in range(2):
        database.run(nurse, record_assessment, new)
    (task,) = database.run(nurse, rounds_of_wards, (EAST,)).tasks
    assert (task.title, task.admission_id) == ("Plan what lowers the risk of falling", stay)
    assert (task.due_at - new.occurred_at).total_seconds() == 240 * 60


def test_that_without_a_ward_no_task_is_opened(database, nurse, stay):
    proposal = NAMED["falls"].band("at_risk").proposals[0]
    new = an_assessment(stay, "falls", AT_RISK, proposals=((new_id(), proposal),))
    database.run(nurse, record_assessment, replace(new, ward_id=None))
    assert database.run(nurse, rounds_of_wards, (EAST,)).tasks == ()
