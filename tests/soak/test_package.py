"""[P10] The packaged client is built and walked through: nothing of the project is beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import fast_folder

ROOT = Path(__file__).parents[2]
_BUILD_S = 1_800
_TOUR_S = 1_800


@pytest.fixture(scope="module")
def folder():
    folder = Path(tempfile.mkdtemp(prefix="ward-client-", dir=fast_folder()))
    folder.chmod(0o711)  # the demo's server may run as another account
    yield folder
    shutil.rmtree(folder)


def run(*words, cwd, seconds, **more):
    """Run a program to its end as from a shell without an environment of Python."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**kept, "HOME": str(cwd), "QT_QPA_PLATFORM": "offscreen", **more},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.soak
def test_that_the_packaged_client_walks_through_the_demo_hospital(folder):
    """Every migration, score pack and picture is in it, and each screen that the tour shows."""
    spec = ROOT / "packaging" / "client" / "ward-app.spec"
    places = ("--distpath", folder / "dist", "--workpath", folder / "build")
    build = (sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level=WARN", *places)
    run(*build, spec, cwd=folder, seconds=_BUILD_S)
    programs = folder / "dist" / "ward-app"
    assert "news2" in run(programs / "wardctl", "packs", "list", cwd=folder, seconds=60)
    words = ("--demo", "--tour", "--folder", folder / "pictures")
    home = {"WARD_HOME": str(folder / "home")}
    said = run(programs / "ward-app", *words, cwd=folder, seconds=_TOUR_S, **home)
    pictures = sorted((folder / "pictures").glob("*.png"))
    assert len(pictures) > 10, said
    assert "/_internal/" not in said
