"""What is measured beside the vital signs: charted by a letter, listed, corrected, struck out."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.measurements.chooser import KindChooser
from ui.measurements.list_rows import COLUMNS
from ui.measurements.measured import Standing
from ui.measurements.panel import MeasurementsPanel
from ui.measurements.sheet import MeasurementSheet
from ui.measurements.strike_sheet import StrikeMeasurementSheet
from ui.panels import MEASURED
from ui.widgets.sheet import Sheet

MEASURED_BED = "24"
# eyes, speech, movement: 13, then 11
FIRST, THEN = "346", "245"
_TREND = [column.header for column in COLUMNS].index("Trend")


def measure(walk: Walk) -> None:
    """M and a letter open a kind; the total is there as it is typed; what was used comes first."""
    walk.choose(MEASURED_BED)
    walk.hands.press("M")
    chooser = walk.sheet(KindChooser)
    _wait_for_answers(walk)
    walk.picture("what-to-measure")
    walk.expect(chooser.rows.rowCount() > 1, "no kinds are offered")
    walk.hands.press("G")
    sheet = walk.sheet(MeasurementSheet)
    _type_scale(walk, FIRST)
    walk.expect(sheet.entry.total.text() == "GCS 13", f"the total is {sheet.entry.total.text()}")
    told = walk.save()
    walk.expect("GCS 13" in told, f"told: {told}")
    walk.hands.press("M")
    chooser = walk.sheet(KindChooser)
    first = chooser.rows.rows[0].kind.name
    walk.expect(first == "gcs", f"{first} is offered first")
    walk.hands.press("Return")
    sheet = walk.sheet(MeasurementSheet)
    walk.until(lambda: "GCS 13" in sheet.before.text(), "the scale before is not shown")
    _type_scale(walk, THEN)
    walk.picture("coma-scale")
    walk.save()


def list_and_mend(walk: Walk) -> None:
    """The list shows the fall; a correction and a strike-out leave the original readable."""
    panel = open_list(walk)
    walk.until(lambda: panel.rows.rowCount() > 1, "the list is empty")
    trend = panel.rows.index(0, _TREND).data()
    walk.expect(trend == "▼ 2", f"the trend is {trend}")
    walk.picture("measured")
    newest = panel.rows.rows[0].recorded
    walk.hands.press("C")
    sheet = walk.sheet(MeasurementSheet)
    walk.hands.type("4")
    walk.type_into(sheet.details.input("change_reason"), "Opened them when spoken to again")
    walk.picture("correcting")
    walk.save()
    walk.until(lambda: panel.rows.rows[0].recorded.supersedes_id == newest.id, "not corrected")
    walk.hands.press("X")
    walk.sheet(StrikeMeasurementSheet)
    walk.hands.press("1")
    walk.save()
    walk.until(
        lambda: panel.rows.rows[0].measured.standing is Standing.STRUCK_OUT,
        "the list does not say that it was struck out",
    )
    walk.expect(panel.rows.rows[1].recorded.id == newest.id, "the original is gone")
    walk.picture("struck-out")
    walk.hands.press("Esc")
    walk.until(lambda: walk.workplace.panel is walk.board, "Escape did not lead back")


def open_list(walk: Walk, label: str = MEASURED_BED) -> MeasurementsPanel:
    """Return the list of a patient's measurements, reached from the board by M and L."""
    walk.choose(label)
    walk.hands.press("M")
    walk.sheet(KindChooser)
    walk.hands.press("L")
    walk.until(lambda: walk.workplace.shown_key == MEASURED, "no list was opened")
    panel = walk.workplace.panel
    assert isinstance(panel, MeasurementsPanel)  # noqa: S101 - made by its own spec
    _wait_for_answers(walk)
    return panel


def open_kind(walk: Walk, letter: str, label: str = MEASURED_BED) -> Sheet:
    """Return the sheet of the kind of that letter, reached from the board."""
    walk.choose(label)
    walk.hands.press("M")
    walk.sheet(KindChooser)
    walk.hands.press(letter)
    sheet = walk.sheet(MeasurementSheet)
    _wait_for_answers(walk)
    return sheet


def _type_scale(walk: Walk, parts: str) -> None:
    for part in parts:
        walk.hands.type(part)
        walk.hands.press("Return")


def _wait_for_answers(walk: Walk) -> None:
    walk.until(lambda: not walk.workplace.context.work.is_busy, "the database does not answer")
