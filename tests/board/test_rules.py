from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.board.builders import (
    NOW,
    ZONE,
    a_board,
    a_patient,
    a_patient_without_bed,
    a_varied_hospital,
    a_withheld_bed,
    an_empty_bed,
    an_id,
)
from ward_app.board import rules
from ward_app.board.types import BoardFilter, GroupKind, Trend
from ward_app.patients.likeness import names_alike
from ward_app.rooms.types import Readiness

LONDON = ZoneInfo(ZONE)


def counts(*beds, now=NOW):
    return rules.board_counts(a_board(*beds), now, ZONE)


# overdue, by elapsed time


@pytest.mark.parametrize(
    ("late_by", "overdue"),
    [
        pytest.param(timedelta(seconds=-1), False, id="not_due_yet"),
        pytest.param(timedelta(0), False, id="due_now"),
        pytest.param(timedelta(seconds=59), False, id="within_the_minute"),
        pytest.param(timedelta(minutes=1), True, id="a_minute_late"),
        pytest.param(timedelta(days=3), True, id="days_late"),
    ],
)
def test_that_a_set_is_overdue_a_minute_after_it_was_due(late_by, overdue):
    assert rules.is_overdue(a_patient(next_due_at=NOW - late_by), NOW) is overdue


def test_that_midnight_makes_nothing_overdue():
    just_past_midnight = datetime(2026, 11, 20, 0, 3, tzinfo=LONDON)
    bed = a_patient(next_due_at=just_past_midnight + timedelta(hours=3))
    assert not rules.is_overdue(bed, just_past_midnight)


def test_that_the_hour_that_happens_twice_is_not_lost():
    """On 25-Oct-2026 London's clock shows 01:30 twice; an hour passes between the two."""
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=0)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1)
    assert rules.time_left(a_patient(next_due_at=second), first) == timedelta(hours=1)
    assert rules.is_overdue(a_patient(next_due_at=first), second)


def test_that_the_hour_that_never_happens_is_not_waited_for():
    """On 29-Mar-2026 London's clock goes from 01:00 to 02:00."""
    before = datetime(2026, 3, 29, 0, 50, tzinfo=LONDON)
    after = datetime(2026, 3, 29, 2, 10, tzinfo=LONDON)
    assert rules.time_left(a_patient(next_due_at=after), before) == timedelta(minutes=20)


def test_that_nothing_scheduled_is_never_overdue():
    assert rules.time_left(a_patient(next_due_at=None), NOW) is None
    assert not rules.is_overdue(a_patient(next_due_at=None), NOW)


def test_that_a_bed_without_a_patient_is_never_overdue():
    assert not rules.is_overdue(an_empty_bed(next_due_at=NOW - timedelta(hours=1)), NOW)


# counts


def test_that_every_bed_is_occupied_free_or_unavailable():
    found = counts(
        a_patient(1),
        an_empty_bed(2),
        an_empty_bed(3, readiness="dirty"),
        an_empty_bed(4, availability="blocked"),
        an_empty_bed(5, availability="closed"),
        an_empty_bed(6, availability=None),
        a_withheld_bed(7),
    )
    assert (found.beds, found.occupied, found.free, found.unavailable) == (7, 2, 3, 2)
    assert found.occupied + found.free + found.unavailable == found.beds


def test_that_a_shared_bed_counts_once_and_its_patients_each():
    mother = a_patient(1, next_due_at=NOW - timedelta(minutes=5))
    child = a_patient(
        2, bed_id=mother.bed_id, bed_label="1", next_due_at=NOW - timedelta(minutes=5)
    )
    found = counts(mother, child)
    assert (found.beds, found.occupied, found.overdue) == (1, 1, 2)


def test_that_patients_of_one_bed_name_each_other():
    mother, other = a_patient(1, family_name="Okafor"), a_patient(2)
    child = a_patient(3, bed_id=mother.bed_id, family_name="Okafor", given_name="Baby")
    found = rules.name_bed_mates((mother, child, other, a_patient_without_bed(4)))
    assert [[mate.given_name for mate in bed.mates] for bed in found] == [
        ["Baby"],
        [mother.given_name],
        [],
        [],
    ]


def test_that_beds_of_one_patient_each_stay_the_rows_they_were():
    rows = (a_patient(1), a_patient_without_bed(2), a_patient_without_bed(3))
    assert rules.name_bed_mates(rows) is rows


def test_that_a_patient_without_a_bed_is_counted_but_is_no_bed():
    found = counts(a_patient(1), a_patient_without_bed(2))
    assert (found.beds, found.occupied, found.without_bed) == (1, 1, 1)


def test_that_patients_of_other_wards_add_to_occupied_only():
    found = counts(a_withheld_bed(1))
    assert found.occupied == 1
    assert (found.overdue, found.in_today, found.out_today, found.at_risk) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("arrived_at", "came"),
    [
        pytest.param(datetime(2026, 6, 9, 23, 5, tzinfo=UTC), True, id="after_midnight_in_london"),
        pytest.param(datetime(2026, 6, 9, 22, 55, tzinfo=UTC), False, id="before_midnight"),
    ],
)
def test_that_in_today_begins_at_the_wards_midnight(arrived_at, came):
    now = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
    assert rules.came_today(a_patient(arrived_at=arrived_at), now, ZONE) is came


def test_that_who_never_arrived_did_not_come_today():
    assert not rules.came_today(a_patient(arrived_at=None), NOW, ZONE)


@pytest.mark.parametrize(
    ("expected_on", "leaves"),
    [
        pytest.param(date(2026, 11, 19), True, id="should_have_left"),
        pytest.param(date(2026, 11, 20), True, id="today"),
        pytest.param(date(2026, 11, 21), False, id="tomorrow"),
        pytest.param(None, False, id="no_date"),
    ],
)
def test_that_out_today_includes_those_who_should_have_left(expected_on, leaves):
    bed = a_patient(expected_discharge_on=expected_on)
    assert rules.leaves_today(bed, NOW, ZONE) is leaves
    assert counts(bed).out_today == leaves


# scores


@pytest.mark.parametrize(
    ("total", "at_least", "known", "at_risk"),
    [
        pytest.param(0, 0, 0, False, id="zero_is_a_score"),
        pytest.param(4, 4, 4, False, id="four"),
        pytest.param(5, 5, 5, True, id="five"),
        pytest.param(None, 3, 3, False, id="incomplete_three"),
        pytest.param(None, 5, 5, True, id="incomplete_but_five_already"),
        pytest.param(None, None, None, False, id="no_set"),
    ],
)
def test_that_an_incomplete_set_counts_for_what_is_known(total, at_least, known, at_risk):
    bed = a_patient(news2_total=total, news2_at_least=at_least)
    assert rules.points_known(bed) == known
    assert rules.is_at_risk(bed) is at_risk


@pytest.mark.parametrize(
    ("total", "at_least", "before", "course"),
    [
        pytest.param(5, 5, 3, Trend.RISING, id="rising"),
        pytest.param(3, 3, 3, Trend.STEADY, id="steady"),
        pytest.param(0, 0, 3, Trend.FALLING, id="falling_to_zero"),
        pytest.param(1, 1, 0, Trend.RISING, id="rising_from_zero"),
        pytest.param(5, 5, None, None, id="first_set"),
        pytest.param(None, 5, 3, Trend.RISING, id="incomplete_but_higher_already"),
        pytest.param(None, 3, 5, None, id="incomplete_may_be_higher_or_lower"),
        pytest.param(None, None, 3, None, id="no_latest_set"),
    ],
)
def test_that_the_trend_is_told_only_where_it_is_known(total, at_least, before, course):
    bed = a_patient(news2_total=total, news2_at_least=at_least, news2_previous_total=before)
    assert rules.trend(bed) is course


# readiness and privacy


@pytest.mark.parametrize(
    ("readiness", "step"),
    [
        ("clean", None),
        ("dirty", Readiness.CLEANING),
        ("needs_deep_clean", Readiness.CLEANING),
        ("delayed", Readiness.CLEANING),
        ("suspended", Readiness.CLEANING),
        ("cleaning", Readiness.CLEAN),
        ("awaiting_inspection", Readiness.CLEAN),
        (None, None),
    ],
)
def test_that_an_empty_bed_has_one_next_step_towards_clean(readiness, step):
    assert rules.next_readiness(an_empty_bed(readiness=readiness)) is step


def test_that_an_occupied_bed_has_no_next_step():
    assert rules.next_readiness(a_patient(readiness="dirty")) is None
    assert rules.next_readiness(a_patient_without_bed()) is None


def test_that_a_wall_shows_initials_only_where_ward_and_patient_allow_it():
    assert rules.shows_initials(a_patient(), "initials")
    assert not rules.shows_initials(a_patient(), "hidden")
    assert not rules.shows_initials(a_patient(flags=(("privacy", None),)), "initials")
    assert not rules.shows_initials(a_withheld_bed(), "initials")


# filter


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [
        (BoardFilter.ALL, "1 2 3 4 5 6 None"),
        (BoardFilter.OCCUPIED, "1 2 3 6 None"),
        (BoardFilter.FREE, "4"),
        (BoardFilter.OVERDUE, "2"),
        (BoardFilter.OUT_TODAY, "3"),
        (BoardFilter.IN_TODAY, "1"),
        (BoardFilter.AT_RISK, "2"),
        (BoardFilter.WITHOUT_BED, "None"),
    ],
)
def test_that_each_filter_shows_what_its_count_counts(wanted, labels):
    beds = (
        a_patient(1, arrived_at=NOW - timedelta(hours=2)),
        a_patient(2, next_due_at=NOW - timedelta(hours=1), news2_total=7, news2_at_least=7),
        a_patient(3, expected_discharge_on=date(2026, 11, 20)),
        an_empty_bed(4),
        an_empty_bed(5, availability="blocked"),
        a_withheld_bed(6),
        a_patient_without_bed(7),
    )
    shown = [str(bed.bed_label) for bed in beds if rules.fits_filter(bed, wanted, NOW, ZONE)]
    assert shown == labels.split()


# search


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("okaf", True),
        ("OKAFOR grace", True),
        ("grace okafor", True),
        ("siobhan", False),
        ("12", True),
        ("2", False),
        ("1", False),
        ("4001200", True),
        ("9999", False),
        ("patel", True),
        ("cardio", True),
        ("bay", True),
        ("east", True),
        ("okafor 12", True),
        ("okafor 13", False),
    ],
)
def test_that_every_word_searched_for_must_be_found(text, fits):
    assert rules.fits_search(a_patient(12), text) is fits


def test_that_accents_need_not_be_typed_and_may_be():
    bed = a_patient(family_name="Sørensen-Novák", given_name="Siobhán")
    assert rules.fits_search(bed, "novak siobhan")
    assert rules.fits_search(bed, "NOVÁK")


def test_that_an_empty_bed_is_found_by_its_number():
    assert rules.fits_search(an_empty_bed(3, bed_label="B3-12a"), "12")
    assert not rules.fits_search(a_patient_without_bed(), "12")


@pytest.mark.parametrize(
    ("label", "typed", "fits"),
    [
        ("12", "1", True),
        ("12", "12", True),
        ("12", "2", False),
        ("B12", "12", True),
        ("B12", "b1", True),
        ("7E-12a", "12A", True),
        ("SR", "s", True),
        ("12", "123", False),
    ],
)
def test_that_typing_leads_to_a_label_or_to_its_number(label, typed, fits):
    assert rules.label_fits(label, typed) is fits


# groups


def test_that_bays_keep_their_order_and_side_rooms_share_a_heading():
    groups = rules.bed_groups(
        (
            a_patient(1),
            an_empty_bed(2),
            a_patient(3, room_id=an_id(1), room_name="Room 1", room_kind="side_room"),
            a_patient(4, room_id=an_id(2), room_name="Room 2", room_kind="side_room"),
            a_patient(5, room_id=an_id(3), room_name="Bay B"),
        )
    )
    assert [(group.kind, group.title, len(group.beds)) for group in groups] == [
        (GroupKind.ROOM, "Bay A", 2),
        (GroupKind.SIDE_ROOMS, None, 2),
        (GroupKind.ROOM, "Bay B", 1),
    ]


def test_that_patients_without_a_bed_come_last_in_their_ward_and_move_nobody():
    stray = a_patient_without_bed(9)
    other_ward = a_patient(1, ward_id=an_id(8), ward_name="Ward 8")
    groups = rules.bed_groups((stray, a_patient(1), other_ward, a_patient_without_bed(10)))
    assert [group.kind for group in groups] == [
        GroupKind.ROOM,
        GroupKind.WITHOUT_BED,
        GroupKind.ROOM,
    ]
    assert groups[1].beds == (stray, a_patient_without_bed(10))


# like names


def test_that_both_patients_of_one_ward_are_marked_and_nobody_else():
    beds = (
        a_patient(1, family_name="Jensen"),
        a_patient(2, family_name="Jansen"),
        a_patient(3, family_name="Haddad"),
        an_empty_bed(4),
    )
    marked = rules.mark_alike_names(beds)
    assert [bed.alike_name for bed in marked] == [True, True, False, False]


def test_that_like_names_on_different_wards_are_not_marked():
    beds = (a_patient(1), a_patient(2, ward_id=an_id(8)))
    assert rules.mark_alike_names(beds) == beds


def test_that_one_person_on_two_rows_is_not_like_herself():
    same = a_patient(1)
    assert rules.mark_alike_names((same, a_patient(2, patient_id=same.patient_id))) == (
        same,
        a_patient(2, patient_id=same.patient_id),
    )


def test_that_marking_finds_what_comparing_every_pair_finds():
    beds = a_varied_hospital(wards=3, visible=3).beds
    plain = [bed._replace(alike_name=False) for bed in beds]
    patients = [bed for bed in plain if rules.has_patient(bed)]
    alike = {
        one.admission_id
        for one in patients
        for other in patients
        if one.ward_id == other.ward_id
        and one.patient_id != other.patient_id
        and names_alike((one.family_name, one.given_name), (other.family_name, other.given_name))
    }
    marked = {bed.admission_id for bed in rules.mark_alike_names(plain) if bed.alike_name}
    assert marked == alike
