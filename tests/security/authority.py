"""A certificate authority of the tests' own, and certificates by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Certificate:
    """Files of a certificate and its key."""

    cert: Path
    key: Path


class Authority:
    """Signs what it is asked to; its own certificate is `ca`."""

    def __init__(self, folder, name="Test hospital CA"):
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        signed = (
            _about(self._name, self._name, self._key.public_key())
            .add_extension(constraint, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(signed.public_bytes(Encoding.PEM))

    def certificate(self, name, *, is_server=False, expired=False):
        """Return a certificate for a host (`is_server`), or for a workstation's role."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _about(_name(name), self._name, key.public_key(), expired=expired)
        if is_server:
            names = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(names, critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        stem = f"{name}{'-expired' if expired else ''}"
        made = Certificate(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
        made.cert.write_bytes(signed.public_bytes(Encoding.PEM))
        made.key.touch(mode=0o600)
        made.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return made


def _about(subject, issuer, public_key, *, expired=False):
    now = datetime.now(UTC)
    end = now - timedelta(hours=1) if expired else now + timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(end)
    )


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
