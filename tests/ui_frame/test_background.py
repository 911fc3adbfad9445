import logging
import threading

import pytest
import shiboken6
from PySide6.QtCore import QThread, QTimer

from tests.patience import PATIENCE_S
from tests.ui_frame.builders import Owner, a_work
from ui.background import Reply
from ui.incidents import UnexpectedProblemError
from ward_app.core.errors import ConflictError, SignInRequiredError


def echo(_tx, value):
    return value


def refuse(_tx):
    raise ConflictError("Bed 12 was given to somebody else.")


def lose_session(_tx):
    raise SignInRequiredError("You have been signed out.")


def stumble(_tx, name):
    raise KeyError(name)


def test_that_answers_come_in_the_order_asked_and_on_the_gui_thread(qtbot, lane):
    owner, seen = Owner(), []
    gui = QThread.currentThread()
    for number in range(20):
        show = Reply(lambda n: seen.append((n, QThread.currentThread() is gui)))
        lane.query(owner, show, echo, number)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == [(number, True) for number in range(20)]


def test_that_the_gui_thread_goes_on_while_the_server_is_slow(qtbot, lane, held):
    owner, seen = Owner(), []
    held.hold()
    lane.query(owner, Reply(seen.append), echo, "late")
    assert held.started.acquire(timeout=PATIENCE_S)
    assert seen == []
    held.let_go()
    qtbot.waitUntil(lambda: seen == ["late"])


def test_that_a_result_for_an_owner_that_is_gone_is_dropped(qtbot, lane, held):
    owner, later, seen = Owner(), Owner(), []
    held.hold()
    lane.query(owner, Reply(lambda _: seen.append("gone")), echo, 1)
    lane.query(later, Reply(lambda _: seen.append("there")), echo, 2)
    shiboken6.delete(owner)
    held.let_go()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["there"]


def test_that_a_read_whose_owner_is_gone_is_given_up_and_a_change_is_not(qtbot, lane, held):
    owner, saved = Owner(), []
    held.hold()
    lane.query(owner, Reply(print), echo, 1)
    lane.keep(owner, Reply(print), lambda _tx: saved.append(1))
    assert held.started.acquire(timeout=PATIENCE_S)
    waiting = next(iter(lane._waiting.values()))
    shiboken6.delete(owner)
    qtbot.waitUntil(waiting.given_up.is_set)
    held.let_go()
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert held.were_wanted == [False]
    assert saved == [1]
    assert not lane._glance.isActive()


def test_that_a_ward_error_goes_to_whoever_asked(qtbot, lane):
    owner, told = Owner(), []
    with qtbot.assertNotEmitted(lane.failed):
        lane.query(owner, Reply(print, told.append), refuse)
        qtbot.waitUntil(lambda: bool(told))
    assert str(told[0]) == "Bed 12 was given to somebody else."


def test_that_an_error_nobody_took_is_told_by_the_lane(qtbot, lane):
    owner = Owner()
    with qtbot.waitSignal(lane.failed) as told:
        lane.query(owner, Reply(print), refuse)
    assert isinstance(told.args[0], ConflictError)


@pytest.mark.parametrize(("topic", "told"), [("beds", True), (None, False)])
def test_that_only_a_failed_save_is_told_when_its_sheet_is_gone(qtbot, lane, held, topic, told):
    owner, later, problems, seen = Owner(), Owner(), [], []
    lane.failed.connect(problems.append)
    held.hold()
    if topic:
        lane.command(owner, topic, Reply(print, print), refuse)
    else:
        lane.query(owner, Reply(print, print), refuse)
    lane.query(later, Reply(seen.append), echo, "after")
    shiboken6.delete(owner)
    held.let_go()
    qtbot.waitUntil(lambda: bool(seen))
    assert bool(problems) is told


def test_that_a_lost_session_locks_and_is_told_to_the_sheet_but_not_twice(qtbot, lane):
    owner, told = Owner(), []
    with qtbot.assertNotEmitted(lane.failed), qtbot.waitSignal(lane.sign_in_lost):
        lane.query(owner, Reply(print, told.append), lose_session)
    qtbot.waitUntil(lambda: bool(told))
    with qtbot.assertNotEmitted(lane.failed, wait=50), qtbot.waitSignal(lane.sign_in_lost):
        lane.query(owner, Reply(print), lose_session)


def test_that_an_unexpected_error_gets_an_incident_number_and_no_value_in_the_log(
    qtbot, lane, caplog
):
    owner, told = Owner(), []
    with caplog.at_level(logging.ERROR):
        lane.query(owner, Reply(print, told.append), stumble, "OKORO, Ada")
        qtbot.waitUntil(lambda: bool(told))
    assert isinstance(told[0], UnexpectedProblemError)
    assert told[0].incident in caplog.text
    assert "stumble" in caplog.text
    assert "OKORO" not in caplog.text


def test_that_a_change_is_announced_after_its_reply(qtbot, lane):
    owner, order = Owner(), []
    lane.committed.connect(order.append)
    lane.command(owner, "beds", Reply(lambda _: order.append("reply")), echo, 1)
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["reply", "beds"]


def test_that_a_refused_change_is_not_announced(qtbot, lane):
    owner, told = Owner(), []
    with qtbot.assertNotEmitted(lane.committed):
        lane.command(owner, "beds", Reply(print, told.append), refuse)
        qtbot.waitUntil(lambda: bool(told))


def test_that_closing_drops_late_answers_and_ends_the_thread(qapp, held):
    before = threading.active_count()
    work, owner, seen = a_work(held), Owner(), []
    work.query(owner, Reply(seen.append), echo, 1)
    work.close()
    qapp.processEvents()
    assert seen == []
    assert threading.active_count() == before


def test_that_a_timer_may_still_ask_a_lane_that_is_closed(qapp, held):
    work, owner = a_work(held), Owner()
    work.close()
    work.query(owner, Reply(lambda _: None), echo, "too late")
    assert not work.is_busy


def test_that_a_retired_lane_finishes_its_save_and_then_deletes_itself(qtbot, held):
    work, owner, seen = a_work(held), Owner(), []
    held.hold()
    work.command(owner, "beds", Reply(seen.append), echo, "saved")
    work.retire()
    held.let_go()
    qtbot.waitUntil(lambda: not shiboken6.isValid(work))
    assert seen == ["saved"]


def test_that_work_is_proved_by_the_session_of_its_time(qtbot, lane, held):
    owner, seen, first = Owner(), [], lane.actor
    lane.query(owner, Reply(seen.append), echo, 1)
    lane.act_as("another")
    lane.query(owner, Reply(seen.append), echo, 2)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert held.actors == [first, "another"]


def test_that_five_thousand_answers_do_not_wear_out_the_interpreter(qtbot, lane):
    owner, seen = Owner(), []
    for number in range(5_000):
        lane.query(owner, Reply(seen.append), echo, number)
    qtbot.waitUntil(lambda: len(seen) == 5_000)


def test_that_two_answers_are_told_in_two_turns_of_the_event_loop(qtbot, lane, held):
    """What other events are waiting, a key among them, has its turn in between."""
    owner, order = Owner(), []

    def show(name):
        order.append(name)
        QTimer.singleShot(0, owner, lambda: order.append(f"after {name}"))

    held.hold()
    for name in ("first", "second"):
        lane.query(owner, Reply(show), echo, name)
    held.let_go()
    qtbot.waitUntil(lambda: len(order) == 4)
    assert order == ["first", "after first", "second", "after second"]


def test_that_an_answer_comes_while_another_one_is_being_shown(qtbot, lane):
    """A question put in the middle of showing an answer is answered there."""
    owner, seen = Owner(), []

    def ask_on(_first):
        lane.query(owner, Reply(seen.append), echo, "second")
        qtbot.waitUntil(lambda: seen == ["second"])
        seen.append("first")

    lane.query(owner, Reply(ask_on), echo, "first")
    qtbot.waitUntil(lambda: seen == ["second", "first"])
