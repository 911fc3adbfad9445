"""Opening and saving sheets in tests, as a nurse does."""

from __future__ import annotations

import gc
import weakref

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from tests.steps import board_of

HEIGHT_AT_1366_BY_768_PX = 640


def opened(qtbot, sheet):
    """Show a sheet beside nothing, with the cursor where the entry begins."""
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(sheet)
    qtbot.addWidget(host)
    host.resize(sheet.width_px, HEIGHT_AT_1366_BY_768_PX)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    sheet.restore_draft()
    sheet.focus_first()
    sheet.host = host
    return sheet


def in_window(qtbot, panel, width=1_294, height=720):
    """Show a panel in an active window, as wide as the program leaves it at 1366 by 768."""
    qtbot.addWidget(panel)
    panel.resize(width, height)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def settled(qtbot, context):
    """Wait until the database owes no answer."""
    qtbot.waitUntil(lambda: not context.work.is_busy)


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the cursor is."""
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def type_text(qtbot, text):
    """Press one key after the other, each where the cursor is by then."""
    for letter in text:
        qtbot.keyClicks(QApplication.focusWidget(), letter)


def press_save(qtbot):
    """Press Ctrl+Enter where the cursor is."""
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def saved_message(qtbot, sheet):
    """Save by keyboard and return what was told."""
    with qtbot.waitSignal(sheet.closed), qtbot.waitSignal(sheet.saved) as told:
        press_save(qtbot)
    return told.args[0]


def row_of(database, actor, family_name, *wards):
    """Return the board's row of a patient."""
    rows = board_of(database, actor, *wards)
    return next(row for row in rows if row.family_name == family_name)


def bed_row(database, actor, label, *wards):
    """Return the board's row of a bed."""
    return next(row for row in board_of(database, actor, *wards) if row.bed_label == label)


def until_collected(qtbot, *gone):
    """Wait until nothing is held any more; many tests before make a collection slow."""
    qtbot.waitUntil(lambda: gc.collect() is not None and not any(ref() for ref in gone))


def freed(qtbot, sheet):
    """Delete a sheet and return a reference that is dead if nothing else holds it."""
    gone = weakref.ref(sheet)
    sheet.deleteLater()
    qtbot.waitUntil(lambda: not shiboken6.isValid(sheet))
    return gone
