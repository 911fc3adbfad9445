"""Colleagues at other workstations and on other wards, and who leads the ward."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import world
from tests.rounding.answering import east
from tests.sheets import (
    in_window,
)
from tests.steps import admit
from ui.background import DatabaseWork
from ui.rounding.panel import RoundsPanel
from ward_app.core.database import Actor
from ward_app.staff.service import sign_in


@pytest.fixture
def bo(connect, signed_in):
    """Bo at another workstation."""
    station = connect("ws_beta")
    return station, Actor(signed_in("both", station).token)


@pytest.fixture
def wes(connect):
    station = connect("ws_beta")

    return station, Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)


@pytest.fixture
def charge(database, signed_in, context, qapp):
    """The context of Bo, who edits checklists."""
    person = signed_in("both")
    work = DatabaseWork(database, Actor(person.token))
    yield replace(context, work=work, signed_in=person)
    work.close()


@pytest.fixture
def bay(database, nurse):
    """Six patients of the ward."""
    names = ("Abel", "Brown", "Chen", "Diaz", "Evans", "Fox")
    labels = ("1", "2", "3", "4", "9", "10")
    return [
        admit(database, nurse, name, "Ada", label=label)
        for name, label in zip(names, labels, strict=True)
    ]


@pytest.fixture
def panel(qtbot, context, bay):
    panel = RoundsPanel(context, east(context))
    in_window(qtbot, panel)
    qtbot.waitUntil(lambda: len(panel.model.rows) == 6)
    panel.view.setFocus()
    return panel
