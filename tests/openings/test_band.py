"""The red line of a chart opened with a reason: on every screen, until it is closed again."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt

from tests.openings.builders import REASON
from tests.openings.test_glass import break_glass
from tests.sheets import freed, in_window, press, press_save, settled
from ui.observations.entry_sheet import ObservationSheet
from ui.openings.band import GONE, GlassBand
from ui.panels import BOARD, CHART
from ui.patients.glass_reading import BehindGlass, all_behind_glass
from ui.patients.glass_strip import OVER
from ward_app.core.database import Actor
from ward_app.openings.service import close_chart, open_with_reason
from ward_app.openings.types import LiveOpening, OpeningKind

KEY, MOD = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = MOD.ControlModifier | MOD.ShiftModifier
LINE = "BREAK-GLASS   QUAGMIRE, Xenia · Ward 3 West, not your ward · 60 minutes left"


@pytest.fixture
def band(qtbot, workplace, elsewhere):
    """The line of a chart elsewhere, which the chart in view tells itself."""
    break_glass(qtbot, workplace)
    press_save(qtbot)
    qtbot.waitUntil(lambda: workplace.shown_key == CHART)
    chart = workplace.panel
    qtbot.waitUntil(lambda: chart._chart is not None)
    settled(qtbot, workplace.context)
    return workplace.findChild(GlassBand)


def test_that_the_chart_itself_tells_it_once(workplace, band):
    assert workplace.panel.strip.isVisible()
    assert band.isHidden()
    assert not band.is_empty


def test_that_the_line_stands_on_every_other_screen(qtbot, workplace, band, elsewhere):
    """[U01] Whatever shows patients: no list of screens that could be forgotten."""
    patient, _ = elsewhere
    others = [key for key in workplace._specs if key != CHART]
    assert {"board", "notes", "devices", "rounds", "handover", "lane", "messages"} <= set(others)
    for key in others:
        workplace.show_panel(key)
        assert band.isVisible(), key
        assert band.shown == (patient,)
        assert band.lines[0].startswith(LINE), key
    workplace.show_panel(CHART)
    assert band.isHidden()
    settled(qtbot, workplace.context)


def test_that_it_stands_above_a_sheet_that_was_left_open(qtbot, workplace, band):
    workplace.panel.setFocus()
    press(qtbot, KEY.Key_O)
    qtbot.waitUntil(lambda: isinstance(workplace.sheets.sheet, ObservationSheet))
    workplace.show_panel(BOARD)
    assert workplace.sheets.isVisible()
    assert band.isVisible()
    assert (
        band.mapToGlobal(band.rect().bottomLeft()).y()
        <= workplace.sheets.mapToGlobal(workplace.sheets.rect().topLeft()).y()
    )
    settled(qtbot, workplace.context)


def test_that_a_key_closes_the_chart_from_any_screen(qtbot, workplace, band, admin):
    chart = workplace.panel
    workplace.show_panel(BOARD)
    press(qtbot, KEY.Key_E, CTRL_SHIFT)
    qtbot.waitUntil(band.isHidden)
    settled(qtbot, workplace.context)
    closings = "SELECT cause FROM audit.chart_closings"
    assert admin.execute(closings).fetchall() == [("closed_by_reader",)]
    workplace.show_panel(CHART)
    qtbot.waitUntil(lambda: chart.patient is None)
    assert band.is_empty
    settled(qtbot, workplace.context)


def test_that_the_key_in_the_chart_is_the_charts(qtbot, workplace, band):
    """Two actions of one key at once would be none."""
    assert band.isHidden()
    chart = workplace.panel
    chart.setFocus()
    press(qtbot, KEY.Key_E, CTRL_SHIFT)
    qtbot.waitUntil(lambda: chart.patient is None)
    qtbot.waitUntil(lambda: band.is_empty)
    settled(qtbot, workplace.context)


def test_that_the_line_goes_with_the_hour(qtbot, workplace, band, elsewhere, monkeypatch):
    patient, _ = elsewhere
    workplace.show_panel(BOARD)
    settled(qtbot, workplace.context)
    board = workplace.panel
    strip = band._strips[patient]
    later = workplace.context.clock() + timedelta(minutes=61)
    monkeypatch.setattr(strip, "_clock", lambda: later)
    with qtbot.waitSignal(board.loaded):
        strip.tell_time()
    assert band.isHidden()
    assert band.is_empty
    settled(qtbot, workplace.context)


def test_that_another_session_has_no_line(qtbot, workplace, band, signed_in):
    workplace.show_panel(BOARD)
    settled(qtbot, workplace.context)
    workplace.context.work.act_as(Actor(signed_in("nora").token))
    workplace.refresh()
    qtbot.waitUntil(lambda: band.is_empty)
    settled(qtbot, workplace.context)


def test_that_what_the_database_closed_goes_with_the_next_reading(qtbot, workplace, band, admin):
    workplace.show_panel(BOARD)
    admin.execute("ALTER TABLE audit.access_logs DISABLE TRIGGER append_only")
    admin.execute("UPDATE audit.access_logs SET valid_until = now()")
    workplace.pulse.refresh_due.emit()
    qtbot.waitUntil(lambda: band.is_empty)
    settled(qtbot, workplace.context)


def test_that_a_private_chart_closed_elsewhere_leaves_the_screen(
    qtbot,
    workplace,
    private,
    database,
    nurse,
):
    """[U08] Closed from another screen or by the database: nothing of it is kept in view."""
    work = workplace.context.work
    patient = private.patient_id
    database.run(work.actor, open_with_reason, patient, OpeningKind.PRIVACY, reason=REASON)
    work.committed.emit("openings")
    band = workplace.findChild(GlassBand)
    qtbot.waitUntil(lambda: band.lines != ())
    assert band.lines[0].startswith("PRIVATE   OKAFOR, Ada · Opened with a reason · 60 minutes")
    workplace.joints._open_chart(private)
    chart = workplace.panel
    qtbot.waitUntil(lambda: chart._chart is not None and chart.strip.isVisible())
    assert band.isHidden()
    database.run(work.actor, close_chart, patient)
    chart.refresh()
    qtbot.waitUntil(lambda: chart.patient is None)
    assert chart._chart is None
    assert chart.strip.words.text() == f"OKAFOR, Ada. {OVER}"
    settled(qtbot, workplace.context)


def test_that_a_list_lets_go_of_a_chart_that_is_closed(
    qtbot,
    workplace,
    private,
    database,
):
    """[U08] Whatever list is in view is read anew, and says that the chart is closed."""
    act = workplace.context.work.actor
    database.run(
        act, open_with_reason, private.patient_id, OpeningKind.PRIVACY, reason=REASON
    )  # fmt: skip
    workplace.context.work.committed.emit("openings")
    notes = workplace.show_panel("notes")
    qtbot.waitUntil(lambda: notes.loaded_at is not None)
    band = workplace.findChild(GlassBand)
    qtbot.waitUntil(band.isVisible)
    assert notes._charts.line.isHidden()
    press(qtbot, KEY.Key_E, CTRL_SHIFT)
    qtbot.waitUntil(notes._charts.line.isVisible)
    assert band.isHidden()
    settled(qtbot, workplace.context)


def an_opening(context, minutes, number=1):
    now = context.clock()
    return LiveOpening(
        patient_id=number, kind=OpeningKind.BREAK_GLASS, opened_at=now,
        valid_until=now + timedelta(minutes=minutes), told=(),
    )  # fmt: skip


def test_that_each_open_chart_has_a_line_and_one_without_time_has_none(qtbot, context):
    band = in_window(qtbot, GlassBand(context.clock), 900, 120)
    left = timedelta(minutes=12)
    openings = [BehindGlass(an_opening(context, 12, number), left, None) for number in (1, 2)]
    over = BehindGlass(an_opening(context, 0, 3), timedelta(0), None)
    band.show_openings((*openings, BehindGlass(None, left, None)))
    assert band.shown == (1, 2)
    assert all(line.startswith(f"BREAK-GLASS   {GONE} · ") for line in band.lines)
    with qtbot.waitSignal(band.close_asked) as asked:
        band._strips[2].button.click()
    assert asked.args == [2]
    band.leave_to_panel(2)
    assert band.shown == (1,)
    band.show_openings((over,))
    assert band.isHidden()


def test_that_nothing_open_reads_as_nothing(database, nurse, elsewhere):
    assert database.run(nurse, all_behind_glass) == ()


def test_that_the_band_leaves_nothing_behind(qtbot, context):
    band = in_window(qtbot, GlassBand(context.clock), 900, 120)
    gone = freed(qtbot, band)
    del band
    gc.collect()
    assert gone() is None
