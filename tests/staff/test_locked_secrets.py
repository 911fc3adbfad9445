"""The start screen where the workstation's secrets are locked: passphrase, keyring, keys."""

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.sheets import in_window
from tests.world import PASSPHRASE
from ui import theme
from ui.background import Lane
from ui.preferences import Preferences
from ui.staff.front_door import Access, FrontDoor
from ui.staff.sign_in_panel import WAITING, SignInPanel
from ward_app.core import passphrase_seal
from ward_app.core.errors import KeyringLockedError
from ward_app.core.sealed_store import SealedStore
from ward_app.core.secret_store import Trouble


class LockedKeyring:
    """A way to the database that a keyring guards until its owner has opened it."""

    def __init__(self, access):
        self.access, self.is_open, self.owner = access, False, threading.Event()

    def find(self):
        if not self.is_open:
            raise KeyringLockedError(Trouble.LOCKED.value, self.unlock)
        return self.access

    def unlock(self):
        assert self.owner.wait(20)
        self.owner.clear()
        if not self.is_open:
            raise KeyringLockedError(Trouble.SILENT.value, self.unlock)


@pytest.fixture
def shown(qtbot, qapp, tmp_path):
    """Return the sign-in panel of a program that has just been started, by its way in."""
    lane, doors = Lane(), []

    def show(find):
        theme.apply(qapp, theme.Scheme.LIGHT)
        doors.append(FrontDoor(find))
        panel = SignInPanel(lane, doors[-1], Preferences(tmp_path / "preferences.ini"))
        in_window(qtbot, panel, 1024, 640)
        panel.begin()
        panel.card.connect_first()
        return panel

    yield show
    lane.close()
    for door in doors:
        door.close()


@pytest.fixture
def sealed(shown, qtbot, station_settings, tmp_path, monkeypatch):
    """The panel of a workstation whose secrets are sealed, as it asks for the passphrase."""
    monkeypatch.setattr(passphrase_seal, "LOG2_COST", 10)
    file = tmp_path / "workstation.sealed"
    store = SealedStore(file)
    store.begin(PASSPHRASE)
    store.put("ws_alpha", STATION_PASSWORD)
    later = SealedStore(file)
    panel = shown(lambda: Access(station_settings(), later.get("ws_alpha")))
    qtbot.waitUntil(lambda: "passphrase" in vars(panel))
    return panel


@pytest.fixture
def locked(shown, station_settings):
    """A keyring, and the panel of a workstation whose secrets it guards."""
    keyring = LockedKeyring(Access(station_settings(), STATION_PASSWORD))
    yield keyring, shown(keyring.find)
    keyring.owner.set()


def told(qtbot, panel, words):
    qtbot.waitUntil(lambda: words in panel.card.notice.text)


def sign_in(qtbot, panel):
    qtbot.keyClicks(panel.card.user_name, "nora")
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_Tab)
    qtbot.keyClicks(panel.card.password, world.PASSWORD)
    with qtbot.waitSignal(panel.done):
        qtbot.keyClick(panel.card.password, Qt.Key.Key_Return)


def test_that_the_passphrase_is_asked_for_and_opens_the_way_in(qtbot, sealed):
    card = sealed.passphrase
    assert card.isVisible()
    assert "passphrase that IT chose" in card.words.text()
    assert card.password.hasFocus()
    assert card.password.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(card.password, PASSPHRASE)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(sealed.card.user_name.hasFocus)
    assert card.password.text() == ""
    sign_in(qtbot, sealed)


def test_that_a_wrong_passphrase_is_told_and_typed_again(qtbot, sealed):
    card = sealed.passphrase
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    assert not card.is_attempting
    qtbot.keyClicks(card.password, "plum lantern")
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    assert card.enter_button.text() == "Opening…"
    qtbot.waitUntil(lambda: "not right" in card.notice.text)
    assert card.enter_button.text() == "Open this workstation"
    assert card.password.selectedText() == "plum lantern"
    qtbot.keyClicks(card.password, PASSPHRASE)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(sealed.card.isVisible)


def test_that_a_badge_is_not_asked_for_a_pin_before_the_workstation_is_open(qtbot, sealed):
    sealed.reader.read.emit("0123456789")
    assert sealed.passphrase.isVisible()


def test_that_who_was_faster_than_the_question_comes_in_after_it(qtbot, sealed):
    sealed.card.user_name.setText("nora")
    sealed.card.password.setText(world.PASSWORD)
    sealed.card.attempt()
    qtbot.waitUntil(lambda: not sealed.card.is_attempting)
    assert sealed.passphrase.isVisible()
    assert sealed.card.user_name.text() == "nora"


def test_that_the_keyring_is_unlocked_by_key_from_the_start_screen(qtbot, locked):
    keyring, panel = locked
    told(qtbot, panel, "The keyring of this computer is locked")
    assert panel.card.go_on.text() == "Unlock keyring (F5)"
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_F5)
    assert panel.card.notice.text == WAITING
    keyring.is_open = True
    keyring.owner.set()
    qtbot.waitUntil(lambda: panel.card.notice.text == "")
    sign_in(qtbot, panel)


def test_that_the_window_lives_while_the_keyring_waits_for_its_owner(qtbot, locked):
    """The worker waits, never the GUI thread; a second F5 asks nobody twice."""
    keyring, panel = locked
    told(qtbot, panel, "is locked")
    qtbot.mouseClick(panel.card.go_on, Qt.MouseButton.LeftButton)
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_F5)
    qtbot.keyClicks(panel.card.user_name, "nora")
    assert panel.card.user_name.text() == "nora"
    assert panel.card.notice.text == WAITING
    keyring.owner.set()
    told(qtbot, panel, "does not answer")
    assert panel.card.go_on.text() == "Unlock keyring (F5)"
    keyring.is_open = True
    keyring.owner.set()
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: panel.card.notice.text == "")


def test_that_who_signs_in_at_a_locked_keyring_is_offered_the_key_too(qtbot, locked):
    keyring, panel = locked
    told(qtbot, panel, "is locked")
    panel.card.user_name.setText("nora")
    panel.card.password.setText(world.PASSWORD)
    panel.card.attempt()
    told(qtbot, panel, "is locked")
    assert panel.card.go_on.text() == "Unlock keyring (F5)"
    assert panel.card.user_name.text() == "nora"
    assert not keyring.is_open


def test_that_another_problem_takes_the_key_away(qtbot, shown, station_settings):
    panel = shown(lambda: Access(station_settings(), STATION_PASSWORD))
    qtbot.waitUntil(lambda: panel.card.enter_button.text() == "Sign in")
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_F5)
    assert panel.card.enter_button.text() == "Sign in"
