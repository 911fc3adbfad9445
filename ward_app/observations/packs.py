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
from ward_app.observations.rules import (
    ADULT_FROM_MONTHS,
    AgeRange,
    Band,
    FurtherKind,
    Option,
    PackStatus,
    Parameter,
    PregnancyCondition,
    Response,
    ScorePack,
    Scoring,
)
from ward_app.observations.types import Consciousness, Risk, Score, VitalSigns

PACKS_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "packs"
PACK_NAMES = ("news2", "mewc", "paediatric", "meows")
_DECIMAL_FIELDS = ("temperature_celsius", "oxygen_flow_l_per_min")


@cache
def news2_pack() -> ScorePack:
    """Return the shipped NEWS2 pack; read and tested once per process.

    Raises:
        ConfigurationError: the pack is missing, damaged or fails its own test vectors.
    """
    return load_pack(PACKS_FOLDER / "news2.json")


@cache
def pack_named(name: str) -> ScorePack:
    """Return a shipped pack; read and tested once per process.

    Raises:
        KeyError: no pack of that name is shipped.
        ConfigurationError: the pack is missing, damaged or fails its own test vectors.
    """
    if name not in PACK_NAMES:
        raise KeyError(name)
    return news2_pack() if name == "news2" else load_pack(PACKS_FOLDER / f"{name}.json")


def pack_behind(
    score: Score, months: int | None, in_use: tuple[ScorePack, ...] = ()
) -> ScorePack | None:
    """Return the very pack a stored score was made with, at an age in whole months.

    None when neither the packs in use here nor those shipped are of that hash, or when its bands
    depend on an age that is not known or not the pack's.
    """
    held = (one for one in in_use if one.hash == score.pack_hash)
    # of those shipped only the one that is meant: to test the others takes longer than a key press
    pack = next(held, None) or shipped_pack(score.pack_hash)
    if pack is None or not pack.by_age:
        return pack
    return rules.at_age(pack, months) if months is not None and pack.ages.holds(months) else None


@cache
def live_packs() -> tuple[ScorePack, ...]:
    """Return the packs that score patients as delivered; read and tested once per process.

    Those that are delivered disabled are not tested here: a sheet that opens would wait for it.
    """
    return tuple(pack_named(name) for name in PACK_NAMES if _is_live(name))


def _is_live(name: str) -> bool:
    data = json.loads(_read(PACKS_FOLDER / f"{name}.json"))
    return PackStatus(data.get("status", "live")) is PackStatus.LIVE


def shipped_pack(digest: str) -> ScorePack | None:
    """Return the shipped pack of that hash, None = it is a hospital's own, or of another version.

    Raises:
        ConfigurationError: the pack is missing, damaged or fails its own test vectors.
    """
    name = _names_by_hash().get(digest)
    return None if name is None else pack_named(name)


def shipped_hashes() -> tuple[str, ...]:
    """Return the hashes of the packs that came with the program."""
    return tuple(_names_by_hash())


@cache
def _names_by_hash() -> Mapping[str, str]:
    files = {name: _read(PACKS_FOLDER / f"{name}.json") for name in PACK_NAMES}
    return {hashlib.sha256(content).hexdigest(): name for name, content in files.items()}


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
    return read_pack(_read(path), path.name)


def read_pack(content: bytes, called: str) -> ScorePack:
    """Return the score pack of a file's bytes, after it has passed the test vectors it carries.

    Args:
        content: the file; its hash is the pack's.
        called: the file's name, for the sentence of an error.

    Raises:
        ConfigurationError: as `load_pack`.
    """
    try:
        data = json.loads(content)
        pack = _pack(data, hashlib.sha256(content).hexdigest())
        failed = failed_vectors(pack, data)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise _damaged(called) from error
    if failed:
        raise ConfigurationError(
            f"The score pack {called} does not score as its own tests say ({failed[0]})."
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
        raise _damaged(path.name) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            f"The score data {path.name} is missing. Install the program again."
        ) from error


def _damaged(called: str) -> ConfigurationError:
    return ConfigurationError(f"The score data {called} is damaged. Install the program again.")


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
        **_use(data),
    )


def _use(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return whom a pack is for and how it is read.

    NEWS2 says so in its words alone: its file, and so its hash, is older than these entries.
    """
    whom = data.get("for", {"from_months": ADULT_FROM_MONTHS, "pregnancy": "not_pregnant"})
    return {
        "scoring": Scoring(data.get("kind", "sum")),
        "status": PackStatus(data.get("status", "live")),
        "ages": AgeRange(whom.get("from_months"), whom.get("below_months")),
        "pregnancy": PregnancyCondition(whom["pregnancy"]),
        "needs_sign_off": tuple(data.get("needs_sign_off", ())),
    }


def _parameter(entry: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=entry["name"],
        label=entry["label"],
        step=Decimal(1).scaleb(-entry.get("decimals", 0)),
        bands=tuple(_band(band) for band in entry.get("bands", ())),
        choices={choice["value"]: int(choice["points"]) for choice in entry.get("choices", ())},
        further=FurtherKind(entry["further"]) if "further" in entry else None,
        unit=entry.get("unit", ""),
        options=_options(entry) if "further" in entry else {},
    )


def _options(entry: Mapping[str, Any]) -> dict[str | bool, Option]:
    choices = entry.get("choices", ())
    return {choice["value"]: Option(choice["key"], choice["label"]) for choice in choices}


def _band(entry: Mapping[str, Any]) -> Band:
    return Band(
        points=int(entry["points"]),
        lowest=_decimal(entry.get("from")),
        highest=_decimal(entry.get("to")),
        spo2_scale=entry.get("spo2_scale"),
        on_oxygen=entry.get("on_oxygen"),
        ages=_ages(entry) if "age_from_months" in entry else None,
    )


def _ages(entry: Mapping[str, Any]) -> AgeRange:
    return AgeRange(entry["age_from_months"], entry["age_below_months"])


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
    values = {**well, **vector["set"]}
    values["further"] = {**well.get("further", {}), **vector["set"].get("further", {})}
    months = values.pop("age_months", None)
    scoring = pack if months is None else rules.at_age(pack, months)
    found = rules.score(_vital_signs(values, scoring), scoring)
    given = {name: found.points.get(name) for name in vector["points"]}
    return (found.total, given) == (vector["total"], vector["points"])


def _vital_signs(values: Mapping[str, Any], pack: ScorePack) -> VitalSigns:
    read = dict(values)
    for name in _DECIMAL_FIELDS:
        read[name] = _decimal(read.get(name))
    if read.get("consciousness") is not None:
        read["consciousness"] = Consciousness(read["consciousness"])
    numbers = {one.name for one in pack.parameters if one.further is FurtherKind.NUMBER}
    read["further"] = {
        name: Decimal(value) if name in numbers else value
        for name, value in values["further"].items()
        if value is not None
    }
    return VitalSigns(**read)
