"""Waits of the tests: long for what must come, since a busy machine is no failure."""

from __future__ import annotations

from threading import Event
from time import monotonic

from pytestqt.qtbot import QtBot

PATIENCE_S = 30
PATIENCE_MS = PATIENCE_S * 1_000


class PatientBot(QtBot):
    """pytest-qt's robot, which by itself gives up after five seconds."""

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **more):  # noqa: N802 - pytest-qt's name
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(self, signals, *, timeout=PATIENCE_MS, **more):  # noqa: N802 - pytest-qt's name
        return super().waitSignals(signals, timeout=timeout, **more)

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):  # noqa: N802 - pytest-qt's name
        super().waitUntil(callback, timeout=timeout)

    def waitExposed(self, widget, *, timeout=PATIENCE_MS):  # noqa: N802 - pytest-qt's name
        return super().waitExposed(widget, timeout=timeout)


def until(condition) -> None:
    """Look again and again, without an event loop, until the condition holds."""
    pause, ends = Event(), monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < ends, "it did not come to it"
        pause.wait(0.01)
