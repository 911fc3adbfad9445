"""A PostgreSQL 16 in a container, for people who build or try the program; never for patients."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from ward_app.core.errors import ConfigurationError

COMPOSE_FILE = Path(__file__).parents[2] / "packaging" / "compose.yaml"
_PASSWORD = "POSTGRES_PASSWORD"  # noqa: S105 - the name of a variable


def up() -> None:
    """Start the container; it listens on this computer alone, port 5432.

    Raises:
        ConfigurationError: Docker is not there or refuses, or nobody chose a password.
    """
    if not os.environ.get(_PASSWORD):
        raise ConfigurationError(
            f"Choose a password for its administrator ward_admin first: export {_PASSWORD}=…"
        )
    _compose("up", "--detach", "--wait")


def down() -> None:
    """Stop the container and remove it; its data stay.

    Raises:
        ConfigurationError: Docker is not there, or refuses.
    """
    _compose("down")


def _compose(*words: str) -> None:
    docker = shutil.which("docker")
    if docker is None:
        raise ConfigurationError(
            "Docker is not installed on this computer. The private cluster needs none: "
            "wardctl cluster start."
        )
    environment = {_PASSWORD: "unused"} | dict(os.environ)
    done = subprocess.run(
        [docker, "compose", "--file", str(COMPOSE_FILE), "--profile", "postgres", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ConfigurationError(f"Docker does not do it: {said[-1] if said else 'no reason'}.")
