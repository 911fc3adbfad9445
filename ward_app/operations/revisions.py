"""The revisions of the schema that this program knows: one line, numbered from 0001."""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

import ward_app
from ward_app.core.errors import RuleBrokenError, SchemaMismatchError

SCRIPTS = Path(ward_app.__file__).parents[1] / "alembic"
BASE = "base"
HEAD = "head"
_SQL_FILE = re.compile(r'sql_file\(\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Revision:
    """One step of the schema's linear history."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """Which revisions a database has, oldest first, and which it lacks."""

    applied: tuple[Revision, ...]
    pending: tuple[Revision, ...]

    @property
    def current(self) -> str:
        """The last applied revision; `base` before the first."""
        return self.applied[-1].number if self.applied else BASE


def history() -> tuple[Revision, ...]:
    """Return every revision this program knows, oldest first."""
    known = scripts().walk_revisions()
    return tuple(Revision(script.revision, script.doc) for script in known)[::-1]


def through(to: str) -> tuple[Revision, ...]:
    """Return the revisions a database at `to` has.

    Raises:
        RuleBrokenError: there is no such revision.
    """
    known = history()
    numbers = [BASE, *(revision.number for revision in known)]
    if to == HEAD:
        return known
    if to not in numbers:
        raise RuleBrokenError(
            f"There is no revision {to}; there are {numbers[1]} to {numbers[-1]}."
        )
    return known[: numbers.index(to)]


def status_at(current: str | None) -> SchemaStatus:
    """Return what a database at this revision has and lacks; None = before the first.

    Raises:
        SchemaMismatchError: a newer program made its schema.
    """
    known = history()
    if current is None:
        return SchemaStatus(applied=(), pending=known)
    numbers = [revision.number for revision in known]
    if current not in numbers:
        raise SchemaMismatchError(
            f"The database has schema {current}, which this program does not know; it knows up "
            f"to {numbers[-1]}. A newer Ward App made it: update this one."
        )
    count = numbers.index(current) + 1
    return SchemaStatus(applied=known[:count], pending=known[count:])


def checksum(revision: Revision) -> str:
    """Return the SHA-256 of a revision's file and of the `.sql` files it runs."""
    text = Path(scripts().get_revision(revision.number).path).read_text(encoding="utf-8")
    names = _SQL_FILE.findall(text)
    run = [(SCRIPTS / "sql" / name).read_text(encoding="utf-8") for name in names]
    return hashlib.sha256("\0".join([text, *run]).encode()).hexdigest()


def scripts() -> ScriptDirectory:
    """Return the revisions as Alembic has them."""
    return _read(SCRIPTS)


@cache
def _read(folder: Path) -> ScriptDirectory:
    """Return the revisions in a folder, read once: reading them takes longer than running them."""
    return ScriptDirectory.from_config(_config(folder))


def config() -> Config:
    """Return Alembic's configuration without a connection."""
    return _config(SCRIPTS)


def _config(folder: Path) -> Config:
    # what Alembic has to say to a person is said by the caller
    config = Config(stdout=StringIO())
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    # `env.py` imports its neighbour `sql_files`
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    return config
