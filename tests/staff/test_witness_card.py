"""The card on which a second person proves to stand by."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from tests import world
from tests.badges import BADGES, PIN, hold_badge
from tests.sheets import in_window
from ui.staff.witness_overlay import WitnessOverlay
from ward_app.core.database import Actor
from ward_app.core.ids import new_id
from ward_app.staff.badge_service import keep_badge_and_pin

ACT = "Morphine 5 mg for OKAFOR, Ada"


@pytest.fixture
def host(qtbot):
    """What is being done, half typed."""
    host = QWidget()
    QLineEdit(host).setText("5 mg")
    return in_window(qtbot, host, 1024, 640)


@pytest.fixture
def overlay(host, work):
    overlay = WitnessOverlay(work, new_id(), ACT, host)
    overlay.open()
    return overlay


def type_in(qtbot, overlay, login, password=world.PASSWORD):
    for line, text in ((overlay.who, login), (overlay.secret, password)):
        line.clear()
        qtbot.keyClicks(line, text)
        qtbot.keyClick(line, Qt.Key.Key_Return)


def test_that_a_colleague_stands_by_with_name_and_password(qtbot, overlay, host):
    assert overlay.who.hasFocus()
    assert overlay.act.text() == ACT
    with qtbot.waitSignal(overlay.witnessed) as proved:
        type_in(qtbot, overlay, "dora")
    assert proved.args[0].display_name == "Dora Doctor"
    assert proved.args[0].command_id == overlay._command_id
    assert not overlay.isVisible()
    assert host.findChild(QLineEdit).text() == "5 mg"


def test_that_a_colleague_stands_by_with_badge_and_pin(qtbot, overlay, host, database, signed_in):
    dora = Actor(signed_in("dora").token)
    database.run(dora, keep_badge_and_pin, world.PASSWORD, BADGES["dora"], PIN)
    hold_badge(host, BADGES["dora"])
    assert overlay.who.isHidden()
    assert overlay.secret.hasFocus()
    qtbot.keyClicks(overlay.secret, PIN)
    with qtbot.waitSignal(overlay.witnessed) as proved:
        qtbot.keyClick(overlay.secret, Qt.Key.Key_Return)
    assert proved.args[0].user_id == world.id_of("dora")


@pytest.mark.parametrize(
    ("login", "password", "words"),
    [("nora", world.PASSWORD, "somebody else"), ("dora", "guess", "not right")],
)
def test_that_it_is_said_why_somebody_is_no_witness(qtbot, overlay, login, password, words):
    type_in(qtbot, overlay, login, password)
    qtbot.waitUntil(lambda: words in overlay.notice.text)
    assert overlay.isVisible()
    assert overlay.who.text() == login
    assert overlay.secret.text() == ""
    with qtbot.waitSignal(overlay.witnessed):
        type_in(qtbot, overlay, "dora")


def test_that_nothing_is_asked_before_everything_is_typed(qtbot, overlay, work):
    overlay.attempt()
    assert overlay.who.hasFocus()
    qtbot.keyClicks(overlay.who, "dora")
    overlay.attempt()
    assert overlay.secret.hasFocus()
    assert not work.is_busy


def test_that_escape_leaves_without_a_witness_and_forgets(qtbot, overlay, host):
    asked = []
    overlay.witnessed.connect(asked.append)
    qtbot.keyClicks(overlay.who, "dora")
    qtbot.keyClick(overlay.who, Qt.Key.Key_Escape)
    assert overlay.who.text() == ""
    assert asked == []
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert host.findChildren(WitnessOverlay) == []
