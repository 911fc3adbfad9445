"""Runbooks of docs/it: their blocks are run as a reader would, in a throw-away place.

A runbook names its scene in its second line (`<!-- scene: ward -->`). Its `sh` blocks are one bash
session, in order: what a block exports holds for the next. `sh status=2` is one command that ends
with that status. `console` blocks need a service of the operating system: they are not run, but
what stands after their `$` is read.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer

from tests.operations import warm_wardctl
from ward_app.cli import main as command_line

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "it"
_LONGEST_S = 600
_SCENE = re.compile(r"<!-- scene: ([a-z ]+) -->")
_FENCE = re.compile(r"^```(\w+)?(?: status=(\d+))?$")
# who runs the tests may have no sudo, or need none
_SUDO = """\
#!/bin/sh
if [ "$1" = -u ]; then
    account=$2
    shift 2
    if [ "$(id -u)" = 0 ]; then exec runuser -u "$account" -- "$@"; fi
fi
exec "$@"
"""


@dataclass(frozen=True)
class Block:
    """Lines between two fences. `line` counts from 1, the first of them."""

    kind: str
    text: str
    line: int
    status: int


@dataclass(frozen=True)
class Runbook:
    """One file; `scene` is None where nothing is run."""

    name: str
    scene: str | None
    blocks: tuple[Block, ...]

    def of_kind(self, kind):
        return [block for block in self.blocks if block.kind == kind]


def all_runbooks():
    """Return the runbooks by name."""
    return {file.stem: read(file) for file in sorted(FOLDER.glob("*.md"))}


def read(file):
    """Return the runbook of a file."""
    text = file.read_text(encoding="utf-8")
    scene = _SCENE.search(text)
    return Runbook(file.stem, scene and scene[1], tuple(_blocks(text)))


def _blocks(text):
    fence, inside, start = None, [], 0
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if fence is None:
            if found is not None:
                fence, inside, start = found, [], number + 1
        elif line == "```":
            yield Block(fence[1] or "", "\n".join(inside), start, int(fence[2] or 0))
            fence = None
        else:
            inside.append(line)


@contextmanager
def programs(folder):
    """Yield a folder with `wardctl` of this tree, and what else stands on PATH for a runbook."""
    there = folder / "wardctl.socket"
    serving = subprocess.Popen(
        [sys.executable, "-m", warm_wardctl.__name__, str(there)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with serving:
        assert serving.stdout.readline() == warm_wardctl.READY
        client = warm_wardctl.CLIENT.format(python=sys.executable, path=str(there))
        for name, text in (("wardctl", client), ("sudo", _SUDO)):
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        yield folder
        serving.stdin.close()


def run(runbook, place, scene, path):
    """Run the blocks in `place` and return all they said; one that fails is told with its line.

    The session has a process group of its own: what asks for a password finds no terminal.
    """
    (place / "home").mkdir()
    done = subprocess.run(
        [shutil.which("bash"), "-c", session(runbook)],
        cwd=place,
        env=_environment(place, path) | scene,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        start_new_session=True,
        timeout=_LONGEST_S,
    )
    assert done.returncode == 0, (
        f"{runbook.name}.md failed below the last line named:\n{done.stdout}"
    )
    return done.stdout


def session(runbook):
    """Return the program that bash runs: every block behind a mark with its line."""
    lines = ["set -euo pipefail"]
    for block in runbook.of_kind("sh"):
        lines.append(f"echo '== {runbook.name}.md:{block.line}'")
        lines += _wanted(block) if block.status else [block.text]
    return "\n".join(lines)


def _wanted(block):
    return ["set +e", block.text, f"[ $? -eq {block.status} ] || exit 99", "set -e"]


def _environment(place, path):
    return {
        "PATH": path,
        "HOME": str(place / "home"),
        "WARD_HOME": str(place / "home"),
        "TMPDIR": str(place),
        "LC_ALL": "C.UTF-8",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        # what is written must not be cut at eighty signs
        "COLUMNS": "200",
    }


def complaints(block):
    """Return what cannot be right in a block that is not run."""
    said = []
    for line in typed(block):
        parsed = subprocess.run(
            [shutil.which("bash"), "-n", "-c", line], capture_output=True, text=True, check=False
        )
        if parsed.returncode != 0:
            said.append(f"{line}: {parsed.stderr}")
        said += [
            f"{line}: {wrong}" for words in wardctl_calls(line) for wrong in wrong_words(words)
        ]
    return said


def typed(block):
    """Return the commands of a console block, without what they answer."""
    joined = block.text.replace("\\\n", " ")
    return [line[2:] for line in joined.splitlines() if line.startswith("$ ")]


def wardctl_calls(line):
    """Return the words after each `wardctl` of a line."""
    found = re.findall(r"\bwardctl ([^|;&>)`]*)", line)
    return [shlex.split(words, comments=True) for words in found]


def wrong_words(words):
    """Return which words of a call are no command and no option of it."""
    command = _whole()
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            return [f"there is no {name}"]
        command = command.commands[name]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    known.add("--help")
    options = [word.partition("=")[0] for word in rest if word.startswith("--")]
    return [f"no option {option}" for option in options if option not in known]


@cache
def _whole():
    return typer.main.get_command(command_line._application([]))
