"""Score packs and limits read from `resources/packs`: data, checked before they are used."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.observations import rules
from ward_app.observations.limits import Limit, Limits
from ward_app.observations.rules import Band, Parameter, Response, ScorePack
from ward_app.observations.types import Consciousness, Risk, VitalSigns

PACKS_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "packs"
_DECIMAL_FIELDS = ("temperature_celsius", "oxygen_flow_l_per_min")


@cache
def news2_pack() -> ScorePack:
    """Return the shipped NEWS2 pack; read and tested once per process.

    Raises:
        ConfigurationError: the pack is missing, damaged or fails its own test vectors.
    """
    return load_pack(PACKS_FOLDER / "news2.json")


@cache
def adult_limits() -> Limits:
    """Return the limits for adults; read once per process.

    Raises:
        ConfigurationError: the file is missing or damaged.
    """
    return load_limits(PACKS_FOLDER / "adult_limits.json")


def load_pack(path: Path) -> ScorePack:
    """Return the score pack in a file, after it has passed the test vectors it carries.

    Raises:
        ConfigurationError: the file is missing or damaged, carries no vectors, or scores one
            of them differently from what it says.
    """
    content = _read(path)
    try:
        data = json.loads(content)
        pack = _pack(data, hashlib.sha256(content).hexdigest())
        failed = failed_vectors(pack, data)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _damaged(path) from error
    if failed:
        raise ConfigurationError(
            f"The score pack {path.name} does not score as its own tests say ({failed[0]})."
            " It must not be used; install the program again."
        )
    return pack


def failed_vectors(pack: ScorePack, data: Mapping[str, Any]) -> list[str]:
    """Return the names of the embedded vectors that the pack does not score as they say.

    A pack without vectors is a ValueError: untested data must not score a patient.
    """
    if not data["vectors"]:
        raise ValueError("no test vectors")
    return [v["name"] for v in data["vectors"] if not _passes(pack, data["well"], v)]


def load_limits(path: Path) -> Limits:
    """Return the limits in a file.

    Raises:
        ConfigurationError: the file is missing or damaged.
    """
    content = _read(path)
    try:
        data = json.loads(content)
        limits = [_limit(entry) for entry in data["limits"]]
        return Limits(
            name=data["name"],
            version=data["version"],
            by_name={limit.name: limit for limit in limits},
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _damaged(path) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The score data {path.name} is missing. Install the program again."
        ) from error


def _damaged(path: Path) -> ConfigurationError:
    return ConfigurationError(f"The score data {path.name} is damaged. Install the program again.")


def _pack(data: Mapping[str, Any], digest: str) -> ScorePack:
    return ScorePack(
        name=data["name"],
        version=data["version"],
        hash=digest,
        title=data["title"],
        source=data["source"],
        acknowledgement=data["acknowledgement"],
        parameters=tuple(_parameter(entry) for entry in data["parameters"]),
        responses=tuple(_response(entry) for entry in data["responses"]),
        incomplete_interval_minutes=int(data["incomplete_interval_minutes"]),
    )


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=entry["name"],
        label=entry["label"],
        step=Decimal(1).scaleb(-entry.get("decimals", 0)),
        bands=tuple(_band(band) for band in entry.get("bands", ())),
        choices={choice["value"]: int(choice["points"]) for choice in entry.get("choices", ())},
    )


def _band(entry: Mapping[str, Any]) -> Band:
    return Band(
        points=int(entry["points"]),
        lowest=_decimal(entry.get("from")),
        highest=_decimal(entry.get("to")),
        spo2_scale=entry.get("spo2_scale"),
        on_oxygen=entry.get("on_oxygen"),
    )


def _response(entry: Mapping[str, Any]) -> Response:
    return Response(
        risk=Risk(entry["risk"]),
        lowest_total=entry.get("lowest_total"),
        single_points=entry.get("single_points"),
        interval_minutes=int(entry["interval_minutes"]),
        action=entry["action"],
    )


def _limit(entry: Mapping[str, Any]) -> Limit:
    (possible_from, possible_to), (usual_from, usual_to) = entry["possible"], entry["usual"]
    return Limit(
        name=entry["name"],
        label=entry["label"],
        unit=entry["unit"],
        decimals=int(entry["decimals"]),
        possible_from=Decimal(possible_from),
        possible_to=Decimal(possible_to),
        usual_from=Decimal(usual_from),
        usual_to=Decimal(usual_to),
    )


def _decimal(value: int | str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _passes(pack: ScorePack, well: Mapping[str, Any], vector: Mapping[str, Any]) -> bool:
    score = rules.score(_vital_signs({**well, **vector["set"]}), pack)
    given = {name: score.points.get(name) for name in vector["points"]}
    return (score.total, given) == (vector["total"], vector["points"])


def _vital_signs(values: Mapping[str, Any]) -> VitalSigns:
    read = dict(values)
    for name in _DECIMAL_FIELDS:
        read[name] = _decimal(read.get(name))
    if read["consciousness"] is not None:
        read["consciousness"] = Consciousness(read["consciousness"])
    return VitalSigns(**read)
