"""A history of revisions of a test's own, in a folder."""

import shutil

from ward_app.operations import log_months, revisions

_TEXT = '''
"""{title}"""
from alembic import op

revision = "{number}"
down_revision = {below}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
'''


def own_folder(folder, monkeypatch):
    """Take the revisions from this folder from now on."""
    (folder / "versions").mkdir()
    revisions.config()  # the operations stay those of the program
    shutil.copy(revisions.SCRIPTS / "env.py", folder)
    monkeypatch.setattr(revisions, "SCRIPTS", folder)
    # they make no logs, whose months a command would make when all of them are applied
    monkeypatch.setattr(log_months, "add_months", lambda *_, **__: ())


def write_revision(folder, number, statement, *, undo="SELECT 1"):
    """Write a revision that runs a statement."""
    write_calls(folder, number, f"op.execute({statement!r})", undo=f"op.execute({undo!r})")


def write_calls(folder, number, calls, *, undo="pass"):
    """Write a revision that calls operations."""
    below = repr(f"{int(number) - 1:04d}") if int(number) > 1 else None
    text = _TEXT.format(
        title=f"Change {number}", number=number, below=below, upgrade=calls, downgrade=undo
    )
    (folder / "versions" / f"{number}_test.py").write_text(text)
    revisions._read.cache_clear()  # a running program's own revisions do not change
