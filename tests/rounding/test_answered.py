"""Which rounds were answered so: by the index on answers."""

from __future__ import annotations

from tests import world
from tests.database.test_plans import explained
from tests.rounding.builders import EAST, answer
from tests.rounding.test_service import open_chart_of
from tests.steps import admit, ago
from ward_app.rounding.queries import answered
from ward_app.rounding.service import strike_out_record
from ward_app.rounding.types import RecordStrikeOut

WEST = world.id_of("west")


def ask(database, actor, answers, **asked):
    bounds = {"since": ago(600), "until": ago(-1)} | asked
    return database.run(actor, answered, (EAST, WEST), answers, **bounds)


def test_that_records_are_found_by_what_was_answered(database, nurse):
    patient = admit(database, nurse, label="1", admitted_at=ago(300))
    answer(database, nurse, patient, minutes_ago=100)
    pain = answer(database, nurse, patient, minutes_ago=50, answers={"pain": "no"})
    [found] = ask(database, nurse, {"pain": "no"})
    assert (found.id, found.title, found.admission_id) == (pain.id, "Intentional round", patient)
    assert len(ask(database, nurse, {"position": "yes"})) == 2
    assert ask(database, nurse, {"pain": "no", "position": "no"}) == ()
    assert ask(database, nurse, {"pain": "no"}, until=ago(60)) == ()


def test_that_places_are_found_among_others(database, nurse):
    patient = admit(database, nurse, label="1", admitted_at=ago(300))
    answers = {"intact": "no", "places": ("sacrum", "left_heel")}
    answer(database, nurse, patient, "skin", answers=answers)
    assert len(ask(database, nurse, {"places": ("sacrum",)})) == 1
    assert ask(database, nurse, {"places": ("spine",)}) == ()


def test_that_what_is_struck_out_or_of_another_ward_is_not_found(database, nurse, bo):
    patient = admit(database, nurse, label="1", admitted_at=ago(300))
    record = answer(database, nurse, patient, answers={"pain": "no"})
    station, colleague = bo
    assert len(ask(station, colleague, {"pain": "no"})) == 1
    from_west = station.run(
        colleague, answered, (WEST,), {"pain": "no"}, since=ago(600), until=ago(-1)
    )
    assert from_west == ()
    mark = RecordStrikeOut(id=world.id_of("mark"), struck_id=record.id, reason="wrong bed")
    open_chart_of(database, nurse, patient)
    database.run(nurse, strike_out_record, mark)
    assert ask(database, nurse, {"pain": "no"}) == ()


def test_that_the_index_on_answers_is_used(database, nurse, admin, admin_dsn):
    """[P08] [X03] [Q16]"""
    admin.execute("SET session_replication_role = replica")
    admin.execute(
        "INSERT INTO rounding.round_records (id, template_id, ward_id, answers,"
        " occurred_at) SELECT md5('r' || n)::uuid, t.id, %s,"
        ' CASE WHEN n %% 1000 = 0 THEN \'{"pain": "no"}\' ELSE \'{"pain": "yes"}\' END::jsonb,'
        " now() - n * interval '1 second' FROM generate_series(1, 20000) n, rounding.templates t"
        " WHERE t.name = 'intentional'",
        (EAST,),
    )
    admin.execute("RESET session_replication_role")
    admin.execute("ANALYZE rounding.round_records")
    with explained(admin_dsn, nurse) as (transaction, plans):
        found = answered(transaction, (EAST,), {"pain": "no"}, since=ago(600), until=ago(0))
    assert len(found) == 20
    [plan] = [plan for plan in plans if "@>" in plan and "ix_round_records_answers" in plan]
    assert "Bitmap Index Scan on ix_round_records_answers" in plan
