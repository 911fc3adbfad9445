"""The sound of an alert, by whatever this computer can play it with.

Qt's own sound needs a module that is not part of the installation, so the file is handed to a
player of the system; where there is none, or it fails, the computer beeps.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication

from ui import theme

SOUND = theme.RESOURCES / "sounds" / "alert.wav"
# the first that is installed; each takes the file as its last argument
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
_LONGEST_MS = 5_000


class Chime(QObject):
    """Plays the alert's sound, one at a time.

    Args:
        player: program and arguments before the file; None = there is no player, so beep.
    """

    def __init__(self, player: Sequence[str] | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._player = player
        self._process = QProcess(self)
        self._process.finished.connect(self._done)
        self._process.errorOccurred.connect(lambda _error: self._fall_back())
        self._limit = QTimer(self, singleShot=True, interval=_LONGEST_MS)
        self._limit.timeout.connect(self._process.kill)
        self._fell_back = False

    @property
    def is_playing(self) -> bool:
        """Whether a player runs."""
        return self._process.state() != QProcess.ProcessState.NotRunning

    def play(self) -> None:
        """Sound once; while a sound still plays, nothing."""
        if self.is_playing:
            return
        if sys.platform == "win32":
            _play_on_windows()
        elif self._player is None:
            QApplication.beep()
        else:
            self._fell_back = False
            program, *arguments = self._player
            self._process.start(program, [*arguments, str(SOUND)])
            self._limit.start()

    def stop(self) -> None:
        """End a sound that still plays."""
        self._limit.stop()
        if self.is_playing:
            self._fell_back = True  # stopped on purpose, so no beep instead
            self._process.kill()
            self._process.waitForFinished(1_000)

    def _done(self, code: int, status: QProcess.ExitStatus) -> None:
        self._limit.stop()
        if code != 0 or status != QProcess.ExitStatus.NormalExit:
            self._fall_back()

    def _fall_back(self) -> None:
        """Beep instead, once for each sound: the player failed, perhaps for want of a device."""
        if not self._fell_back:
            self._fell_back = True
            QApplication.beep()


def system_player() -> Sequence[str] | None:
    """Return the program of this computer that plays a sound, None when there is none."""
    for player in PLAYERS:
        if shutil.which(player[0]):
            return player
    return None


def _play_on_windows() -> None:
    if sys.platform == "win32":
        import winsound  # noqa: PLC0415 - exists there alone

        winsound.PlaySound(str(SOUND), winsound.SND_FILENAME | winsound.SND_ASYNC)
