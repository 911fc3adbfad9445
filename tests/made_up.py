"""Numbers for made-up wards and values: the same in every run for the same seed."""

import random


def numbers(seed):
    """Return a source of numbers that nobody's secret depends on."""
    return random.Random(seed)  # noqa: S311 - repeatable is what tests need, not unguessable
