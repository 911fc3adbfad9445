"""A patient of ward East, and the panel of assessments."""

from __future__ import annotations

import pytest

from tests.assessments.builders import EAST
from tests.sheets import in_window, row_of, settled
from tests.steps import admit, open_first
from ui.assessments.panel import AssessmentsPanel
from ui.context import Place


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def bed(database, nurse, stay):
    return row_of(database, nurse, "Okafor")


@pytest.fixture
def zone(context):
    return Place(name="", wards=context.wards).zone


@pytest.fixture
def show(qtbot, context):
    """Return what shows the panel in an active window, read."""

    def make(patient=None, around=context):
        east = tuple(ward for ward in around.wards if ward.id == EAST)
        panel = AssessmentsPanel(around, Place(name="Ward 7 East", wards=east))
        if patient is not None:
            panel.show_patient(patient)
        in_window(qtbot, panel)
        settled(qtbot, around)
        qtbot.waitUntil(lambda: not panel._awaited)
        panel.setFocus()
        return panel

    return make
