"""The tests run on a server of their own, or on one that is named; never near a ward's data."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.given_server import VARIABLE, given_server
from tests.patience import PATIENCE_S


def of(url):
    return given_server({VARIABLE: url})


def test_that_tests_have_a_server_of_their_own_unless_one_is_named():
    """[Y03]"""
    assert given_server({}) is None
    assert of("") is None
    server = of("postgresql://it@db.example:5433/ward_test")
    assert (str(server.socket_dir), server.port) == ("db.example", 5433)
    assert "dbname=ward_test_1" in server.dsn("ward_test_1")


@pytest.mark.parametrize(
    "url",
    ["postgresql://it@db.example/ward", "host=/run/x dbname=ward", "postgresql://db.example"],
)
def test_that_a_database_that_is_not_for_tests_is_refused(url):
    """[Y03]"""
    with pytest.raises(pytest.UsageError, match="in its name, so it may be somebody's"):
        of(url)


def test_that_no_test_goes_into_a_database_that_is_not_for_tests():
    """[Y03] Though the server was named with one that is."""
    server = of("postgresql://it@db.example/ward_test")
    assert "dbname=postgres" in server.dsn("postgres")
    with pytest.raises(pytest.UsageError, match="“ward”"):
        server.dsn("ward")


def test_that_an_address_that_is_none_is_refused_without_repeating_it():
    with pytest.raises(pytest.UsageError, match="is no address") as refused:
        of("postgresql://it:plum@[")
    assert "plum" not in str(refused.value)


def test_that_a_run_ends_before_it_touches_anything():
    """[Y03] There is no such server: who asked it would wait."""
    ended = subprocess.run(
        # one that needs no server: not this one again
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0",
         f"{__file__}::test_that_tests_have_a_server_of_their_own_unless_one_is_named"],
        env={**os.environ, VARIABLE: "postgresql://it@192.0.2.1/ward"},
        capture_output=True, text=True, check=False, timeout=4 * PATIENCE_S,
    )  # fmt: skip
    assert ended.returncode == pytest.ExitCode.USAGE_ERROR
    assert "The database “ward” has no “test” in its name" in ended.stderr
