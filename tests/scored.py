"""Sets for plain SQL as a client sends them: with the score that the database will ask for."""

from __future__ import annotations

import json

from ward_app.observations import rules
from ward_app.observations.packs import news2_pack
from ward_app.observations.types import VitalSigns

MEASURED = ("respiratory_rate_per_min", "spo2_percent", "on_oxygen", "pulse_per_min")


def scored(**signs):
    """Return the columns of a set scored with NEWS2, and their values, both as SQL text.

    Only what is in `MEASURED`.
    """
    score = rules.score(VitalSigns(**signs), news2_pack())
    columns = {name: json.dumps(value) for name, value in signs.items() if name in MEASURED} | {
        "score_pack": f"'{score.pack}'",
        "score_version": f"'{score.version}'",
        "score_hash": f"'{score.pack_hash}'",
        "score_at_least": str(score.at_least),
        "score_points": f"'{json.dumps(dict(score.points))}'",
        "score_missing": f"'{json.dumps(score.missing)}'",
        "risk": f"'{score.risk}'",
        "interval_minutes": str(score.interval_minutes),
        "next_due_at": f"now() + interval '{score.interval_minutes or 30} minutes'",
    }
    return ", ".join(columns), ", ".join(columns.values())
