"""The program started from a shell, as its own process."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.patience import PATIENCE_S

# who reads the reason on the screen, and closes the window
READ_AND_CLOSE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel
from ui import app

run = app._execute

def looked_at(application, program):
    def look():
        if any("database.host is empty" in label.text() for label in labels()):
            program.window.close()
    def labels():
        return program.window.findChildren(QLabel)
    timer = QTimer(interval=20)
    timer.timeout.connect(look)
    timer.start()
    return run(application, program)

app._execute = looked_at
sys.exit(app.main(["ward-app"]))
"""


def test_that_a_computer_without_settings_is_told_on_the_screen_and_by_the_exit_status(tmp_path):
    """[P17]"""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith(("WARD_DATABASE", "POSTGRES_"))
    }
    ended = subprocess.run(
        [sys.executable, "-c", READ_AND_CLOSE],
        env={**environment, "WARD_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_S,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("No ward database is configured: database.host is empty. Set")
    assert str(tmp_path / "config.toml") in ended.stderr
