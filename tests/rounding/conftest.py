"""Colleagues at other workstations and on other wards, and who leads the ward."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import world
from ui.background import DatabaseWork
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
