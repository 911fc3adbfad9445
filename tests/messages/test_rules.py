from datetime import UTC, datetime, timedelta
from uuid import uuid4

from ward_app.messages.rules import in_order, is_late, is_new, is_open, thread_of, waits_for_me
from ward_app.messages.types import Message, Urgency

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def message(minutes_ago=0, **changes):
    values = {
        "id": uuid4(), "sent_at": NOW - timedelta(minutes=minutes_ago), "sender_id": uuid4(),
        "sender": "Bo Both", "ward_id": uuid4(), "ward_name": "Ward 7 East", "to_user_id": None,
        "to_role": "nurse", "to_words": "Nurse, Ward 7 East", "urgency": Urgency.ROUTINE,
        "body": "Ring me", "admission_id": None, "patient_words": None, "reply_to_id": None,
        "is_mine": False, "is_for_me": True, "step": 0, "told": ("Nora Nurse",), "seen_at": None,
        "acknowledged_at": None, "acknowledged_by": None, "retracted_at": None,
        "retract_reason": None, "pass_on_at": None,
    } | changes  # fmt: skip
    return Message(**values)


def test_that_a_message_is_open_until_it_is_answered_or_taken_back():
    assert is_open(message())
    assert not is_open(message(acknowledged_at=NOW))
    assert not is_open(message(retracted_at=NOW))


def test_that_only_who_was_told_is_waited_for():
    assert waits_for_me(message())
    assert not waits_for_me(message(is_for_me=False, is_mine=True))
    assert not waits_for_me(message(acknowledged_at=NOW))


def test_that_what_was_seen_or_taken_back_is_not_new():
    assert is_new(message())
    assert not is_new(message(seen_at=NOW))
    assert not is_new(message(retracted_at=NOW))
    assert not is_new(message(is_for_me=False))


def test_that_an_urgent_message_is_late_once_others_are_or_should_be_told():
    urgent = {"urgency": Urgency.URGENT}
    assert not is_late(message(**urgent, pass_on_at=NOW + timedelta(seconds=1)), NOW)
    assert is_late(message(**urgent, pass_on_at=NOW), NOW)
    assert is_late(message(**urgent, step=1), NOW)
    assert not is_late(message(**urgent, step=1, acknowledged_at=NOW), NOW)
    assert not is_late(message(step=1, pass_on_at=NOW), NOW)


def test_that_what_waits_for_me_leads_urgent_first_the_oldest_first():
    old, new = message(30), message(5)
    urgent = message(1, urgency=Urgency.URGENT)
    sent, done = message(2, is_for_me=False, is_mine=True), message(40, acknowledged_at=NOW)
    assert in_order([new, done, sent, old, urgent]) == (urgent, old, new, sent, done)


def test_that_a_thread_is_what_answers_one_another():
    first = message(30)
    answer = message(20, reply_to_id=first.id)
    further, aside = message(10, reply_to_id=answer.id), message(15)
    everything = [further, aside, answer, first]
    for one in (first, answer, further):
        assert thread_of(one, everything) == (first, answer, further)
    assert thread_of(aside, everything) == (aside,)


def test_that_a_thread_begins_where_it_is_known_and_ends_though_it_runs_in_a_circle():
    lost = message(20, reply_to_id=uuid4())
    assert thread_of(lost, [lost]) == (lost,)
    one, other = uuid4(), uuid4()
    circle = [message(2, id=one, reply_to_id=other), message(1, id=other, reply_to_id=one)]
    assert set(thread_of(circle[0], circle)) == set(circle)
