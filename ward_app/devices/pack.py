"""The kinds of device read from `resources/devices`: data, checked before use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.devices.rules import site_score
from ward_app.devices.types import Device, DeviceKind, DevicePack, Level, Scheme, Sign

VIP = "vip"
PACK_FILE = Path(__file__).resolve().parents[2] / "resources" / "devices" / "devices.json"


@cache
def device_pack() -> DevicePack:
    """Return the shipped kinds of device; read once per process.

    Raises:
        ConfigurationError: as `load_pack`.
    """
    return load_pack(PACK_FILE)


def is_vascular(device: Device) -> bool:
    """Whether the site of a device is scored for phlebitis; of an unknown kind it is not."""
    kinds = {kind.name: kind for kind in device_pack().kinds}
    return device.kind in kinds and kinds[device.kind].scheme.name == VIP


def load_pack(path: Path) -> DevicePack:
    """Return the kinds of device in a file, after it has passed the examples it carries.

    Raises:
        ConfigurationError: the file is missing or damaged, carries no examples, or one of them
            comes out differently from what it says.
    """
    try:
        content = path.read_bytes()
        data = json.loads(content)
        schemes = {entry["name"]: _scheme(entry) for entry in data["schemes"]}
        failed = [one["name"] for one in data["examples"] if not _passes(schemes, one)]
        pack = _pack(data, schemes, hashlib.sha256(content).hexdigest())
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            "The file of devices is missing or damaged. Install the program again."
        ) from error
    if failed:
        raise ConfigurationError(
            f"The file of devices does not come out as its own examples say ({failed[0]})."
            " It must not be used; install the program again."
        )
    return pack


def _passes(schemes: Mapping[str, Scheme], example: Mapping[str, Any]) -> bool:
    signs = dict.fromkeys(example["yes"], True) | dict.fromkeys(example["no"], False)
    found = site_score(schemes[example["scheme"]], signs)
    return found == (example["score"], example["at_least"])


def _pack(data: Mapping[str, Any], schemes: Mapping[str, Scheme], digest: str) -> DevicePack:
    if not data["examples"]:
        raise ValueError("no examples: untested data must not be charted with")
    kinds = tuple(_kind(entry, schemes) for entry in data["kinds"])
    _must_differ([kind.key for kind in kinds])
    return DevicePack(
        name=data["name"],
        version=data["version"],
        hash=digest,
        kinds=kinds,
        source=data["source"],
        needs_sign_off=data["needs_sign_off"],
    )


def _kind(entry: Mapping[str, Any], schemes: Mapping[str, Scheme]) -> DeviceKind:
    return DeviceKind(
        name=entry["name"],
        key=entry["key"],
        title=entry["title"],
        scheme=schemes[entry["scheme"]],
        size_hint=entry["size_hint"],
        sites=entry["sites"],
    )


def _scheme(entry: Mapping[str, Any]) -> Scheme:
    signs = tuple(Sign(**sign) for sign in entry["signs"])
    levels = tuple(
        Level(level["score"], level["at_least"], tuple(level["of"])) for level in entry["levels"]
    )
    _must_differ([sign.key for sign in signs])
    if {level.score for level in levels} != set(range(len(entry["actions"]))):
        raise ValueError("an action for each score")
    if {name for level in levels for name in level.of} - {sign.name for sign in signs}:
        raise ValueError("a level of an unknown sign")
    return Scheme(
        name=entry["name"],
        title=entry["title"],
        signs=signs,
        levels=levels,
        actions=tuple(entry["actions"]),
        act_from=entry["act_from"],
    )


def _must_differ(keys: list[str]) -> None:
    if len(set(keys)) < len(keys):
        raise ValueError("two choices share a key")
