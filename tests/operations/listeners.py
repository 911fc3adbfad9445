"""A mail server and a webhook of a test, on this computer alone."""

from __future__ import annotations

import json
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


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
