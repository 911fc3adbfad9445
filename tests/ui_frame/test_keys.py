"""Every key means one thing on a screen, also for who may do everything."""

from collections import defaultdict

import pytest

from tests import world
from ui.context import Place
from ui.panels import ARRANGEMENT, PANELS
from ui.workplace import Workplace


@pytest.mark.parametrize("key", [spec.key for spec in PANELS])
def test_that_no_key_means_two_things_on_a_panel(qtbot, monkeypatch, context, key):
    monkeypatch.setattr(type(context.signed_in), "may", lambda _person, _permission: True)
    wards = tuple(ward for ward in context.wards if ward.id == world.id_of("east"))
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    panel = workplace.panel_of(key)
    meant = defaultdict(list)
    for action in (*panel.actions(), *workplace.actions()):
        for shortcut in action.shortcuts():
            meant[shortcut.toString()].append(action.text())
    assert {keys: texts for keys, texts in meant.items() if len(texts) > 1} == {}
    qtbot.waitUntil(lambda: not context.work.is_busy)
