import gc
import logging
import sys
import weakref

import pytest
import shiboken6
from keyring.backend import KeyringBackend
from PySide6.QtCore import QObject

from ui import app, theme
from ui.incidents import UnexpectedProblemError, install_excepthook
from ward_app.core.errors import ConfigurationError, ConflictError
from ward_app.core.places import places
from ward_app.core.secret_store import SecretStore


class InMemoryKeyring(KeyringBackend):
    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


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


@pytest.fixture
def keyring_in_memory(monkeypatch):
    backend = InMemoryKeyring()
    monkeypatch.setattr("ward_app.core.secret_store.trusted_backend", lambda: backend)
    return backend


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


def test_that_garbage_is_collected_by_the_gui_threads_timer(qtbot, qapp, no_collector_left):
    timer = app.GarbageTimer(qapp)
    timer.setInterval(5)
    cycle = QObject()
    cycle.itself = cycle
    gone = weakref.ref(cycle)
    del cycle
    assert not gc.isenabled()
    qtbot.waitUntil(lambda: gone() is None)


def test_that_the_credential_comes_from_the_keyring(home, keyring_in_memory):
    configure(home, '[database]\nhost = "ward-db"\nuser = "ws_alpha"\n')
    SecretStore(str(places().config_file), keyring_in_memory).put("ws_alpha", "s3cret")
    access = app._access_of_this_computer()
    assert access.password == "s3cret"  # noqa: S105 - invented
    assert access.settings.host == "ward-db"
    assert "s3cret" not in repr(access)


def test_that_a_missing_credential_is_told(home, keyring_in_memory):
    configure(home, '[database]\nhost = "ward-db"\nuser = "ws_alpha"\n')
    with pytest.raises(ConfigurationError, match="no credential for the ward database"):
        app._access_of_this_computer()


def test_that_a_local_server_may_know_the_workstation_without_a_credential(
    home, keyring_in_memory
):
    configure(home, '[database]\nhost = "/run/ward"\nuser = "ws_alpha"\n')
    assert app._access_of_this_computer().password is None


@pytest.mark.parametrize(
    ("text", "environment"),
    [('environment = "training"', "training"), ("", "production"), ("nonsense = [", "production")],
)
def test_that_settings_that_cannot_be_read_count_as_production(home, text, environment):
    configure(home, text)
    assert app._environment() == environment


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
