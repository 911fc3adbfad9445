"""A round in the bay grid: one row after the other, each saved by itself."""

from __future__ import annotations

from ui.demo.steps.charting import A_SET, ITS_SCORE, MOST_KEYS
from ui.demo.walk import Walk
from ui.observations.grid_panel import GridPanel
from ui.observations.grid_row import Look
from ui.panels import BOARD, GRID
from ward_app.audit.service import open_reachable_charts
from ward_app.observations.ward_charting import last_sets

_SECOND_SET = "1697A1208075A368"


def open_grid(walk: Walk) -> GridPanel:
    """Show the grid and wait for the values before."""
    walk.hands.press(walk.workplace.keys_of(GRID))
    panel = walk.workplace.panel_of(GRID)
    assert isinstance(panel, GridPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: any(row.last for row in panel.model.rows), "no value before is shown")
    return panel


def chart_a_round(walk: Walk) -> None:
    """Two patients in a row; each full set in 25 keys or fewer, saved and stored."""
    panel = open_grid(walk)
    first, second = panel.model.rows[:2]
    panel.view.go_to(0, 0)
    keys_before = walk.hands.keys
    walk.hands.type(A_SET)
    walk.expect(first.score.total == ITS_SCORE, f"the score is {first.score.total}")
    walk.picture("grid-typed")
    walk.hands.press("Return")
    keys = walk.hands.keys - keys_before
    walk.expect(keys <= MOST_KEYS, f"it took {keys} keys")
    walk.note(f"{keys} keys")
    walk.expect(panel.view.row is second, "the cursor did not go to the next row")
    walk.hands.type(_SECOND_SET)
    walk.hands.press("Return")
    walk.until(lambda: first.look is second.look is Look.SAVED, "the rows were not saved")
    walk.expect("next by" in first.message, f"told: {first.message}")
    walk.picture("grid-saved")
    patients = [row.bed.patient_id for row in (first, second) if row.bed.patient_id]
    walk.colleague.ask(open_reachable_charts, patients)
    stays = [first.admission_id, second.admission_id]
    totals = {last.admission_id: last.total for last in walk.colleague.ask(last_sets, stays)}
    walk.expect(totals[first.admission_id] == ITS_SCORE, "the first set is not stored")
    walk.expect(totals[second.admission_id] == 0, "the second set is not stored")
    walk.hands.press(walk.workplace.keys_of(BOARD))
