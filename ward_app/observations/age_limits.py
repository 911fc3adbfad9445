"""The limits of vital signs at an age: the impossible is the same for all, the unusual is not."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.observations.limits import Limit, Limits
from ward_app.observations.packs import PACKS_FOLDER, adult_limits

ADULT_FROM_MONTHS = 16 * 12


@cache
def limits_for(age_months: int | None) -> Limits:
    """Return the limits at an age in completed months; unknown age = nothing is unusual.

    Raises:
        ConfigurationError: the table of ages is missing or damaged.
    """
    adult = adult_limits()
    if age_months is None:
        return _asking_only(adult, {})
    if age_months >= ADULT_FROM_MONTHS:
        return adult
    return _asking_only(adult, _usual_at(age_months))


def _asking_only(adult: Limits, usual: dict[str, list[str]]) -> Limits:
    """Return the adults' possible ranges, with questions about what `usual` names alone."""
    by_name = {name: _with_usual(limit, usual.get(name)) for name, limit in adult.by_name.items()}
    return replace(adult, by_name=by_name)


def _with_usual(limit: Limit, ends: list[str] | None) -> Limit:
    lowest, highest = map(Decimal, ends) if ends else (limit.possible_from, limit.possible_to)
    return replace(limit, usual_from=lowest, usual_to=highest)


def _usual_at(age_months: int) -> dict[str, list[str]]:
    for band in _bands():
        if band["from_months"] <= age_months < band["to_months"]:
            return dict(band["usual"])
    return {}


@cache
def _bands() -> tuple[dict[str, Any], ...]:
    try:
        text = (PACKS_FOLDER / "children_usual.json").read_text(encoding="utf-8")
        return tuple(json.loads(text)["bands"])
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(
            "The limits by age are missing or damaged. Install the program again."
        ) from error
