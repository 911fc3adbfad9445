"""A mail server and a webhook of a test, on this computer alone."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.patience import PATIENCE_S
from tests.server_files import free_port


@contextmanager
def _running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mail_server():
    """Yield a server that takes every mail: its port, and the texts it got."""
    texts = []

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self):
            self.answer("220 here")
            for line in iter(self.rfile.readline, b""):
                word = line.decode().strip().upper()
                if word == "DATA":
                    self.answer("354 go on")
                    texts.append(self.body())
                self.answer("221 bye" if word == "QUIT" else "250 yes")
                if word == "QUIT":
                    return

        def answer(self, words):
            self.wfile.write(f"{words}\r\n".encode())

        def body(self):
            lines = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

    with _running(socketserver.TCPServer(("127.0.0.1", 0), Conversation)) as server:
        yield server.server_address[1], texts


class Inbox:
    """What a real mail server of a test took: mails, and who signed in with which password."""

    def __init__(self):
        self.texts = []
        self.signed_in = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.texts.append(envelope.content.decode())
        return "250 kept"

    def let_in(self, _server, _session, _envelope, _mechanism, data):
        self.signed_in.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right", handled=False)


@contextmanager
def tls_mail_server(certificate, *, at_once):
    """Yield a mail server that takes nothing in the clear: its port and its inbox.

    `at_once`: it is spoken to in TLS from the first byte on, else after STARTTLS.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.cert, certificate.key)
    inbox = Inbox()
    ways = {"ssl_context": context} if at_once else {"tls_context": context}
    server = Controller(
        inbox, hostname="localhost", port=free_port(), ready_timeout=PATIENCE_S,
        authenticator=inbox.let_in, auth_required=not at_once, require_starttls=not at_once,
        auth_require_tls=not at_once, **ways,
    )  # fmt: skip
    server.start()
    try:
        yield server.port, inbox
    finally:
        server.stop()


@contextmanager
def webhook(status=200):
    """Yield a webhook that answers so: its address, and the documents it got."""
    documents = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            documents.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *words):
            pass

    with _running(HTTPServer(("127.0.0.1", 0), Answer)) as server:
        yield f"http://127.0.0.1:{server.server_address[1]}/secret-path", documents
