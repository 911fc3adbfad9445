"""A small server that answers Prometheus, on this computer alone unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from prometheus_client.exposition import CONTENT_TYPE_LATEST
from typing_extensions import override

from ward_app.core.errors import RuleBrokenError, WardError

_PATH = "/metrics"
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def of(cls, text: str, *, allow_network: bool) -> Address:
        """Return the address of "127.0.0.1:9187" or "[::1]:9187".

        Raises:
            RuleBrokenError: it is none, or reached from other computers and that is not meant.
        """
        host, _, port = text.rpartition(":")
        host = host.strip("[]")
        try:
            is_own = ip_address(host).is_loopback
        except ValueError:
            is_own = False
            host = ""
        if not host or not port.isdigit() or int(port) > _HIGHEST_PORT:
            raise RuleBrokenError(f"{text} is no address and port, such as 127.0.0.1:9187.")
        if not is_own and not allow_network:
            raise RuleBrokenError(
                f"{host} is reached from other computers, and whoever reaches it reads the "
                "figures. Listen on 127.0.0.1, or say that it is meant so: --allow-network."
            )
        return cls(host, int(port))


def make_server(address: Address, figures: Callable[[], str]) -> ThreadingHTTPServer:
    """Return a server that listens already and answers once it is run.

    Raises:
        RuleBrokenError: the port is taken, or not for this account.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != _PATH:
                self.send_error(404)
                return
            try:
                body = figures().encode()
            except WardError as error:
                # Prometheus then says that the target is down, which is true
                self.send_error(503, explain=str(error))
                return
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: one line for each look would fill a disk."""

    try:
        return ThreadingHTTPServer((address.host, address.port), Handler)
    except OSError as error:
        raise RuleBrokenError(
            f"Nothing can listen on {address.host}:{address.port}: {error.strerror}."
        ) from error


def serve_until_ended(address: Address, figures: Callable[[], str]) -> None:
    """Answer until Ctrl+C."""
    server = make_server(address, figures)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()
