"""The handover on the rail, and the way from it to the chart."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests import world
from tests.sheets import press
from tests.steps import admit
from ui.context import Place
from ui.handover.joint import HANDOVER
from ui.handover.panel import HandoverPanel
from ui.observations.panel import ChartPanel
from ui.panels import ARRANGEMENT, PANELS
from ui.workplace import Workplace


@pytest.fixture
def workplace(qtbot, context, database, nurse):
    admit(database, nurse)
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    return workplace


def test_that_enter_opens_the_chart_of_the_chosen_patient(qtbot, workplace):
    panel = workplace.show_panel(HANDOVER)
    assert isinstance(panel, HandoverPanel)
    qtbot.waitUntil(lambda: len(panel.listed) == 1)
    panel.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(workplace.panel, ChartPanel))
    assert workplace.panel.patient.family_name == "Okafor"
