"""The report on the server in the program: for IT alone, by keys, with its age."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.sheets import freed, in_window, settled
from ui.background import DatabaseWork
from ui.context import Context, Place
from ui.monitor.bars_view import BarsView, said
from ui.monitor.growth_view import GrowthView
from ui.monitor.panel import MonitorPanel
from ui.monitor.words import state_text
from ui.panels import PANELS
from ui.plain_text import PlainLabel
from ward_app.core.database import Actor
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.operations.findings import Finding, Level
from ward_app.operations.monitor.kinds import Kind
from ward_app.operations.monitor.parts import Bar
from ward_app.rooms.queries import wards
from ward_app.staff.types import Permission

KEEP = "SELECT public.keep_monitor_snapshot(gen_random_uuid(), %s::jsonb)"


@pytest.fixture
def context(qapp, database, signed_in):
    """What panels are handed, for somebody of IT."""
    login = next(person.login for person in world.PEOPLE if person.role == "it")
    person = signed_in(login)
    actor = Actor(person.token)
    work = DatabaseWork(database, actor)
    all_wards = tuple(database.run(actor, wards))
    yield Context(work=work, signed_in=person, wards=all_wards)
    work.close()


@pytest.fixture
def panel(qtbot, context, qtmodeltester):
    panel = MonitorPanel(context, Place(name="Whole hospital", wards=(), whole_hospital=True))
    in_window(qtbot, panel)
    qtbot.waitUntil(lambda: panel.loaded_at is not None)
    settled(qtbot, context)
    qtmodeltester.check(panel.lines)
    panel.setFocus()
    return panel


def words(panel):
    """Return every word of the part that is shown."""
    return "\n".join(label.text() for label in panel.section.widget().findChildren(PlainLabel))


def test_that_it_stands_in_the_rail_of_it_alone():
    """[N15]"""
    [spec] = [spec for spec in PANELS if spec.key == "server"]
    assert spec.permission is Permission.SYSTEM_OPERATE


def test_that_the_overview_and_ten_parts_are_reached_by_keys(qtbot, panel):
    """[N15] The same parts as of wardctl monitor."""
    assert len(panel.lines.rows) == 1 + len(Kind)
    assert panel.chosen is None
    assert panel.section.widget().findChildren(BarsView)
    told = next(line.findings for line in panel.lines.rows if line.kind is None)
    assert all(one.says in words(panel) for one in told if one.level is not Level.GOOD)
    assert any(one.level is Level.INFO for one in told)
    for key, kind in zip("1234567890", Kind, strict=True):
        qtbot.keyClick(panel.list, key)
        assert panel.chosen is kind
    assert "Oldest transaction" in str(panel.section.widget().findChild(BarsView).bars)
    qtbot.keyClick(panel.list, Qt.Key.Key_Up)
    assert panel.chosen is Kind.ACTIVITY
    qtbot.keyClick(panel.list, "O")
    assert panel.chosen is None


def test_that_what_is_shown_says_from_when_it_is(panel, admin, qtbot, context):
    assert "PostgreSQL" in panel.summary.text()
    assert "not known before its computer ran wardctl monitor --keep" in panel.summary.text()
    admin.execute(KEEP, ('{"disk_free_percent": 5.0, "is_read": true}',))
    panel.refresh()
    settled(qtbot, context)
    assert "disk and backups as of" in panel.summary.text()
    assert "◆ Problem: 5 % of the disk are free." in words(panel)
    bars = panel.section.widget().findChild(BarsView)
    assert "Disk free: ◆ 5 %, too little" in bars.accessibleDescription()


def test_that_it_judges_by_the_limits_of_the_alerts(panel, admin, qtbot, context, monkeypatch):
    """[N15] What is no alert of `wardctl alerts check` is no problem here."""
    admin.execute(KEEP, ('{"disk_free_percent": 5.0, "is_read": true}',))
    monkeypatch.setenv("WARD_ALERTS__DISK_FREE_PERCENT", "4")
    panel.refresh()
    settled(qtbot, context)
    assert "5 % of the disk are free" not in words(panel)
    bars = panel.section.widget().findChild(BarsView)
    assert "Disk free: 5 %" in bars.accessibleDescription()


def test_that_growth_is_a_picture_and_a_table(panel, admin, qtbot, context):
    """[N07] [N12]"""
    assert panel.section.widget().findChild(GrowthView) is None
    for _ in range(2):
        admin.execute(KEEP, (None,))
    panel.refresh()
    settled(qtbot, context)
    qtbot.keyClick(panel.list, "7")
    view = panel.section.widget().findChild(GrowthView)
    assert "MB" in view.accessibleDescription()
    assert not view.grab().isNull()
    assert "Growth in 30 days" in words(panel)
    titles = [table.accessibleName() for table in panel.section.tables]
    assert titles[0] == "Largest tables"
    assert "Sizes" in titles


def test_that_a_refresh_keeps_what_was_chosen(panel, qtbot, context):
    qtbot.keyClick(panel.list, "4")
    panel.refresh()
    settled(qtbot, context)
    assert panel.chosen is Kind.BLOAT
    assert "Dead rows and vacuum" in words(panel)


def test_that_a_server_that_is_away_leaves_what_was_seen_and_says_when(panel):
    panel.load_failed.emit(DatabaseUnavailableError("The ward database cannot be reached."))
    assert "The report shows what was known at" in panel.notice.text
    assert words(panel)


def test_that_bars_are_told_by_words_too():
    well = Bar("In use", 0.5, "5 of 10", 0.9)
    assert said(well) == "5 of 10"
    assert said(Bar("In use", 0.95, "95 of 100", 0.9)) == "◆ 95 of 100, too much"
    assert said(Bar("Free", None, "not known", 0.2, is_low_bad=True)) == "not known"


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        ((), "○ well"),
        ((Level.GOOD,), "○ well"),
        ((Level.GOOD, Level.WARNING), "▲ 1 warning"),
        ((Level.WARNING, Level.ERROR, Level.ERROR), "◆ 2 problems"),
        ((Level.INFO, Level.INFO), "● 2 notes"),
    ],
)
def test_that_a_state_is_told_by_glyph_and_word(levels, text):
    assert state_text([Finding("x", level, "y") for level in levels]) == text


def test_that_the_panel_is_freed(qtbot, context):
    panel = MonitorPanel(context, Place(name="Whole hospital", wards=(), whole_hospital=True))
    gone = freed(qtbot, panel)
    del panel
    gc.collect()
    assert gone() is None
