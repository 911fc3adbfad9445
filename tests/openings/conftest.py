"""Somebody of another ward, and who leads it."""

from __future__ import annotations

import pytest

from tests import world
from tests.openings.builders import mark_private
from tests.sheets import row_of
from tests.steps import a_set, admit
from ui.context import Place
from ui.panels import ARRANGEMENT, PANELS
from ui.workplace import Workplace
from ward_app.audit.service import open_chart
from ward_app.core.database import Actor
from ward_app.observations.service import record_observations

EAST, WEST = world.id_of("east"), world.id_of("west")


@pytest.fixture
def wes(connect, signed_in, admin):
    """Wes, who leads Ward West: his database and himself as who acts."""
    admin.execute(
        "INSERT INTO public.user_roles SELECT %s, id FROM public.roles"
        " WHERE name = 'ward_manager'",
        (world.id_of("wes"),),
    )
    beta = connect("ws_beta")
    person = signed_in("wes", beta)
    return beta, Actor(person.token), person


@pytest.fixture
def elsewhere(wes, admin):
    """A patient of Ward West with a set on record: patient and stay."""
    beta, actor, _person = wes
    stay = admit(beta, actor, "Quagmire", "Xenia", label="1", ward="west")
    [patient] = admin.execute(
        "SELECT patient_id FROM admission.admissions WHERE id = %s", (stay,)
    ).fetchone()
    beta.run(actor, open_chart, patient)
    beta.run(actor, record_observations, a_set(stay))
    return patient, stay


@pytest.fixture
def workplace(qtbot, context, database, nurse):
    """Nora's screen, with the board of Ward East."""
    admit(database, nurse, "Okafor", label="1")
    wards = tuple(ward for ward in context.wards if ward.id == EAST)
    workplace = Workplace(context, Place(name="Ward 7 East", wards=wards), PANELS)
    qtbot.addWidget(workplace)
    workplace.joints = ARRANGEMENT.connect(workplace)
    workplace.resize(1366, 768)
    workplace.show()
    workplace.activateWindow()
    qtbot.waitUntil(workplace.isActiveWindow)
    board = workplace.panel
    qtbot.waitUntil(lambda: board.beds.model.rowCount() > 0)
    board.beds.tiles.setFocus()
    return workplace


@pytest.fixture
def private(database, nurse, signed_in, admin, workplace):
    """Ada of bed 1, marked private by who leads the shift."""
    row = row_of(database, nurse, "Okafor")
    mark_private(database, Actor(signed_in("both").token), row.patient_id)
    return row_of(database, nurse, "Okafor")
