"""Files and settings of a test's own server."""

from __future__ import annotations

import os
import shutil
import socket

import psycopg


def put(data_dir, file, name):
    """Copy a file there as the server wants its keys: its own, and for nobody else to read."""
    target = data_dir / name
    shutil.copyfile(file, target)
    owner = data_dir.stat()
    if os.geteuid() == 0:
        os.chown(target, owner.st_uid, owner.st_gid)
    target.chmod(0o600)


def append(data_dir, name, text):
    """Add settings or access lines to a file that is there."""
    with (data_dir / name).open("a", encoding="utf-8") as file:
        file.write(text)


def put_certificate(data_dir, certificate):
    """Let the server show this certificate as `server.pem`, once it reads its settings anew."""
    put(data_dir, certificate.cert, "server.pem")
    put(data_dir, certificate.key, "server.key")


def reload(admin_dsn):
    """Let the server read its settings anew, and wait until it has."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        before = admin.execute("SELECT pg_conf_load_time()").fetchone()
        admin.execute("SELECT pg_reload_conf()")
        while admin.execute("SELECT pg_conf_load_time()").fetchone() == before:
            pass


def free_port():
    """Return a port of this computer that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]
