"""Noticing that a widget was painted."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override


class PaintWatch(QObject):
    """Counts the paint events of one widget.

    Signals:
        painted: it is being painted.
    """

    painted = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        self._widget = widget
        widget.installEventFilter(self)

    def end(self) -> None:
        """Watch no more: a watch left behind is called at every event, and counted as work."""
        self._widget.removeEventFilter(self)
        self.deleteLater()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
            self.painted.emit()
        return False


def process_until(done: Callable[[], bool], *, within_s: float = 30.0) -> None:
    """Run the event loop until `done()`, sleeping between events as the program does.

    Raises:
        TimeoutError: it did not come to pass.
    """
    application = QApplication.instance()
    assert application  # noqa: S101 - made by the caller
    deadline = perf_counter() + within_s
    # an event at the deadline, in case nothing else ever happens
    alarm = QTimer(application, interval=round(within_s * 1000))
    alarm.start()
    while not done():
        application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        if perf_counter() > deadline:
            raise TimeoutError("not painted in time")
    alarm.deleteLater()
