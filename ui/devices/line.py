"""One device of one patient, as lists and sheets take it. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ui.patients.banner import patient_name
from ward_app.board.types import BoardBed
from ward_app.devices.pack import device_pack
from ward_app.devices.rules import (
    is_check_overdue,
    is_due_out,
    is_in_place,
    needs_action,
    urgency,
)
from ward_app.devices.types import Device, DeviceKind


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device with whose it is and what kind it is."""

    bed: BoardBed
    device: Device
    kind: DeviceKind

    @property
    def name(self) -> str:
        """Whose device it is: "SURNAME, Given (Title)"."""
        return patient_name(self.bed)

    def acts(self) -> bool:
        """Whether the last look asks for more than watching."""
        return needs_action(self.kind.scheme, self.device)

    def wants(self, now: datetime) -> bool:
        """Whether somebody has to do something about the device."""
        device = self.device
        return self.acts() or is_check_overdue(device, now) or is_due_out(device, now)


def device_lines(
    beds: Sequence[BoardBed], devices: Iterable[Device], now: datetime
) -> tuple[DeviceLine, ...]:
    """Return the devices of the patients in these beds, what is to be done about first."""
    whose = {bed.admission_id: bed for bed in beds}
    kinds = {kind.name: kind for kind in device_pack().kinds}
    lines = [
        DeviceLine(whose[device.admission_id], device, kinds[device.kind])
        for device in devices
        if device.admission_id in whose and device.kind in kinds
    ]
    return tuple(sorted(lines, key=lambda line: urgency(line.kind.scheme, line.device, now)))


def ward_lines(
    lines: Iterable[DeviceLine], now: datetime, *, everything: bool
) -> tuple[DeviceLine, ...]:
    """Return the devices in place; but for `everything`, only what is to be done about."""
    in_place = (line for line in lines if is_in_place(line.device))
    return tuple(line for line in in_place if everything or line.wants(now))
