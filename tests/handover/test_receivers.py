"""Whom a patient is given to: by plan, by choice, or whoever takes over; who accepted instead."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.handover.builders import (
    A_CALL,
    EAST,
    a_given,
    a_line,
    answered,
    facts,
    given,
    handover,
    line_of,
)
from tests.handover.test_screens import NOW
from tests.sheets import freed, opened, press, press_save, saved_message, settled
from tests.shifts.builders import took
from tests.steps import admit
from ui.handover.card_words import card_lines
from ui.handover.columns import summary_text
from ui.handover.give_sheet import ANYBODY, GiveSheet, fitting, option_of
from ui.handover.words import state_short, state_text
from ward_app.core.database import Actor
from ward_app.core.errors import RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.handover.rules import (
    in_order,
    is_for_reader,
    is_taken_by_another,
    proposed_receiver,
    waits,
)
from ward_app.handover.types import AnswerKind, Receiver
from ward_app.shifts.queries import responsible_between, shift_plan
from ward_app.shifts.service import allocate
from ward_app.shifts.types import NewAllocation
from ward_app.staff.service import sign_in

KEY, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
NORA, BO, WES = world.id_of("nora"), world.id_of("both"), world.id_of("wes")
BED = world.bed("east", "1")


def planned_next(database, lead):
    """Plan bed 1 for Bo in every shift to come, whichever runs while this is tested."""
    plan = database.run(lead, shift_plan, EAST, 0)
    beds = [
        NewAllocation(
            id=new_id(), bed_id=BED, user_id=BO, shift_name=shift.name, shift_on=shift.shift_on
        )
        for shift in plan.shifts
    ]
    database.run(lead, allocate, beds)


# -- rules


def test_that_only_what_waits_for_the_reader_is_for_her():
    assert is_for_reader(a_line(given=a_given(to_me=True)))
    assert not is_for_reader(a_line(given=a_given()))
    assert not is_for_reader(a_line(given=a_given(to_me=True, ended=AnswerKind.ACCEPTED)))
    assert not is_for_reader(a_line())


def test_that_what_is_for_the_reader_leads_but_for_what_nobody_answered():
    for_me, plain = a_line(given=a_given(to_me=True)), a_line()
    unanswered = a_line(facts=facts(call=A_CALL))
    answered = a_line(facts=facts(call={**A_CALL, "answered_by": "Dr Mensah"}))
    assert in_order((plain, answered, for_me, unanswered)) == (
        unanswered,
        for_me,
        answered,
        plain,
    )


@pytest.mark.parametrize(
    ("changes", "other"),
    [
        ({}, False),
        ({"to_user_id": BO, "ended_by_id": BO}, False),
        ({"to_user_id": BO, "ended_by_id": WES}, True),
        ({"to_role": "nurse", "ended_by_id": WES}, False),
        ({"to_user_id": BO, "ended_by_id": WES, "ended": AnswerKind.DECLINED}, False),
    ],
    ids=["nobody", "the same", "another", "a role", "declined"],
)
def test_that_another_than_the_person_named_is_told(changes, other):
    assert is_taken_by_another(a_given(**{"ended": AnswerKind.ACCEPTED} | changes)) is other
    assert not is_taken_by_another(None)


def test_that_the_plan_proposes_and_what_was_said_before_holds():
    bo_next = Receiver(BO, None, "Bo Both", bed_ids=(BED,), beds=("1",))
    assert proposed_receiver(a_line(bed_id=BED), (bo_next,)) is bo_next
    assert proposed_receiver(a_line(bed_id=new_id()), (bo_next,)) is None
    assert proposed_receiver(a_line(), (bo_next,)) is None
    anybody = a_line(bed_id=BED, given=a_given())
    assert proposed_receiver(anybody, (bo_next,)) is None
    named = a_line(bed_id=BED, given=a_given(to_role="nurse", to_name="Nurse"))
    assert proposed_receiver(named, (bo_next,)) == Receiver(None, "nurse", "Nurse")


# -- the database


def test_that_those_with_beds_next_come_first_then_who_is_here_then_roles(
    database, nurse, stay, bo
):  # fmt: skip
    found = handover(database, nurse).receivers
    assert NORA not in {one.user_id for one in found}  # nobody gives to herself
    assert WES not in {one.user_id for one in found}  # of another ward
    planned_next(*bo)
    first, *others = handover(database, nurse).receivers
    assert (first.name, first.bed_ids, first.beds) == ("Bo Both", (BED,), ("1",))
    people = [one.user_id is not None for one in (first, *others)]
    assert people == sorted(people, reverse=True)
    roles = {one.role: one.name for one in others if one.role}
    assert roles == {"charge_nurse": "Charge nurse"}  # Nora is the only nurse


def test_that_a_patient_is_given_to_a_person_and_reads_so(
    database, nurse, stay, bo
):  # fmt: skip
    line = given(database, nurse, stay, to_user_id=BO)
    assert (line.given.to_name, line.given.to_me) == ("Bo Both", False)
    theirs = line_of(*bo, stay)
    assert theirs.given.to_me
    assert is_for_reader(theirs)


def test_that_a_patient_is_given_to_a_role(database, nurse, stay, bo):
    role = next(one for one in handover(database, nurse).receivers if one.role)
    given(database, nurse, stay, to_role=role.role)
    (found,) = handover(*bo).lines
    assert (found.given.to_role, found.given.to_name) == (role.role, role.name)
    assert found.given.to_me


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ({"to_user_id": NORA}, "to yourself"),
        ({"to_user_id": WES}, "does not work on the ward"),
        ({"to_role": "nobody"}, "Nobody else of this role"),
    ],
    ids=["herself", "another ward", "no such role"],
)
def test_that_who_cannot_take_over_is_refused(
    database, nurse, stay, to, words
):  # fmt: skip
    with pytest.raises(RuleBrokenError, match=words):
        given(database, nurse, stay, **to)


def test_that_a_repeat_is_the_same_write(database, nurse, stay):
    new_one = new_id()
    line = given(database, nurse, stay, to_user_id=BO, id=new_one)
    again = given(
        database, nurse, stay, to_user_id=BO, id=new_one, facts_hash=line.facts_hash,
        supersedes_id=None,
    )  # fmt: skip
    assert again.given.id == new_one


def test_that_at_most_one_is_named(database, nurse, stay):
    with pytest.raises(Exception, match="to_one"):
        given(database, nurse, stay, to_user_id=BO, to_role="nurse")


def test_that_another_may_accept_and_both_stay_on_record(
    database, nurse, admin, stay, bo
):  # fmt: skip
    took(database, nurse, "1")
    given(*bo, stay, to_user_id=NORA)
    # Bo gave to Nora and stays on: he accepts himself, and says why
    line = answered(*bo, stay, words="Nora was called away")
    assert is_taken_by_another(line.given)
    (row,) = admin.execute(
        "SELECT g.display_name, t.display_name, a.display_name FROM report.handovers h"
        " JOIN report.handover_answers w ON w.handover_id = h.id AND w.kind = 'accepted'"
        " JOIN public.users g ON g.id = h.recorded_by JOIN public.users t ON t.id = h.to_user_id"
        " JOIN public.users a ON a.id = w.recorded_by"
    ).fetchall()
    assert row == ("Bo Both", "Nora Nurse", "Bo Both")
    now = line.given.ended_at + timedelta(minutes=1)
    held = database.run(nurse, responsible_between, EAST, now - timedelta(hours=1), now)
    (last,) = [one for one in held if one.how == "handed_over"]
    assert (last.user_name, last.given_by, last.given_to) == ("Bo Both", "Bo Both", "Nora Nurse")


def test_that_the_audit_of_another_ward_names_nobody(database, nurse, stay, connect):
    line = given(database, nurse, stay, to_user_id=BO)
    station = connect("ws_beta")
    wes = Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)
    ask = "SELECT given_by, given_to FROM report.handover_people(%s)"
    asked = (line.given.id,)
    assert database.run(nurse, lambda tx: tx.tuples(ask, asked)) == [("Nora Nurse", "Bo Both")]
    assert station.run(wes, lambda tx: tx.tuples(ask, asked)) == []


# -- words


def test_that_state_and_paper_say_who_gave_to_whom():
    waiting = a_line(given=a_given(to_name="Nora Nurse", to_user_id=NORA, to_me=True))
    assert state_text(waiting, NOW).endswith("by Bo Both to Nora Nurse (you)")
    assert state_short(waiting, NOW).startswith("for you ")
    taken = {"ended": AnswerKind.ACCEPTED, "ended_at": NOW.now, "to_name": "Nora Nurse"}
    theirs = a_given(ended_by="Nora Nurse", to_user_id=NORA, ended_by_id=NORA, **taken)
    assert state_text(a_line(given=theirs), NOW).endswith(
        "by Nora Nurse, given by Bo Both to Nora Nurse"
    )
    other = a_line(
        given=a_given(ended_by="Wes Westward", to_user_id=NORA, ended_by_id=WES, **taken)
    )
    assert state_text(other, NOW).endswith(
        "by Wes Westward instead of Nora Nurse, given by Bo Both"
    )
    said = [text for text, _loud in card_lines(other, NOW)]
    assert any("instead of Nora Nurse, given by Bo Both" in text for text in said)
    assert "1 for you" in summary_text((waiting,), NORA)


def test_that_a_few_letters_find_a_person_a_role_or_anybody():
    bo_next = Receiver(BO, None, "Bo Both", on_duty=True, bed_ids=(BED,), beds=("1", "2"))
    nurse = Receiver(None, "nurse", "Nurse")
    known = (ANYBODY, bo_next, nurse)
    assert [one.value for one in fitting(known, "bo")] == [bo_next]
    assert [one.value for one in fitting(known, "who")] == [ANYBODY]
    assert len(fitting(known, "")) == 3
    assert option_of(bo_next).detail == "has beds 1, 2 next · on duty"
    assert "everybody of this role" in option_of(nurse).detail
    assert option_of(ANYBODY).detail == ""


# -- the panel


def test_that_g_gives_to_who_has_the_bed_next_by_plan(
    qtbot, stay, bo, show
):  # fmt: skip
    planned_next(*bo)
    panel = show()
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_G)
    assert "OKAFOR, Ada is given to Bo Both. You stay responsible" in told.args[0]
    qtbot.waitUntil(lambda: waits(panel.chosen) is not None)
    assert panel.chosen.given.to_user_id == BO


def test_that_shift_g_gives_to_somebody_else_and_anew(
    qtbot, context, stay, bo, show
):  # fmt: skip
    planned_next(*bo)
    panel = show()
    press(qtbot, KEY.Key_G, SHIFT)
    sheet = opened(qtbot, panel.opened_sheets[-1])
    assert isinstance(sheet, GiveSheet)
    assert sheet.value("to").user_id == BO  # proposed by the plan
    sheet.form.set_value("to", option_of(ANYBODY))
    sheet.form.set_value("words", "Weigh her at six.")
    assert "is given. You stay" in saved_message(qtbot, sheet)
    settled(qtbot, context)
    line = line_of(*bo, stay)
    assert (line.given.to_name, line.given.own_words) == (None, "Weigh her at six.")
    panel.refresh()
    settled(qtbot, context)
    qtbot.waitUntil(lambda: waits(panel.chosen) is not None)
    panel.acts.give_to()
    again = opened(qtbot, panel.opened_sheets[-1])
    assert again.value("to") == ANYBODY  # as it was said before
    again.form.set_value("to", option_of(panel.next_receivers[0]))
    press_save(qtbot)
    settled(qtbot, context)
    assert line_of(*bo, stay).given.to_name == "Bo Both"


def test_that_who_accepts_instead_is_told_for_whom_it_was(
    qtbot, database, nurse, stay, bo, show
):  # fmt: skip
    other = admit(database, nurse, "Brown", "Ben", label="2")
    role = next(one for one in handover(*bo).receivers if one.role)
    given(*bo, other, to_user_id=NORA)
    given(*bo, stay, to_role=role.role)
    panel = show()
    assert panel.listed[0].given.to_me
    assert "for you" in panel.summary.text()
    panel.choose(other)
    with qtbot.waitSignal(panel.told) as told:
        press(qtbot, KEY.Key_A)
    assert told.args[0] == "You are responsible for BROWN, Ben."


def test_that_the_sheet_leaves_nothing_behind(qtbot, context):
    sheet = GiveSheet(context, a_line(), (Receiver(BO, None, "Bo Both"),))
    gone = freed(qtbot, sheet)
    del sheet
    gc.collect()
    assert gone() is None
