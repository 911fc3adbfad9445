"""Sets of a device, as a monitor's gateway would send them, and what is chosen of them."""

from __future__ import annotations

from dataclasses import replace

from psycopg.types.json import Jsonb

from tests import world
from tests.steps import a_set, ago
from ward_app.audit.service import open_charts
from ward_app.core.ids import new_id
from ward_app.observations import rules
from ward_app.observations.packs import news2_pack
from ward_app.observations.rules import next_due_at
from ward_app.strike_outs.queries import chosen_sets, measured_by
from ward_app.strike_outs.service import strike_out_group
from ward_app.strike_outs.types import GroupStrikeOut, Selection

EAST = world.id_of("east")
MONITOR = "Spot monitor 2"

_MEASURE = """
INSERT INTO report.vital_signs (id, admission_id, occurred_at, device_source,
    respiratory_rate_per_min, spo2_percent, on_oxygen, systolic_bp_mmhg, pulse_per_min,
    consciousness, temperature_celsius, score_pack, score_version, score_hash, score_total,
    score_at_least, score_points, score_missing, risk, interval_minutes, next_due_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def measure(database, actor, admission_id, minutes=10, *, device=MONITOR, **signs):
    """Store a set that a device measured so many minutes ago and return its id."""
    new = a_set(admission_id, occurred_at=ago(minutes))
    measured = replace(new.vital_signs, **signs)
    score = rules.score(measured, news2_pack())
    values = (
        new.id, admission_id, new.occurred_at, device, measured.respiratory_rate_per_min,
        measured.spo2_percent, measured.on_oxygen, measured.systolic_bp_mmhg,
        measured.pulse_per_min, measured.consciousness.value, measured.temperature_celsius,
        score.pack, score.version, score.pack_hash, score.total, score.at_least,
        Jsonb(dict(score.points)), Jsonb(list(score.missing)), score.risk.value,
        score.interval_minutes, next_due_at(score, new.occurred_at),
    )  # fmt: skip
    database.run(actor, lambda tx: tx.execute(_MEASURE, values))
    return new.id


def a_selection(**changes):
    """Return what the monitor measured on ward East in the last two hours."""
    facts = {
        "ward_id": EAST,
        "device_source": MONITOR,
        "person_id": None,
        "measured_from": ago(120),
        "measured_until": ago(0),
    } | changes
    return Selection(**facts)


def looked_at(database, actor, selection=None):
    """Open the charts that are concerned, log that, and return the sets that are meant."""
    selection = selection or a_selection()
    stretch = (selection.measured_from, selection.measured_until)
    found = database.run(actor, measured_by, selection.ward_id, *stretch)
    patients = sorted({patient for one in found for patient in one.patient_ids})
    database.run(actor, open_charts, patients)
    return database.run(actor, chosen_sets, selection, patients)


def a_group(set_ids, selection=None, **changes):
    """Return the strike-out of these sets."""
    facts = {
        "id": new_id(),
        "selection": selection or a_selection(),
        "set_ids": tuple(set_ids),
        "reason": "Cuff leaked",
    } | changes
    return GroupStrikeOut(**facts)


def struck(database, actor, selection=None, **changes):
    """Strike out everything that is meant and return the group."""
    selection = selection or a_selection()
    sets = looked_at(database, actor, selection)
    group = a_group([one.id for one in sets], selection, **changes)
    database.run(actor, strike_out_group, group)
    return group
