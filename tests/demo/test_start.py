"""The demo as the program itself starts it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.patience import PATIENCE_S


@pytest.fixture
def ward_app(tmp_path):
    """Start the program with arguments and environment, in a place of its own."""

    def start(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-m", "ui.app", *arguments],
            env={**os.environ, "WARD_HOME": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            timeout=4 * PATIENCE_S,
            check=False,
        )

    return start


@pytest.mark.parametrize(
    ("option", "environment"),
    [(["--demo"], {}), ([], {"WARD_STORAGE__BACKEND": "demo"})],
    ids=["option", "setting"],
)
def test_that_the_program_starts_the_demo(ward_app, option, environment):
    """[P15]"""
    ended = ward_app(*option, "--stop", **environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "The private server is not created.\n"


def test_that_the_demo_does_not_start_beside_a_wards_own_database(ward_app):
    """[P15] [C21]"""
    url = "postgresql://ws_7a@db.example/ward"
    staging = ward_app("--demo", "--stop", DATABASE_URL=url, WARD_ENVIRONMENT="staging")
    ended = ward_app("--demo", "--stop", DATABASE_URL=url)
    assert (staging.returncode, ended.returncode) == (1, 1)
    assert staging.stderr == ended.stderr
    assert ended.stderr.startswith("This computer is set up for a ward's own database")
    assert "WARD_HOME=FOLDER ward-app --demo" in ended.stderr


def test_that_the_demo_does_not_start_where_a_server_is_asked_for(ward_app):
    """[P15]"""
    ended = ward_app("--demo", "--stop", USE_POSTGRES="Yes")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("USE_POSTGRES asks for a ward's own database")
    assert ward_app("--demo", "--stop", USE_POSTGRES="false").returncode == 0
