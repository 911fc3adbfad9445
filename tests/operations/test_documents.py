"""What is asked of documents alone: they say it, and name what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ward_app.cli import main as command_line
from ward_app.operations.recovery.restore import Step

ROOT = Path(__file__).parents[2]


def text(name):
    """Return a document's words, however its lines are broken."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        # [P10] how a server is installed on each system
        ("README.md", ["Debian, Ubuntu: `sudo apt-get install", "brew install", "Windows: the"]),
        ("docs/it/install.md", ["apt-get install", "dnf install", "brew install", "On Windows"]),
        # [P10] and how the client is, and what of it was never tried
        ("README.md", ["./dev package", "docs/it/client.md", "on macOS and Windows not tried"]),
        ("docs/it/client.md", ["**Debian, Ubuntu**", "**macOS**", "**Windows**", "**not tried**"]),
        # [P11] what its service is called there
        ("docs/it/troubleshooting.md", ["systemctl", "Start-Service", "brew services"]),
        # [P14] the four steps
        ("README.md", ["wardctl cluster start", "migrate run", "config check", "`ward-app`"]),
        # [M12] one revision does one thing
        ("CONTRIBUTING.md", ["One revision does one thing"]),
        # [N14] the tools of others
        ("docs/it/managed-servers.md", ["pgAdmin", "Grafana", "DataDog", "New Relic"]),
        # [Y01] a server that a provider runs
        ("docs/it/managed-servers.md", ["Amazon RDS", "Heroku", "Render", "DATABASE_URL", "5432"]),
        # [Y02] what is used in place of Redis
        ("docs/it/managed-servers.md", ["**Redis** is not used"]),
        # [Y04] how to work on it, and where to ask
        ("CONTRIBUTING.md", ["./dev test", "Where things are"]),
        ("README.md", ["CONTRIBUTING.md", "support bundle"]),
        # [E05] a disk that is encrypted, too
        ("docs/encryption.md", ["disk"]),
    ],
)
def test_that_a_document_says_it(name, words):
    said = text(name)
    assert [word for word in words if word not in said] == []


def test_that_the_practices_name_their_rows_and_commands_that_there_are():
    """[Y06] Each practice is held by something: a row, or a page."""
    page = (ROOT / "docs/best-practices.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for row in rows:
        assert re.search(r"\(([A-Z]\d\d|\w)", row), row
    for word in re.findall(r"wardctl ([a-z-]+)", page):
        assert word in command_line._COMMANDS


def test_that_the_runbook_of_a_restore_names_the_steps_as_the_program_does():
    """[O21] The drill, the log of a run and the page use the same numbers."""
    page = (ROOT / "docs/it/restore.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \*\*(R\d)\*\*", page, re.MULTILINE) == [str(step) for step in Step]


def test_that_the_first_schema_and_the_samples_are_apart():
    """[M20] Revisions are files in one folder, in order; no revision makes sample patients."""
    files = sorted(path.stem for path in (ROOT / "alembic" / "versions").glob("[0-9]*.py"))
    assert [name[:4] for name in files] == [f"{n:04d}" for n in range(1, len(files) + 1)]
    for path in (ROOT / "alembic").rglob("*.sql"):
        made = path.read_text(encoding="utf-8")
        assert not re.search(r"^INSERT INTO (patient|admission)\.", made, re.MULTILINE), path
