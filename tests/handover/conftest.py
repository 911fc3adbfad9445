"""A patient of ward East, a colleague elsewhere, and the panel of the handover."""

from __future__ import annotations

import pytest

from tests import world
from tests.handover.builders import EAST
from tests.sheets import settled
from tests.steps import admit
from ui.context import Place
from ui.handover.panel import HandoverPanel
from ward_app.core.database import Actor
from ward_app.staff.service import sign_in


@pytest.fixture
def stay(database, nurse):
    return admit(database, nurse)


@pytest.fixture
def bo(connect):
    station = connect("ws_beta")
    return station, Actor(station.run(None, sign_in, "both", world.PASSWORD).token)


@pytest.fixture
def show(qtbot, context):
    """Return what shows the handover of ward East in an active window, read."""

    def make():
        east = tuple(ward for ward in context.wards if ward.id == EAST)
        panel = HandoverPanel(context, Place(name="Ward 7 East", wards=east))
        qtbot.addWidget(panel)
        panel.opened_sheets = []
        panel.sheet_requested.connect(panel.opened_sheets.append)
        panel.said = []
        panel.told.connect(lambda words, _undo: panel.said.append(words))
        panel.resize(1_286, 720)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        settled(qtbot, context)
        qtbot.waitUntil(lambda: panel.handover is not None)
        panel.setFocus()
        return panel

    return make
