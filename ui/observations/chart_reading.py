"""All that one patient's chart shows, read in one transaction."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from ward_app.core.database import Transaction
from ward_app.measurements.queries import measurement_chart
from ward_app.measurements.types import RecordedMeasurement
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.queries import observation_chart


class WholeChart(NamedTuple):
    """Vital signs and other measurements of a stay, as they were known at one moment."""

    observations: ObservationChart
    measured: tuple[RecordedMeasurement, ...]


def whole_chart(tx: Transaction, admission_id: UUID) -> WholeChart:
    """Return everything the chart of one stay shows.

    Raises:
        NotPermittedError: the chart was not opened in an earlier transaction, or the patient
            is no longer in reach.
    """
    return WholeChart(
        observation_chart(tx, admission_id), measurement_chart(tx, admission_id).sets
    )
