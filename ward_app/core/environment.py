"""What an installation is for; settings and the database itself say it."""

from __future__ import annotations

from enum import StrEnum


class Environment(StrEnum):
    """What the installation is for; guards everything that destroys data.

    Staging is where the next version is tried on a copy of production: nobody is cared for by it,
    and the people in it are real.
    """

    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"
    TRAINING = "training"
    STAGING = "staging"
    PRODUCTION = "production"

    @property
    def is_disposable(self) -> bool:
        """Whether its data may be destroyed, and invented patients put in."""
        return self in {Environment.DEVELOPMENT, Environment.DEMO, Environment.TEST}

    @property
    def has_real_patients(self) -> bool:
        """Whether data of real people are in it, which nobody else may read."""
        return self in {Environment.STAGING, Environment.PRODUCTION}
