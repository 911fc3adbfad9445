from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.board.builders import NOW, ZONE, a_patient, a_withheld_bed, an_empty_bed
from ui.board.badges import Tone
from ui.board.cards import Face, Moment, bed_card, card_at

MOMENT = Moment(NOW, ZoneInfo(ZONE))


def card(bed):
    return bed_card(bed, MOMENT)


def test_that_a_patient_is_worded_in_full():
    shown = card(
        a_patient(
            12,
            news2_total=5,
            news2_at_least=5,
            news2_risk="medium",
            news2_previous_total=3,
            allergy_status="present",
            allergies=("Penicillin",),
            flags=(("isolation", "contact"),),
            alike_name=True,
        )
    )
    assert shown.sentence == (
        "Bed 12, Bay A. OKAFOR, Grace. name like another patient's. 84 y · Female · Cardiology."
        " Day 12 · leaves 24-Nov. NEWS2 5, medium risk, rising from 3. Allergy: Penicillin."
        " Isolation: contact. Next obs in 42 min."
    )


@pytest.mark.parametrize(
    ("minutes", "words", "overdue"),
    [
        (125, "Next obs in 2 h 05 min", False),
        (42, "Next obs in 42 min", False),
        (0, "Next obs now", False),
        (-25, "Overdue 25 min", True),
        (-1625, "Overdue 1 d 3 h", True),
    ],
)
def test_that_the_countdown_tells_elapsed_time(minutes, words, overdue):
    shown = card(a_patient(next_due_at=NOW + timedelta(minutes=minutes)))
    assert (shown.due, shown.overdue) == (words, overdue)


def test_that_nothing_due_is_a_leave():
    assert card(a_patient(next_due_at=None)).due == "On leave"


def test_that_zero_is_a_score_and_no_set_is_not():
    zero = card(a_patient(news2_total=0, news2_at_least=0)).score
    none = card(
        a_patient(
            news2_total=None, news2_at_least=None, news2_previous_total=None, observed_at=None
        )
    ).score
    assert (zero.text, zero.points, zero.complete) == ("0", 0, True)
    assert (none.text, none.points, none.words) == ("?", None, "No set yet")


def test_that_an_incomplete_set_is_never_shown_as_a_score():
    score = card(a_patient(news2_total=None, news2_at_least=5, news2_risk="medium")).score
    assert (score.text, score.complete) == ("≥5", False)
    assert score.words.startswith("NEWS2 incomplete, at least 5")


def test_that_three_points_in_one_parameter_are_watched():
    assert card(a_patient(news2_total=3, news2_risk="low-medium")).score.watch


@pytest.mark.parametrize(
    ("status", "substances", "words"),
    [
        ("present", ("Penicillin", "Latex"), "Allergy: Penicillin, Latex"),
        ("present", (), "Allergy"),
        ("none_known", (), "No known allergies"),
        ("not_recorded", (), "Allergies not recorded"),
        (None, None, "Allergies not recorded"),
    ],
)
def test_that_known_none_and_not_recorded_allergies_differ(status, substances, words):
    shown = card(a_patient(allergy_status=status, allergies=substances))
    assert shown.chips[0].words == words


def test_that_flags_keep_their_order():
    flags = (
        ("privacy", None),
        ("nil_by_mouth", "from 22:00"),
        ("resuscitation", "DNACPR"),
        ("isolation", "contact"),
        ("falls", None),
    )
    words = [chip.words for chip in card(a_patient(flags=flags)).chips[1:]]
    assert words == [
        "Isolation: contact",
        "Falls risk",
        "DNACPR",
        "Nil by mouth: from 22:00",
        "Privacy",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [(4, "leaves 24-Nov"), (0, "leaves today"), (-1, "was to leave 19-Nov")],
)
def test_that_the_leaving_date_is_told_from_today(days, words):
    leaves_on = MOMENT.today + timedelta(days=days)
    assert card(a_patient(expected_discharge_on=leaves_on)).stay == f"Day 12 · {words}"


def test_that_unknown_facts_are_called_unknown():
    shown = card(
        a_patient(
            born_on=None, sex=None, specialty=None, consultant=None, arrived_at=None
        )._replace(admitted_at=None, expected_discharge_on=None)
    )
    assert shown.about == "age not known · Sex not known"
    assert shown.stay == "no leaving date"


def test_that_an_empty_bed_says_its_state_since_when_and_what_it_waits_for():
    shown = card(an_empty_bed(readiness="dirty"))
    assert (shown.face, shown.name) == (Face.EMPTY, "To be cleaned")
    assert (shown.about, shown.stay) == ("Since 13:40", "Waits for cleaning")
    never_used = card(an_empty_bed(readiness=None, readiness_since=None))
    assert never_used.name == "Free, cleaning not recorded"


def test_that_a_blocked_bed_says_why_and_until_when():
    until = NOW + timedelta(hours=30)
    shown = card(
        an_empty_bed(
            availability="blocked", availability_reason="staffing", availability_until=until
        )
    )
    assert (shown.name, shown.about) == ("Blocked", "Not enough staff")
    assert shown.stay == "Until 21-Nov 20:07"
    closed = card(an_empty_bed(availability="closed", availability_reason="other things"))
    assert (closed.name, closed.about, closed.stay) == ("Closed", "Other things", "No end set")


def test_that_a_bed_of_another_ward_says_occupied_and_no_more():
    shown = card(a_withheld_bed(4))
    assert shown.sentence == "Bed 4, Bay A. occupied. the patient is not on your ward."
    assert (shown.score, shown.chips, shown.due) == (None, (), "")


def test_that_a_tile_shows_an_accepted_score_and_that_its_review_is_due():
    until = NOW + timedelta(hours=2)
    shown = card(a_patient(accepted_points=7, accepted_until=until, accepted_by="Dr X"))
    assert [(chip.words, chip.short, chip.tone) for chip in shown.chips[1:2]] == [
        ("≤7 agreed to 16:07", "≤7 to 16:07", Tone.PLAIN)
    ]
    assert "agreed to 16:07" in shown.sentence
    later = card_at(shown, Moment(until, MOMENT.zone))
    assert (later.chips[1].words, later.chips[1].tone) == ("Review due 16:07", Tone.LOUD)


def test_that_what_is_kept_at_this_station_stands_on_the_tile():
    kept = [chip.words for chip in card(a_patient(kept_here=2)).chips]
    assert "Kept here, not sent" in kept
    assert "Kept here, not sent" not in [chip.words for chip in card(a_patient()).chips]
