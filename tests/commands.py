"""Running a command of wardctl inside the test."""

from __future__ import annotations

from typer.testing import CliRunner


def said_by(app, admin_dsn, *words, **more):
    """Run a command on a database and return what it said; what it raises is raised.

    `more`: for CliRunner, as `input`.
    """
    done = CliRunner().invoke(app, [*words, "--dsn", admin_dsn], **more)
    if done.exception is not None:
        raise done.exception
    return done.output
