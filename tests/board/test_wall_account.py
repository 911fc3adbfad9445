"""A wall screen's own account: it may see no names, and its screens work without them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from tests import world
from tests.steps import a_set, admit, board_of
from ui.background import DatabaseWork
from ui.board.cards import Moment
from ui.board.panel import BoardPanel
from ui.board.wall_cards import wall_card
from ui.context import Context, Place
from ward_app.core.database import Actor
from ward_app.observations.service import record_observations


@pytest.fixture
def wall_person(signed_in):
    return signed_in("wall")


@pytest.fixture
def panel(qtbot, qapp, database, nurse, wall_person):
    """The board of ward East as the wall account has it, two beds taken and one set charted."""
    stay = admit(database, nurse, "Okafor", "Ada", label="1")
    admit(database, nurse, "Byrne", "Bo", label="2")
    database.run(nurse, record_observations, a_set(stay))
    work = DatabaseWork(database, Actor(wall_person.token))
    context = Context(work=work, signed_in=wall_person, wards=wall_person.wards)
    panel = BoardPanel(context, Place(name="Ward 7 East", wards=wall_person.wards))
    qtbot.addWidget(panel)
    panel.resize(1_294, 720)
    with qtbot.waitSignal(panel.loaded):
        panel.show()
    yield panel
    work.close()


def test_that_the_wall_shows_initials_and_the_score(database, nurse, wall_person, panel):
    now = database.run(nurse, lambda tx: tx.now)
    moment = Moment(now, ZoneInfo(world.TIME_ZONE))
    privacy = {world.id_of("east"): "initials"}
    beds = board_of(database, Actor(wall_person.token))
    cards = {bed.bed_label: wall_card(bed, moment, privacy) for bed in beds}
    assert (cards["1"].name, cards["2"].name) == ("O. A.", "B. B.")
    assert cards["1"].score is not None
    assert cards["1"].line.startswith("Obs in")
    assert cards["3"].name == "Free"


def test_that_the_account_may_look_around_its_board_without_a_name_on_it(qtbot, panel):
    """Nobody is meant to, but somebody will press the arrow keys on a corridor's keyboard."""
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End):
        QTest.keyClick(panel.beds.view, key)
        image = QImage(panel.size(), QImage.Format.Format_ARGB32)
        panel.render(image)
        assert not image.isNull()
    texts = [
        str(index.data(role))
        for row in range(panel.beds.view.model().rowCount())
        for index in [panel.beds.view.model().index(row, 0)]
        for role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        )
    ]
    assert "kafor" not in " ".join(texts).lower()
    assert "byrne" not in " ".join(texts).lower()


def test_that_the_wall_window_opens_on_it(qtbot, panel):
    panel.open_wall()
    assert panel.wall is not None
    panel.wall.repaint()
    panel.wall.close()
