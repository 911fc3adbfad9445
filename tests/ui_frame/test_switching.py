"""People who share a workstation: by badge and PIN, without seeing each other's entries."""

from __future__ import annotations

import weakref

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests import world
from tests.badges import BADGES, PIN, hold_badge
from tests.conftest import STATION_PASSWORD
from tests.ui_frame.builders import OneSheet
from tests.ui_frame.test_program import WardsPanel, enter, sessions, unlock
from ui import theme
from ui.preferences import Preferences
from ui.program import Arrangement, Program
from ui.staff.badge_overlay import BadgeOverlay
from ui.staff.front_door import Access
from ui.workplace import PanelSpec
from ward_app.core.database import Actor
from ward_app.staff.badge_service import keep_badge_and_pin
from ward_app.staff.types import Permission

TWO = Arrangement(
    (
        PanelSpec(key="board", word="Beds", icon="beds", make=WardsPanel),
        PanelSpec(
            key="chart",
            word="Chart",
            icon="beds",
            make=WardsPanel,
            permission=Permission.CHART_OPEN,
        ),
    ),
    print,
)


@pytest.fixture
def program(qtbot, qapp, tmp_path, station_settings):
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(station_settings(), STATION_PASSWORD),
        TWO,
        Preferences(tmp_path / "preferences.ini"),
        environment="demo",
    )
    program.start()
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()


@pytest.fixture
def badges(connect, signed_in, admin):
    """Nora, Hal, Dora and Wes have badges, a PIN, and used their passwords this morning."""
    elsewhere = connect("ws_beta")
    for login, badge in BADGES.items():
        actor = Actor(signed_in(login, at=elsewhere).token)
        elsewhere.run(actor, keep_badge_and_pin, world.PASSWORD, badge, PIN)
    admin.execute("UPDATE public.pins SET pin_hash = auth.password_hash(%s, 4)", (PIN,))


@pytest.fixture
def workplace(qtbot, badges, program):
    """Nora's workplace, loaded and live."""
    enter(qtbot, program)
    workplace = program.window.workplace
    qtbot.waitUntil(lambda: workplace.top_line.lamp.text() == "● live")
    return workplace


def show_badge(qtbot, program, login, pin=PIN):
    """Hold a badge to the reader, type the PIN."""
    window = program.window
    hold_badge(window, BADGES[login])
    page = window.lock_screen or window.sign_in
    assert page.pin.password.hasFocus()
    qtbot.keyClicks(page.pin.password, pin)
    qtbot.keyClick(page.pin.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.pin.is_attempting)


def type_an_entry(qtbot, program, text="Okoro"):
    workplace = program.window.workplace
    workplace.open_sheet(OneSheet(workplace.context))
    qtbot.keyClicks(program.window.focusWidget(), text)


def person(program):
    return program.window.workplace.context.signed_in.login


def test_that_a_badge_and_a_pin_unlock_as_the_password_does(qtbot, workplace, program):
    type_an_entry(qtbot, program)
    program.lock("Locked by hand.")
    show_badge(qtbot, program, "nora")
    assert not program.window.is_locked
    assert program.window.workplace is workplace
    assert workplace.sheets.sheet.form.value("name") == "Okoro"
    with qtbot.waitSignal(workplace.panel.loaded):
        workplace.refresh()


def test_that_a_password_typed_by_a_program_is_a_password(qtbot, workplace, program):
    """[B02] In its own line it is never taken for a badge, however fast it comes."""
    program.lock("Locked by hand.")
    screen = program.window.lock_screen
    screen.card.password.setFocus()
    hold_badge(program.window, world.PASSWORD)
    qtbot.waitUntil(lambda: not program.window.is_locked)
    assert person(program) == "nora"


def test_that_a_password_typed_by_hand_goes_to_its_line(qtbot, workplace, program):
    """The badge's line has the cursor; nobody needs a key to leave it."""
    program.lock("Locked by hand.")
    screen = program.window.lock_screen
    assert screen.card.badge.hasFocus()
    hold_badge(program.window, world.PASSWORD, gap_ms=80)
    qtbot.waitUntil(lambda: not program.window.is_locked)
    assert person(program) == "nora"


def test_that_after_a_wrong_password_a_badge_is_still_a_badge(qtbot, workplace, program):
    program.lock("Locked by hand.")
    card = program.window.lock_screen.card
    hold_badge(program.window, "a guess of mine", gap_ms=80)
    qtbot.waitUntil(card.notice.isVisible)
    assert card.badge.hasFocus()
    show_badge(qtbot, program, "nora")
    assert not program.window.is_locked


def test_that_enter_alone_goes_to_the_password(qtbot, workplace, program):
    program.lock("Locked by hand.")
    card = program.window.lock_screen.card
    qtbot.keyClick(card.badge, Qt.Key.Key_Return)
    assert card.password.hasFocus()


def test_that_a_colleagues_badge_takes_over_on_the_same_screen(qtbot, workplace, program, admin):
    workplace.show_panel("chart")
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "dora")
    after = program.window.workplace
    assert person(program) == "dora"
    assert (after.place.name, after.shown_key) == ("Ward 7 East", "chart")
    assert not program.window.is_locked
    live = "SELECT u.login FROM sessions s JOIN users u ON u.id = s.user_id WHERE ended_at IS NULL"
    here = f"{live} AND workstation = 'ws_alpha'"
    qtbot.waitUntil(lambda: admin.execute(here).fetchall() == [("dora",)])


def test_that_a_colleague_sees_what_their_own_rights_allow(qtbot, workplace, program, admin):
    """Another ward than theirs, and a panel they may not open, are not shown to them."""
    admin.execute(
        "DELETE FROM public.role_permissions rp USING public.permissions p, public.roles r"
        " WHERE p.id = rp.permission_id AND r.id = rp.role_id"
        " AND p.name = 'chart.open' AND r.name = 'healthcare_assistant'"
    )
    admin.execute("UPDATE public.user_wards SET ward_id = %s WHERE user_id = %s",
                  (world.id_of("west"), world.id_of("hal")))  # fmt: skip
    workplace.show_panel("chart")
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "hal")
    after = program.window.workplace
    assert (person(program), after.place.name, after.shown_key) == ("hal", "Ward 3 West", "board")


def test_that_an_unsaved_entry_is_kept_for_its_author_and_not_shown_to_the_next(
    qtbot, workplace, program
):
    type_an_entry(qtbot, program)
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "dora")
    doras = program.window.workplace
    assert not workplace.isVisible()
    assert not doras.has_unsaved_entry
    assert doras.context.drafts.kept("admit") is None
    doras.open_sheet(OneSheet(doras.context))
    assert doras.sheets.sheet.form.value("name") in {None, ""}
    doras.sheets.sheet.leave()
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "nora")
    assert program.window.workplace is workplace
    assert workplace.isVisible()
    assert workplace.sheets.sheet.form.value("name") == "Okoro"
    assert workplace.sheets.sheet.isAncestorOf(program.window.focusWidget())
    assert "still open" in workplace.outcome.notice.text
    qtbot.waitUntil(lambda: workplace.top_line.lamp.text() == "● live")


def test_that_a_kept_screen_asks_nothing_and_disturbs_nobody(qtbot, workplace, program, admin):
    type_an_entry(qtbot, program)
    work = program.work
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "dora")
    before = workplace.panel.loads
    workplace.panel.load()
    assert workplace.panel.loads == before + 1
    assert not work.is_busy
    assert not workplace.pulse.poll.isActive()
    assert not program.window.is_locked


def test_that_another_person_at_the_lock_keeps_the_entry_too(qtbot, workplace, program):
    type_an_entry(qtbot, program)
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_out):
        qtbot.mouseClick(program.window.lock_screen.card.another_button, Qt.MouseButton.LeftButton)
    assert program.window.workplace is None
    enter(qtbot, program, "wes")
    program.sign_out()
    enter(qtbot, program)
    assert program.window.workplace is workplace
    assert workplace.sheets.sheet.form.value("name") == "Okoro"


def test_that_without_an_entry_nothing_is_kept(qtbot, workplace, program):
    left = weakref.ref(workplace)
    del workplace
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "dora")
    assert program.window.kept_seats.names == ""
    assert left() is not program.window.workplace


def test_that_closing_asks_before_a_kept_entry_is_lost(qtbot, workplace, program, monkeypatch):
    asked = []
    monkeypatch.setattr("ui.main_window.ask", lambda _window, text, _yes: asked.append(text))
    type_an_entry(qtbot, program)
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "dora")
    program.window.close()
    assert program.window.isVisible()
    assert "Nora Nurse" in asked[0]


def test_that_a_badge_signs_in_at_the_sign_in_screen_without_a_question(qtbot, badges, program):
    with qtbot.waitSignal(program.signed_in):
        show_badge(qtbot, program, "wes")
    assert person(program) == "wes"
    assert program.window.workplace.place.name == "Ward 3 West"


def test_that_a_wrong_pin_is_typed_again_and_the_badge_is_not(qtbot, workplace, program):
    program.lock("Locked by hand.")
    show_badge(qtbot, program, "nora", pin="100000")
    card = program.window.lock_screen.pin
    assert "not right" in card.notice.text
    assert (card.password.text(), program.window.is_locked) == ("", True)
    qtbot.keyClicks(card.password, PIN)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not program.window.is_locked)


def test_that_it_is_said_when_the_password_is_needed(qtbot, workplace, program, admin):
    admin.execute("UPDATE public.facilities SET pin_hours = 0")
    program.lock("Locked by hand.")
    show_badge(qtbot, program, "nora")
    screen = program.window.lock_screen
    assert "password first" in screen.card.notice.text
    assert screen.card.isVisible()
    assert screen.card.password.hasFocus()
    assert screen.card.password.text() == ""
    unlock(qtbot, program)
    assert not program.window.is_locked
    program._end()
    show_badge(qtbot, program, "nora")
    assert "password first" in program.window.sign_in.card.notice.text


@pytest.mark.parametrize("leave", ["escape", "nobody"])
def test_that_a_badge_whose_pin_is_not_given_is_forgotten(qtbot, workplace, program, leave):
    program.lock("Locked by hand.")
    hold_badge(program.window, BADGES["dora"])
    card = program.window.lock_screen.pin
    qtbot.keyClicks(card.password, "58")
    if leave == "escape":
        qtbot.keyClick(card.password, Qt.Key.Key_Escape)
    else:
        card._alone.timeout.emit()
    assert program.window.lock_screen.card.isVisible()
    assert (card._badge, card.password.text()) == ("", "")
    card.attempt()
    assert not card.is_attempting


def test_that_locking_leaves_nothing_of_a_patient_outside_the_window(qtbot, workplace, program):
    """[A07] Titles (so taskbars and their previews), tooltips, the clipboard, what is drawn."""
    QGuiApplication.clipboard().setText("OKORO, Ada, born 3 May 1941")
    type_an_entry(qtbot, program)
    program.lock("Locked by hand.")
    assert QGuiApplication.clipboard().text() == ""
    for window in QApplication.topLevelWidgets():
        assert "OKORO" not in window.windowTitle().upper()
        if window.isVisible():
            assert window is program.window
    shown = [w for w in program.window.findChildren(OneSheet) if w.isVisible()]
    assert shown == []
    assert program.window.windowTitle() == "Ward App: locked"


def test_that_the_own_badge_and_pin_are_kept_by_the_password(qtbot, program, admin):
    enter(qtbot, program)
    workplace = program.window.workplace
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    workplace.badge_asked.emit()
    [overlay] = workplace.findChildren(BadgeOverlay)
    qtbot.keyClicks(overlay.password, world.PASSWORD)
    qtbot.keyClick(overlay.password, Qt.Key.Key_Return)
    assert overlay.badge_words.hasFocus()
    hold_badge(program.window, BADGES["nora"])
    assert overlay.badge_words.text() == "✓ Badge read."
    assert overlay.pin.hasFocus()
    assert overlay.password.text() == world.PASSWORD
    for line in (overlay.pin, overlay.again):
        qtbot.keyClicks(line, PIN)
    with qtbot.waitSignal(overlay.told) as told:
        qtbot.keyClick(overlay.again, Qt.Key.Key_Return)
    assert told.args == ["Your badge is registered and your PIN is set."]
    program.lock("Locked by hand.")
    show_badge(qtbot, program, "nora")
    assert not program.window.is_locked
    assert [row[0] for row in sessions(admin)].count(True) <= 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("", "", ""), "Type your password"),
        ((world.PASSWORD, "", ""), "Hold your badge"),
        ((world.PASSWORD, "123456", "123456"), "count up or down"),
        ((world.PASSWORD, PIN, "582048"), "not the same"),
        (("guess", PIN, PIN), "password is not right"),
        ((world.PASSWORD, "5820470", "5820470"), ""),
    ],
)
def test_that_it_is_said_what_keeps_a_pin_from_being_set(qtbot, program, typed, words):
    enter(qtbot, program)
    program.window.workplace.badge_asked.emit()
    [overlay] = program.window.workplace.findChildren(BadgeOverlay)
    for line, text in zip((overlay.password, overlay.pin, overlay.again), typed, strict=True):
        qtbot.keyClicks(line, text)
    done = []
    overlay.told.connect(done.append)
    overlay.save()
    qtbot.waitUntil(lambda: bool(done) or (bool(overlay.notice.text) and not overlay._saving))
    assert (done == ["Your PIN is set."]) if not words else words in overlay.notice.text


def test_that_a_lost_badge_is_made_good_no_more(qtbot, workplace, program, admin):
    for words in ("good no more", "had no badge"):
        workplace.badge_asked.emit()
        overlay = workplace.findChildren(BadgeOverlay)[-1]
        with qtbot.waitSignal(overlay.told) as told:
            overlay.drop_button.click()
        assert words in told.args[0]
    live = "SELECT count(*) FROM public.badges WHERE ended_at IS NULL AND user_id = %s"
    assert admin.execute(live, (world.id_of("nora"),)).fetchone() == (0,)
