"""What the database says of instruments and assessments by itself, whatever program writes."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests import world
from tests.assessments.builders import (
    AT_RISK,
    EAST,
    FELL,
    LOCAL,
    NAMED,
    assess,
    content,
    dues,
    local,
    register,
    strike,
    use,
)
from tests.database.test_plans import explained
from tests.steps import admit, ago, open_first
from ward_app.assessments.pack import INSTRUMENTS_FOLDER, shipped
from ward_app.assessments.queries import instruments_in_use, stays_answering
from ward_app.assessments.rules import result
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError
from ward_app.core.ids import new_id

LONDON_SPRING = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
LONDON_AUTUMN = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)


@pytest.fixture
def stay(database, nurse):
    stay = admit(database, nurse, label="1")
    open_first(database, nurse)
    return stay


@pytest.fixture
def loader(admin_dsn):
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as connection:
        yield connection


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
        told = next(ear.notifies(timeout=5, stop_after=1))
    assert told.payload == f"{EAST}:assessments"


# -- what is due


def test_that_nothing_is_due_until_the_site_says_so(database, nurse, stay):
    assess(database, nurse, stay)
    assert dues(database, nurse) == ()


def test_that_admission_makes_it_due_and_an_assessment_due_again(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30,
                                  "again_minutes": 600})  # fmt: skip
    (due,) = dues(database, nurse)
    (admitted_at,) = admin.execute("SELECT admitted_at FROM admission.admissions").fetchone()
    assert (due.admission_id, due.instrument, due.reason) == (stay, "falls", "admission")
    assert (due.due_at, due.done_at) == (admitted_at + timedelta(minutes=30), None)
    assert (due.title, due.work_minutes) == ("Falls checklist", 6)
    at = ago(0)
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=at)
    (due,) = dues(database, nurse)
    assert (due.due_at, due.reason, due.done_at) == (at + timedelta(minutes=600), "interval", at)


def test_that_an_incomplete_assessment_does_not_answer_what_is_due(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    assess(database, nurse, stay, "falls", {"age": "unknown"}, occurred_at=ago(0))
    (due,) = dues(database, nurse)
    assert (due.reason, due.done_at) == ("admission", None)


def test_that_a_fall_makes_the_checklist_due_once_more_and_a_struck_out_fall_does_not(
    database, nurse, stay, admin
):
    use(admin, "falls", reassess={"after": ["fall"], "first_minutes": 60})
    assess(database, nurse, stay, "falls", AT_RISK, occurred_at=ago(0))
    assert dues(database, nurse) == ()
    at = ago(0)
    fell = assess(database, nurse, stay, "after_fall", FELL, occurred_at=at)
    (due,) = dues(database, nurse)
    assert (due.reason, due.due_at) == ("fall", at + timedelta(minutes=60))
    strike(database, nurse, stay, fell)
    assert dues(database, nurse) == ()


def test_that_a_checklist_for_adults_is_due_of_no_child(database, nurse, stay, admin):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    admin.execute("UPDATE patient.patients SET born_on = current_date - interval '15 years'")
    assert dues(database, nurse) == ()
    admin.execute("UPDATE patient.patients SET born_on = current_date - interval '16 years'")
    assert len(dues(database, nurse)) == 1
    admin.execute("UPDATE patient.patients SET born_on = NULL")
    assert len(dues(database, nurse)) == 1


def test_that_the_band_sets_when_it_is_due_again(database, nurse, stay, admin):
    use(admin, "pain_verbal", reassess={"again_minutes": 600, "by_band": {"severe": 30}})
    at = ago(0)
    assess(database, nurse, stay, "pain_verbal", {"pain": "severe"}, occurred_at=at)
    (due,) = dues(database, nurse)
    assert due.due_at == at + timedelta(minutes=30)
    later = ago(0)
    assess(database, nurse, stay, "pain_verbal", {"pain": "mild"}, occurred_at=later)
    (due,) = dues(database, nurse)
    assert due.due_at == later + timedelta(minutes=600)


def test_that_nothing_is_due_on_leave_or_on_a_ward_that_is_not_the_readers(
    database, nurse, signed_in, stay, admin, loader
):
    use(admin, "falls", reassess={"after": ["admission"], "first_minutes": 30})
    for login in ("wes", "wall", "col", "ivan"):
        assert dues(database, Actor(signed_in(login).token)) == ()
    assert dues(database, None) == ()
    loader.execute(
        "INSERT INTO admission.leaves (id, admission_id, kind, expected_back_at, occurred_at)"
        " VALUES (%s, %s, 'left', now() + interval '1 day', now())",
        (new_id(), stay),
    )
    assert dues(database, nurse) == ()


@pytest.mark.parametrize("at", [LONDON_SPRING, LONDON_AUTUMN], ids=["spring", "autumn"])
def test_that_the_times_are_elapsed_over_a_change_of_the_clock(
    database, nurse, stay, admin, loader, at
):
    use(admin, "pain_nrs", reassess={"again_minutes": 240})
    one = NAMED["pain_nrs"]
    loader.execute(
        "INSERT INTO report.assessments (id, admission_id, instrument, version, hash, answers,"
        ' occurred_at) VALUES (%s, %s, %s, %s, %s, \'{"pain": "7"}\', %s)',
        (new_id(), stay, one.name, one.version, one.hash, at),
    )
    (due,) = dues(database, nurse)
    assert due.due_at - at == timedelta(hours=4)


# -- the index over the answers


FILL = """
SET session_replication_role = replica;
INSERT INTO report.assessments (id, admission_id, patient_id, instrument_id, instrument, version,
    hash, answers, complete, occurred_at)
SELECT md5('as' || n)::uuid, md5('s' || n)::uuid, md5('p' || n)::uuid, i.id, i.name, i.version,
    i.hash, jsonb_build_object('pain', (n %% 7)::text, 'place', md5(n::text)), true,
    timestamptz '2020-01-01' + n * interval '1 hour'
FROM report.instruments i, generate_series(1, 20000) n WHERE i.name = 'pain_nrs';
SET session_replication_role = origin;
ANALYZE report.assessments;
"""


def test_that_who_answered_so_is_found_by_the_index(database, nurse, stay, admin, admin_dsn):
    """[P08] [Q16] [X03]"""
    assess(database, nurse, stay, answers={"pain": "4", "place": "left hip"})
    psycopg.ClientCursor(admin).execute(FILL.replace("%%", "%"))
    with explained(admin_dsn, nurse) as (transaction, plans):
        found = stays_answering(transaction, "pain_nrs", {"place": "left hip"})
    assert found == (stay,)
    assert any("Bitmap Index Scan on ix_assessments_answers" in plan for plan in plans)
    assert not any("Seq Scan on assessments" in plan for plan in plans)


def test_that_answers_are_found_in_open_charts_and_in_force_alone(
    database, nurse, signed_in, stay
):
    first = assess(database, nurse, stay, answers={"pain": "4", "place": "left hip"})
    asked = ("pain_nrs", {"place": "left hip"})
    assert database.run(nurse, stays_answering, *asked) == (stay,)
    assert database.run(nurse, stays_answering, "pain_nrs", {"pain": "4"}) == (stay,)
    assert database.run(nurse, stays_answering, "pain_verbal", {"place": "left hip"}) == ()
    for login in ("wes", "both"):
        other = Actor(signed_in(login).token)
        assert database.run(other, stays_answering, *asked) == ()
    with pytest.raises(NotPermittedError):
        database.run(Actor(signed_in("col").token), stays_answering, *asked)
    assess(database, nurse, stay, answers={"pain": "4"}, supersedes_id=first, change_reason="slip")
    assert database.run(nurse, stays_answering, *asked) == ()


def test_that_points_of_a_file_may_have_halves(admin):
    assert result(local(), LOCAL["vectors"][1]["answers"]).score == Decimal("4.5")
