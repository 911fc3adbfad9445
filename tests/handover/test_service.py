"""Giving, accepting, asking and the pocket sheets, against a real database."""

from __future__ import annotations

import pytest

from tests import world
from tests.assessments.builders import assess
from tests.handover.builders import (
    EAST,
    answered,
    given,
    handover,
    line_of,
    open_first,
)
from tests.steps import a_set, admit
from ward_app.core.errors import ConflictError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.handover.rules import has_changed, state_of
from ward_app.handover.service import answer, give
from ward_app.handover.types import AnswerKind, NewAnswer, NewHandover, State
from ward_app.observations.service import record_observations


def measure(database, actor, admission_id):
    database.run(actor, record_observations, a_set(admission_id))


def test_that_a_ward_is_handed_over_in_bed_order_from_the_record(database, nurse):
    admit(database, nurse, "Tenth", "Tom", label="10")
    admit(database, nurse, "Second", "Sue", label="2")
    ada = admit(database, nurse)
    measure(database, nurse, ada)
    lines = handover(database, nurse).lines
    assert [line.facts.bed for line in lines] == ["1", "2", "10"]
    first = lines[0].facts
    assert (first.family_name, first.reason, first.consultant) == (
        "Okafor", "Pneumonia", "Dr Mensah",
    )  # fmt: skip
    assert (first.sets[0].total, first.sets[0].pulse, first.sets[0].spo2) == (0, 75, 97)
    assert {due.source for due in first.dues} >= {"observations", "round"}


def test_that_an_assessment_is_told_in_the_words_of_its_instrument(database, nurse, stay):
    no = dict.fromkeys(("fallen", "walking", "footwear", "continence", "cognition", "sight",
                        "dizzy", "medicines", "fear"), "no")  # fmt: skip
    assess(database, nurse, stay, "falls", {"age": "65_or_over", **no})
    assess(database, nurse, stay, "pain_nrs", {"pain": "4"})
    line = line_of(database, nurse, stay)
    told = [(one.title, one.score, one.band) for one in line.facts.assessed]
    assert told == [("Falls checklist", None, "At risk of falling"), ("Pain, 0 to 10", 4, "Pain")]


def test_that_only_open_charts_are_read(database, nurse, stay):
    assert database.run(nurse, lambda tx: tx.tuples(
        "SELECT * FROM report.handover_list(%s)", (EAST,))) == []  # fmt: skip
    assert len(handover(database, nurse).lines) == 1


def test_that_an_unchanged_record_has_the_same_hash_for_everybody(database, nurse, stay, bo):
    measure(database, nurse, stay)
    mine = line_of(database, nurse, stay)
    assert mine.facts_hash == line_of(*bo, stay).facts_hash
    measure(database, nurse, stay)
    assert mine.facts_hash != line_of(database, nurse, stay).facts_hash


def test_that_the_hash_does_not_depend_on_the_session_s_time_zone(database, nurse, stay):
    def in_tokyo(tx):
        tx.execute("SET LOCAL timezone = 'Asia/Tokyo'")
        return tx.value("SELECT facts_hash FROM report.handover_list(%s)", (EAST,))

    mine = line_of(database, nurse, stay)
    assert database.run(nurse, in_tokyo) == mine.facts_hash


def test_that_a_given_patient_waits_with_what_the_record_said(database, nurse, stay, bo):
    """[T15]"""
    given(database, nurse, stay, own_words="  Watch the left leg. ")
    line = line_of(*bo, stay)
    assert state_of(line) is State.GIVEN
    assert (line.given.by, line.given.by_id) == ("Nora Nurse", world.id_of("nora"))
    assert line.given.own_words == "Watch the left leg."
    assert line.given.facts == line.facts
    assert not has_changed(line)


def test_that_what_came_after_giving_shows(database, nurse, stay, bo):
    given(database, nurse, stay)
    measure(database, nurse, stay)
    line = line_of(*bo, stay)
    assert has_changed(line)
    assert line.given.facts.sets == ()


def test_that_accepting_ends_it_and_counts_for_the_reader_alone(database, nurse, stay, bo):
    given(database, nurse, stay)
    line = answered(*bo, stay, read_back=False)
    assert state_of(line) is State.ACCEPTED
    assert line.given.ended_by == "Bo Both"
    assert line.given.answers[0].read_back is False
    assert line.own_accepted_at == line.given.ended_at
    assert line_of(database, nurse, stay).own_accepted_at is None


def test_that_an_acceptance_keeps_what_came_since_the_giving(database, nurse, stay, bo, admin):
    given(database, nurse, stay)
    measure(database, nurse, stay)
    answered(*bo, stay)
    (row,) = admin.execute("SELECT facts FROM report.handover_answers").fetchall()
    assert len(row[0]["sets"]) == 1


def test_that_an_acceptance_of_what_was_given_keeps_no_second_copy(
    database, nurse, stay, bo, admin
):
    given(database, nurse, stay)
    answered(*bo, stay)
    (row,) = admin.execute("SELECT facts FROM report.handover_answers").fetchall()
    assert row == (None,)


def test_that_a_record_that_changed_unseen_is_looked_at_before_it_is_given(database, nurse, stay):
    before = line_of(database, nurse, stay)
    measure(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match=r"Look at it, then give\."):
        given(database, nurse, stay, facts_hash=before.facts_hash)


def test_that_a_record_that_changed_unseen_is_looked_at_before_it_is_accepted(
    database, nurse, stay, bo
):
    before = given(database, nurse, stay)
    measure(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match=r"Look at it, then accept\."):
        answered(*bo, stay, facts_hash=before.facts_hash)


def test_that_the_giver_accepts_himself_only_with_a_reason(database, nurse, stay):
    given(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="gave this patient yourself"):
        answered(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="gave this patient yourself"):
        answered(database, nurse, stay, words="  ")
    line = answered(database, nurse, stay, words="Nobody came; I stay on.")
    assert state_of(line) is State.ACCEPTED


def test_that_nobody_accepts_without_saying_whether_it_was_read_back(database, nurse, stay, bo):
    given(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="read back"):
        answered(*bo, stay, read_back=None)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (AnswerKind.QUESTION, "question"),
        (AnswerKind.REPLY, "answer"),
        (AnswerKind.DECLINED, "why"),
    ],
)
def test_that_what_has_to_be_said_in_words_is(database, nurse, stay, bo, kind, words):
    given(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match=words):
        answered(*bo, stay, kind)


def test_that_questions_and_replies_are_kept_with_the_handover(database, nurse, stay, bo):
    given(database, nurse, stay)
    answered(*bo, stay, AnswerKind.QUESTION, words="Since when the pain?")
    line = answered(database, nurse, stay, AnswerKind.REPLY, words="Since noon.")
    assert [(one.kind, one.words, one.by) for one in line.given.answers] == [
        (AnswerKind.QUESTION, "Since when the pain?", "Bo Both"),
        (AnswerKind.REPLY, "Since noon.", "Nora Nurse"),
    ]
    assert state_of(line) is State.GIVEN


@pytest.mark.parametrize("kind", [AnswerKind.ACCEPTED, AnswerKind.DECLINED])
def test_that_of_two_who_answer_the_second_is_told_who_was_first(database, nurse, stay, bo, kind):
    line = given(database, nurse, stay)
    answered(*bo, stay, kind, words="No bed left" if kind is AnswerKind.DECLINED else None)
    new = NewAnswer(
        id=new_id(), handover_id=line.given.id, kind=AnswerKind.ACCEPTED, read_back=True,
        facts_hash=line.facts_hash,
    )  # fmt: skip
    with pytest.raises(RuleBrokenError, match=f"Bo Both {kind} this"):
        database.run(nurse, answer, new)


def test_that_only_who_gave_takes_it_back_and_then_nobody_accepts(database, nurse, stay, bo):
    line = given(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="Only who gave"):
        answered(*bo, stay, AnswerKind.WITHDRAWN)
    assert state_of(answered(database, nurse, stay, AnswerKind.WITHDRAWN)) is State.WITHDRAWN
    new = NewAnswer(
        id=new_id(), handover_id=line.given.id, kind=AnswerKind.ACCEPTED, read_back=True,
        facts_hash=line.facts_hash,
    )  # fmt: skip
    with pytest.raises(RuleBrokenError, match="took this handover back"):
        bo[0].run(bo[1], answer, new)


def test_that_giving_anew_replaces_what_waits(database, nurse, stay, bo):
    old = given(database, nurse, stay)
    measure(database, nurse, stay)
    new = given(database, nurse, stay, own_words="Better now")
    assert new.given.id != old.given.id
    stale = NewAnswer(
        id=new_id(), handover_id=old.given.id, kind=AnswerKind.ACCEPTED, read_back=True,
        facts_hash=new.facts_hash,
    )  # fmt: skip
    with pytest.raises(RuleBrokenError, match="given anew meanwhile"):
        bo[0].run(bo[1], answer, stale)


def test_that_two_who_give_one_patient_clash_once(database, nurse, stay, bo):
    seen = line_of(*bo, stay)
    given(database, nurse, stay)
    late = NewHandover(id=new_id(), admission_id=stay, facts_hash=seen.facts_hash)
    with pytest.raises(RuleBrokenError, match="Nora Nurse gave this patient meanwhile"):
        bo[0].run(bo[1], give, late)


def test_that_giving_over_what_was_answered_meanwhile_is_asked_about(database, nurse, stay, bo):
    line = given(database, nurse, stay)
    answered(*bo, stay)
    again = NewHandover(
        id=new_id(), admission_id=stay, facts_hash=line.facts_hash, supersedes_id=line.given.id
    )
    with pytest.raises(RuleBrokenError, match="answered meanwhile"):
        database.run(nurse, give, again)


def test_that_what_was_sent_once_more_is_the_same(database, nurse, stay, bo):
    line = given(database, nurse, stay)
    new = NewHandover(id=line.given.id, admission_id=stay, facts_hash=line.facts_hash)
    database.run(nurse, give, new)
    accepted = NewAnswer(
        id=new_id(), handover_id=line.given.id, kind=AnswerKind.ACCEPTED, read_back=True,
        facts_hash=line.facts_hash,
    )  # fmt: skip
    open_first(*bo)
    for _again in range(2):
        bo[0].run(bo[1], answer, accepted)
    assert len(line_of(*bo, stay).given.answers) == 1


def test_that_an_id_of_something_else_is_not_taken_for_the_same(database, nurse, stay, bo):
    other = admit(database, nurse, "Young", "Yuri", label="2")
    line = given(database, nurse, stay)
    with pytest.raises(ConflictError):
        given(database, nurse, other, id=line.given.id)
