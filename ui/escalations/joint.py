"""Joins the watch over the alerts to the bell, the lock screen, the news and the alerts' panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ui.call_words import alerts_text
from ui.escalations.sound import Chime, system_player
from ui.escalations.watch import AlertWatch
from ui.formats import time_text
from ui.workplace import Workplace
from ward_app.escalations.rules import rings, urgency
from ward_app.escalations.types import Level, OpenEscalation, WardAlerts

if TYPE_CHECKING:
    from ui.escalations.panel import AlertsPanel


class AlertJoint(QObject):
    """One for each person signed in, from the first painted screen on."""

    def __init__(self, workplace: Workplace, chime: Chime | None = None) -> None:
        super().__init__(workplace)
        self._workplace = workplace
        self.chime = chime or Chime(system_player(), self)
        self.watch = AlertWatch(
            workplace.context, self.chime, sound_on=workplace.alert_sound, parent=self
        )
        self.watch.changed.connect(self._show)
        self.watch.alerts_changed.connect(self._tell)
        self.watch.rang.connect(self._point_out)
        workplace.pulse.refresh_due.connect(self.watch.read)
        workplace.pulse.ticked.connect(self._show_bell)
        workplace.pulse.changed.connect(lambda _ward_id, kind: self.watch.take_note(kind))
        workplace.context.work.committed.connect(self.watch.take_note)
        workplace.alert_sound_changed.connect(self._set_sound)
        self.watch.read()

    def join(self, panel: AlertsPanel) -> None:
        """Let the panel silence this station."""
        panel.silence_asked.connect(self._silence)

    def _silence(self, minutes: int) -> None:
        self.watch.silence(minutes)
        self._show_bell()
        until = self.watch.silent_until
        if until is not None:
            at = time_text(until, self._workplace.place.zone)
            self._workplace.notify(
                f"The sound is off here until {at}. A new alert sounds all the same."
            )

    def _set_sound(self, sound_on: bool) -> None:  # noqa: FBT001 - a signal's argument
        self.watch.sound_on = sound_on
        if not sound_on:
            self.chime.stop()
        self._show_bell()
        state = "on" if sound_on else "off; the bell still counts"
        self._workplace.notify(f"The sound of alerts at this workstation is {state}.")

    def _show(self, _items: Sequence[OpenEscalation]) -> None:
        self._show_bell()

    def _show_bell(self) -> None:
        items, now = self.watch.items, self._workplace.context.clock()
        ringing = [item for item in items if rings(item, now)]
        silent = not self.watch.sound_on or self.watch.silent_until is not None
        words = f"{len(items)} open, {len(ringing)} not answered in time or at all"
        sound = " The sound is off." if silent else ""
        self._workplace.top_line.show_bell(
            str(len(items)) if items else "",
            f"Alerts: {words}.{sound}" if items else f"No open alerts on your wards.{sound}",
            token=_token(ringing),
            silent=silent,
        )

    def _tell(self, alerts: tuple[WardAlerts, ...]) -> None:
        self._workplace.alerts_changed.emit(alerts_text(alerts))

    def _point_out(self) -> None:
        window = self._workplace.window()
        QApplication.alert(window)


def _token(ringing: Sequence[OpenEscalation]) -> str | None:
    if not ringing:
        return None
    most = max(urgency(item.level) for item in ringing)
    return "risk_high" if most == urgency(Level.HIGH) else "risk_medium"
