"""Notices arrive, and one that does not never makes its work fail."""

from __future__ import annotations

import pytest

from tests.operations.listeners import mail_server, tls_mail_server, webhook
from tests.security.authority import Authority
from tests.server_files import free_port
from ward_app.core.settings_operations import MailSecurity, NotifySettings
from ward_app.operations.notify import Notice, send

NOTICE = Notice(
    subject="Backup failed", text="The disk is full.", is_good=False, facts={"bytes": 5}
)


def settings(**more):
    return NotifySettings(**{"enabled": True, "smtp_security": MailSecurity.NONE} | more)


def test_that_a_notice_arrives_by_mail_and_webhook():
    """[K11] [C20] [T19]"""
    with mail_server() as (port, texts), webhook() as (address, documents):
        ways = settings(
            email="it@ward.example, duty@ward.example", smtp_host="127.0.0.1", smtp_port=port,
            webhook=address, sender="ward@ward.example",
        )  # fmt: skip
        assert send(NOTICE, ways) == []
    [text] = texts
    assert "Subject: Ward App: Backup failed" in text
    assert "To: it@ward.example, duty@ward.example" in text
    assert "The disk is full." in text
    [document] = documents
    assert document["status"] == "failed"
    assert document["facts"] == {"bytes": 5}


def test_that_nothing_is_sent_unless_it_is_wanted():
    with webhook() as (address, documents):
        assert send(NOTICE, settings(enabled=False, webhook=address)) == []
    assert documents == []


def test_that_what_is_not_sent_is_told_without_the_address():
    """[K11] The path of a webhook is as good as a password."""
    with webhook(status=500) as (address, _):
        [refused] = send(NOTICE, settings(webhook=address))
    assert refused == "The notice by webhook was not sent: the answer was 500."
    gone = f"http://127.0.0.1:{free_port()}/secret-path"
    nobody = settings(
        webhook=gone, email="it@ward.example", smtp_host="127.0.0.1", smtp_port=free_port()
    )
    problems = send(NOTICE, nobody)
    assert len(problems) == 2
    assert all("refused" in words and "secret" not in words for words in problems)


@pytest.mark.parametrize("address", ["http://hook.example/x", "file:///etc/passwd", "nonsense"])
def test_that_a_webhook_is_encrypted_or_of_this_computer(address):
    [refused] = send(NOTICE, settings(webhook=address))
    assert refused == (
        "The notice by webhook was not sent: notify.webhook must begin with https://."
    )


def test_that_a_password_is_never_sent_in_the_clear():
    with mail_server() as (port, texts):
        open_way = settings(
            email="it@ward.example", smtp_host="127.0.0.1", smtp_port=port, smtp_user="ward",
            smtp_credential="/nowhere",
        )  # fmt: skip
        [refused] = send(NOTICE, open_way)
    assert "in the clear" in refused
    assert texts == []


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """An authority that this computer trusts, as the one of a hospital."""
    authority = Authority(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    return authority


@pytest.fixture
def password(tmp_path):
    file = tmp_path / "smtp.password"
    file.write_text("right\n")
    file.chmod(0o600)
    return file


TLS = (MailSecurity.STARTTLS, MailSecurity.TLS)


def by_mail(port, security, password, host="localhost"):
    return settings(
        email="it@ward.example", smtp_host=host, smtp_port=port, smtp_security=security,
        smtp_user="ward", smtp_credential=str(password),
    )  # fmt: skip


@pytest.mark.parametrize("security", TLS)
def test_that_a_mail_goes_to_a_real_server_encrypted_and_signed_in(trusted, password, security):
    """[K11] [C20]"""
    certificate = trusted.certificate("localhost", is_server=True)
    with tls_mail_server(certificate, at_once=security is MailSecurity.TLS) as (port, inbox):
        assert send(NOTICE, by_mail(port, security, password)) == []
        password.write_text("wrong\n")
        [refused] = send(NOTICE, by_mail(port, security, password))
    assert "does not let notify.smtp_user in" in refused
    assert "The disk is full." in inbox.texts[0]
    assert set(inbox.signed_in) == {("ward", "right"), ("ward", "wrong")}
    assert len(inbox.texts) == 1


@pytest.mark.parametrize("wrong", ["unknown", "expired", "another"])
@pytest.mark.parametrize("security", TLS)
def test_that_a_wrong_certificate_gets_neither_mail_nor_password(
    trusted, tmp_path, password, security, wrong
):
    """[K11] Of an unknown authority, of yesterday, or of another host."""
    signer = Authority(tmp_path / "unknown") if wrong == "unknown" else trusted
    name = "mail.example" if wrong == "another" else "localhost"
    certificate = signer.certificate(name, is_server=True, expired=wrong == "expired")
    with tls_mail_server(certificate, at_once=security is MailSecurity.TLS) as (port, inbox):
        [refused] = send(NOTICE, by_mail(port, security, password))
    assert "certificate of that server is not to be trusted" in refused
    assert (inbox.texts, inbox.signed_in) == ([], [])


def test_that_a_mail_waits_for_encryption_that_the_server_does_not_offer(password):
    with mail_server() as (port, texts):
        [refused] = send(NOTICE, by_mail(port, MailSecurity.STARTTLS, password, "127.0.0.1"))
    assert "cannot do what notify.smtp_security" in refused
    assert texts == []


def test_that_a_line_break_in_a_subject_is_no_header():
    with mail_server() as (port, texts):
        sly = Notice(subject="a\nBcc: all@ward.example", text="b", is_good=True)
        ways = settings(email="it@ward.example", smtp_host="127.0.0.1", smtp_port=port)
        assert send(sly, ways) == []
    assert "\nBcc" not in texts[0]


def test_that_who_wants_notices_and_says_no_way_is_told():
    assert send(NOTICE, settings()) == [
        "Nobody was told: notify.email and notify.webhook are empty."
    ]


def test_that_a_test_notice_is_sent_by_command(wardctl, monkeypatch):
    """[K11] [C20]"""
    with webhook() as (address, documents):
        monkeypatch.setenv("NOTIFICATION_WEBHOOK", address)
        assert wardctl("notify", "test")[:2] == (0, "Sent. See whether it arrives.\n")
        assert documents[0]["subject"] == "Test"
    status, _, said = wardctl("notify", "test")
    assert status == 1
    assert "webhook was not sent" in said
