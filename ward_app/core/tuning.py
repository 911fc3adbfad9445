"""How a database is worked with, beside where it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from ward_app.core.settings_groups import HealthSettings, MetricsSettings, RetrySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Patience, looks at its health, and what is called slow."""

    retry: RetrySettings = field(default_factory=RetrySettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
