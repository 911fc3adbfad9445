"""The limits of vital signs at an age: the impossible is the same for all, the unusual is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from ward_app.core.errors import ConfigurationError
from ward_app.observations.limits import Limit, Limits
from ward_app.observations.pack_choice import age_in_months
from ward_app.observations.packs import PACKS_FOLDER, adult_limits

ADULT_FROM_MONTHS = 16 * 12
# what is usual of them does not follow the age, and a slip (9 for 97, 3.7 for 37) is asked about
SAME_AT_EVERY_AGE = ("spo2_percent", "temperature_celsius")


@cache
def limits_for(age_months: int | None) -> Limits:
    """Return the limits at an age in completed months; unknown age = those of adults.

    A question too many does no harm where the age is not known; a slip that nobody asks about
    does. Of a child nothing is asked but what the table names and what is the same at every age.

    Raises:
        ConfigurationError: the table of ages is missing or damaged.
    """
    adult = adult_limits()
    if age_months is None or age_months >= ADULT_FROM_MONTHS:
        return adult
    return _asking_only(adult, _usual_at(age_months))


def _asking_only(adult: Limits, usual: dict[str, list[str]]) -> Limits:
    """Return the adults' possible ranges, with questions about what `usual` names alone."""
    by_name = {
        name: limit if name in SAME_AT_EVERY_AGE else _with_usual(limit, usual.get(name))
        for name, limit in adult.by_name.items()
    }
    return replace(adult, by_name=by_name)


def _with_usual(limit: Limit, ends: list[str] | None) -> Limit:
    lowest, highest = map(Decimal, ends) if ends else (limit.possible_from, limit.possible_to)
    return replace(limit, usual_from=lowest, usual_to=highest)


def _usual_at(age_months: int) -> dict[str, list[str]]:
    for band in _bands():
        if band["from_months"] <= age_months < band["to_months"]:
            return dict(band["usual"])
    return {}


def limits_on(born_on: date | None, on: date) -> Limits:
    """Return the limits for somebody born on a day, as old as on another."""
    return limits_for(None if born_on is None else age_in_months(born_on, on))


@cache
def _bands() -> tuple[dict[str, Any], ...]:
    try:
        text = (PACKS_FOLDER / "children_usual.json").read_text(encoding="utf-8")
        return tuple(json.loads(text)["bands"])
    except (OSError, KeyError, ValueError) as error:
        raise ConfigurationError(
            "The limits by age are missing or damaged. Install the program again."
        ) from error
