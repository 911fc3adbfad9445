import threading
from time import monotonic
from uuid import uuid4

import pytest

from tests.conftest import STATION_PASSWORD
from tests.patience import PATIENCE_S
from ward_app.core import listen
from ward_app.core.listen import Changed, Connected, Disconnected, Listener


class Ear:
    """Collects what a listener yields, on a thread of its own."""

    def __init__(self, listener):
        self.listener = listener
        self.heard = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self):
        for event in self.listener.events():
            with self._news:
                self.heard.append(event)
                self._news.notify_all()

    def wait_for(self, enough):
        with self._news:
            assert self._news.wait_for(lambda: enough(self.heard), timeout=PATIENCE_S), self.heard

    def stop(self):
        began = monotonic()
        self.listener.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        return monotonic() - began


@pytest.fixture
def ear(station_settings):
    ears = []

    def listen(**options):
        connection = {**station_settings().conninfo(), "password": STATION_PASSWORD}
        ears.append(Ear(Listener(connection, **options)))
        ears[-1].wait_for(lambda heard: heard == [Connected()])
        return ears[-1]

    yield listen
    for each in ears:
        each.stop()


def test_that_what_others_change_is_heard_by_ward_and_kind(ear, admin):
    listening, ward = ear(), str(uuid4())
    admin.execute("SELECT pg_notify('ward', %s)", (f"{ward}:beds",))
    listening.wait_for(lambda heard: heard[1:] == [Changed(ward, "beds")])


def test_that_a_notification_of_another_form_is_passed_over(ear, admin):
    listening, ward = ear(), str(uuid4())
    for payload in ("", "nonsense", ":beds", f"{ward}:", f"{ward}:patients"):
        admin.execute("SELECT pg_notify('ward', %s)", (payload,))
    listening.wait_for(lambda heard: heard[1:] == [Changed(ward, "patients")])


def test_that_a_killed_connection_is_told_and_made_again(ear, admin):
    listening = ear()
    admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'ward-app listening' AND datname = current_database()"
    )
    listening.wait_for(lambda heard: len(heard) >= 3)
    assert isinstance(listening.heard[1], Disconnected)
    assert listening.heard[2] == Connected()


def test_that_a_heartbeat_does_not_lose_what_comes_with_it(ear, admin):
    listening, ward = ear(heartbeat_seconds=0), str(uuid4())
    for number in range(200):
        admin.execute("SELECT pg_notify('ward', %s)", (f"{ward}:{number}",))
    listening.wait_for(lambda heard: len(heard) == 201)
    assert [event.kind for event in listening.heard[1:]] == [str(n) for n in range(200)]


def test_that_listening_stops_at_the_next_look_and_not_at_the_next_heartbeat(ear):
    assert listen.POLL_SECONDS <= 0.1
    assert ear().stop() < listen.HEARTBEAT_SECONDS / 2


def test_that_waiting_for_a_server_that_is_away_stops_as_fast(tmp_path, monkeypatch):
    monkeypatch.setattr(listen, "FIRST_WAIT_SECONDS", 4 * PATIENCE_S)
    listening = Ear(Listener({"host": str(tmp_path), "user": "ws_alpha", "dbname": "ward"}))
    listening.wait_for(lambda heard: len(heard) >= 1)
    assert all(isinstance(event, Disconnected) for event in listening.heard)
    listening.stop()


def test_that_a_dead_peer_is_found_soon_whatever_patience_other_connections_have():
    listener = Listener({"host": "ward-db", "tcp_user_timeout": 60_000, "connect_timeout": 30})
    assert listener._connection["tcp_user_timeout"] == 4_000
    assert listener._connection["connect_timeout"] == 3
    assert listener._connection["autocommit"] is True
