import gc
import logging
import sys
import weakref

import pytest
import shiboken6
from PySide6.QtCore import QObject

from ui import app, theme
from ui.incidents import UnexpectedProblemError, install_excepthook
from ward_app.core.errors import ConflictError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WARD_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def no_collector_left(qapp):
    yield
    # it would go on through the tests that follow, and collect windows only a frame had held
    for timer in qapp.findChildren(app.GarbageTimer):
        shiboken6.delete(timer)


@pytest.fixture
def log_taken_back():
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def configure(home, text):
    (home / "config.toml").write_text(text, encoding="utf-8")


def test_that_the_application_has_the_look_and_a_log_of_its_own(
    qapp, home, log_taken_back, no_collector_left
):
    made = app.make_application(["ward-app"])
    assert made is qapp
    assert len(made.findChildren(app.GarbageTimer)) == 1
    assert made.font().family() == theme.font().family()
    logging.getLogger("ward").warning("something to find")
    log = home / "logs" / "ward-app.log"
    assert "something to find" in log.read_text(encoding="utf-8")
    assert (home / "logs" / "crash.log").stat().st_mode & 0o077 == 0


def test_that_all_garbage_is_looked_for_once_the_screen_was_left(
    qtbot, qapp, monkeypatch, no_collector_left
):
    collected = []
    monkeypatch.setattr(app.gc, "collect", collected.append)
    monkeypatch.setattr(app, "FULL_EVERY", 1_000_000)
    timer = app.GarbageTimer(qapp)
    timer.setInterval(1)
    qtbot.waitUntil(lambda: len(collected) > 3)
    assert set(collected) == {app._YOUNG}
    timer._unwatched.setInterval(0)
    timer.note_leaving()
    qtbot.waitUntil(lambda: app._EVERYTHING in collected)


def test_that_all_garbage_is_looked_for_now_and_then_where_nobody_leaves(
    qtbot, qapp, monkeypatch, no_collector_left
):
    collected = []
    monkeypatch.setattr(app.gc, "collect", collected.append)
    monkeypatch.setattr(app, "FULL_EVERY", 5)
    app.GarbageTimer(qapp).setInterval(1)
    qtbot.waitUntil(lambda: len(collected) >= 10)
    assert collected[:10] == [*[app._YOUNG] * 4, app._EVERYTHING] * 2


def test_that_garbage_is_collected_by_the_gui_threads_timer(qtbot, qapp, no_collector_left):
    timer = app.GarbageTimer(qapp)
    timer.setInterval(5)
    cycle = QObject()
    cycle.itself = cycle
    gone = weakref.ref(cycle)
    del cycle
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: gone() is None)


@pytest.mark.parametrize(
    ("text", "environment"),
    [('environment = "training"', "training"), ("", "production"), ("nonsense = [", "production")],
)
def test_that_settings_that_cannot_be_read_count_as_production(home, text, environment):
    """[C21]"""
    configure(home, text)
    assert app._settings().environment == environment


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    problems = []
    install_excepthook(problems.append)
    return problems


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_that_an_error_nobody_caught_is_told_with_an_incident_number(told, caplog):
    sys.excepthook(*raised(KeyError("OKORO, Ada")))
    [problem] = told
    assert isinstance(problem, UnexpectedProblemError)
    assert problem.incident in caplog.text
    assert "OKORO" not in caplog.text + str(problem)


def test_that_a_ward_error_nobody_caught_is_told_as_it_stands(told):
    sys.excepthook(*raised(ConflictError("Bed 12 is taken.")))
    assert [str(problem) for problem in told] == ["Bed 12 is taken."]


def test_that_ctrl_c_stays_ctrl_c(told, capsys):
    sys.excepthook(*raised(KeyboardInterrupt()))
    assert told == []
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_that_the_cause_of_an_error_is_found_in_the_log(told, caplog):
    def inner():
        raise ValueError("400 123 4567")

    try:
        try:
            inner()
        except ValueError as error:
            raise KeyError("patient") from error
    except KeyError:
        sys.excepthook(*sys.exc_info())
    assert "KeyError" in caplog.text
    assert "caused by ValueError" in caplog.text
    assert "inner" in caplog.text
    assert "4567" not in caplog.text
