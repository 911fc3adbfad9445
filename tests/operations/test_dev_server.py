"""`wardctl dev`: what Docker is asked to do, and what is said where it is not there."""

from __future__ import annotations

import json

import pytest

from ward_app.operations.dev_server import COMPOSE_FILE

_DOCKER = """\
#!/bin/sh
echo "$@" > "{told}"
{then}
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Return what puts a `docker` on PATH that does as it is told, and what it was told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("POSTGRES_PASSWORD", "plum-lantern")
    told = tmp_path / "told"

    def put(then=""):
        program = folder / "docker"
        program.write_text(_DOCKER.format(told=told, then=then))
        program.chmod(0o755)
        return told

    return put


def test_that_the_container_is_the_documents_and_reached_from_here_alone():
    """[P12] The file is YAML in the form that is JSON as well."""
    told = json.loads(COMPOSE_FILE.read_text(encoding="utf-8"))
    one = told["services"]["postgres"]
    assert (one["image"], one["profiles"]) == ("postgres:16-alpine", ["postgres"])
    assert one["ports"] == ["127.0.0.1:5432:5432"]
    assert one["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")


def test_that_docker_starts_and_stops_it(docker, wardctl):
    """[P12] The password is not among the words of the command."""
    told = docker()
    status, said, _ = wardctl("dev", "up")
    assert (status, said.startswith("It runs.")) == (0, True)
    words = f"compose --file {COMPOSE_FILE} --profile postgres"
    assert told.read_text() == f"{words} up --detach --wait\n"
    assert wardctl("dev", "down")[0] == 0
    assert told.read_text() == f"{words} down\n"


def test_that_what_is_missing_is_said(docker, wardctl, monkeypatch):
    """[P12]"""
    status, _, complaint = wardctl("dev", "up")
    assert (status, "Docker is not installed" in complaint) == (1, True)
    assert "wardctl cluster start" in complaint
    docker("echo 'port is already allocated' >&2; exit 17")
    status, _, complaint = wardctl("dev", "up")
    assert (status, "Docker does not do it: port is already allocated." in complaint) == (1, True)
    monkeypatch.delenv("POSTGRES_PASSWORD")
    assert "Choose a password" in wardctl("dev", "up")[2]
