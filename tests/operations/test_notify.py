"""Notices arrive, and one that does not never makes its work fail."""

from __future__ import annotations

import pytest

from tests.operations.listeners import mail_server, webhook
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
