"""What the board knows of rounds is what the worklist of rounds says."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import world
from tests.board.builders import NOW, a_patient
from tests.rounding.builders import EAST, answer, put_off, rounds
from tests.rounding.test_dues import DAY_AND_NIGHT
from tests.rounding.test_service import edit, open_chart_of
from tests.schedule.builders import go
from tests.steps import admit, ago
from ui.board.cards import Moment, bed_card, card_at
from ui.board.counts import top_counts
from ui.board.facts import facts
from ui.board.round_due import NOTHING, round_due
from ui.board.rows import Wanted
from ui.board.wall_cards import wall_card, wall_counts
from ward_app.board import rules
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardFilter
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.rounding.service import strike_out_record
from ward_app.rounding.types import RecordStrikeOut

LONDON = world.TIME_ZONE


def bed_of(database, actor, stay):
    """Return the board's row of a patient."""
    board = database.run(actor, ward_board, (EAST,))
    return next(bed for bed in board.beds if bed.admission_id == stay)


def first_due(database, actor, stay):
    """Return when the first checklist of a patient is due by the worklist, and its title."""
    lines = [line for line in rounds(database, actor).lines if line.admission_id == stay]
    return min((line.due_at, line.title) for line in lines if line.due_at is not None)


def assert_same(database, actor, *stays):
    for stay in stays:
        bed = bed_of(database, actor, stay)
        assert (bed.round_due_at, bed.round_title) == first_due(database, actor, stay)


@pytest.fixture
def stays(database, nurse):
    """Three patients who came an hour and a half ago."""
    return [
        admit(database, nurse, name, "Ada", label=label, admitted_at=ago(90))
        for name, label in (("Abel", "1"), ("Brown", "2"), ("Chen", "3"))
    ]


def test_that_the_board_shows_the_first_round_of_the_worklist(database, nurse, stays):
    answered, deferred, struck = stays
    assert_same(database, nurse, *stays)
    answer(database, nurse, answered, minutes_ago=5)
    answer(database, nurse, deferred, minutes_ago=20)
    put_off(database, nurse, deferred)
    record = answer(database, nurse, struck, minutes_ago=3)
    open_chart_of(database, nurse, struck)
    mark = RecordStrikeOut(id=new_id(), struck_id=record.id, reason="wrong patient")
    database.run(nurse, strike_out_record, mark)
    assert_same(database, nurse, *stays)


def test_that_the_board_follows_risk_hour_and_ward(database, nurse, stays, admin):
    answer(database, nurse, stays[0], minutes_ago=5)
    for intervals in (DAY_AND_NIGHT, [{"ward": "W7", "minutes": 15}, {"minutes": 45}], []):
        edit(
            admin,
            "UPDATE rounding.templates SET content = jsonb_set(content, '{intervals}',"
            f" '{json.dumps(intervals)}') WHERE name = 'intentional'",
        )
        assert_same(database, nurse, *stays)


def test_that_overdue_rounds_are_counted_by_the_database(database, nurse, stays, admin):
    edit(
        admin,
        "UPDATE rounding.templates SET content = jsonb_set(content, '{intervals}',"
        """ '[{"minutes": 10}]') WHERE name IN ('intentional', 'skin')""",
    )
    assert bed_of(database, nurse, stays[0]).rounds_overdue == 2
    answer(database, nurse, stays[0])
    assert bed_of(database, nurse, stays[0]).rounds_overdue == 1


def test_that_nothing_is_due_of_who_is_on_leave(database, nurse, stays):
    go(database, nurse, stays[0])
    assert bed_of(database, nurse, stays[0]).round_due_at is None


def test_that_a_wall_is_not_told_which_checklist_is_due(database, signed_in, stays):
    beds = database.run(Actor(signed_in("wall").token), ward_board, (EAST,)).beds
    told = [bed for bed in beds if bed.round_due_at is not None]
    assert len(told) == 3
    assert {bed.round_title for bed in told} == {None}


def late(minutes, **changes):
    facts_of = {"round_due_at": NOW - minutes * timedelta(minutes=1)}
    return a_patient(1, **facts_of, round_title="Skin check", **changes)


@pytest.mark.parametrize(
    ("minutes", "count", "words", "short", "line"),
    [
        (12, 1, "▲ Round 12 min", "▲ Round", "▲ Skin check overdue 12 min"),
        (12, None, "▲ Round 12 min", "▲ Round", "▲ Skin check overdue 12 min"),
        (
            75, 3, "▲ 3 rounds 1 h 15 min", "▲ 3 rounds",
            "▲ Skin check overdue 1 h 15 min; 3 checklists are overdue",
        ),
        (0.5, 0, "Round now", "", "Skin check now"),
        (-8, 0, "Round in 8 min", "", "Skin check in 8 min"),
        (-61, 0, "", "", "Skin check in 1 h 01 min"),
    ],
)  # fmt: skip
def test_that_a_bed_says_which_round_is_due(minutes, count, words, short, line):
    found = round_due(late(minutes, rounds_overdue=count), NOW)
    assert (found.words, found.short, found.line) == (words, short, line)
    assert found.is_overdue is words.startswith("▲")


def test_that_a_bed_without_a_round_says_nothing():
    assert round_due(a_patient(1), NOW) == NOTHING
    assert rules.rounds_overdue(a_patient(1), NOW) == 0


def test_that_pane_tile_wall_and_counts_show_an_overdue_round():
    moment = Moment(NOW, ZoneInfo(LONDON))
    bed = late(12, rounds_overdue=1)
    card = bed_card(bed, moment)
    assert card.round.is_overdue
    assert "▲ Skin check overdue 12 min." in card.sentence
    [fact] = [fact for fact in facts(card, moment) if fact.caption == "Next round"]
    assert fact.loud
    wall = wall_card(bed, moment, {bed.ward_id: "initials"})
    assert (wall.aside, wall.aside_loud) == ("Round 12 min", True)
    board = Board(ward_ids=(bed.ward_id,), beds=(bed, a_patient(2)), read_at=NOW)
    counts = rules.board_counts(board, NOW, LONDON)
    assert counts.rounds_overdue == 1
    assert "1 with a round overdue" in wall_counts(counts)
    texts = {count.key: count.text for count in top_counts(counts, Wanted())}
    assert texts["rounds"] == "▲ 1 rounds"
    assert rules.fits_filter(bed, BoardFilter.ROUNDS, NOW, LONDON)
    assert not rules.fits_filter(a_patient(2), BoardFilter.ROUNDS, NOW, LONDON)


def test_that_a_round_becomes_overdue_while_the_board_stands(database):
    bed = late(-1)
    before = bed_card(bed, Moment(NOW, ZoneInfo(LONDON)))
    after = card_at(before, Moment(NOW + timedelta(minutes=3), ZoneInfo(LONDON)))
    assert (before.round.is_overdue, after.round.is_overdue) == (False, True)
