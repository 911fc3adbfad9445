"""The register as nurses, assistants and doctors keep it; what the database refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.devices.builders import (
    HEALTHY,
    LOOK,
    a_check,
    a_device,
    a_removal,
    devices,
    history,
    look_at,
    only,
    put_in,
    seen,
    strike,
    take_out,
)
from tests.steps import admit, ago, open_first
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.devices import service
from ward_app.devices.service import check_device, record_device, remove_device
from ward_app.devices.types import Entry, RemovalReason, Side, Tip


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def device(database, nurse, stay):
    return put_in(database, nurse, stay)


@pytest.fixture
def assistant(signed_in):
    return Actor(signed_in("hal").token)


@pytest.fixture
def doctor(database, signed_in, stay):
    doctor = Actor(signed_in("dora").token)
    open_first(database, doctor)
    return doctor


def test_that_a_device_is_read_as_it_was_recorded(database, nurse, stay, device):
    found = only(database, nurse, stay)
    assert (found.id, found.version_id) == (device, device)
    assert (found.kind, found.site, found.side, found.size) == (
        "peripheral_cannula",
        "forearm",
        "left",
        "20 G",
    )
    assert (found.inserted_by, found.recorded_by) == ("Ambulance", "Nora Nurse")
    assert (found.check_minutes, found.stay_hours) == (480, None)
    assert (found.check_id, found.score, found.removed_at) == (None, None, None)


def test_that_nobody_knows_when_it_was_put_in(database, nurse, stay):
    put_in(database, nurse, stay, inserted_at=None, inserted_by=" ", side=None, size="")
    found = only(database, nurse, stay)
    assert (found.inserted_at, found.inserted_by, found.size) == (None, None, None)


def test_that_a_device_may_have_been_put_in_before_the_admission(database, nurse, stay):
    put_in(database, nurse, stay, inserted_at=ago(60 * 24 * 30))
    assert only(database, nurse, stay).inserted_at < ago(60 * 24 * 29)


@pytest.mark.parametrize(
    ("signs", "score"),
    [
        (HEALTHY, (0, 0)),
        (seen("swelling"), (1, 1)),
        (seen("pain", "redness"), (2, 2)),
        (seen("pain", "redness", "induration"), (3, 3)),
        (seen("pain", "redness", "induration", "cord"), (4, 4)),
        (seen("pain", "redness", "induration", "cord", "fever"), (5, 5)),
        ({"pain": False}, (None, 0)),
        ({"pain": True}, (None, 1)),
    ],
)
def test_that_the_database_says_what_the_signs_come_to(
    database, nurse, stay, device, signs, score
):
    came_to = database.run(nurse, check_device, a_check(stay, device, signs=signs))
    found = only(database, nurse, stay)
    assert (found.score, found.at_least) == tuple(came_to) == score
    assert found.signs == signs
    assert (found.scored_at is None) == (score[0] is None)


def test_that_the_newest_look_counts_and_an_incomplete_one_does_not_put_off_the_next(
    database, nurse, stay, device
):
    look_at(database, nurse, stay, device, signs=seen("pain"), occurred_at=ago(90))
    look_at(database, nurse, stay, device, occurred_at=ago(60))
    look_at(database, nurse, stay, device, signs={"pain": True}, occurred_at=ago(30))
    found = only(database, nurse, stay)
    assert (found.score, found.at_least) == (None, 1)
    assert ago(61) < found.scored_at < ago(59)


def test_that_an_assistant_looks_and_does_not_put_in_take_out_or_correct(
    database, nurse, assistant, stay, device
):
    look = look_at(database, assistant, stay, device)
    open_first(database, assistant)
    again = a_check(stay, device, supersedes_id=look, change_reason="misread")
    for command, value in (
        (record_device, a_device(stay)),
        (remove_device, a_removal(stay, device)),
        (check_device, again),
    ):
        with pytest.raises(NotPermittedError):
            database.run(assistant, command, value)
    with pytest.raises(NotPermittedError):
        strike(database, assistant, "check", stay, look)
    assert only(database, nurse, stay).check_id == look


def test_that_a_doctor_puts_in_and_takes_out(database, doctor, stay):
    device = put_in(database, doctor, stay, kind="central_line", site="neck")
    take_out(database, doctor, stay, device, reason=RemovalReason.INFECTION)
    found = only(database, doctor, stay)
    assert (found.removal_reason, found.tip, found.removed_by) == (
        "infection",
        "intact",
        "Nora Nurse",
    )


@pytest.mark.parametrize("login", ["wes", "col", "wall", "audrey"])
def test_that_others_neither_read_nor_write(database, signed_in, stay, device, login):
    other = Actor(signed_in(login).token)
    assert devices(database, other, stay) == ()
    assert history(database, other, device) == ()
    for command, value in (
        (record_device, a_device(stay)),
        (check_device, a_check(stay, device)),
        (remove_device, a_removal(stay, device)),
    ):
        with pytest.raises(NotPermittedError):
            database.run(other, command, value)


def test_that_a_closed_chart_shows_no_device(database, nurse, signed_in, stay, device):
    both = Actor(signed_in("both").token)
    assert devices(database, both, stay) == ()
    open_first(database, both)
    assert only(database, both, stay).id == device


def test_that_sending_again_changes_nothing(database, nurse, stay):
    device = a_device(stay)
    check = a_check(stay, device.id)
    removal = a_removal(stay, device.id)
    for _ in range(2):
        database.run(nurse, record_device, device)
        database.run(nurse, check_device, check)
        database.run(nurse, remove_device, removal)
    assert len(history(database, nurse, device.id)) == 3


def test_that_a_device_is_removed_once(database, nurse, stay, device):
    take_out(database, nurse, stay, device)
    with pytest.raises(RuleBrokenError, match="removed already"):
        take_out(database, nurse, stay, device)


def test_that_a_removal_struck_out_puts_the_device_back_until_it_is_removed_after_all(
    database, nurse, stay, device
):
    first = take_out(database, nurse, stay, device)
    strike(database, nurse, "removal", stay, first)
    assert only(database, nurse, stay).removed_at is None
    look_at(database, nurse, stay, device, occurred_at=ago(0))
    second = take_out(database, nurse, stay, device, occurred_at=ago(0))
    assert only(database, nurse, stay).removal_id == second
    with pytest.raises(RuleBrokenError, match="removed already"):
        take_out(database, nurse, stay, device)


def test_that_a_removal_is_corrected(database, nurse, stay, device):
    first = take_out(database, nurse, stay, device)
    take_out(
        database, nurse, stay, device,
        tip=Tip.NOT_INTACT, supersedes_id=first, change_reason="looked again",
    )  # fmt: skip
    assert only(database, nurse, stay).tip == "not_intact"
    with pytest.raises(RuleBrokenError, match="does not belong"):
        take_out(database, nurse, stay, device, supersedes_id=new_id(), change_reason="x")


def test_that_nothing_is_looked_at_before_it_is_in_or_after_it_is_out(
    database, nurse, stay, device
):
    with pytest.raises(RuleBrokenError, match="not in place yet"):
        look_at(database, nurse, stay, device, occurred_at=ago(601))
    take_out(database, nurse, stay, device, occurred_at=ago(60))
    with pytest.raises(RuleBrokenError, match="was out"):
        look_at(database, nurse, stay, device, occurred_at=ago(59))
    look_at(database, nurse, stay, device, occurred_at=ago(61))


def test_that_nothing_comes_out_before_it_was_put_in_or_looked_at(database, nurse, stay, device):
    with pytest.raises(RuleBrokenError, match="not in place yet"):
        take_out(database, nurse, stay, device, occurred_at=ago(601))
    look_at(database, nurse, stay, device, occurred_at=ago(30))
    with pytest.raises(RuleBrokenError, match="looked at after"):
        take_out(database, nurse, stay, device, occurred_at=ago(31))


def test_that_a_corrected_insertion_fits_looks_and_removal(database, nurse, stay, device):
    def correct(**changes):
        version = only(database, nurse, stay).version_id
        put_in(database, nurse, stay, supersedes_id=version, change_reason="mistyped", **changes)

    look_at(database, nurse, stay, device, occurred_at=ago(60))
    with pytest.raises(RuleBrokenError, match="looked at before"):
        correct(inserted_at=ago(59))
    with pytest.raises(RuleBrokenError, match="do not fit that kind"):
        correct(kind="drain")
    correct(inserted_at=ago(61), kind="midline")
    found = only(database, nurse, stay)
    assert (found.id, found.kind) == (device, "midline")
    assert found.version_id != device
    assert found.check_id is not None


def test_that_a_corrected_insertion_stays_before_the_removal(database, nurse, stay, device):
    take_out(database, nurse, stay, device, occurred_at=ago(60))
    again = a_device(stay, supersedes_id=device, change_reason="mistyped", inserted_at=ago(60))
    with pytest.raises(RuleBrokenError, match="removed before"):
        database.run(nurse, record_device, again)


def test_that_the_future_is_refused(database, nurse, stay, device):
    for command, value in (
        (record_device, a_device(stay, inserted_at=ago(-10))),
        (check_device, a_check(stay, device, occurred_at=ago(-10))),
        (remove_device, a_removal(stay, device, occurred_at=ago(-10))),
    ):
        with pytest.raises(RuleBrokenError, match="future"):
            database.run(nurse, command, value)


def test_that_a_device_struck_out_is_gone_but_readable_and_takes_nothing_more(
    database, nurse, stay, device
):
    look_at(database, nurse, stay, device)
    strike(database, nurse, "device", stay, device)
    assert devices(database, nurse, stay) == ()
    rows = history(database, nurse, device)
    assert [(row.entry, row.struck_out, row.superseded) for row in rows] == [
        ("device", True, False),
        ("check", False, False),
        ("device", False, True),
    ]
    for command, value in (
        (check_device, a_check(stay, device)),
        (remove_device, a_removal(stay, device)),
    ):
        with pytest.raises(RuleBrokenError, match="not recorded for this stay"):
            database.run(nurse, command, value)


def test_that_a_look_is_corrected_and_struck_out(database, nurse, stay, device):
    first = look_at(database, nurse, stay, device, signs=seen("pain", "redness"))
    second = look_at(
        database, nurse, stay, device,
        signs=seen("pain"), supersedes_id=first, change_reason="other arm",
    )  # fmt: skip
    assert only(database, nurse, stay).score == 1
    strike(database, nurse, "check", stay, second)
    found = only(database, nurse, stay)
    assert (found.check_id, found.score, found.scored_at) == (None, None, None)
    marks = [row for row in history(database, nurse, device) if row.struck_out]
    assert [(mark.change_reason, mark.about) for mark in marks] == [
        ("wrong patient", seen("pain"))
    ]


@pytest.mark.parametrize("entry", list(Entry))
def test_that_whoever_comes_second_is_told(database, nurse, doctor, stay, device, entry):
    struck = {
        Entry.DEVICE: lambda: device,
        Entry.CHECK: lambda: look_at(database, nurse, stay, device),
        Entry.REMOVAL: lambda: take_out(database, nurse, stay, device),
    }[entry]()
    mark = strike(database, nurse, entry, stay, struck)
    assert strike(database, nurse, entry, stay, struck, id=mark) == mark
    with pytest.raises((ConflictError, RuleBrokenError)):
        strike(database, doctor, entry, stay, struck)


def test_that_a_look_at_another_kind_has_other_signs(database, nurse, stay):
    drain = put_in(database, nurse, stay, kind="drain", site="abdomen")
    with pytest.raises(RuleBrokenError, match="does not belong to this kind"):
        look_at(database, nurse, stay, drain, kind="drain", signs={"cord": False})
    look_at(database, nurse, stay, drain, kind="drain", signs=seen("leaking", of=LOOK))
    found = only(database, nurse, stay)
    assert (found.score, found.check_minutes) == (1, 1440)


def test_that_a_stay_keeps_its_own_devices(database, nurse, stay, device):
    other = admit(database, nurse, "Young", "Yuri", label="2")
    for command, value in (
        (check_device, a_check(other, device)),
        (remove_device, a_removal(other, device)),
        (record_device, a_device(other, supersedes_id=device, change_reason="x")),
        (check_device, a_check(stay, device, supersedes_id=new_id(), change_reason="x")),
    ):
        with pytest.raises(RuleBrokenError):
            database.run(nurse, command, value)


def test_that_what_is_not_said_is_asked_for(database, nurse, stay, device):
    wrong = (
        (record_device, a_device(stay, site=" "), "site"),
        (record_device, a_device(stay, due_out_at=ago(700)), "due_out_at"),
        (record_device, a_device(stay, supersedes_id=device), "change_reason"),
        (check_device, a_check(stay, device, signs={}), None),
        (check_device, a_check(stay, device, supersedes_id=new_id()), "change_reason"),
        (remove_device, a_removal(stay, device, removed_by=" "), "removed_by"),
        (remove_device, a_removal(stay, device, reason=RemovalReason.OTHER), "note"),
        (remove_device, a_removal(stay, device, supersedes_id=new_id()), "change_reason"),
    )
    for command, value, field in wrong:
        with pytest.raises(RuleBrokenError) as refused:
            database.run(nurse, command, value)
        assert refused.value.field == field
    with pytest.raises(RuleBrokenError, match="why"):
        strike(database, nurse, "device", stay, device, reason=" ")


def test_that_another_pack_is_refused(database, nurse, stay, monkeypatch):
    other = replace(service.device_pack(), version="0")
    monkeypatch.setattr(service, "device_pack", lambda: other)
    with pytest.raises(RuleBrokenError, match="does not know this kind"):
        database.run(nurse, record_device, a_device(stay, side=Side.RIGHT))


def test_that_two_who_remove_a_device_at_once_remove_it_once(connect, nurse, doctor, stay, device):
    first, second = connect("ws_alpha"), connect("ws_alpha")
    with ThreadPoolExecutor(2) as pool:
        outcomes = [
            pool.submit(database.run, actor, remove_device, a_removal(stay, device))
            for database, actor in ((first, nurse), (second, doctor))
        ]
        refused = [outcome.exception() for outcome in outcomes if outcome.exception()]
    assert len(refused) == 1
    assert isinstance(refused[0], RuleBrokenError)
    assert only(first, nurse, stay).removed_at is not None
