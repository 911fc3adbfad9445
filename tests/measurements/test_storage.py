"""What the database itself holds measurements to, whatever program sends them."""

import json
from decimal import Decimal

import psycopg
import pytest

from tests import world
from tests.made_up import numbers
from tests.steps import admit, ago
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.measurements.kinds import KINDS_FOLDER, kinds, read_values
from ward_app.measurements.rules import derive, number_text, stored_values, summary
from ward_app.measurements.service import record_measurement
from ward_app.measurements.types import FieldType, NewMeasurement
from ward_app.staff.service import sign_in

LINE = """
SELECT report.measured_derived(k.derived, v.values),
    report.measured_line(k, v.values, report.measured_derived(k.derived, v.values))
FROM report.measurement_kinds k, (SELECT %s::jsonb AS values) v WHERE k.name = %s
"""
INSERT = """
INSERT INTO report.measurements (id, admission_id, kind, kind_version, kind_hash, values,
    occurred_at) SELECT %(id)s, %(stay)s, name, version, hash, %(values)s, now()
FROM report.measurement_kinds WHERE name = %(kind)s
"""


@pytest.fixture
def patient(database, nurse):
    return admit(database, nurse, "Okafor", label="1")


def test_that_the_registered_kinds_are_those_that_are_delivered(admin):
    rows = admin.execute(
        "SELECT name, version, hash, fields, derived, summary FROM report.measurement_kinds"
    )
    registered = {name: tuple(rest) for name, *rest in rows}
    delivered = {}
    for name, kind in kinds().items():
        data = json.loads((KINDS_FOLDER / f"{name}.json").read_bytes())
        parts = (data["fields"], data.get("derived", []), data["summary"])
        delivered[name] = (kind.version, kind.hash, *parts)
    assert registered == delivered


def followed(admin, kind, values):
    """Return what the database derives from values, and its line."""
    found = admin.execute(LINE, (json.dumps(stored_values(values)), kind.name)).fetchone()
    derived, line = found
    return {name: number_text(Decimal(value)) for name, value in derived.items()}, line


def derived_here(kind, values):
    numbers = {name: number_text(value) for name, value in derive(kind, values).items()}
    return numbers, summary(kind, values)


@pytest.mark.parametrize("name", sorted(kinds()))
def test_that_the_database_derives_what_the_examples_say(admin, name):
    kind = kinds()[name]
    data = json.loads((KINDS_FOLDER / f"{name}.json").read_bytes())
    tried = 0
    for example in data["examples"]:
        if not example.get("impossible"):
            values = read_values(kind, example["values"])
            assert followed(admin, kind, values) == derived_here(kind, values), example["name"]
            tried += 1
    assert tried


@pytest.mark.parametrize("name", sorted(kinds()))
def test_that_the_database_derives_the_same_from_any_values(admin, name):
    rng, kind = numbers(name), kinds()[name]
    for _ in range(60):
        values = {
            field.name: some_value(rng, field) for field in kind.fields if rng.random() < 0.8
        }
        assert followed(admin, kind, values) == derived_here(kind, values), values


def some_value(rng, field):
    if field.type is FieldType.FLAG:
        return rng.random() < 0.5
    if field.type is FieldType.CHOICE:
        return rng.choice(field.choices).value
    if field.type is FieldType.TEXT:
        return rng.choice(["left hip", "{score}", "a, b"])
    step = Decimal(1).scaleb(-field.decimals)
    lowest, highest = (int(end / step) for end in field.possible)
    return rng.randint(lowest, highest) * step


def test_that_no_program_stores_a_total_of_its_own(database, nurse, patient):
    forged = INSERT.replace("occurred_at)", "occurred_at, derived)").replace(
        "now()", 'now(), \'{"total": "15"}\''
    )
    with pytest.raises(NotPermittedError):
        database.run(nurse, send(forged, patient, "gcs", {"eye": "1"}))


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("pain", {"score": "11"}, "lies between 0 and 10"),
        ("pain", {"score": "3.5"}, "lies between"),
        ("pain", {"score": 3}, "not a value of this kind"),
        ("pain", {"score": "three"}, "not a number"),
        ("pain", {"site": "hip"}, "Pain is missing"),
        ("pain", {"score": "3", "mood": "low"}, "no such value"),
        ("pain", {}, "has no value"),
        ("pain", {"score": "3", "site": "x" * 201}, "at most 200 letters"),
        ("stool", {"type": "8"}, "not one of its choices"),
        ("stool", {"type": "4", "blood": "yes"}, "yes or no"),
    ],
)
def test_that_a_tampered_program_stores_no_value_that_cannot_be(
    database, nurse, patient, kind, values, said
):
    with pytest.raises(RuleBrokenError, match=said):
        database.run(nurse, send(INSERT, patient, kind, values))


def test_that_an_unknown_version_of_a_kind_is_refused(database, nurse, patient):
    forged = INSERT.replace("version, hash,", "version, 'forged',")
    with pytest.raises(RuleBrokenError, match="does not know this kind"):
        database.run(nurse, send(forged, patient, "pain", {"score": "3"}))


def test_that_another_wards_patient_is_not_measured(connect, patient):
    station = connect("ws_beta")
    stranger = Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)
    for values in ({"score": "3"}, {"score": "11"}):  # nothing is said of the value either
        with pytest.raises(NotPermittedError):
            station.run(stranger, send(INSERT, patient, "pain", values))


def test_that_a_correction_stays_with_its_patient_and_kind(database, nurse, patient):
    other = admit(database, nurse, "Ruiz", "Ana", label="2")
    theirs = NewMeasurement(
        id=new_id(), admission_id=other, kind="pain", values={"score": Decimal(3)},
        occurred_at=ago(1), note=None,
    )  # fmt: skip
    database.run(nurse, record_measurement, theirs)
    forged = INSERT.replace("occurred_at)", "occurred_at, supersedes_id, change_reason)").replace(
        "now()", f"now(), '{theirs.id}', 'x'"
    )
    for stay, kind, values in (
        (patient, "pain", {"score": "3"}),
        (other, "stool", {"type": "4"}),
    ):
        with pytest.raises(RuleBrokenError, match="does not belong"):
            database.run(nurse, send(forged, stay, kind, values))


def test_that_who_may_not_correct_does_not(database, signed_in, nurse, patient):
    first = NewMeasurement(
        id=new_id(), admission_id=patient, kind="pain", values={"score": Decimal(3)},
        occurred_at=ago(1), note=None,
    )  # fmt: skip
    hal = Actor(signed_in("hal").token)
    database.run(hal, record_measurement, first)
    forged = INSERT.replace("occurred_at)", "occurred_at, supersedes_id, change_reason)").replace(
        "now()", f"now(), '{first.id}', 'x'"
    )
    with pytest.raises(NotPermittedError):
        database.run(hal, send(forged, patient, "pain", {"score": "4"}))


def test_that_nothing_is_changed_or_removed(admin, database, nurse, patient):
    database.run(nurse, send(INSERT, patient, "pain", {"score": "3"}))
    for attack in (
        "UPDATE report.measurements SET summary = '0/10'",
        "DELETE FROM report.measurements",
        "TRUNCATE report.measurements CASCADE",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(attack)


def send(statement, stay, kind, values):
    """Return what sends a statement as a program of somebody else's might."""
    given = {"id": new_id(), "stay": stay, "kind": kind, "values": json.dumps(values)}
    return lambda tx: tx.execute(statement, given)
