"""Offers who answers for a ward to strike out readings of many patients at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.workplace import Workplace
from ward_app.rooms.types import Ward
from ward_app.staff.types import Permission

if TYPE_CHECKING:
    from ui.widgets.panel import Panel


class StrikeOutJoint(QObject):
    """Opens the sheets that strike out and reinstate groups of readings."""

    def __init__(self, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._workplace = workplace

    def offer(self, panel: Panel) -> None:
        """Give a panel the keys, if the person may do that."""
        if self._workplace.context.signed_in.may(Permission.OBSERVATION_STRIKE_GROUP):
            panel.add_command(
                "Strike out a device's or person's readings", "Ctrl+Shift+X", self._strike_group
            )
            panel.add_command(
                "Reinstate readings struck out as a group", "Ctrl+Shift+R", self._reinstate
            )

    def _strike_group(self) -> None:
        from ui.observations.strike_group_sheet import StrikeGroupSheet

        if wards := self._own_wards():
            self._workplace.open_sheet(StrikeGroupSheet(self._workplace.context, wards))

    def _reinstate(self) -> None:
        from ui.observations.reinstate_sheet import ReinstateSheet

        if wards := self._own_wards():
            self._workplace.open_sheet(ReinstateSheet(self._workplace.context, wards[0]))

    def _own_wards(self) -> tuple[Ward, ...]:
        """Return the wards of the person, those shown first."""
        own = self._workplace.context.signed_in.wards
        shown = self._workplace.place.ward_ids
        return tuple(sorted(own, key=lambda ward: ward.id not in shown))
