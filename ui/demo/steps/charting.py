"""Taking a set of observations, and correcting one."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.observations.entry_details import CHANGE
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ward_app.audit.service import open_chart
from ward_app.board.types import BoardBed
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.queries import observation_chart

CHARTED_BED = "24"
# respiration, saturation, air, blood pressure, pulse, alert, temperature
A_SET = "2293A10864112A384"
ITS_SCORE = 8
MOST_KEYS = 25
MISREAD, RIGHT = 93, 97
COMPARED_BED = "1"


def chart_a_set(walk: Walk) -> None:
    """A full NEWS2 set in 25 keys or fewer, scored while it is typed."""
    row = walk.choose(CHARTED_BED)
    before = len(_chart(walk, row).sets)
    keys_before = walk.hands.keys
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    walk.until(sheet.entry.isVisible, "the entry is not there")
    walk.hands.type(A_SET)
    score = sheet.entry.score
    walk.expect(score is not None and score.total == ITS_SCORE, f"the score is {score}")
    walk.picture("a-set-typed")
    told = walk.save()
    keys = walk.hands.keys - keys_before
    walk.expect(keys <= MOST_KEYS, f"it took {keys} keys")
    walk.note(f"{keys} keys")
    walk.expect(f"NEWS2 {ITS_SCORE}" in told, f"told: {told}")
    sets = _chart(walk, row).sets
    walk.expect(len(sets) == before + 1, "the set is not in the database")
    walk.expect(sets[-1].score and sets[-1].score.total == ITS_SCORE, "another score is stored")
    walk.until(
        lambda: walk.card(CHARTED_BED).bed.news2_total == ITS_SCORE,
        "the board does not show the new score",
    )
    walk.picture("set-saved")


def correct_a_set(walk: Walk) -> None:
    """A correction supersedes; the original stays readable."""
    row = walk.choose(CHARTED_BED)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.frame.marked, "no set is marked")
    walk.hands.press("C")
    sheet = walk.sheet(ObservationSheet)
    saturation = sheet.entry.row("spo2_percent").lines[0]
    walk.go_to(saturation)
    saturation.selectAll()
    walk.hands.type(str(RIGHT))
    walk.type_into(sheet.details.form.input(CHANGE), "Probe was loose")
    walk.picture("correcting")
    walk.save()
    sets = _chart(walk, row).sets
    wrong = [one for one in sets if one.superseded_by]
    walk.expect(wrong and wrong[-1].vital_signs.spo2_percent == MISREAD, "the original is gone")
    walk.expect(sets[-1].vital_signs.spo2_percent == RIGHT, "the correction is not stored")
    walk.until(
        lambda: panel.frame.marked and panel.frame.marked.recorded.id == sets[-1].id,
        "the chart does not show the correction",
    )
    walk.picture("corrected")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def _chart(walk: Walk, row: BoardBed) -> ObservationChart:
    """Return a patient's chart as it is in the database."""
    assert row.patient_id is not None  # noqa: S101 - a patient's row
    assert row.admission_id is not None  # noqa: S101
    walk.colleague.ask(open_chart, row.patient_id)
    return walk.colleague.ask(observation_chart, row.admission_id)


def compare_two_days(walk: Walk) -> None:
    """A second day behind the first, chosen by the arrow keys."""
    panel = _open_chart(walk, COMPARED_BED)
    view = panel.frame.chart
    walk.hands.press("D")
    walk.until(lambda: view.other_day, "D compared nothing")
    before = view.other_day
    walk.picture("two-days")
    walk.hands.press("Up")
    walk.until(lambda: view.other_day != before, "Up chose no other day")
    walk.hands.press("D")
    walk.expect(view.other_day is None, "D did not lead back")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def _open_chart(walk: Walk, label: str) -> ChartPanel:
    walk.choose(label)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.frame.marked, "no set is marked")
    return panel
