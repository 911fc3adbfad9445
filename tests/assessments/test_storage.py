"""What the database says of instruments and assessments by itself, whatever program writes."""

from __future__ import annotations

import itertools
import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests import world
from tests.assessments.builders import (
    AT_RISK,
    EAST,
    LOCAL,
    NAMED,
    assess,
    content,
    local,
    register,
    use,
)
from tests.patience import PATIENCE_S
from tests.steps import ago
from ward_app.assessments.pack import INSTRUMENTS_FOLDER, shipped
from ward_app.assessments.queries import instruments_in_use
from ward_app.assessments.rules import result
from ward_app.core.database import Actor
from ward_app.core.ids import new_id


def test_that_the_shipped_instruments_are_registered_in_use_and_due_by_no_times(admin):
    rows = admin.execute(
        "SELECT i.name, i.version, i.hash, i.content, u.in_use, u.reassess, u.ward_id"
        " FROM report.instruments i JOIN report.instrument_uses u ON u.instrument_id = i.id"
    ).fetchall()
    files = {one.name: (INSTRUMENTS_FOLDER / f"{one.name}.json").read_text() for one in shipped()}
    assert {(row[0], row[1], row[2]) for row in rows} == {
        (one.name, one.version, one.hash) for one in shipped()
    }
    assert all(row[3] == files[row[0]] and row[4:] == (True, None, None) for row in rows)


def answers_of(item):
    """Every answer to an item worth telling apart, None = not answered."""
    if item.choices:
        return [choice.value for choice in item.choices] + [None]
    if item.possible:
        low, high = (format(end, f".{item.decimals}f") for end in item.possible)
        return [low, "5" if not item.decimals else "5.1", high, None]
    return ["words", None]


def sample(instrument):
    """A few hundred different ways to answer, spread over all of them."""
    every = itertools.product(*map(answers_of, instrument.items))
    names = [item.name for item in instrument.items]
    for values in itertools.islice(every, 0, None, 7 if len(names) > 6 else 1):
        yield {n: v for n, v in zip(names, values, strict=True) if v is not None}


@pytest.mark.parametrize("name", [*NAMED, "local"])
def test_that_program_and_database_come_to_the_same(admin, name):
    instrument = NAMED.get(name) or local()
    if name == "local":
        register(admin)
    ways = list(itertools.islice(sample(instrument), 3_000))
    rows = admin.execute(
        "SELECT (f).complete, (f).score, (f).band FROM ("
        " SELECT n, report.assessed(i.content::jsonb, t.a) f FROM report.instruments i"
        " CROSS JOIN jsonb_array_elements(%s::jsonb) WITH ORDINALITY t (a, n)"
        " WHERE i.name = %s) r ORDER BY r.n",
        (json.dumps(ways), name),
    ).fetchall()
    expected = [result(instrument, way)[:3] for way in ways]
    assert [tuple(row) for row in rows] == expected
    assert {row[0] for row in rows} == {True, False}


@pytest.mark.parametrize(
    ("name", "answers", "words"),
    [
        ("pain_nrs", {"pain": "11"}, "between 0 and 10"),
        ("pain_nrs", {"pain": "4.5"}, "decimals"),
        ("pain_nrs", {"pain": "-0"}, "decimals"),
        ("pain_nrs", {"pain": "lots"}, "not a number"),
        ("pain_nrs", {"pain": 4}, "not an answer of this kind"),
        ("pain_nrs", {"place": "x" * 501}, "500 letters"),
        ("pain_nrs", {"other": "1"}, "no such item"),
        ("pain_nrs", [], "not readable"),
        ("pain_verbal", {"pain": "awful"}, "not one of its answers"),
        ("falls", {"age": "65_or_over", "fallen": "maybe"}, "yes or no"),
        ("falls", {"age": "under_50", "fallen": "no"}, "does not belong"),
        ("falls", AT_RISK, None),
    ],
)
def test_that_the_database_takes_only_answers_that_fit(admin, name, answers, words):
    (found,) = admin.execute(
        "SELECT report.assessed_problem(content::jsonb, %s) FROM report.instruments"
        " WHERE name = %s",
        (Jsonb(answers), name),
    ).fetchone()
    assert (found is None) if words is None else words in found


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "none"), (10, "pain"), (None, None), (4, "none"), (4, None), (None, "pain")],
)
def test_that_a_forged_score_is_refused(database, nurse, stay, score, band):
    one = NAMED["pain_nrs"]
    with pytest.raises(Exception, match="do not come to this score"):
        database.run(
            nurse,
            lambda tx: tx.execute(
                "INSERT INTO report.assessments (id, admission_id, instrument, version, hash,"
                " answers, score, band, occurred_at)"
                ' VALUES (%s, %s, %s, %s, %s, \'{"pain": "4"}\', %s, %s, %s)',
                (new_id(), stay, one.name, one.version, one.hash, score, band, ago(1)),
            ),
        )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("falls", "1", None), "is not the one it is said to be"),
        (("pain_nrs", "2", None), "is not the one it is said to be"),
        (("pain_nrs", "1", "0" * 64), "does not know this instrument"),
    ],
    ids=["name", "version", "hash"],
)
def test_that_name_version_and_hash_are_those_of_a_registered_file(
    database, nurse, stay, said, words
):
    name, version, digest = said
    digest = digest or NAMED["pain_nrs"].hash
    with pytest.raises(Exception, match=words):
        database.run(
            nurse,
            lambda tx: tx.execute(
                "INSERT INTO report.assessments (id, admission_id, instrument, version, hash,"
                " answers, score, band, occurred_at)"
                " VALUES (%s, %s, %s, %s, %s, '{\"pain\": \"4\"}', 4, 'pain', %s)",
                (new_id(), stay, name, version, digest, ago(1)),
            ),
        )


@pytest.mark.parametrize("column", ["complete", "instrument_id", "recorded_by", "patient_id"])
def test_that_a_client_may_not_say_what_the_database_says(database, nurse, stay, column):
    with pytest.raises(Exception, match="role does not allow"):
        database.run(
            nurse,
            lambda tx: tx.execute(
                f"INSERT INTO report.assessments (id, {column}) VALUES (%s, NULL)", (new_id(),)
            ),
        )


@pytest.mark.parametrize("table", ["instruments", "instrument_uses", "assessments"])
def test_that_nothing_is_changed_or_deleted(admin, table):
    for change in (f"DELETE FROM report.{table}", f"UPDATE report.{table} SET id = id"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(change)


def test_that_a_client_loads_no_instrument_and_sets_no_use(database, nurse):
    for table in ("instruments", "instrument_uses"):
        with pytest.raises(Exception, match="role does not allow"):
            database.run(
                nurse,
                lambda tx, table=table: tx.execute(
                    f"INSERT INTO report.{table} (id) VALUES (%s)", (new_id(),)
                ),
            )


def test_that_an_instrument_that_is_not_free_needs_a_permission(admin):
    for permission in (None, " "):
        with pytest.raises(psycopg.errors.CheckViolation):
            register(admin, permission=permission)
    register(admin, content(licence={"free": True, "holder": "", "text": "x"}), permission=None)


def test_that_the_database_runs_the_tests_an_instrument_carries(admin):
    wrong = [LOCAL["vectors"][0] | {"score": 3}]
    impossible = [LOCAL["vectors"][0] | {"answers": {"moist": "damp"}, "score": None}]
    for changes, words in (
        ({"vectors": wrong}, "own test"),
        ({"vectors": impossible}, "own test"),
        ({"vectors": []}, "carries no tests"),
        ({"work_minutes": "soon"}, "not readable"),
    ):
        with pytest.raises(psycopg.Error, match=words):
            register(admin, content(**changes))


def test_that_one_version_has_one_content(admin):
    register(admin)
    with pytest.raises(psycopg.errors.UniqueViolation):
        register(admin, content(title="Another"))
    register(admin, content(version="2", title="Another"))


@pytest.mark.parametrize(
    ("reassess", "words"),
    [
        ({"after": ["lunch"]}, "admission, transfer or a fall"),
        ({"first_minutes": 4}, "5 minutes to a year"),
        ({"by_band": {"high": 600_000}}, "5 minutes to a year"),
        ({"by_band": {"purple": 60}}, "does not have"),
        ({"again_minutes": "soon"}, "not readable"),
    ],
)
def test_that_the_times_of_a_site_are_possible(admin, reassess, words):
    register(admin)
    with pytest.raises(psycopg.Error, match=words):
        use(admin, "local", reassess=reassess)


def test_that_each_ward_has_its_own_instruments(database, nurse, signed_in, admin):
    instrument_id = register(admin)
    use(admin, instrument_id)
    use(admin, "bristol", in_use=False)
    both = Actor(signed_in("both").token)
    names = [one.name for one in database.run(both, instruments_in_use, EAST)]
    assert names == ["after_fall", "falls", "pain_verbal", "pain_nrs", "local"]
    west = [one.name for one in database.run(both, instruments_in_use, world.id_of("west"))]
    assert "bristol" in west
    assert "local" not in west


def test_that_nobody_reads_instruments_without_a_session(database):
    assert database.run(None, instruments_in_use, EAST) == ()


def test_that_a_bulk_load_gets_its_score_from_the_database(admin, loader, stay):
    one = NAMED["pain_nrs"]
    loader.execute(
        "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
        ' occurred_at) VALUES (%s, %s, %s, %s, %s, \'{"pain": "7"}\', %s)',
        (new_id(), stay, one.name, one.version, one.hash, ago(1)),
    )
    row = admin.execute("SELECT complete, score, band, recorded_by FROM report.assessments")
    assert row.fetchone() == (True, 7, "pain", None)


def test_that_a_change_tells_the_ward(database, nurse, stay, admin_dsn):
    with psycopg.connect(admin_dsn, autocommit=True) as ear:
        ear.execute("LISTEN ward")
        assess(database, nurse, stay)
        told = next(ear.notifies(timeout=PATIENCE_S, stop_after=1))
    assert told.payload == f"{EAST}:assessments"
