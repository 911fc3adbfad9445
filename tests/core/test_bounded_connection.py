"""A connection that cannot be made leaves nothing behind."""

from __future__ import annotations

import socket
from threading import Thread

import psycopg
import pytest

from tests.patience import PATIENCE_S
from ward_app.core.bounded_connection import BoundedConnection


@pytest.fixture
def silent(tmp_path):
    """A server that takes connections and never says a word: (folder, its socket)."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / ".s.PGSQL.5432"))
        door.listen()
        yield tmp_path, door


def test_that_a_server_that_did_not_answer_is_hung_up_on(silent):
    """Else it keeps a process waiting for each of the workstations' tries, a minute long."""
    folder, door = silent
    heard = []

    def listen():
        peer, _ = door.accept()
        with peer:
            peer.settimeout(PATIENCE_S)
            while block := peer.recv(1024):
                heard.append(block)
            heard.append(block)

    thread = Thread(target=listen)
    thread.start()
    with pytest.raises(psycopg.OperationalError, match="timeout") as kept:
        BoundedConnection.connect(host=str(folder), user="x", dbname="x", connect_timeout=2)
    thread.join(PATIENCE_S)
    assert heard[-1] == b""
    assert kept.value.sqlstate is None
