"""Imports what later screens need while nothing else is to be done, so that the start is short."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from importlib import import_module

from PySide6.QtCore import QObject, QTimer


class WarmUp(QObject):
    """Imports one module at a turn of the event loop, so that no key waits for more than one.

    On the GUI thread: PySide makes its classes on first use, which two threads must not do at
    once.

    Args:
        modules: names in order; what a module shares with later ones stands before it.
    """

    def __init__(self, modules: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(modules)
        self._turn = QTimer(self, interval=0)
        self._turn.timeout.connect(self._import_next)

    @property
    def is_done(self) -> bool:
        """Whether everything is imported."""
        return not self._left

    def go_on(self) -> None:
        """Import from now on whenever nothing else is to be done."""
        if self._left:
            self._turn.start()

    def rest(self) -> None:
        """Leave the thread to something more urgent."""
        self._turn.stop()

    def _import_next(self) -> None:
        import_module(self._left.pop(0))
        if not self._left:
            self._turn.stop()
            # modules are for good: looked through for garbage each minute they would hold the
            # window for 40 ms
            gc.freeze()
