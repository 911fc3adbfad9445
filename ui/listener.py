"""The LISTEN thread: other workstations' changes as signals."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal
from typing_extensions import override

from ward_app.core.listen import Changed, Connected, Disconnected, Listener


class ChangeListener(QThread):
    """Runs one `Listener`; the only QThread of the program.

    Signals arrive on the GUI thread. After every `connected` the screens are read anew,
    because notifications sent while the connection was down are lost.

    Signals:
        changed: (str, str) ward id and what changed: "beds", "observations" or "patients".
        connected: listening from now on.
        disconnected: (str) a sentence saying why not.
    """

    changed = Signal(str, str)
    connected = Signal()
    disconnected = Signal(str)

    def __init__(self, listener: Listener, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("listener")
        self._listener = listener

    @override
    def run(self) -> None:
        for event in self._listener.events():
            match event:
                case Connected():
                    self.connected.emit()
                case Disconnected():
                    self.disconnected.emit(event.reason)
                case Changed():
                    self.changed.emit(event.ward_id, event.kind)

    def leave(self) -> None:
        """Stop listening soon; the thread deletes itself when it has ended."""
        self._listener.stop()
        if self.isRunning():
            self.finished.connect(self.deleteLater)
        else:
            self.deleteLater()

    def stop(self) -> None:
        """Stop listening and wait for the thread to end."""
        self._listener.stop()
        self.wait()
