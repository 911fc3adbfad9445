"""What a nurse does in a day, on the real window and the real database, with two workstations."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import opened
from ui.admissions.admit_sheet import AdmitSheet
from ui.board.rows import cards_of
from ui.demo.itinerary import STEPS, Step, walk_through
from ui.demo.signing_in import sign_in_as
from ui.demo.steps import alerting, charting, moving, together
from ui.demo.steps.grid import open_grid
from ui.demo.walk import StepFailedError
from ui.escalations.answer_sheet import AnswerSheet
from ward_app.demo.staff import CHARGE_NURSE, PASSWORD


def shown(board, label):
    """Return a bed as a board shows it."""
    return next(card.bed for card in cards_of(board.beds.model.rows) if card.label == label)


@pytest.mark.long
def test_that_the_tour_does_what_it_should(walk):
    outcomes = walk_through(walk, STEPS, lambda _outcome: None)
    assert [outcome.line for outcome in outcomes if outcome.failure] == []
    assert len(outcomes) == len(STEPS)


def test_that_a_step_that_misses_something_fails_and_the_next_goes_on(at_the_board):
    def admit_halfway(walk):
        walk.choose(moving.ADMITTED_TO)
        walk.hands.press("A")
        walk.sheet(AdmitSheet)
        walk.expect(walk.told == "admitted", "nothing was admitted")

    steps = (Step("Halfway", admit_halfway), Step("Chart", charting.chart_a_set))
    halfway, after = walk_through(at_the_board, steps, lambda _outcome: None)
    assert halfway.failure == "nothing was admitted"
    assert "FAILED" in halfway.line
    assert after.failure is None
    # of the step that failed nothing is left; the set that followed has called somebody
    assert isinstance(at_the_board.workplace.sheets.sheet, AnswerSheet)


def test_that_what_is_not_so_is_said(at_the_board):
    with pytest.raises(StepFailedError, match="no bed 99"):
        at_the_board.card("99")
    with pytest.raises(StepFailedError, match="never so"):
        at_the_board.until(lambda: False, "never so", within_s=0.05)


def test_that_two_windows_show_the_same_ward(qapp, at_the_board, station, tmp_path):
    here = at_the_board
    folder = tmp_path / "there"
    folder.mkdir()
    with opened(qapp, station("charge"), folder) as there:
        there.sign_in("charge", PASSWORD)
        here.until(lambda: there.window.workplace, "the other window did not sign in")
        board = there.window.workplace.panel
        here.until(lambda: board.beds.model.rows, "the other board was not read")
        here.program.window.activateWindow()
        charting.chart_a_set(here)
        alerting.answer_the_call(here)
        moving.discharge(here)
        here.until(lambda: shown(board, "24").news2_total == 8, "the score is not shown there")
        here.until(lambda: not shown(board, "15").occupied, "the discharge is not shown there")


def test_that_the_next_person_signs_in_past_what_was_typed_and_not_saved(at_the_board):
    open_grid(at_the_board).view.go_to(1, 0)
    at_the_board.hands.type("22")
    window = at_the_board.program.window
    assert window.has_unsaved_entry
    sign_in_as(at_the_board, CHARGE_NURSE)
    assert window.workplace.context.signed_in.login == CHARGE_NURSE
    assert not window.has_unsaved_entry


def test_that_a_bed_taken_meanwhile_loses_nothing_typed(at_the_board):
    together.change_appears(at_the_board)
    together.bed_taken(at_the_board)
