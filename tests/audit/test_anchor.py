"""Anchors: what a superuser who makes all seals anew cannot make."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest
import typer.testing
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.audit.test_rules import a_chain
from tests.commands import said_by
from tests.world import PASSPHRASE
from ward_app.cli.audit import app
from ward_app.core.errors import ConfigurationError, RuleBrokenError
from ward_app.operations.audit_anchor import (
    anchor_text,
    make_key,
    read_anchor,
    read_anchor_file,
    read_key,
    read_public_key,
    write_anchor,
)
from ward_app.operations.audit_seals import seal
from ward_app.operations.audit_verify import verify

NOW = datetime(2026, 11, 21, 14, 7, tzinfo=UTC)


def no_question():
    raise AssertionError("asked for a passphrase")


@pytest.fixture
def keys(tmp_path):
    """A signing key without a passphrase and the key that checks."""
    private, public = tmp_path / "sign.pem", tmp_path / "check.pem"
    make_key(private, public, None)
    return private, public


@pytest.fixture
def text(keys):
    return anchor_text(a_chain()[-1], "ward", read_key(keys[0], no_question), NOW)


def test_that_an_anchor_says_which_seal_was_the_newest(keys, text):
    anchor = read_anchor(text, read_public_key(keys[1]))
    newest = a_chain()[-1]
    assert (anchor.k, anchor.era, anchor.hash) == (newest.k, newest.era, newest.hash)
    assert (anchor.database, anchor.made_at, anchor.sealed_at) == ("ward", NOW, newest.sealed_at)


@pytest.mark.parametrize("name", ["database", "seal", "era", "hash", "sealed_at", "made_at",
                                  "format"])  # fmt: skip
def test_that_a_changed_anchor_is_refused(keys, text, name):
    facts = json.loads(text)
    facts[name] = "00" if isinstance(facts[name], str) else facts[name] + 1
    with pytest.raises(RuleBrokenError, match="signature of the anchor is not right"):
        read_anchor(json.dumps(facts), read_public_key(keys[1]))


@pytest.mark.parametrize("other", ["", "{}", "[]", "7", "no JSON", '{"signature": "?"}',
                                   '{"signature": 7}'])  # fmt: skip
def test_that_something_else_is_no_anchor(keys, other):
    with pytest.raises(RuleBrokenError, match="no anchor"):
        read_anchor(other, read_public_key(keys[1]))


def test_that_an_anchor_of_another_key_is_refused(tmp_path, text):
    make_key(tmp_path / "other.pem", tmp_path / "other.pub", None)
    with pytest.raises(RuleBrokenError, match="signature"):
        read_anchor(text, read_public_key(tmp_path / "other.pub"))


def test_that_a_passphrase_seals_the_key(tmp_path):
    private, public = tmp_path / "sign.pem", tmp_path / "check.pem"
    make_key(private, public, PASSPHRASE)
    assert b"ENCRYPTED" in private.read_bytes()
    assert private.stat().st_mode & 0o777 == 0o600
    signing = read_key(private, lambda: PASSPHRASE)
    assert signing.public_key() == read_public_key(public)
    with pytest.raises(ConfigurationError, match="not this passphrase"):
        read_key(private, lambda: "another passphrase")
    with pytest.raises(RuleBrokenError, match="12 characters"):
        make_key(tmp_path / "a", tmp_path / "b", "short")


def test_that_a_key_that_others_may_read_is_refused(keys):
    if os.name != "posix":
        pytest.skip("modes of files are POSIX")
    keys[0].chmod(0o640)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        read_key(keys[0], no_question)


def test_that_only_such_keys_are_taken(keys, tmp_path):
    other = X25519PrivateKey.generate()
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(other.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    wrong.chmod(0o600)
    with pytest.raises(ConfigurationError, match="another kind"):
        read_key(wrong, no_question)
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    wrong.write_bytes(other.public_key().public_bytes(pem, info))
    with pytest.raises(ConfigurationError, match="another kind"):
        read_public_key(wrong)
    wrong.write_text("nothing")
    with pytest.raises(ConfigurationError, match="no public key"):
        read_public_key(wrong)
    with pytest.raises(ConfigurationError, match="no signing key"):
        read_key(wrong, no_question)
    with pytest.raises(ConfigurationError, match="could not be read"):
        read_public_key(tmp_path / "none")


def test_that_nothing_that_is_kept_is_overwritten(keys, tmp_path, text):
    with pytest.raises(RuleBrokenError, match="there already"):
        make_key(keys[0], tmp_path / "new", None)
    path = tmp_path / "anchor.json"
    write_anchor(path, text)
    with pytest.raises(RuleBrokenError, match="there already"):
        write_anchor(path, text)
    assert read_anchor_file(path, read_public_key(keys[1])).k == 3
    with pytest.raises(ConfigurationError, match="could not be written"):
        write_anchor(tmp_path / "none" / "anchor.json", text)


def said(admin_dsn, *words):
    return said_by(app, admin_dsn, *map(str, words))


@pytest.fixture
def anchored(admin_dsn, here, passed, keys, tmp_path, admin):
    """Two seals, the newest of them anchored; returns the file."""
    for name in ("a", "b"):
        admin.execute("UPDATE room.wards SET specialty = %s", (name,))
        passed()
        assert here(seal)
    path = tmp_path / "anchor.json"
    said(admin_dsn, "anchor", "export", "--key", keys[0], "--out", path)
    return path


def checks(admin_dsn, keys, path):
    """Return the exit status and the words of checking an anchor, and of verifying with it."""
    runner = typer.testing.CliRunner()
    given = ["--public-key", str(keys[1]), "--dsn", admin_dsn]
    return [
        runner.invoke(app, ["anchor", "check", str(path), *given]),
        runner.invoke(app, ["verify", "--anchor", str(path), *given]),
    ]


def test_that_the_chain_goes_through_its_anchor(anchored, admin_dsn, keys):
    """[U08]"""
    check, verified = checks(admin_dsn, keys, anchored)
    assert (check.exit_code, check.output) == (0, "The chain goes through 1 anchor.\n")
    assert verified.exit_code == 0
    assert "All is as it was sealed: 2 seals" in verified.output


def test_that_a_tail_that_was_cut_off_is_found_by_the_anchor_alone(
    anchored, admin_dsn, here, keys, admin
):
    """[U08]"""
    admin.execute("SET session_replication_role = replica")
    admin.execute("DELETE FROM audit.change_logs WHERE xact >="
                  " (SELECT from_xact FROM audit.seals WHERE k = 2)")  # fmt: skip
    admin.execute("DELETE FROM audit.seals WHERE k = 2")
    assert here(verify).problems == ()
    for done in checks(admin_dsn, keys, anchored):
        assert done.exit_code == 1
        assert "the end of the trail was cut off" in done.output


def test_that_a_chain_that_was_made_anew_is_found_by_the_anchor_alone(
    anchored, admin_dsn, here, passed, keys, admin
):
    """[U08] Whoever edits a row and makes every seal again fools all but the anchor."""
    admin.execute("SET session_replication_role = replica")
    admin.execute("DELETE FROM audit.seals")
    admin.execute("UPDATE audit.change_logs SET after = '{}' WHERE id = 3")
    passed()
    assert here(seal).k == 1
    admin.execute("RESET session_replication_role")
    admin.execute("UPDATE room.wards SET specialty = 'c'")
    passed()
    assert here(seal).k == 2
    assert here(verify).problems == ()
    for done in checks(admin_dsn, keys, anchored):
        assert done.exit_code == 1
        assert "the seals were made anew" in done.output


def test_that_anchors_need_the_key_that_checks(anchored, admin_dsn):
    with pytest.raises(RuleBrokenError, match="--public-key"):
        said(admin_dsn, "verify", "--anchor", anchored)


def test_that_the_commands_say_what_they_did(admin_dsn, passed, keys, admin):
    assert "Nothing was sealed yet" in said(admin_dsn, "verify")
    with pytest.raises(RuleBrokenError, match="Nothing was sealed yet"):
        said(admin_dsn, "anchor", "export", "--key", keys[0])
    passed()
    assert said(admin_dsn, "seal").startswith("Seal 1 covers ")
    assert said(admin_dsn, "seal") == "Nothing new to seal.\n"
    told = json.loads(said(admin_dsn, "verify", "--json"))
    assert (told["seals"], told["problems"], told["unsealed"]) == (1, [], 0)
    shown = said(admin_dsn, "anchor", "export", "--key", keys[0])
    assert read_anchor(shown, read_public_key(keys[1])).hash.hex() == told["head"]
    with pytest.raises(RuleBrokenError, match="was not restored"):
        said(admin_dsn, "begin-era", "--reason", "for a test")


def test_that_a_key_is_made_with_a_passphrase_that_is_asked_for(tmp_path):
    private, public = tmp_path / "sign.pem", tmp_path / "check.pem"
    runner = typer.testing.CliRunner()
    words = ["anchor", "key", "--private", str(private), "--public", str(public)]
    done = runner.invoke(app, words, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.exit_code == 0
    assert PASSPHRASE not in done.output
    assert read_key(private, lambda: PASSPHRASE)
    open_ones = [str(tmp_path / "a"), str(tmp_path / "b")]
    words = ["anchor", "key", "--private", open_ones[0], "--public", open_ones[1]]
    assert runner.invoke(app, [*words, "--without-passphrase"]).exit_code == 0
