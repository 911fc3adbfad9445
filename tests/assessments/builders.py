"""What tests of assessments are made of."""

from __future__ import annotations

import json

from psycopg.types.json import Jsonb

from tests import world
from tests.steps import ago
from ward_app.assessments.pack import read_instrument, shipped
from ward_app.assessments.queries import assessment_chart, ward_dues
from ward_app.assessments.service import record_assessment, strike_out_assessment
from ward_app.assessments.types import AssessmentStrikeOut, NewAssessment
from ward_app.core.ids import new_id

EAST = world.id_of("east")
NAMED = {one.name: one for one in shipped()}
FACTORS = ("fallen", "walking", "footwear", "continence", "cognition", "sight", "dizzy",
           "medicines", "fear")  # fmt: skip
AT_RISK = {"age": "65_or_over", **dict.fromkeys(FACTORS, "no")}
FELL = {"seen": "no", "head": "no", "injury": "no", "thinner": "no", "observations": "yes",
        "told": "yes"}  # fmt: skip

# a made-up instrument of a site: nothing of it is anybody's property
LOCAL = {
    "name": "local",
    "version": "1",
    "title": "Skin of the site",
    "key": "S",
    "scoring": "sum",
    "source": "Made up for tests.",
    "licence": {"free": False, "holder": "A publisher", "text": "By agreement only."},
    "work_minutes": 4,
    "items": [
        {"name": "moist", "label": "Moist", "kind": "choice", "choices": [
            {"value": "dry", "key": "D", "words": "dry", "points": 0},
            {"value": "wet", "key": "W", "words": "wet", "points": 2},
            {"value": "unknown", "key": "U", "words": "not known", "unknown": True}]},
        {"name": "weight", "label": "Weight lost", "kind": "number", "possible": ["0", "40"],
         "decimals": 1, "unit": "kg", "points": [
             {"to": "5", "points": 0}, {"from": "5", "points": "1.5"}]},
        {"name": "moves", "label": "Moves alone", "kind": "yes_no", "points": {"yes": 0, "no": 1}},
    ],
    "bands": [
        {"name": "low", "words": "Low", "tone": "none", "to": "1.5"},
        {"name": "high", "words": "High", "tone": "high", "from": "2", "actions": ["Turn often"],
         "tasks": [{"task": "Plan turning", "minutes": 60}]},
    ],
    "reassess": {"after": ["admission"], "first_minutes": 360, "again_minutes": 1440,
                 "by_band": {"high": 720}, "basis": "Made up."},
    "vectors": [
        {"name": "least", "answers": {"moist": "dry", "weight": "0.0", "moves": "yes"},
         "score": 0, "band": "low"},
        {"name": "most", "answers": {"moist": "wet", "weight": "12.5", "moves": "no"},
         "score": 4.5, "band": "high"},
        {"name": "not known", "answers": {"moist": "unknown", "weight": "0.0", "moves": "yes"},
         "band": None},
    ],
}  # fmt: skip


def content(**changes):
    """Return the made-up instrument's file, changed."""
    return json.dumps(LOCAL | changes)


def local(**changes):
    return read_instrument(content(**changes), "local.json")


def an_assessment(admission_id, instrument="pain_nrs", answers=None, **changes):
    found = NAMED[instrument] if isinstance(instrument, str) else instrument
    facts = {
        "id": new_id(),
        "admission_id": admission_id,
        "instrument": found,
        "answers": {"pain": "4"} if answers is None else answers,
        "occurred_at": ago(5),
    } | changes
    return NewAssessment(**facts)


def assess(database, actor, admission_id, instrument="pain_nrs", answers=None, **changes):
    """Record an assessment and return its id."""
    new = an_assessment(admission_id, instrument, answers, **changes)
    database.run(actor, record_assessment, new)
    return new.id


def strike(database, actor, admission_id, struck_id, reason="wrong patient"):
    mark = AssessmentStrikeOut(
        id=new_id(), admission_id=admission_id, struck_id=struck_id, reason=reason
    )
    database.run(actor, strike_out_assessment, mark)
    return mark.id


def chart(database, actor, admission_id, ward_id=EAST):
    return database.run(actor, assessment_chart, admission_id, ward_id)


def rows(database, actor, admission_id):
    return chart(database, actor, admission_id).rows


def in_force(database, actor, admission_id):
    return [row for row in rows(database, actor, admission_id) if row.counts]


def dues(database, actor, ward_id=EAST):
    return database.run(actor, ward_dues, ward_id)


def register(admin, text=None, permission="Agreement 7"):
    """Load an instrument as the administrator does and return its id."""
    instrument_id = new_id()
    admin.execute(
        "INSERT INTO report.instruments (id, content, loaded_by, permission)"
        " VALUES (%s, %s, 'IT', %s)",
        (instrument_id, content() if text is None else text, permission),
    )
    return instrument_id


def use(admin, instrument, *, ward="east", in_use=True, reassess=None):
    """Set the use of an instrument (by id, or the name of a registered one) on a ward."""
    admin.execute(
        "INSERT INTO report.instrument_uses (id, ward_id, instrument_id, in_use, reassess, reason,"
        " set_by) SELECT %s, %s, i.id, %s, %s, 'test', 'IT' FROM report.instruments i"
        " WHERE i.id::text = %s OR i.name = %s",
        (
            new_id(),
            world.id_of(ward) if ward else None,
            in_use,
            None if reassess is None else Jsonb(reassess),
            str(instrument),
            str(instrument),
        ),
    )
