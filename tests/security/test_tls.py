"""The way to the server: encrypted, to the right server, from a workstation that proves itself.

Against a real PostgreSQL that speaks TLS, with a certificate authority made here.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.conftest import STATION_PASSWORD
from tests.security.authority import Authority
from tests.server_files import append, free_port, put, put_certificate, reload
from ward_app.core.database import Database
from ward_app.core.errors import ConfigurationError, TlsError
from ward_app.core.settings import DatabaseSettings
from ward_app.operations.accounts import system_folder_for
from ward_app.operations.cluster import private_cluster

STATION = "ws_tls"
# as `pg_hba.conf` of a hospital: encrypted, with certificate and password, or not at all
ACCESS = """
hostssl all +ward_client 127.0.0.1/32 scram-sha-256 clientcert=verify-full
host    all all          all          reject
"""


class TlsServer:
    """A server on a port of this computer, whose certificate can be changed."""

    def __init__(self, folder):
        self.authority = Authority(folder / "authority")
        self._cluster = private_cluster(folder / "cluster", fast_unsafe=True)
        self._cluster.start()
        self.data = Path(self._cluster.data_dir)
        self.port = free_port()
        self.folder = folder
        with psycopg.connect(self._cluster.dsn("postgres"), autocommit=True) as admin:
            admin.execute("CREATE ROLE ward_client")
            admin.execute(
                f"CREATE ROLE {STATION} LOGIN PASSWORD '{STATION_PASSWORD}' IN ROLE ward_client"
            )
        append(
            self.data,
            "postgresql.conf",
            f"listen_addresses = '127.0.0.1'\nport = {self.port}\nssl = on\n"
            "ssl_cert_file = 'server.pem'\nssl_key_file = 'server.key'\nssl_ca_file = 'ca.pem'\n",
        )
        put(self.data, self.authority.ca, "ca.pem")
        self.show(self.authority.certificate("localhost", is_server=True), reload=False)
        self._cluster.stop()
        self._cluster.start()
        # a start writes the file of a private cluster
        append(self.data, "pg_hba.conf", ACCESS)
        self.reload()

    def show(self, certificate, *, reload=True):
        """Let the server show another certificate from now on."""
        put_certificate(self.data, certificate)
        if reload:
            self.reload()

    def set_tls(self, *, on):
        """Turn encryption on or off."""
        append(self.data, "postgresql.conf", f"ssl = {'on' if on else 'off'}\n")
        self.reload()

    def reload(self):
        reload(self.admin_dsn)

    @property
    def admin_dsn(self):
        return f"{self._cluster.dsn('postgres')} port={self.port}"

    def destroy(self):
        self._cluster.destroy()


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    folder.chmod(0o711)
    server = TlsServer(folder)
    yield server
    server.destroy()
    shutil.rmtree(system_folder_for(folder / "cluster"), ignore_errors=True)


@pytest.fixture
def settings(tls_server):
    """What a workstation of a hospital is set to."""
    own = tls_server.authority.certificate(STATION)
    return DatabaseSettings(
        host="localhost",
        port=tls_server.port,
        name="postgres",
        user=STATION,
        sslrootcert=str(tls_server.authority.ca),
        sslcert=str(own.cert),
        sslkey=str(own.key),
    )


@pytest.fixture
def reach():
    """Ask over a connection of these settings whether it is encrypted."""
    opened = []

    def reach(settings):
        opened.append(Database.connect(settings, STATION_PASSWORD))
        encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        return opened[-1].run(None, lambda tx: tx.value(encrypted))

    yield reach
    for database in opened:
        database.close()


def test_that_the_right_server_is_reached_encrypted(settings, reach):
    """[F01] [A07]"""
    assert settings.sslmode == "verify-full"
    assert reach(settings) is True


def refused(reach, settings, words):
    """Assert that IT can read in clear words what to mend, and that nobody else is told a code."""
    with pytest.raises(TlsError, match=words) as found:
        reach(settings)
    said = str(found.value)
    assert "SSL" not in said
    assert "FATAL" not in said
    assert STATION_PASSWORD not in said


def test_that_a_server_of_another_name_is_refused(settings, reach):
    """[F03]"""
    refused(reach, replace(settings, host="127.0.0.1"), r"another name.*database\.host")


def test_that_a_server_of_another_authority_is_refused(settings, reach, tmp_path):
    """[F03]"""
    other = Authority(tmp_path, "Somebody else")
    refused(reach, replace(settings, sslrootcert=str(other.ca)), r"trusted.*database\.sslrootcert")


def test_that_a_missing_authority_is_named(settings, reach, tmp_path):
    """[F03]"""
    missing = replace(settings, sslrootcert=str(tmp_path / "none.pem"))
    refused(reach, missing, r"missing on this workstation.*database\.sslrootcert")


def test_that_a_workstation_without_a_certificate_is_refused(settings, reach, monkeypatch):
    """[A07]"""
    bare = replace(settings, sslcert="", sslkey="")
    refused(reach, bare, r"certificate of its own.*database\.sslcert")


def test_that_the_certificate_of_another_workstation_is_refused(settings, reach, tls_server):
    """[A07] A credential alone, or a certificate alone, is worth nothing."""
    other = tls_server.authority.certificate("ws_other_desk")
    swapped = replace(settings, sslcert=str(other.cert), sslkey=str(other.key))
    with pytest.raises(ConfigurationError, match="does not accept this workstation"):
        reach(swapped)


def test_that_a_certificate_of_the_workstations_own_making_is_refused(settings, reach, tmp_path):
    own = Authority(tmp_path, "Test hospital CA").certificate(STATION)
    made_up = replace(settings, sslcert=str(own.cert), sslkey=str(own.key))
    refused(reach, made_up, "none that it accepts")


def test_that_an_expired_certificate_of_the_workstation_is_refused(settings, reach, tls_server):
    old = tls_server.authority.certificate(STATION, expired=True)
    refused(reach, replace(settings, sslcert=str(old.cert), sslkey=str(old.key)), "none that it")


def test_that_a_key_that_everybody_may_read_is_named(settings, reach, tmp_path):
    open_key = tmp_path / "open.key"
    shutil.copyfile(settings.sslkey, open_key)
    open_key.chmod(0o644)
    refused(reach, replace(settings, sslkey=str(open_key)), "owner alone")


def test_that_an_expired_certificate_of_the_server_is_refused(settings, reach, tls_server):
    tls_server.show(tls_server.authority.certificate("localhost", is_server=True, expired=True))
    try:
        refused(reach, settings, "expired")
    finally:
        tls_server.show(tls_server.authority.certificate("localhost", is_server=True))
    assert reach(settings)


def test_that_a_server_without_encryption_is_refused_and_sent_nothing(settings, reach, tls_server):
    """[F01]"""
    tls_server.set_tls(on=False)
    try:
        refused(reach, settings, "offers no encryption, so nothing was sent")
        # nor is a workstation let in that would do without
        refused(reach, replace(settings, sslmode="disable"), "encrypted connections only")
    finally:
        tls_server.set_tls(on=True)
    refused(reach, replace(settings, sslmode="disable"), "encrypted connections only")
    assert reach(settings)
