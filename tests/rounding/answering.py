"""Rounds answered by keyboard: the ward, and its saving."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.rounding.builders import EAST
from tests.sheets import (
    press_save,
    settled,
)
from ui.context import Place

KEY = Qt.Key


def east(context):
    return Place(
        name="Ward 7 East", wards=tuple(ward for ward in context.wards if ward.id == EAST)
    )


def saved(qtbot, panel):
    """Save by keyboard and wait until it is told."""
    with qtbot.waitSignal(panel.told) as told:
        press_save(qtbot)
    settled(qtbot, panel.context)
    return told.args[0]
