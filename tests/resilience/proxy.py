"""Stands between a workstation and its server, and breaks connections on cue."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

# psycopg sends it as a statement of its own
_COMMIT = b"COMMIT\x00"
_BLOCK = 65_536


class Proxy:
    """A socket that leads to the server's.

    Attributes:
        folder: the host of who connects through it.
        commits_to_lose: so many of the next commits never reach the server.
        answers_to_lose: so many after them reach it, but the answer is lost.
        is_closed_after: whether nobody gets through any more after a loss.
        refusal: what who then tries is told; empty: cut off without a word.
        delay_s: how much later than it was sent each block arrives, both ways.
        is_silent: whether whatever is sent vanishes, both ways, and nobody hangs up; a connection
            that lost something so stays dead for good, as behind a pulled cable.
        lost: how many commits were lost, one way or the other.
    """

    def __init__(self, folder: Path, server_socket: Path) -> None:
        self.folder = folder
        self.answers_to_lose = self.commits_to_lose = self.lost = 0
        self.is_closed_after = self._is_closed = False
        self.refusal = ""
        self.delay_s = 0.0
        self.is_silent = False
        self._server_socket = server_socket
        self._lock = Lock()
        self._ended = Event()
        self._sockets: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / server_socket.name))
        self._listening.listen()
        self._start(self._accept)

    def open(self) -> None:
        """Let connections through again."""
        self._is_closed = False

    def shut(self) -> None:
        """Cut everything that goes through, and let nobody through any more."""
        self._is_closed = True
        with self._lock:
            sockets, self._sockets = self._sockets, []
        self._cut(*sockets)

    def close(self) -> None:
        """Cut everything and end."""
        self._ended.set()
        self._cut(self._listening, *self._sockets)
        for thread in self._threads:
            thread.join(5)

    def _start(self, work, *arguments) -> None:
        thread = Thread(target=work, args=arguments, name="proxy", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                if self._is_closed:
                    raise ConnectionRefusedError
                server.connect(str(self._server_socket))
            except OSError:
                self._refuse(client)
                self._cut(client, server)
                continue
            with self._lock:
                self._sockets += [client, server]
            loss = _Loss()
            self._start(self._to_server, client, server, loss)
            self._start(self._to_client, client, server, loss)

    def _refuse(self, client) -> None:
        """Answer as PostgreSQL does to who may not come in."""
        if self.refusal:
            client.recv(_BLOCK)
            text = f"SFATAL\0VFATAL\0C28000\0M{self.refusal}\0\0".encode()
            client.sendall(b"E" + (4 + len(text)).to_bytes(4, "big") + text)

    def _to_server(self, client, server, loss) -> None:
        with suppress(OSError):
            while block := client.recv(_BLOCK):
                if _COMMIT in block and self._loses(loss):
                    break
                self._pass_on(block, server, loss)
        if not loss.answer:
            self._cut(client, server)

    def _to_client(self, client, server, loss) -> None:
        with suppress(OSError):
            while block := server.recv(_BLOCK):
                if loss.answer:
                    break  # committed, and nobody hears of it
                self._pass_on(block, client, loss)
        self._cut(client, server)

    def _pass_on(self, block, to, loss) -> None:
        self._ended.wait(self.delay_s)
        loss.line = loss.line or self.is_silent
        if not loss.line:
            to.sendall(block)

    def _loses(self, loss) -> bool:
        """Note what is lost of this commit; whether it must not even reach the server."""
        with self._lock:
            if self.commits_to_lose:
                self.commits_to_lose -= 1
            elif self.answers_to_lose:
                self.answers_to_lose -= 1
                loss.answer = True
            else:
                return False
            self.lost += 1
            self._is_closed = self.is_closed_after
            return not loss.answer

    @staticmethod
    def _cut(*ends) -> None:
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class _Loss:
    """What one connection is about to lose: the answer to its commit, or everything."""

    answer = False
    line = False
