import logging
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.sheets import in_window
from ui import theme
from ui.background import Lane
from ui.preferences import Preferences
from ui.staff.front_door import Access, FrontDoor
from ui.staff.sign_in_panel import SignInPanel
from ward_app.core.errors import ConfigurationError, DatabaseUnavailableError
from ward_app.core.settings import DatabaseSettings


@pytest.fixture
def lane(qapp):
    lane = Lane()
    yield lane
    lane.close()


@pytest.fixture
def preferences(tmp_path):
    return Preferences(tmp_path / "preferences.ini")


@pytest.fixture
def shown(qtbot, qapp, lane, preferences):
    """Return the sign-in panel in front of a database, by how it is reached."""
    doors = []

    def show(access):
        theme.apply(qapp, theme.Scheme.LIGHT)
        doors.append(FrontDoor(access))
        panel = SignInPanel(lane, doors[-1], preferences)
        in_window(qtbot, panel, 1024, 640)
        panel.begin()
        return panel

    yield show
    lane.close()
    for door in doors:
        door.close()


@pytest.fixture
def panel(shown, station_settings):
    return shown(lambda: Access(station_settings(), STATION_PASSWORD))


def type_in(qtbot, panel, login="nora", password=world.PASSWORD):
    qtbot.keyClicks(panel.card.user_name, login)
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_Tab)
    qtbot.keyClicks(panel.card.password, password)
    qtbot.keyClick(panel.card.password, Qt.Key.Key_Return)


def told(qtbot, panel):
    qtbot.waitUntil(lambda: bool(panel.card.notice.text))
    return panel.card.notice.text


def test_that_the_right_password_leads_to_the_only_ward(qtbot, panel):
    with qtbot.waitSignal(panel.done) as done:
        type_in(qtbot, panel)
    entry, place = done.args
    assert entry.signed_in.display_name == "Nora Nurse"
    assert place.name == "Ward 7 East"
    assert [ward.name for ward in entry.wards] == ["Ward 3 West", "Ward 7 East"]
    assert panel.card.password.text() == ""


def test_that_with_more_than_one_ward_the_person_chooses_and_the_choice_is_remembered(
    qtbot, panel
):
    type_in(qtbot, panel, "both")
    qtbot.waitUntil(lambda: panel.is_choosing_ward)
    names = panel.ward_choice.list.model().stringList()
    assert names == ["Ward 3 West", "Ward 7 East", "My wards", "Whole hospital"]
    qtbot.keyClick(panel.ward_choice.list, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.done) as done:
        qtbot.keyClick(panel.ward_choice.list, Qt.Key.Key_Return)
    assert done.args[1].name == "Ward 7 East"
    panel.begin()
    type_in(qtbot, panel, "both")
    qtbot.waitUntil(lambda: panel.is_choosing_ward)
    assert panel.ward_choice.list.currentIndex().data() == "Ward 7 East"


def test_that_a_person_without_a_ward_sees_the_hospital(qtbot, panel):
    with qtbot.waitSignal(panel.done) as done:
        type_in(qtbot, panel, "ivan")
    assert done.args[1].whole_hospital


def test_that_a_wrong_password_keeps_the_name_and_asks_for_the_password_again(qtbot, panel):
    type_in(qtbot, panel, password="guess")
    assert "User name or password are not right" in told(qtbot, panel)
    assert panel.card.user_name.text() == "nora"
    assert panel.card.password.hasFocus()
    assert panel.card.password.selectedText()
    with qtbot.waitSignal(panel.done):
        qtbot.keyClicks(panel.card.password, world.PASSWORD)
        qtbot.keyClick(panel.card.password, Qt.Key.Key_Return)


def test_that_tab_leads_from_the_name_to_the_password_also_below_a_notice(qtbot, panel):
    panel.card._not_ready(DatabaseUnavailableError("The server cannot be reached."))
    assert panel.card.notice.isVisible()
    assert panel.card.go_on.isVisible()
    panel.card.user_name.setFocus()
    for after in (panel.card.password, panel.card.enter_button, panel.card.go_on):
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        assert after.hasFocus()


def test_that_an_unknown_name_is_told_the_same_as_a_wrong_password(qtbot, panel):
    type_in(qtbot, panel, login="nobody")
    assert "User name or password are not right" in told(qtbot, panel)


def test_that_a_locked_account_says_until_when(qtbot, panel, database):
    with database.transaction(None) as tx:
        for _ in range(6):
            tx.value("SELECT auth.sign_in('nora', 'guess')")
    type_in(qtbot, panel)
    assert "locked" in told(qtbot, panel)
    assert any(character.isdigit() for character in panel.card.notice.text)


def test_that_a_revoked_workstation_is_told_so(qtbot, panel, admin):
    admin.execute("UPDATE public.workstations SET revoked_at = now()")
    type_in(qtbot, panel)
    assert "does not accept this workstation" in told(qtbot, panel)


def test_that_an_older_database_is_told_so(qtbot, panel, admin):
    admin.execute("UPDATE public.alembic_version SET version_num = '0000'")
    type_in(qtbot, panel)
    assert "older" in told(qtbot, panel)


def test_that_a_newer_database_is_told_so(qtbot, panel, admin):
    admin.execute("UPDATE public.installation SET oldest_client_revision = '9999'")
    type_in(qtbot, panel)
    assert "newer" in told(qtbot, panel)


def test_that_a_server_out_of_reach_is_told_and_the_window_goes_on(qtbot, shown, tmp_path):
    nowhere = DatabaseSettings(host=str(tmp_path), user="ws_alpha", connect_timeout_s=1)
    panel = shown(lambda: Access(nowhere, None))
    type_in(qtbot, panel)
    assert panel.card.enter_button.text() == "Connecting…"
    assert not panel.card.enter_button.isEnabled()
    said = told(qtbot, panel)
    assert "cannot be reached" in said
    assert "what you typed is kept" not in said
    assert panel.card.enter_button.isEnabled()


def test_that_a_missing_setting_is_told_before_anybody_types_and_can_be_tried_again(
    qtbot, shown, station_settings
):
    found = []

    def access():
        return found[0] if found else Access(DatabaseSettings(), None)

    panel = shown(access)
    panel.card.connect_first()
    assert "No ward database is configured" in told(qtbot, panel)
    assert panel.card.go_on.text() == "Try again (F5)"
    found.append(Access(station_settings(), STATION_PASSWORD))
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: panel.card.enter_button.text() == "Sign in")
    assert panel.card.notice.text == ""


def test_that_an_older_schema_is_told_before_anybody_types(qtbot, shown, station_settings, admin):
    admin.execute("UPDATE public.alembic_version SET version_num = '0001'")
    panel = shown(lambda: Access(station_settings(), STATION_PASSWORD))
    panel.card.connect_first()
    assert "older schema (0001)" in told(qtbot, panel)


def test_that_a_missing_credential_is_told(qtbot, shown):
    def access():
        raise ConfigurationError("This workstation has no credential for the ward database.")

    panel = shown(access)
    panel.card.connect_first()
    assert "no credential" in told(qtbot, panel)


def test_that_the_window_lives_while_the_keyring_takes_its_time(qtbot, shown, station_settings):
    free = threading.Event()

    def access():
        assert free.wait(10)
        return Access(station_settings(), STATION_PASSWORD)

    panel = shown(access)
    panel.card.connect_first()
    assert panel.card.enter_button.text() == "Connecting…"
    type_in(qtbot, panel)
    assert panel.card.user_name.text() == "nora"
    with qtbot.waitSignal(panel.done):
        free.set()


def test_that_an_empty_line_gets_the_cursor_and_asks_nobody(qtbot, panel):
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_Return)
    assert panel.card.user_name.hasFocus()
    qtbot.keyClicks(panel.card.user_name, "nora")
    qtbot.keyClick(panel.card.user_name, Qt.Key.Key_Return)
    assert panel.card.password.hasFocus()
    assert not panel.card.is_attempting


def test_that_impatient_enters_sign_in_once(qtbot, panel, admin):
    with qtbot.waitSignal(panel.done):
        type_in(qtbot, panel)
        qtbot.keyClick(panel.card.password, Qt.Key.Key_Return)
        panel.card.attempt()
    assert admin.execute("SELECT count(*) FROM public.sessions").fetchone() == (1,)


@pytest.mark.parametrize("password", [world.PASSWORD, "guess"])
def test_that_a_password_is_neither_shown_nor_logged(qtbot, panel, caplog, password):
    with caplog.at_level(logging.DEBUG):
        type_in(qtbot, panel, password=password)
        qtbot.waitUntil(lambda: not panel.card.is_attempting)
    assert panel.card.password.echoMode() is QLineEdit.EchoMode.Password
    assert password not in caplog.text


def test_that_caps_lock_is_told_while_the_password_is_typed(qtbot, panel):
    assert not panel.card.caps.isVisible()
    qtbot.keyClick(panel.card.password, Qt.Key.Key_CapsLock)
    assert panel.card.caps.isVisible()
    qtbot.keyClicks(panel.card.password, "a")
    assert not panel.card.caps.isVisible()
