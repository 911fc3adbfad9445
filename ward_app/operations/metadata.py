"""The whole data model in one place, for migrations and their checks."""

from __future__ import annotations

import ward_app.admissions.tables
import ward_app.assessments.tables
import ward_app.audit.tables
import ward_app.devices.tables
import ward_app.downtime.tables
import ward_app.escalations.tables
import ward_app.exchange.tables
import ward_app.handover.tables
import ward_app.lane.tables
import ward_app.measurements.tables
import ward_app.messages.tables
import ward_app.notes.tables
import ward_app.observations.pack_tables
import ward_app.observations.tables
import ward_app.openings.tables
import ward_app.operations.monitor.tables
import ward_app.patients.tables
import ward_app.rooms.tables
import ward_app.rounding.tables
import ward_app.schedule.tables
import ward_app.shifts.tables
import ward_app.staff.key_tables
import ward_app.staff.tables
import ward_app.strike_outs.tables  # noqa: F401 - importing registers the tables
from ward_app.core.tables import Table

metadata = Table.metadata

SCHEMAS = ("public", "patient", "room", "admission", "report", "rounding", "audit", "auth")
