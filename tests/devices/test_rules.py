"""What follows from a device and the looks at its site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.devices.builders import LOOK, VIP, read_device, seen
from ward_app.devices.pack import device_pack
from ward_app.devices.rules import (
    action,
    due_out_at,
    in_place,
    is_check_overdue,
    is_due_out,
    is_in_place,
    needs_action,
    next_check_at,
    site_score,
    urgency,
)
from ward_app.measurements.kinds import kinds

LONDON = ZoneInfo("Europe/London")
VIP_SCHEME = device_pack().kind("peripheral_cannula").scheme
LOOK_SCHEME = device_pack().kind("drain").scheme
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize("sign", VIP[:5])
def test_that_no_sign_at_the_site_alone_scores_0(sign):
    """Defect of another system: swelling alone scored 0."""
    assert site_score(VIP_SCHEME, seen(sign)).score in (1, 2)


@pytest.mark.parametrize(
    ("present", "score"),
    [
        ((), 0),
        (("fever",), 0),
        (("pain",), 1),
        (("swelling",), 1),
        (("induration",), 2),
        (("cord",), 2),
        (("pain", "swelling"), 2),
        (("pain", "redness", "swelling"), 2),
        (("pain", "redness", "induration"), 3),
        (("pain", "redness", "induration", "fever"), 3),
        (("pain", "redness", "cord"), 2),
        (("pain", "redness", "induration", "cord"), 4),
        (("pain", "redness", "induration", "cord", "fever"), 5),
        (VIP, 5),
    ],
)
def test_that_vip_is_scored_as_published(present, score):
    assert site_score(VIP_SCHEME, seen(*present)) == (score, score)


@given(st.sets(st.sampled_from(VIP)), st.sampled_from(VIP))
def test_that_one_more_sign_never_lowers_the_score(present, another):
    before = site_score(VIP_SCHEME, seen(*present)).at_least
    assert site_score(VIP_SCHEME, seen(*present, another)).at_least >= before


@given(st.dictionaries(st.sampled_from(VIP), st.booleans()))
def test_that_a_score_holds_whatever_was_not_looked_for(signs):
    found = site_score(VIP_SCHEME, signs)
    best, worst = (
        site_score(VIP_SCHEME, dict.fromkeys(VIP, value) | signs).at_least
        for value in (False, True)
    )
    assert found == (best if best == worst else None, best)


def test_that_a_score_of_what_nobody_looked_for_is_unknown():
    assert site_score(VIP_SCHEME, {}) == (None, 0)
    no_temperature = {name: False for name in VIP if name != "fever"}
    assert site_score(VIP_SCHEME, no_temperature) == (0, 0)


def test_that_a_look_is_well_or_a_concern():
    assert site_score(LOOK_SCHEME, seen(of=LOOK)) == (0, 0)
    assert site_score(LOOK_SCHEME, {"leaking": True}) == (1, 1)
    assert site_score(LOOK_SCHEME, {"leaking": False}) == (None, 0)


def test_that_there_is_one_set_of_actions_in_the_program():
    choices = kinds()["cannula_site"].field("score").choices
    said = [f"{score}, {action(VIP_SCHEME, score)}" for score in range(6)]
    assert said == [choice.words for choice in choices]


@pytest.mark.parametrize(("at_least", "acts"), [(None, False), (0, False), (1, False), (2, True)])
def test_that_vip_2_and_over_asks_for_more_than_watching(at_least, acts):
    device = read_device(at_least=at_least)
    assert needs_action(VIP_SCHEME, device) is acts
    assert not needs_action(VIP_SCHEME, device._replace(removed_at=NOON))


def test_that_the_next_look_is_counted_from_the_last_one_with_a_score():
    device = read_device(inserted_at=NOON, scored_at=NOON + HOUR, checked_at=NOON + 2 * HOUR)
    assert next_check_at(device) == NOON + 9 * HOUR
    assert next_check_at(device._replace(scored_at=None)) == NOON + 8 * HOUR
    assert next_check_at(device._replace(removed_at=NOON)) is None


def test_that_a_device_put_in_nobody_knows_when_is_looked_at_at_once():
    device = read_device(inserted_at=None, first_recorded_at=NOON)
    assert next_check_at(device) == NOON
    assert is_check_overdue(device, NOON + MINUTE)


def test_that_a_look_is_overdue_after_a_whole_minute():
    device = read_device(scored_at=NOON)
    due_at = NOON + 8 * HOUR
    assert not is_check_overdue(device, due_at + MINUTE - timedelta(seconds=1))
    assert is_check_overdue(device, due_at + MINUTE)
    assert not is_check_overdue(device._replace(removed_at=NOON), due_at + MINUTE)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_that_a_change_of_the_clocks_makes_no_look_early_or_late(day):
    midnight = datetime.fromisoformat(f"{day}T00:30").replace(tzinfo=LONDON)
    due_at = next_check_at(read_device(scored_at=midnight))
    assert due_at - midnight.astimezone(UTC) == 8 * HOUR


@pytest.mark.parametrize(("day", "minutes"), [("2026-03-29", 23 * 60), ("2026-10-25", 25 * 60)])
def test_that_days_in_place_are_the_wards_and_minutes_are_elapsed(day, minutes):
    inserted = datetime.fromisoformat(f"{day}T00:30").replace(tzinfo=LONDON)
    same_day = datetime.fromisoformat(f"{day}T23:59").replace(tzinfo=LONDON)
    day_after = inserted + timedelta(days=1)
    device = read_device(inserted_at=inserted)
    assert in_place(device, same_day, LONDON).day == 1
    assert in_place(device, day_after, LONDON) == (minutes, 2)


def test_that_a_night_in_place_is_the_second_day():
    device = read_device(inserted_at=datetime(2026, 11, 20, 23, 50, tzinfo=UTC))
    assert in_place(device, datetime(2026, 11, 21, 0, 10, tzinfo=UTC), LONDON) == (20, 2)


def test_that_time_in_place_ends_with_the_removal_and_is_unknown_without_a_beginning():
    device = read_device(inserted_at=NOON, removed_at=NOON + HOUR)
    assert in_place(device, NOON + 99 * HOUR, LONDON) == (60, 1)
    assert in_place(device._replace(inserted_at=None), NOON, LONDON) is None
    # a clock a few seconds behind makes no negative time
    assert in_place(read_device(inserted_at=NOON), NOON - MINUTE, LONDON).minutes == 0


def test_that_a_device_is_due_out_as_decided_or_as_the_hospital_set():
    device = read_device(inserted_at=NOON)
    assert due_out_at(device) is None
    assert not is_due_out(device, NOON)
    assert due_out_at(device._replace(stay_hours=72)) == NOON + 72 * HOUR
    assert due_out_at(device._replace(stay_hours=72, inserted_at=None)) is None
    decided = device._replace(stay_hours=72, due_out_at=NOON + HOUR)
    assert due_out_at(decided) == NOON + HOUR
    assert is_due_out(decided, NOON + HOUR)
    assert not is_due_out(decided._replace(removed_at=NOON), NOON + HOUR)


def test_that_the_worst_and_the_longest_overdue_come_first_and_the_removed_last():
    worst = read_device(at_least=4)
    bad = read_device(at_least=2)
    out = read_device(due_out_at=NOON)
    overdue = read_device(scored_at=NOON - 9 * HOUR)
    later = read_device(scored_at=NOON, at_least=1)
    gone, long_gone = (read_device(removed_at=NOON - hours * HOUR, at_least=5) for hours in (1, 2))
    wanted = [worst, bad, out, overdue, later, gone, long_gone]
    shuffled = [later, gone, bad, long_gone, overdue, out, worst]
    assert sorted(shuffled, key=lambda one: urgency(VIP_SCHEME, one, NOON)) == wanted
    assert [is_in_place(one) for one in wanted[-2:]] == [False, False]
