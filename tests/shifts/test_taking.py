"""Beds taken and put down, duty signed, and who may do what."""

from __future__ import annotations

from functools import partial

import pytest

from tests import world
from tests.patience import PATIENCE_S
from tests.shifts.builders import EAST, WEST, bed_now, give, laid_down, now, running, took
from tests.steps import admit, ago, worked_out
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.shifts.queries import (
    gaps,
    my_beds,
    on_duty,
    responsible_between,
    shifts_between,
    ward_staff,
)
from ward_app.shifts.service import sign_duty, take
from ward_app.shifts.types import Duty, DutySign, Take


def sign(**changes):
    facts = {"id": new_id(), "ward_id": EAST, "duty": Duty.ON_CALL, "is_on": True,
             "until_at": ago(-60), "works_as": "Medical registrar"} | changes  # fmt: skip
    return DutySign(**facts)


def test_that_taking_makes_a_bed_mine_and_signs_me_on(database, nurse, lead):
    give(database, lead, "nora", "1")
    took(database, nurse, "1", "2")
    assert database.run(nurse, my_beds, EAST) == {world.bed("east", "1"), world.bed("east", "2")}
    bed = bed_now(database, nurse, "1")
    assert bed.user_name == "Nora Nurse"
    assert bed.on_duty_until == running(database, nurse).until_at
    held = database.run(nurse, responsible_between, EAST, ago(5), ago(-1))
    hows = {one.bed_label: one.how for one in held if one.user_id}
    assert hows == {"1": "allocated", "2": "taken"}


def test_that_a_take_sent_twice_is_one_and_one_more_of_mine_none(database, nurse):
    sent = took(database, nurse, "1", "2")
    assert database.run(nurse, take, sent) == 0
    assert database.run(nurse, take, [Take(id=new_id(), bed_id=world.bed("east", "1"))]) == 0


def test_that_two_who_take_at_once_do_not_both_have_it(database, nurse, lead):
    took(database, nurse, "1")
    with pytest.raises(RuleBrokenError, match="Bed 1 is with Nora Nurse by now"):
        took(database, lead, "1", from_user_id=None)
    took(database, lead, "1")
    assert bed_now(database, nurse, "1").user_name == "Bo Both"


def test_that_taking_several_takes_all_or_none(database, nurse, lead):
    took(database, lead, "2")
    with pytest.raises(RuleBrokenError, match="is with Bo Both"):
        took(database, nurse, "1", "2", from_user_id=None)
    assert database.run(nurse, my_beds, EAST) == frozenset()


def test_that_nobody_claims_a_handover_that_was_not_accepted(database, nurse, lead):
    took(database, nurse, "1")
    with pytest.raises(RuleBrokenError, match="not handed over to you"):
        took(database, lead, "1", handover_id=new_id())
    held = database.run(nurse, responsible_between, EAST, ago(5), ago(-1))
    assert "handed_over" not in [one.how for one in held]


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-30, "future"), (60 * 25, "before the last change"), (30, "before the last change")],
)
def test_that_a_time_that_cannot_be_is_refused(database, nurse, lead, minutes, said):
    took(database, nurse, "1")
    with pytest.raises(RuleBrokenError, match=said):
        took(database, lead, "1", occurred_at=ago(minutes))


def test_that_a_slow_clock_is_forgiven(database, nurse, lead):
    took(database, nurse, "1")
    took(database, lead, "1", occurred_at=ago(2))
    assert bed_now(database, nurse, "1").user_name == "Bo Both"


def test_that_putting_down_leaves_a_gap_of_a_patients_bed(database, nurse):
    admit(database, nurse, label="1")
    took(database, nurse, "1", "2")
    assert database.run(nurse, gaps, EAST) == ()
    assert laid_down(database, nurse, "1", "2") == 2
    [gap] = database.run(nurse, gaps, EAST)
    assert (gap.bed_label, gap.user_name) == ("1", None)
    assert gap.since is not None
    assert laid_down(database, nurse, "1") == 0


def test_that_putting_down_sent_twice_is_one(database, nurse):
    took(database, nurse, "1")
    again = {"occurred_at": None}
    assert laid_down(database, nurse, "1", **again) == 1
    took(database, nurse, "1")
    assert bed_now(database, nurse, "1").user_id


def test_that_another_nurses_bed_is_put_down_by_who_leads_with_a_reason(database, nurse, lead):
    took(database, lead, "2")
    with pytest.raises(RuleBrokenError, match="Only who holds"):
        laid_down(database, nurse, "2")
    took(database, nurse, "1")
    with pytest.raises(RuleBrokenError, match="Say why"):
        laid_down(database, lead, "1")
    assert laid_down(database, lead, "1", reason="gone home") == 1


def test_that_a_holder_whose_duty_ended_is_a_loud_gap(database, nurse, admin):
    admit(database, nurse, label="1")
    took(database, nurse, "1")
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE public.duty_signs SET until_at = now() - interval '1 minute'")
    admin.execute("SET session_replication_role = origin")
    [gap] = database.run(nurse, gaps, EAST)
    assert gap.user_name == "Nora Nurse"


@pytest.mark.parametrize(
    "leaving",
    [
        "DELETE FROM public.user_wards WHERE user_id = %s",
        "UPDATE public.users SET is_active = false WHERE id = %s",
    ],
    ids=["the ward", "the house"],
)
def test_that_who_leaves_holds_nothing_any_more(database, nurse, lead, admin, leaving):
    took(database, nurse, "1", "2")
    took(database, lead, "2")
    admin.execute(leaving, (world.id_of("nora"),))
    holders = {bed.bed_label: bed.user_name for bed in now(database, lead)}
    assert (holders["1"], holders["2"]) == (None, "Bo Both")
    held = database.run(lead, responsible_between, EAST, ago(5), ago(-1))
    assert [one.how for one in held if one.bed_label == "1"][-1] == "left"


def test_that_on_call_is_signed_and_seen_in_the_whole_house(database, nurse, person):
    dora = person("dora")
    database.run(dora, sign_duty, sign())
    wes = person("wes")
    [found] = database.run(wes, on_duty)
    assert (found.name, found.works_as, found.duty) == (
        "Dora Doctor",
        "Medical registrar",
        "on_call",
    )
    assert (found.ward_name, found.floor_name, found.building_name) == (
        "Ward 7 East",
        "Ground",
        "A",
    )
    database.run(dora, sign_duty, sign(is_on=False, until_at=None, works_as=None))
    assert database.run(wes, on_duty) == ()


def test_that_the_directory_begins_with_the_ward_that_asks(database, nurse, person):
    """[Y07]"""
    wes = person("wes")
    database.run(wes, sign_duty, sign(ward_id=world.id_of("west"), duty=Duty.WARD, works_as=None))
    database.run(nurse, sign_duty, sign(duty=Duty.WARD, works_as=None))
    for ward, first in (("east", "Nora Nurse"), ("west", "Wes Westward")):
        found = database.run(nurse, on_duty, world.id_of(ward))
        assert len(found) == 2
        assert found[0].name == first


def test_that_who_holds_beds_does_not_go_off_duty(database, nurse):
    took(database, nurse, "1", "10", "2")
    off = sign(duty=Duty.WARD, is_on=False, until_at=None, works_as=None)
    with pytest.raises(RuleBrokenError, match="still hold bed 1, 2, 10"):
        database.run(nurse, sign_duty, off)
    laid_down(database, nurse, "1", "2", "10")
    database.run(nurse, sign_duty, off)
    database.run(nurse, sign_duty, off)
    assert database.run(nurse, on_duty) == ()


def test_that_on_duty_names_the_beds_held(database, nurse):
    took(database, nurse, "10", "2")
    [found] = database.run(nurse, on_duty)
    assert (found.beds, found.duty, found.grade_title) == (("2", "10"), "ward", "Registered nurse")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until_at": None}, "until when"),
        ({"works_as": "  "}, "as what"),
        ({"works_as": None}, "as what"),
        ({"until_at": partial(ago, 1)}, "at most three days"),
        ({"until_at": partial(ago, -60 * 24 * 4)}, "at most three days"),
    ],
    ids=["no end", "blank", "nothing", "past", "too long"],
)
def test_that_duty_without_an_end_or_a_name_is_refused(database, nurse, changes, said):
    with pytest.raises(RuleBrokenError, match=said):
        database.run(nurse, sign_duty, sign(**worked_out(changes)))


def test_that_duty_on_another_ward_is_refused(database, nurse):
    with pytest.raises(NotPermittedError):
        database.run(nurse, sign_duty, sign(ward_id=WEST))


def test_that_the_database_asks_for_the_same_when_a_program_does_not(database, nurse):
    call = "SELECT public.sign_duty(%s, %s, %s, true, %s, NULL)"
    for duty, until in (("on_call", ago(-60)), ("ward", None)):
        with pytest.raises(RuleBrokenError):
            database.run(nurse, lambda tx, d=duty, u=until: tx.value(call, (new_id(), EAST, d, u)))


def test_that_the_ward_hears_of_each_change(database, nurse, admin):
    admin.execute("LISTEN ward")
    took(database, nurse, "1")
    heard = next(admin.notifies(timeout=PATIENCE_S, stop_after=1))
    assert heard.payload == f"{EAST}:shifts"


def test_that_nobody_writes_the_tables_by_hand(database, nurse):
    insert = (
        "INSERT INTO public.bed_responsibilities (id, ward_id, bed_id, user_id, how, occurred_at)"
        " VALUES (%s, %s, %s, %s, 'taken', now())"
    )
    values = (new_id(), EAST, world.bed("east", "1"), world.id_of("both"))
    with pytest.raises(NotPermittedError):
        database.run(nurse, lambda tx: tx.execute(insert, values))


def test_that_another_wards_shift_is_out_of_reach(database, nurse, lead, person):
    took(database, nurse, "1")
    give(database, lead, "nora", "1")
    wes: Actor = person("wes")
    for table in ("bed_responsibilities", "shift_allocations"):
        count = f"SELECT count(*) FROM public.{table}"
        assert database.run(nurse, lambda tx, sql=count: tx.value(sql)) == 1
        assert database.run(wes, lambda tx, sql=count: tx.value(sql)) == 0
    with pytest.raises(NotPermittedError):
        took(database, wes, "1")
    with pytest.raises(NotPermittedError):
        laid_down(database, wes, "1")
    with pytest.raises(NotPermittedError):
        give(database, lead, "wes", "1", bed_id=new_id(), ward="west")
    assert database.run(nurse, shifts_between, WEST, ago(60), ago(0)) == ()
    assert database.run(nurse, ward_staff, WEST) == ()


@pytest.mark.parametrize("login", ["hal", "dora", "col"])
def test_that_who_is_no_nurse_takes_no_bed(database, person, login):
    actor = person(login)
    with pytest.raises(NotPermittedError):
        took(database, actor, "1")


@pytest.mark.parametrize("login", ["nora", "hal", "dora", "col"])
def test_that_only_who_leads_allocates(database, person, login):
    actor = person(login)
    with pytest.raises(NotPermittedError):
        give(database, actor, "nora", "1")
