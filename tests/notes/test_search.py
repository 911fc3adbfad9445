"""Looking notes up by words: what is found, by which index, and what a stranger is given."""

from __future__ import annotations

import re

import psycopg
import pytest

from tests import world
from tests.database.test_plans import explained
from tests.notes.builders import (
    a_symptom,
    found,
    notes,
    said,
    sign,
    strike,
)
from tests.steps import admit, move, open_first
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.notes.queries import search_notes
from ward_app.notes.types import NoteKind
from ward_app.staff.service import sign_in

EAST, WEST = world.id_of("east"), world.id_of("west")
ROWS = 20_000

# Notes of a stay of years past; as replica, so that no trigger runs.
FILL = """
SET session_replication_role = replica;
INSERT INTO report.nursing_notes (id, note_id, admission_id, patient_id, ward_id, kind, title,
    sections, body, occurred_at)
SELECT md5('n' || n)::uuid, md5('n' || n)::uuid, md5('s' || n %% 900)::uuid,
    md5('p' || n %% 900)::uuid, %(ward)s, 'progress', 'Progress ' || md5('t' || n),
    '[]', 'Slept well, word' || n || ' ' || md5('b' || n),
    timestamptz '2020-01-01' + n * interval '1 minute'
FROM generate_series(1, %(rows)s) n;
SET session_replication_role = origin;
ANALYZE report.nursing_notes;
"""


@pytest.fixture
def stay(database, nurse):
    admission_id = admit(database, nurse)
    open_first(database, nurse)
    return admission_id


def test_that_all_words_must_be_there_in_any_form_or_begun(database, nurse, stay):
    sign(database, nurse, stay, title="Night", sections=said("Was confused and walked about."))
    for words in (
        "confused",
        "CONFUSION",
        "conf",
        "walking confused",
        "night walk",
        "walk, about",
    ):
        assert found(database, nurse, words) == ["Night"], words
    for words in ("calm", "confused calm"):
        assert found(database, nurse, words) == [], words


def test_that_symptoms_are_found_by_name_and_by_the_patients_own_words(database, nurse, stay):
    sign(
        database, nurse, stay, kind=NoteKind.SYMPTOM, title="Symptom", sections=(),
        symptom=a_symptom(name="Dizziness", own_words="like on a ship"),
    )  # fmt: skip
    for words in ("dizzy", "dizziness", "ship"):
        assert found(database, nurse, words) == ["Symptom"], words


@pytest.mark.parametrize("words", ["", "  ", "&|!", "''", "\\", "the"])
def test_that_no_word_is_told(database, nurse, stay, words):
    with pytest.raises(RuleBrokenError, match="Type a word"):
        found(database, nurse, words)


@pytest.mark.parametrize(
    "words", ["pain & ! | :* <->", "x'y", "x" * 5_000], ids=["operators", "quote", "long"]
)
def test_that_nothing_that_is_typed_breaks_the_search(database, nurse, stay, words):
    sign(database, nurse, stay)
    assert found(database, nurse, words) == []


def test_that_the_words_that_were_hit_are_told(database, nurse, stay):
    sign(database, nurse, stay, title="Pain", sections=said("Chest pains; painful. No spain."))
    (hit,) = database.run(nurse, search_notes, "pain")
    assert hit.words == {"pain", "pains", "painful"}


def test_that_what_was_corrected_or_struck_out_is_not_found(database, nurse, stay):
    wrong = sign(database, nurse, stay, title="Wrong", sections=said("Gave apples."))
    sign(
        database, nurse, stay, title="Right", sections=said("Gave pears."), supersedes_id=wrong,
        change_reason="Fruit",
    )  # fmt: skip
    struck = sign(database, nurse, stay, title="Struck", sections=said("Gave pears."))
    strike(database, nurse, stay, struck)
    assert found(database, nurse, "apples") == []
    assert found(database, nurse, "pears") == ["Right"]


def test_that_the_search_is_narrowed_to_a_ward_or_a_patient(database, signed_in, stay):
    both = Actor(signed_in("both").token)
    other = admit(database, both, "Baker", "Bo", label="1", ward="west")
    open_first(database, both, "east", "west")
    sign(database, both, stay, title="Here", sections=said("Slept well."))
    sign(database, both, other, title="There", sections=said("Slept badly."))
    assert set(found(database, both, "slept")) == {"Here", "There"}
    assert found(database, both, "slept", ward_id=EAST) == ["Here"]
    patient = notes(database, both, other)[0]
    of_patient = database.run(
        both,
        lambda tx: tx.value(
            "SELECT patient_id FROM report.nursing_notes WHERE id = %s", (patient.id,)
        ),
    )
    assert found(database, both, "slept", patient_id=of_patient) == ["There"]


def test_that_the_search_of_a_ward_follows_the_patient(database, signed_in, stay):
    both = Actor(signed_in("both").token)
    open_first(database, both)
    sign(database, both, stay, title="Here")
    move(database, both, stay, "1", ward="west")
    assert found(database, both, "slept", ward_id=EAST) == []
    assert found(database, both, "slept", ward_id=WEST) == ["Here"]


def of_the_function(database, actor, ward_id=None):
    """Return how many notes the function itself gives, past the program's own reading."""
    count = "SELECT count(*) FROM report.search_notes(%s, NULL, 'slept')"
    return database.run(actor, lambda tx: tx.value(count, (ward_id,)))


def test_that_a_chart_not_opened_is_not_searched(database, nurse):
    stay = admit(database, nurse)
    sign(database, nurse, stay)
    assert found(database, nurse, "slept") == []
    assert of_the_function(database, nurse) == 0
    open_first(database, nurse)
    assert found(database, nurse, "slept") == ["Progress"]


def test_that_a_strangers_ward_gives_nothing(database, nurse, stay, connect):
    sign(database, nurse, stay)
    station = connect("ws_beta")
    wes = Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)
    open_first(station, wes, "west")
    for where in ({}, {"ward_id": EAST}, {"ward_id": WEST}):
        assert found(station, wes, "slept", **where) == []
        assert of_the_function(station, wes, **where) == 0
    assert found(database, nurse, "slept", ward_id=EAST) == ["Progress"]
    assert of_the_function(database, nurse) == 1


@pytest.mark.parametrize("login", ["col", "wall", "ivan", "audrey"])
def test_that_who_may_not_read_notes_may_not_search_them(database, signed_in, stay, login):
    with pytest.raises(NotPermittedError):
        found(database, Actor(signed_in(login).token), "slept")


def test_that_the_search_uses_the_index_of_words_behind_row_security(
    database, nurse, stay, admin, admin_dsn
):
    """[X01] [P09] Under row security @@ may not reach the index; the definer's function must."""
    sign(database, nurse, stay, title="Found", sections=said("Slept well, zebra crossing."))
    psycopg.ClientCursor(admin).execute(FILL, {"rows": ROWS, "ward": EAST})
    with explained(admin_dsn, nurse) as (transaction, plans):
        hits = search_notes(transaction, "zebra", ward_id=EAST)
    assert [hit.note.title for hit in hits] == ["Found"]
    searched = [plan for plan in plans if "ix_nursing_notes_words" in plan]
    assert searched, plans
    assert not any(re.search(r"Seq Scan on nursing_notes", plan) for plan in plans), plans


def test_that_a_search_of_the_table_itself_shows_only_open_charts(database, nurse, admin):
    stay = admit(database, nurse)
    sign(database, nurse, stay)
    count = (
        "SELECT count(*) FROM report.nursing_notes WHERE words @@ to_tsquery('english', 'slept')"
    )
    assert database.run(nurse, lambda tx: tx.value(count)) == 0
