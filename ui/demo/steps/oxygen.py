"""The oxygen target: written down, told where oxygen is told, and never a change of the scale."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.observations.decision_sheets import SpO2ScaleSheet
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.panel import ChartPanel
from ui.observations.target_sheet import OxygenTargetSheet
from ward_app.observations.oxygen_target import SCALE_2_RANGE
from ward_app.observations.target_queries import oxygen_record

BED = "10"
_DIFFERS = "▲ Target 88 to 92 %, but SpO₂ scale 1 is in force."
_ABOVE = "▲ SpO₂ 95 % is above the target 88 to 92 %."


def set_a_target(walk: Walk) -> None:
    """Another target replaces the one before; the scale is offered by key, and stays."""
    panel = _open_chart(walk)
    shown = panel.frame.target
    walk.until(lambda: shown.text() == "Oxygen target 94 to 98 %", f"it says {shown.text()}")
    walk.hands.press("Alt+T")
    sheet = walk.sheet(OxygenTargetSheet)
    walk.until(lambda: "94 to 98 %" in sheet.history.text(), "what was decided is not told")
    sheet.form.set_value("target", SCALE_2_RANGE)
    walk.type_into(sheet.form.input("decided_by"), "Dr Mensah, registrar")
    walk.type_into(sheet.form.input("reason"), "Retains carbon dioxide on the blood gas")
    walk.picture("oxygen-target")
    told = walk.save()
    walk.expect("Oxygen target 88 to 92 % is in force." in told, f"told: {told}")
    walk.until(lambda: shown.text().startswith(_DIFFERS), f"the chart says {shown.text()}")
    walk.picture("target-of-another-scale")
    walk.hands.press("S")
    scale = walk.sheet(SpO2ScaleSheet)
    walk.expect(scale.form.value("scale") == 2, "scale 2 is not offered")  # noqa: PLR2004 - its name
    walk.hands.press("Esc")
    row = panel.patient
    assert row is not None  # noqa: S101 - the chart of a patient
    assert row.admission_id is not None  # noqa: S101
    stored = walk.colleague.ask(oxygen_record, row.admission_id)
    walk.expect(stored.target == SCALE_2_RANGE, "the target is not in the database")
    walk.expect(stored.scale == 1, "the scale changed by itself")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")
    _type_outside(walk)


def _type_outside(walk: Walk) -> None:
    """A value outside the target is said beside it."""
    walk.choose(BED)
    walk.hands.press("O")
    sheet = walk.sheet(ObservationSheet)
    line = sheet.entry.row("spo2_percent")
    walk.until(lambda: "target 88 to 92 %" in line.words.text(), "the target is not shown")
    walk.hands.type("2295N4")
    walk.expect(line.answer.text == _ABOVE, f"it says {line.answer.text}")
    walk.picture("outside-the-target")
    for _row in range(2):
        walk.hands.press("Esc")


def target_sheet(walk: Walk) -> None:
    """Writing down an oxygen target."""
    _open_chart(walk)
    walk.hands.press("Alt+T")
    sheet = walk.sheet(OxygenTargetSheet)
    walk.until(lambda: "94 to 98 %" in sheet.history.text(), "what was decided is not told")


def _open_chart(walk: Walk) -> ChartPanel:
    walk.choose(BED)
    walk.hands.press("Return")
    walk.until(lambda: isinstance(walk.workplace.panel, ChartPanel), "no chart was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, ChartPanel)  # noqa: S101 - waited for
    walk.until(lambda: panel.frame.marked, "no set is marked")
    return panel
