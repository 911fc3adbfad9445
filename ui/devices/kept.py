"""The devices of a patient as a ward's copy holds them. No Qt."""

from __future__ import annotations

from ui.devices.words import device_text, score_text, score_token
from ui.kept_page import KeptLine
from ward_app.devices.pack import device_pack
from ward_app.downtime.kept_record import KeptRecord
from ward_app.handover.types import DeviceInPlace


def kept_devices(record: KeptRecord) -> tuple[KeptLine, ...]:
    """Return a line for each device in place, with its last look."""
    return tuple(map(_line, record.devices))


def _line(device: DeviceInPlace) -> KeptLine:
    kind = {kind.name: kind for kind in device_pack().kinds}.get(device.kind)
    if kind is None:
        return KeptLine(
            what=f"{device.kind}, {device.site}",
            came_to="The words for this kind are not known here",
            at=device.looked_at,
            due_at=device.due_at,
        )
    return KeptLine(
        what=device_text(kind, device.site, device.side, device.size),
        came_to=score_text(kind.scheme, device.score, device.at_least),
        at=device.looked_at,
        due_at=device.due_at,
        token=score_token(kind.scheme, device.at_least),
    )
