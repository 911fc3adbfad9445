"""The LISTEN thread: other workstations' changes as signals."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread, Signal
from typing_extensions import override

from ward_app.core.listen import Changed, Connected, Disconnected, Event, Listener
from ward_app.core.reference_data import REFERENCE, ReferenceData


class ChangeListener(QThread):
    """Runs one `Listener`; the only QThread of the program.

    Signals arrive on the GUI thread. After every `connected` the screens are read anew,
    because notifications sent while the connection was down are lost. Reference data are
    forgotten before that, on the thread that hears.

    Signals:
        changed: (str, str) ward id and what changed: "beds", "observations", "patients" …; of
            "reference" data it is no ward's.
        connected: listening from now on.
        disconnected: (str) a sentence saying why not.
    """

    changed = Signal(str, str)
    connected = Signal()
    disconnected = Signal(str)

    def __init__(
        self, listener: Listener, reference: ReferenceData, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("listener")
        self._listener = listener
        self._reference = reference

    @override
    def run(self) -> None:
        try:
            for event in self._listener.events():
                self._take(event)
        finally:
            self._reference.leave()

    def leave(self) -> None:
        """Stop listening soon; the thread deletes itself when it has ended."""
        self._listener.stop()
        self._reference.leave()
        if self.isRunning():
            self.finished.connect(self.deleteLater)
        else:
            self.deleteLater()

    def forget(self) -> None:
        """Forget reference data: they came from a server that is no more the one that answers."""
        self._reference.forget()

    def stop(self) -> None:
        """Stop listening and wait for the thread to end."""
        self._listener.stop()
        self.wait()

    def _take(self, event: Event) -> None:
        match event:
            case Connected():
                self._reference.hear()
                self.connected.emit()
            case Disconnected():
                self._reference.leave()
                self.disconnected.emit(event.reason)
            case Changed():
                if event.kind == REFERENCE:
                    self._reference.forget()
                self.changed.emit(event.ward_id, event.kind)
