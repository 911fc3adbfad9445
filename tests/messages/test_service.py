"""Messages as their senders and readers have them; what the database refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests import world
from tests.messages.builders import (
    EAST,
    WEST,
    acknowledge,
    box,
    grow_old,
    new,
    one,
    send,
)
from tests.steps import admit
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.messages.queries import addressees, my_messages, pass_on_messages, watched_messages
from ward_app.messages.service import (
    retract_message,
    see_messages,
    send_message,
)
from ward_app.messages.types import LONGEST, Urgency
from ward_app.shifts.service import sign_duty
from ward_app.shifts.types import Duty, DutySign


def retract(database, actor, message_id, reason="slip"):
    database.run(actor, lambda tx: retract_message(tx, new_id(), message_id, reason=reason))


def come(database, actor, ward_id):
    """Sign on to duty for some hours."""
    until = datetime.now(UTC) + timedelta(hours=8)
    sign = DutySign(id=new_id(), ward_id=ward_id, duty=Duty.WARD, is_on=True, until_at=until)
    database.run(actor, sign_duty, sign)


def test_that_a_role_of_a_ward_is_told_and_nobody_else(database, people):
    sent = send(database, people["nora"])
    told = one(database, people["dora"])
    assert (told.id, told.sender, told.to_words) == (sent, "Nora Nurse", "Doctor, Ward 7 East")
    assert (told.is_for_me, told.is_mine, told.told, told.step) == (
        True,
        False,
        ("Dora Doctor",),
        0,
    )
    mine = one(database, people["nora"])
    assert (mine.is_for_me, mine.is_mine, mine.told) == (False, True, ("Dora Doctor",))
    assert [box(database, people[name]) for name in ("wes", "both", "hal")] == [(), (), ()]


def test_that_a_role_reaches_those_on_duty_and_without_them_everybody(database, people):
    """[T15] [T19]"""
    come(database, people["both"], WEST)
    send(database, people["nora"], to_role="charge_nurse", ward_id=WEST)
    assert one(database, people["both"]).told == ("Bo Both",)
    for name in ("nora", "hal"):
        come(database, people[name], EAST)
    send(database, people["wes"], to_role="nurse")
    assert box(database, people["wes"])[0].told == ("Nora Nurse",)
    offered = {one.words: one for one in database.run(people["dora"], addressees)}
    assert offered["Nurse, Ward 7 East"].detail == "on duty: Nora Nurse"


def test_that_only_one_of_two_is_told_while_only_one_is_on_duty(database, people, admin):
    admin.execute("INSERT INTO public.user_wards VALUES (%s, %s)", (world.id_of("wes"), EAST))
    come(database, people["nora"], EAST)
    send(database, people["dora"], to_role="nurse")
    send(database, people["nora"], to_role="nurse")
    told = {message.sender: message.told for message in box(database, people["wes"])}
    assert told == {"Nora Nurse": ("Wes Westward",)}
    assert {m.sender for m in box(database, people["nora"])} == {"Dora Doctor", "Nora Nurse"}


def test_that_one_person_is_told_also_on_another_ward(database, people):
    send(database, people["nora"], to_role=None, to_user_id=world.id_of("wes"))
    assert one(database, people["wes"]).to_words == "Wes Westward"


def test_that_only_who_may_see_the_patient_reads_who_it_is(database, people):
    stay = admit(database, people["nora"], "Okafor", "Ada", label="2")
    send(database, people["nora"], admission_id=stay)
    send(database, people["nora"], admission_id=stay, to_role=None, to_user_id=world.id_of("wes"))
    told = one(database, people["dora"])
    assert (told.admission_id, told.patient_words) == (stay, "OKAFOR, Ada, bed 2")
    stranger = one(database, people["wes"])
    assert (stranger.admission_id, stranger.patient_words) == (None, None)


def test_that_a_message_sent_again_is_the_same_one(database, people):
    message = new()
    for _ in range(2):
        database.run(people["nora"], send_message, message)
    assert one(database, people["dora"]).id == message.id


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": " "}, "Write the message"),
        ({"body": "x" * (LONGEST + 1)}, "too many"),
        ({"to_role": None}, "Choose whom"),
        ({"to_user_id": world.id_of("wes")}, "Choose whom"),
        ({"to_role": None, "to_user_id": world.id_of("nora")}, "yourself"),
        ({"to_role": None, "to_user_id": world.id_of("ivan")}, "cannot read messages"),
        ({"to_role": "ward_manager"}, "Nobody else holds this role"),
        ({"to_role": "nurse"}, "Nobody else holds this role"),
        ({"ward_id": world.id_of("nowhere")}, "no such ward"),
        ({"reply_to_id": world.id_of("message")}, "not one of yours"),
    ],
    ids=[
        "empty",
        "long",
        "nobody",
        "both",
        "herself",
        "IT",
        "no holder",
        "only herself",
        "no ward",
        "foreign reply",
    ],
)
def test_that_what_reaches_nobody_is_refused_in_words(database, people, changes, words):
    with pytest.raises(RuleBrokenError, match=words):
        send(database, people["nora"], **changes)


def test_that_whoever_is_told_answers_for_all_once(database, people):
    sent = send(database, people["wes"], to_role="nurse")
    acknowledge(database, people["nora"], sent)
    acknowledge(database, people["nora"], sent)
    seen = one(database, people["wes"])
    assert (seen.acknowledged_by, seen.acknowledged_at is not None) == ("Nora Nurse", True)
    with pytest.raises(NotPermittedError, match="not one of yours"):
        acknowledge(database, people["dora"], sent)
    with pytest.raises(NotPermittedError, match="not one of yours"):
        acknowledge(database, people["wes"], sent)


def test_that_the_second_of_two_who_answer_hears_who_was_first(database, people, admin):
    sent = send(database, people["wes"], to_role="nurse", urgency=Urgency.URGENT)
    grow_old(admin, 11)
    assert database.run(people["dora"], pass_on_messages) == 1

    def answer(name):
        try:
            acknowledge(database, people[name], sent)
        except ConflictError as refused:
            return str(refused)
        return name

    with ThreadPoolExecutor(2) as both:
        first, second = sorted(both.map(answer, ("nora", "both")), key=len)
    by = {"nora": "Nora Nurse", "both": "Bo Both"}[first]
    assert second == f"{by} has answered for this message already."


def test_that_the_sender_takes_a_message_back_with_a_reason_and_it_stays_readable(
    database, people
):
    sent = send(database, people["nora"], body="Bed 4 to theatre")
    with pytest.raises(RuleBrokenError, match="why"):
        retract(database, people["nora"], sent, " ")
    with pytest.raises(NotPermittedError, match="not one of yours"):
        retract(database, people["dora"], sent)
    retract(database, people["nora"], sent, "wrong bed")
    told = one(database, people["dora"])
    assert (told.body, told.retract_reason) == ("Bed 4 to theatre", "wrong bed")
    with pytest.raises(ConflictError, match="taken this message back"):
        acknowledge(database, people["dora"], sent)


def test_that_what_was_answered_is_not_taken_back(database, people):
    sent = send(database, people["nora"])
    acknowledge(database, people["dora"], sent)
    with pytest.raises(ConflictError, match="Dora Doctor has answered"):
        retract(database, people["nora"], sent)


def test_that_seeing_is_kept_for_each_reader(database, people):
    sent = send(database, people["wes"], to_role="nurse")
    assert one(database, people["nora"]).seen_at is None
    for _ in range(2):
        database.run(people["nora"], see_messages, (sent, new_id()))
    assert one(database, people["nora"]).seen_at is not None
    assert one(database, people["wes"]).seen_at is None


def test_that_an_answer_belongs_to_what_it_answers(database, people):
    sent = send(database, people["nora"])
    acknowledge(database, people["dora"], sent)
    answer = send(database, people["dora"], to_role=None, to_user_id=world.id_of("nora"),
                  reply_to_id=sent, body="Done")  # fmt: skip
    assert {m.id: m.reply_to_id for m in box(database, people["nora"])} == {
        sent: None,
        answer: sent,
    }


def test_that_an_urgent_message_nobody_answers_is_passed_on_by_elapsed_time(
    database, people, admin
):
    send(database, people["nora"], urgency=Urgency.URGENT)
    sent = one(database, people["dora"])
    assert sent.pass_on_at == sent.sent_at + timedelta(minutes=10)
    assert database.run(people["wes"], pass_on_messages) == 0
    grow_old(admin, 10)
    assert database.run(people["wes"], pass_on_messages) == 1
    assert database.run(people["dora"], pass_on_messages) == 0
    told = one(database, people["both"])
    assert (told.is_for_me, told.step, told.told) == (True, 1, ("Dora Doctor", "Bo Both"))
    assert told.pass_on_at == told.sent_at + timedelta(minutes=20)
    acknowledge(database, people["both"], told.id)
    done = one(database, people["nora"])
    assert (done.acknowledged_by, done.pass_on_at) == ("Bo Both", None)


def test_that_whoever_looks_passes_on_what_is_late(database, people, admin):
    sent = send(database, people["nora"], urgency=Urgency.URGENT)
    grow_old(admin, 25)
    [found] = database.run(people["both"], watched_messages).messages
    assert (found.id, found.step, found.pass_on_at) == (
        sent,
        1,
        found.sent_at + timedelta(minutes=20),
    )


@pytest.mark.parametrize("end", ["routine", "answered", "retracted"])
def test_that_nothing_else_is_passed_on(database, people, admin, end):
    urgency = Urgency.ROUTINE if end == "routine" else Urgency.URGENT
    sent = send(database, people["nora"], urgency=urgency)
    if end == "answered":
        acknowledge(database, people["dora"], sent)
    if end == "retracted":
        retract(database, people["nora"], sent)
    grow_old(admin, 60)
    assert database.run(people["nora"], pass_on_messages) == 0
    assert one(database, people["nora"]).pass_on_at is None


def test_that_roles_and_people_are_offered_to_write_to(database, people):
    offered = {one.words: one for one in database.run(people["nora"], addressees)}
    assert offered["Doctor, Ward 7 East"].detail == "nobody on duty: Dora Doctor"
    assert (offered["Doctor, Ward 7 East"].role, offered["Doctor, Ward 7 East"].ward_id) == (
        "doctor",
        EAST,
    )
    assert offered["Bo Both"].detail == "Charge nurse"
    assert offered["Wes Westward"].ward_id == WEST
    assert "Nora Nurse" not in offered
    assert "Nurse, Ward 7 East" not in offered
    assert not {"Ivan IT", "Ada Admin", "Wall Display"} & set(offered)


def test_that_those_without_patients_have_no_messages(database, signed_in):
    nobody = Actor(signed_in("ivan").token)
    for asked in (my_messages, addressees):
        with pytest.raises(NotPermittedError):
            database.run(nobody, asked)
    assert database.run(nobody, pass_on_messages) == 0
    with pytest.raises(NotPermittedError):
        send(database, nobody)


def test_that_a_stranger_reads_no_row(database, people, admin, direct):
    send(database, people["nora"], body="Only for Dora")
    for table in ("messages", "notifications", "message_events"):
        assert direct("wes", f"SELECT count(*) FROM public.{table}") == 0
    assert direct("dora", "SELECT body FROM public.messages") == "Only for Dora"


@pytest.fixture
def direct(database, signed_in):
    """Ask past the program, with one's own proven session."""

    def ask(login, statement):
        return database.run(Actor(signed_in(login).token), lambda tx: tx.value(statement))

    return ask
