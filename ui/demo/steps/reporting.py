"""How punctual the ward is, from its lines down to a chart."""

from __future__ import annotations

from ui.demo.walk import Walk
from ui.observations.panel import ChartPanel
from ui.panels import BOARD, CHART, TIMELINESS
from ui.timeliness.panel import TimelinessPanel
from ui.timeliness.print_sheet import PrintReportSheet
from ui.widgets.table_print import PAGES


def rounds_on_time(walk: Walk) -> None:
    """The same for rounds, by checklist; what was put off as asleep stands apart."""
    place = walk.workplace
    walk.hands.press(place.keys_of(TIMELINESS))
    report = place.panel_of(TIMELINESS)
    assert isinstance(report, TimelinessPanel)  # noqa: S101 - made by its own spec
    walk.hands.press("R")
    walk.hands.press("1")
    walk.hands.press("B")
    walk.until(lambda: " on time (" in report.summary.text(), "the report has no sum")
    names = [line.key for line in report.lines.rows]
    walk.expect("Intentional round" in names, f"the checklists are {names}")
    walk.expect("asleep" in report.summary.text(), "who was asleep does not stand apart")
    walk.picture("rounds-on-time")
    walk.hands.press("Return")
    walk.expect(report.rows.rows, "Enter did not open the rows")
    walk.picture("rounds-on-time-rows")
    walk.hands.press("P")
    sheet = walk.sheet(PrintReportSheet)
    walk.expect(sheet.value("what") == "rows", "the rows in view are not offered first")
    walk.picture("rounds-on-time-print")
    table = sheet.table()
    walk.expect(len(table.rows) == len(report.rows.rows), "not every row would be printed")
    (walk.folder / "rounds-on-time.pdf").write_bytes(PAGES.pdf(table, "A4"))
    walk.hands.press("Esc")
    walk.hands.press("Esc")
    walk.hands.press("O")
    walk.hands.press("W")
    walk.hands.press(place.keys_of(BOARD))


def assessments_on_time(walk: Walk) -> None:
    """The same for assessments; what was put off, and who was let sleep, stand apart."""
    place = walk.workplace
    walk.hands.press(place.keys_of(TIMELINESS))
    report = place.panel_of(TIMELINESS)
    assert isinstance(report, TimelinessPanel)  # noqa: S101 - made by its own spec
    walk.hands.press("A")
    walk.hands.press("3")
    walk.hands.press("B")
    walk.until(
        lambda: "Falls checklist" in [line.key for line in report.lines.rows],
        "no assessment is told of",
    )
    walk.expect("asleep" in report.summary.text(), "what was put off does not stand apart")
    walk.expect("let sleep" in report.summary.text(), "who was let sleep does not stand apart")
    walk.picture("assessments-on-time")
    walk.hands.press("O")
    walk.hands.press("W")
    walk.hands.press(place.keys_of(BOARD))


def timeliness(walk: Walk) -> None:
    """The report by hour; Enter opens the rows behind a line, Enter again a chart."""
    place = walk.workplace
    walk.hands.press(place.keys_of(TIMELINESS))
    report = place.panel_of(TIMELINESS)
    assert isinstance(report, TimelinessPanel)  # noqa: S101 - made by its own spec
    walk.hands.press("3")
    walk.until(lambda: " on time (" in report.summary.text(), "the report has no sum")
    walk.hands.press("H")
    walk.picture("timeliness")
    walk.hands.press("Return")
    walk.expect(report.row_table.isVisible(), "Enter did not open the rows")
    walk.picture("timeliness-rows")
    first = report.rows.rows[0]
    walk.hands.press("Return")
    chart = place.panel_of(CHART)
    assert isinstance(chart, ChartPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: chart.isVisible() and chart.patient, "Enter did not open the chart")
    shown = chart.patient
    walk.expect(shown and shown.admission_id == first.admission_id, "another chart was opened")
    walk.hands.press(place.keys_of(BOARD))
