"""Breaking the glass: one patient of another ward for an hour, closed by a key."""

from __future__ import annotations

from ui.demo.walk import Walk, type_ahead
from ui.observations.panel import ChartPanel
from ui.openings.band import GlassBand
from ui.panels import BOARD, CHART
from ui.patients.glass_sheet import GlassSheet
from ui.patients.glass_strip import CLOSE_KEYS, CLOSED

_GLASS_KEYS = "Ctrl+Shift+F"


def break_the_glass(walk: Walk) -> None:
    """Found by name, opened for a reason, with its red line; then closed."""
    sheet = find(walk)
    walk.picture("break-glass")
    walk.expect(walk.workplace.shown_key == BOARD, "something was shown before it was asked for")
    walk.save()
    chart = chart_behind_glass(walk)
    walk.expect("60 minutes left" in chart.strip.words.text(), chart.strip.words.text())
    walk.picture("break-glass-chart")
    red_line_on_the_board(walk)
    walk.picture("break-glass-board")
    walk.workplace.show_panel(CHART)
    walk.expect(sheet is not walk.workplace.sheets.sheet, "the sheet stayed")
    walk.hands.press(CLOSE_KEYS)
    walk.until(lambda: chart.patient is None, "the chart stayed open")
    walk.expect(chart.strip.words.text() == CLOSED, chart.strip.words.text())
    walk.workplace.show_panel(BOARD)


def red_line_on_the_board(walk: Walk) -> None:
    """The line stands above another screen too, as long as the chart is open."""
    walk.workplace.show_panel(BOARD)
    bands = walk.workplace.findChildren(GlassBand)
    # laid out as well: it has no width before
    across = walk.workplace.width() // 2
    walk.until(
        lambda: any(band.isVisible() and band.width() > across for band in bands),
        "the red line is not on the board",
    )


def find(walk: Walk) -> GlassSheet:
    """The sheet, with somebody found and a reason given."""
    walk.hands.press(_GLASS_KEYS)
    sheet = walk.sheet(GlassSheet)
    entry = sheet.form.input("patient")
    walk.go_to(entry.target)
    walk.hands.type("an")
    offered = type_ahead(entry)
    walk.until(
        lambda: any(each.value for each in offered.options.options()), "nobody was found elsewhere"
    )
    walk.hands.press("Return")
    walk.go_to(sheet.form.input("reason").target)
    walk.hands.type("1")
    return sheet


def chart_behind_glass(walk: Walk) -> ChartPanel:
    """Return the chart once it was read behind the broken glass."""
    walk.until(lambda: walk.workplace.shown_key == CHART, "no chart was shown")
    chart = walk.workplace.panel
    assert isinstance(chart, ChartPanel)  # noqa: S101 - made by its own spec
    walk.until(lambda: chart.strip.isVisible() and chart.subject(), "the chart was not read")
    return chart
