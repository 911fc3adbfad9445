import threading
import weakref
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import shiboken6
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from tests import world
from tests.conftest import STATION_PASSWORD
from tests.sheets import until_collected
from tests.steps import admit
from tests.ui_frame.builders import OnePanel, OneSheet
from ui import question, theme
from ui.listener import ChangeListener
from ui.paint_turn import PaintTurn
from ui.panels import ARRANGEMENT, BOARD, CHART
from ui.preferences import Preferences
from ui.program import Arrangement, Program
from ui.staff.front_door import Access
from ui.widgets.panel import STAYS_WHEN_LOCKED
from ui.workplace import PanelSpec
from ward_app.core.errors import DatabaseUnavailableError
from ward_app.core.events import PrimaryMoved
from ward_app.rooms.queries import wards


class WardsPanel(OnePanel):
    """Reads something real."""

    topics = frozenset({"beds"})

    def load(self):
        self.loads += 1
        self.read(lambda found: self.shown.setText(found[0].name), wards)


LISTENERS_END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'ward-app listening' AND datname = current_database()
"""
ONE = Arrangement((PanelSpec(key="board", word="Beds", icon="beds", make=WardsPanel),), print)


@pytest.fixture
def done_at_once():
    """What a person does before their workplace is shown: nothing."""
    return []


@pytest.fixture
def program(qtbot, qapp, tmp_path, station_settings, done_at_once):
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(station_settings(), STATION_PASSWORD),
        replace(ONE, connect=lambda _workplace: [do(program) for do in done_at_once]),
        Preferences(tmp_path / "preferences.ini"),
        environment="demo",
    )
    program.start()
    # not qtbot's to close: closing asks a question when an entry is not saved
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()


@pytest.fixture
def workplace(qtbot, program):
    """Nora's workplace, loaded and live."""
    enter(qtbot, program)
    workplace = program.window.workplace
    qtbot.waitUntil(lambda: workplace.top_line.lamp.text() == "● live")
    return workplace


def enter(qtbot, program, login="nora"):
    with qtbot.waitSignal(program.signed_in):
        program.sign_in(login, world.PASSWORD)
    program.window.activateWindow()
    qtbot.waitUntil(program.window.isActiveWindow)


def unlock(qtbot, program, password=world.PASSWORD):
    card = program.window.lock_screen.card
    qtbot.keyClicks(card.password, password)
    qtbot.keyClick(card.password, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not card.is_attempting)


def sessions(admin):
    return admin.execute(
        "SELECT ended_at IS NULL FROM public.sessions ORDER BY created_at"
    ).fetchall()


def test_that_the_window_is_painted_in_turns_of_its_own(program):
    assert program.window.findChild(PaintTurn) is not None


def test_that_sign_in_leads_to_a_live_board(workplace, program):
    assert workplace.panel.shown.text() == "Ward 3 West"
    assert program.window.windowTitle() == "Ward App: Ward 7 East"
    assert program.listener.isRunning()


def _later(do):
    """Return a function that has `do` done before what is asked for after it."""
    return lambda program: QTimer.singleShot(0, partial(do, program))


def test_that_who_locks_before_their_workplace_is_shown_comes_in_locked(
    qtbot, program, done_at_once
):
    done_at_once.append(_later(lambda program: program.lock("Locked by hand.")))
    with qtbot.waitSignal(program.signed_in):
        program.sign_in("nora", world.PASSWORD)
    assert program.window.is_locked
    assert not program.idle.is_watching
    unlock(qtbot, program)
    assert program.window.pages.currentWidget() is program.window.workplace
    assert program.idle.is_watching


def test_that_who_leaves_before_their_workplace_is_shown_has_left(qtbot, program, done_at_once):
    done_at_once.append(_later(Program.sign_out))
    with qtbot.assertNotEmitted(program.signed_in), qtbot.waitSignal(program.signed_out):
        program.sign_in("nora", world.PASSWORD)
    QApplication.processEvents()
    assert program.window.workplace is None
    assert program.window.pages.currentWidget() is program.window.sign_in


def test_that_a_change_on_another_workstation_appears_by_itself(qtbot, workplace, admin):
    before = workplace.panel.loads
    admin.execute("SELECT pg_notify('ward', %s)", (f"{world.id_of('east')}:beds",))
    qtbot.waitUntil(lambda: workplace.panel.loads == before + 1)


def read_by(program):
    return program.work.actor.reference


def test_that_a_ward_renamed_on_another_workstation_is_seen_at_once(
    qtbot, workplace, program, admin
):
    """[Q18] Though its name is read once: the change is announced."""
    database = program.work.database
    known = database.metrics.spared_queries
    workplace.refresh()
    qtbot.waitUntil(lambda: database.metrics.spared_queries > known)
    renamed = "UPDATE room.wards SET name = 'A new name' WHERE name = %s"
    admin.execute(renamed, (workplace.panel.shown.text(),))
    qtbot.waitUntil(lambda: workplace.panel.shown.text() == "A new name")


def test_that_a_lost_listener_forgets_what_was_read(qtbot, workplace, program, admin):
    """[Q18] Whatever changed until it listens again was told to nobody here."""
    read = read_by(program)
    read.keep("asked", "answer", read.epoch)
    with qtbot.waitSignal(program.listener.disconnected):
        admin.execute(LISTENERS_END)
    assert read.find("asked") is None
    qtbot.waitUntil(lambda: workplace.top_line.lamp.text() == "● live")
    assert read.find("asked") is None


def test_that_what_was_read_of_one_server_is_forgotten_before_another_is_read(
    qtbot, workplace, program
):
    """[Q18] The other may never have got a change of it, and nobody would tell that."""
    read, found = read_by(program), []
    read.keep("asked", "answer", read.epoch)
    assert read.find("asked") == ("answer",)
    workplace.panel.load = lambda: found.append(read.find("asked"))
    program.work.database.events.tell(PrimaryMoved(host="db2", port=5432))
    qtbot.waitUntil(lambda: found[-1:] == [None])


@pytest.mark.usefixtures("workplace")
def test_that_what_was_read_is_forgotten_when_the_screen_is_locked_and_unlocked(qtbot, program):
    """[Q18]"""
    read = read_by(program)
    read.keep("asked", "answer", read.epoch)
    program.lock("Locked by hand.")
    assert read.find("asked") is None
    read.keep("asked", "answer", read.epoch)
    unlock(qtbot, program)
    assert read.find("asked") is None
    assert read_by(program) is read


@pytest.mark.usefixtures("workplace")
def test_that_the_next_person_knows_nothing_of_what_the_last_one_read(qtbot, program):
    """[Q18]"""
    read = read_by(program)
    read.keep("asked", "answer", read.epoch)
    program.sign_out()
    assert read.find("asked") is None
    enter(qtbot, program, "wes")
    assert read_by(program) is not read
    read.keep("asked", "answer", read.epoch)
    assert read.find("asked") is None


def test_that_a_broken_listener_is_seen_at_the_lamp_and_mends_itself(qtbot, workplace, admin):
    words = []
    workplace.freshness_changed.connect(lambda reading: words.append(reading.words))
    before = workplace.panel.loads
    admin.execute(LISTENERS_END)
    qtbot.waitUntil(lambda: bool(words) and words[-1] == "live")
    assert words[0].startswith("stale since")
    assert workplace.panel.loads > before


def test_that_the_demo_band_stands_on_every_page(qtbot, program):
    """[P15]"""
    assert "demo" in program.window.bands.shown
    enter(qtbot, program)
    assert "demo" in program.window.bands.shown
    program.lock("Locked by hand.")
    assert "demo" in program.window.bands.shown


def test_that_the_servers_own_word_on_what_it_is_shows_too(workplace, program):
    assert program.window.bands.shown == {"demo", "test"}


def test_that_locking_hides_everything_and_keeps_what_was_typed(qtbot, workplace, program):
    workplace.panel.admit.trigger()
    sheet = workplace.sheets.sheet
    qtbot.keyClicks(program.window.focusWidget(), "Okoro")
    workplace.ask_for_anything()
    qtbot.keyClick(workplace.palette_card.line, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert program.window.is_locked
    assert not workplace.isVisible()
    assert not sheet.isVisible()
    assert "OKORO" not in program.window.windowTitle().upper()
    assert "What you typed is kept" in program.window.lock_screen.card.words.text()
    unlock(qtbot, program)
    assert not program.window.is_locked
    assert sheet.isVisible()
    assert sheet.form.value("name") == "Okoro"


def test_that_nothing_can_be_done_by_key_while_locked(qtbot, workplace, program):
    program.lock("Locked by hand.")
    for key in (Qt.Key.Key_K, Qt.Key.Key_W, Qt.Key.Key_1):
        qtbot.keyClick(
            program.window.lock_screen.card.password, key, Qt.KeyboardModifier.ControlModifier
        )
    assert workplace.palette_card.isHidden()
    assert program.window.is_locked


def test_that_unlocking_begins_a_new_session_and_ends_the_old_one(
    qtbot, workplace, program, admin
):
    program.lock("Locked by hand.")
    unlock(qtbot, program)
    qtbot.waitUntil(lambda: sessions(admin) == [(False,), (True,)])
    before = workplace.panel.loads
    with qtbot.waitSignal(workplace.panel.loaded):
        workplace.refresh()
    assert workplace.panel.loads > before


def test_that_a_wrong_password_does_not_unlock(qtbot, workplace, program):
    program.lock("Locked by hand.")
    unlock(qtbot, program, "guess")
    assert program.window.is_locked
    assert "not right" in program.window.lock_screen.card.notice.text


def test_that_five_minutes_without_input_lock(qtbot, workplace, program):
    assert program.idle._limit == timedelta(minutes=5)
    program.idle.left_alone.emit()
    assert program.window.is_locked
    assert "Nobody used" in program.window.lock_screen.card.words.text()
    assert not program.idle.is_watching
    unlock(qtbot, program)
    assert program.idle.is_watching


def test_that_a_session_the_server_ended_locks_and_says_so(qtbot, workplace, program, admin):
    admin.execute("UPDATE public.sessions SET ended_at = now(), end_reason = 'revoked'")
    with qtbot.waitSignal(program.work.sign_in_lost):
        workplace.refresh()
    assert program.window.is_locked
    assert "signed out" in program.window.lock_screen.card.words.text()
    unlock(qtbot, program)
    qtbot.waitUntil(lambda: not workplace.panel.notice.text)
    assert not workplace.panel.is_stale


def test_that_another_person_signs_the_first_one_out(qtbot, workplace, program, admin):
    program.lock("Locked by hand.")
    with qtbot.waitSignal(program.signed_out):
        qtbot.mouseClick(program.window.lock_screen.card.another_button, Qt.MouseButton.LeftButton)
    assert program.window.workplace is None
    assert program.listener is None
    qtbot.waitUntil(lambda: sessions(admin) == [(False,)])
    enter(qtbot, program, "wes")
    assert program.window.workplace.place.name == "Ward 3 West"
    assert not shiboken6.isValid(workplace)


@pytest.mark.parametrize("agreed", [True, False])
def test_that_signing_out_asks_before_an_entry_is_lost(
    qtbot, workplace, program, monkeypatch, agreed
):
    monkeypatch.setattr("ui.program.ask", lambda *_: agreed)
    workplace.open_sheet(OneSheet(workplace.context))
    qtbot.keyClicks(program.window.focusWidget(), "Okoro")
    workplace.sign_out_asked.emit()
    assert (program.window.workplace is None) is agreed


def test_that_locking_closes_an_open_question_and_hides_other_windows(qtbot, workplace, program):
    other, wall = QWidget(), QWidget()
    wall.setProperty(STAYS_WHEN_LOCKED, True)  # noqa: FBT003 - Qt's
    for window in (other, wall):
        qtbot.addWidget(window)
        window.show()

    def lock_while_asked():
        assert isinstance(QApplication.activeModalWidget(), QMessageBox)
        program.lock("Nobody was there.")

    QTimer.singleShot(0, lock_while_asked)
    assert question.ask(program.window, "Really?", "Yes") is False
    assert not other.isVisible()
    assert wall.isVisible()
    unlock(qtbot, program)
    assert other.isVisible()


def test_that_real_input_keeps_the_servers_session_alive(qtbot, workplace, program, admin):
    admin.execute("UPDATE public.sessions SET last_seen_at = now() - interval '3 min'")
    program.idle.used.emit()
    seen = "SELECT last_seen_at > now() - interval '1 min' FROM public.sessions"
    qtbot.waitUntil(lambda: admin.execute(seen).fetchone() == (True,))


def test_that_closing_ends_every_thread_and_the_session(qtbot, qapp, program, admin):
    before = threading.active_count()
    enter(qtbot, program)
    with qtbot.waitSignal(program.closed):
        program.window.close()
    assert program.listener is None
    assert threading.active_count() <= before
    assert sessions(admin) == [(False,)]


def test_that_closing_asks_before_an_entry_is_lost(qtbot, workplace, program, monkeypatch):
    answers = [False, True]
    monkeypatch.setattr("ui.main_window.ask", lambda *_: answers.pop(0))
    workplace.open_sheet(OneSheet(workplace.context))
    qtbot.keyClicks(program.window.focusWidget(), "Okoro")
    program.window.close()
    assert program.window.isVisible()
    with qtbot.waitSignal(program.closed):
        program.window.close()


def test_that_light_and_dark_are_kept(qtbot, workplace, program):
    workplace.scheme_asked.emit()
    assert theme.scheme() is theme.Scheme.DARK
    assert program._preferences.scheme is theme.Scheme.DARK
    workplace.scheme_asked.emit()
    assert theme.scheme() is theme.Scheme.LIGHT


@pytest.fixture
def real(qtbot, qapp, tmp_path, station_settings):
    """The program with the panels it ships with, Nora signed in."""
    theme.apply(qapp, theme.Scheme.LIGHT)
    program = Program(
        lambda: Access(station_settings(), STATION_PASSWORD),
        ARRANGEMENT,
        Preferences(tmp_path / "preferences.ini"),
        environment="demo",
    )
    program.start()
    enter(qtbot, program)
    qtbot.waitUntil(lambda: program.window.workplace.panel.loaded_at is not None)
    yield program
    program.close()
    program.window.deleteLater()
    program.deleteLater()
    qapp.processEvents()


def test_that_the_wall_stays_and_stays_true_while_the_workstation_is_locked(qtbot, real, admin):
    board = real.window.workplace.panel_of(BOARD)
    board.open_wall()
    real.lock("Nobody was there.")
    assert board.wall.isVisible()
    assert not board.isVisible()
    with qtbot.waitSignal(board.loaded):
        admin.execute("SELECT pg_notify('ward', %s)", (f"{world.id_of('east')}:beds",))
    board.wall.close()


def test_that_the_board_opens_a_patients_chart_and_the_way_back(
    qtbot, real, database, nurse, admin
):
    admit(database, nurse, "Okafor", "Ada")
    admin.execute("SELECT pg_notify('ward', %s)", (f"{world.id_of('east')}:beds",))
    workplace = real.window.workplace
    board = workplace.panel_of(BOARD)
    qtbot.waitUntil(lambda: bool(board.found("okafor")))
    board.found("okafor")[0].run()
    qtbot.keyClick(real.window.focusWidget(), Qt.Key.Key_Return)
    chart = workplace.panel
    assert chart is workplace.panel_of(CHART)
    assert chart.patient.family_name == "Okafor"
    chart.left.emit()
    assert workplace.panel is board


def test_that_the_board_opens_its_sheets(qtbot, real, database, nurse, admin):
    admit(database, nurse, "Okafor", "Ada")
    admin.execute("SELECT pg_notify('ward', %s)", (f"{world.id_of('east')}:beds",))
    workplace = real.window.workplace
    board = workplace.panel_of(BOARD)
    qtbot.waitUntil(lambda: bool(board.found("okafor")))
    board.found("okafor")[0].run()
    for key, title in ((Qt.Key.Key_T, "Transfer"), (Qt.Key.Key_O, "Observations")):
        workplace.panel.setFocus()
        qtbot.keyClick(real.window.focusWidget(), key)
        assert workplace.sheets.sheet.title == f"{title}: OKAFOR, Ada"


def test_that_nothing_of_a_person_stays_in_memory_after_signing_out(qtbot, program):
    enter(qtbot, program)
    left = things_of_the_person(qtbot, program)
    program._end()
    until_collected(qtbot, *left)


def things_of_the_person(qtbot, program):
    workplace = program.window.workplace
    qtbot.waitUntil(lambda: workplace.panel.loaded_at is not None)
    workplace.open_sheet(OneSheet(workplace.context))
    things = (
        workplace,
        workplace.panel,
        workplace.sheets.sheet,
        workplace.context.drafts,
        program.work,
        program.window.lock_screen,
    )
    return [weakref.ref(thing) for thing in things]


def test_that_signing_out_does_not_wait_for_the_listener(qtbot, workplace, program, monkeypatch):
    listener = program.listener
    waited = []
    monkeypatch.setattr(ChangeListener, "wait", lambda *_: waited.append(True))
    program.sign_out()
    assert waited == []
    assert program.listener is None
    monkeypatch.undo()
    qtbot.waitUntil(lambda: not shiboken6.isValid(listener))


def test_that_nothing_listens_before_the_first_panel_is_read(qtbot, program):
    running = []
    program.signed_in.connect(lambda _workplace: running.append(program.listener.isRunning()))
    enter(qtbot, program)
    assert running == [False]
    qtbot.waitUntil(program.listener.isRunning)
    assert program.window.workplace.panel.loaded_at is not None


def test_that_a_first_panel_that_cannot_be_read_is_not_waited_for(qtbot, program, monkeypatch):
    def fail(_tx):
        raise DatabaseUnavailableError("not now")

    monkeypatch.setattr(WardsPanel, "load", lambda panel: panel.read(print, fail))
    enter(qtbot, program)
    qtbot.waitUntil(program.listener.isRunning)


def test_that_signing_out_before_listening_leaves_no_listener(qtbot, program):
    left = []

    def leave(_workplace):
        left.append(program.listener)
        program.sign_out()

    program.signed_in.connect(leave)
    with qtbot.waitSignal(program.signed_out):
        program.sign_in("nora", world.PASSWORD)
    qtbot.waitUntil(lambda: not shiboken6.isValid(left[0]))
