"""Several servers of one database: the one that answered last is tried first. No I/O.

A server that is switched off may take seconds to be given up, each time a connection is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

# libpq waits for each server for so long; it knows no less
_LEAST_WAIT_S = 2


class Hosts:
    """Where connections are made to; for every thread."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        """Take libpq's own arguments; `host` and `port` may name several, with commas between."""
        self._rest = dict(arguments)
        hosts = str(self._rest.pop("host")).split(",")
        ports = str(self._rest.pop("port")).split(",")
        if len(ports) == 1:
            ports *= len(hosts)
        self._servers = [
            (host.strip(), port.strip()) for host, port in zip(hosts, ports, strict=True)
        ]
        self._lock = Lock()
        self._at: tuple[str, str] | None = None

    def arguments(self) -> dict[str, Any]:
        """Return libpq's arguments, which share the time for connecting among the servers."""
        with self._lock:
            hosts, ports = zip(*self._servers, strict=True)
        timeout_s = self._rest["connect_timeout"]
        if len(hosts) > 1:
            timeout_s = max(_LEAST_WAIT_S, timeout_s // len(hosts))
        return {
            **self._rest,
            "host": ",".join(hosts),
            "port": ",".join(ports),
            "connect_timeout": timeout_s,
        }

    def note(self, host: str, port: int) -> bool:
        """Try this server first from now on; return whether another one was used before."""
        server = (host, f"{port}")
        with self._lock:
            moved = self._at is not None and self._at != server
            self._at = server
            if server in self._servers:
                self._servers.remove(server)
                self._servers.insert(0, server)
        return moved
