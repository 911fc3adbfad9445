"""Tell people and programs how the work of IT went: e-mail and webhook. No patients.

A notice that cannot be sent never makes the work fail that it is about: what went wrong with it
is returned, for the log.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from socket import gethostname
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ward_app.core.errors import ConfigurationError, WardError
from ward_app.core.settings_operations import MailSecurity, NotifySettings
from ward_app.operations.kept_secrets import in_file

_WITHIN_S = 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told.

    Attributes:
        subject: one line.
        text: some sentences, what to do among them.
        is_good: whether all is well.
        facts: for programs, such as the size of a backup.
    """

    subject: str
    text: str
    is_good: bool
    facts: Mapping[str, str | int | float | None] = field(default_factory=dict)


def send(notice: Notice, settings: NotifySettings) -> list[str]:
    """Send a notice every way that is set, and return what went wrong, in sentences.

    Nothing is sent unless `notify.enabled`.
    """
    return list(_problems(notice, settings)) if settings.enabled else []


def _problems(notice: Notice, settings: NotifySettings) -> Iterator[str]:
    ways: tuple[tuple[str, str, Callable[[Notice, NotifySettings], None]], ...] = (
        ("e-mail", settings.email, _mail),
        ("webhook", settings.webhook, _post),
    )
    if not any(is_set for _, is_set, _ in ways):
        yield "Nobody was told: notify.email and notify.webhook are empty."
    for name, is_set, way in ways:
        if not is_set:
            continue
        try:
            way(notice, settings)
        except (OSError, HTTPException, WardError, ValueError) as error:
            yield f"The notice by {name} was not sent: {_why(error)}."


def _why(error: Exception) -> str:
    """Return why, without the webhook's address, which may be as good as a password."""
    if isinstance(error, HTTPError):
        return f"the answer was {error.code}"
    if isinstance(error, WardError):
        return str(error).rstrip(".")
    if isinstance(error, smtplib.SMTPException):
        return _why_no_mail(error)
    # urlopen wraps what went wrong; an error of TLS has a reason that is a mere word
    wrapped = getattr(error, "reason", None)
    reason = wrapped if isinstance(wrapped, Exception) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"the certificate of that server is not to be trusted: {reason.verify_message}"
    return str(getattr(reason, "strerror", None) or type(reason).__name__)


def _why_no_mail(error: smtplib.SMTPException) -> str:
    """Return why, without addresses and without what the server said to them."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "the mail server does not let notify.smtp_user in with that password"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the mail server cannot do what notify.smtp_security or smtp_user asks for"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the answer was {error.smtp_code}"
    return type(error).__name__


def _mail(notice: Notice, settings: NotifySettings) -> None:
    if not settings.smtp_host:
        raise ConfigurationError("notify.smtp_host is empty.")
    message = EmailMessage()
    message["Subject"] = " ".join(f"Ward App: {notice.subject}".split())
    message["From"] = settings.sender or f"ward-app@{gethostname()}"
    message["To"] = settings.email
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{notice.text}\n\n{_lines(notice)}")
    with _server(settings) as server:
        if settings.smtp_user:
            server.login(settings.smtp_user, in_file(Path(settings.smtp_credential)))
        server.send_message(message)


def _server(settings: NotifySettings) -> smtplib.SMTP:
    there = (settings.smtp_host, settings.smtp_port)
    if settings.smtp_security is MailSecurity.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(*there, timeout=_WITHIN_S, context=context)
    if settings.smtp_security is MailSecurity.NONE and settings.smtp_user:
        raise ConfigurationError(
            'A password is not sent in the clear: set notify.smtp_security = "starttls".'
        )
    server = smtplib.SMTP(*there, timeout=_WITHIN_S)
    try:
        if settings.smtp_security is MailSecurity.STARTTLS:
            server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise
    return server


def _post(notice: Notice, settings: NotifySettings) -> None:
    address = urlsplit(settings.webhook)
    is_own = address.scheme == "http" and address.hostname in _LOOPBACK
    if address.scheme != "https" and not is_own:
        raise ConfigurationError("notify.webhook must begin with https://.")
    request = Request(  # noqa: S310 - checked just above
        settings.webhook,
        data=json.dumps(_document(notice)).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=_WITHIN_S):  # noqa: S310 - the same
        pass


def _document(notice: Notice) -> dict[str, object]:
    return {
        "source": "ward-app",
        "host": gethostname(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "status": "ok" if notice.is_good else "failed",
        "subject": notice.subject,
        # the name chat programs show
        "text": f"{notice.subject}\n{notice.text}",
        "facts": dict(notice.facts),
    }


def _lines(notice: Notice) -> str:
    return "".join(f"{name}: {value}\n" for name, value in notice.facts.items())
