import os
import subprocess

import pytest

from tests.downtime.taken import HEAD, copy_text
from tests.steps import admit, ago
from ui.downtime.pack_process import LONGEST_S, PackNotPaintedError, PackOrder, painted
from ward_app.downtime.kept_types import KeptCopy


def order_of(text="{}"):
    return PackOrder(KeptCopy(HEAD, text, ago(0)), "A4")


def test_that_the_copy_of_a_ward_becomes_pages_in_a_process_of_its_own(database, nurse):
    admit(database, nurse, "Okafor", "Ada")
    pages = painted(order_of(copy_text(database, nurse)))
    assert pages.startswith(b"%PDF")
    assert pages.rstrip().endswith(b"%%EOF")


def test_that_a_process_that_fails_is_told_and_logs_no_value(caplog):
    with pytest.raises(PackNotPaintedError, match="The last one stays"):
        painted(order_of('{"form": 1, "taken_at": "OKAFOR"}'))
    assert "CopyUnreadableError" in caplog.text
    assert "OKAFOR" not in caplog.text


def test_that_a_process_that_hangs_is_given_up(caplog):
    def hang(command, _given, _surroundings):
        raise subprocess.TimeoutExpired(command, 1, b"OKAFOR")

    with pytest.raises(PackNotPaintedError):
        painted(order_of(), hang)
    assert "TimeoutExpired" in caplog.text
    assert "OKAFOR" not in caplog.text
    assert LONGEST_S <= 120


def test_that_nothing_of_a_patient_is_in_an_argument_or_in_the_surroundings():
    seen = {}

    def look(command, given, surroundings):
        seen.update(command=command, given=given, surroundings=surroundings)
        return subprocess.CompletedProcess(command, 0, b"%PDF", b"")

    painted(order_of("Okafor"), look)
    assert b"Okafor" in seen["given"]
    assert "okafor" not in " ".join(seen["command"]).casefold()
    assert set(seen["surroundings"]) - {"QT_QPA_PLATFORM"} <= set(os.environ)
