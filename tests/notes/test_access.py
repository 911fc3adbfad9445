"""Who reads and writes notes, what the database refuses of a tampered program, what it tells."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests import world
from tests.notes.builders import (
    a_note,
    notes,
    only,
    said,
    sign,
    strike,
)
from tests.patience import PATIENCE_S
from tests.steps import admit, open_first
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.notes.service import sign_note
from ward_app.staff.service import sign_in

READERS = ["nora", "both", "hal", "dora"]
OTHERS = ["col", "wall", "ivan", "ada", "audrey"]


@pytest.fixture
def stay(database, nurse):
    return admit(database, nurse)


@pytest.fixture
def wes(connect):
    station = connect("ws_beta")
    return station, Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)


def test_that_notes_are_read_only_once_the_chart_is_open(database, nurse, stay):
    sign(database, nurse, stay)
    assert notes(database, nurse, stay) == ()
    open_first(database, nurse)
    assert len(notes(database, nurse, stay)) == 1


@pytest.mark.parametrize("login", READERS)
def test_that_who_cares_for_patients_reads_and_writes_notes(
    database, nurse, signed_in, stay, login
):
    actor = Actor(signed_in(login).token)
    open_first(database, actor)
    sign(database, actor, stay)
    assert only(database, actor, stay).recorded_by == world.id_of(login)


@pytest.mark.parametrize("login", OTHERS)
def test_that_others_neither_read_nor_write_notes(database, nurse, signed_in, stay, login):
    sign(database, nurse, stay)
    actor = Actor(signed_in(login).token)
    assert notes(database, actor, stay) == ()
    with pytest.raises(NotPermittedError):
        sign(database, actor, stay)


def test_that_an_open_chart_shows_no_notes_to_a_role_that_may_not_read_them(
    database, nurse, stay, admin
):
    sign(database, nurse, stay)
    open_first(database, nurse)
    admin.execute("ALTER TABLE public.role_permissions DISABLE TRIGGER ALL")
    admin.execute(
        "DELETE FROM public.role_permissions WHERE permission_id ="
        " (SELECT id FROM public.permissions WHERE name = 'note.read')"
    )
    assert notes(database, nurse, stay) == ()


def test_that_another_wards_patient_has_no_notes_here(database, nurse, stay, wes):
    station, stranger = wes
    note = sign(database, nurse, stay)
    open_first(station, stranger, "west")
    assert notes(station, stranger, stay) == ()
    with pytest.raises(NotPermittedError):
        sign(station, stranger, stay)
    with pytest.raises(NotPermittedError):
        sign(station, stranger, stay, addendum_to_id=note)
    with pytest.raises(ConflictError):
        strike(station, stranger, stay, note)
    open_first(database, nurse)
    assert not only(database, nurse, stay).struck_out


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("{}", "not made of sections"),
        ("[1]", "not made of sections"),
        ('[{"heading": "", "text": 1}]', "not made of sections"),
        ('[{"text": "a"}]', "not made of sections"),
        ('[{"heading": "", "text": "a", "author": "Dora"}]', "not made of sections"),
        (json.dumps([{"heading": "", "text": "a"}] * 21), "not made of sections"),
        ('[{"heading": "", "text": " \\n"}]', "is empty"),
        (json.dumps([{"heading": "h" * 81, "text": "a"}]), "is empty"),
    ],
    ids=["object", "number", "no text", "no heading", "more", "many", "blank", "long heading"],
)
def test_that_a_tampered_program_stores_no_note_that_cannot_be(
    database, nurse, stay, stored, words
):
    with pytest.raises(RuleBrokenError, match=words):
        database.run(
            nurse,
            lambda tx: tx.execute(
                "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections,"
                " occurred_at) VALUES (%s, %s, 'progress', 'Progress', %s, now())",
                (new_id(), stay, stored),
            ),
        )


def test_that_a_strike_out_has_the_words_of_the_original_whatever_is_sent(database, nurse, stay):
    note = sign(database, nurse, stay)
    database.run(
        nurse,
        lambda tx: tx.execute(
            "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections,"
            " occurred_at, status, supersedes_id, change_reason) VALUES (%s, %s, 'event', 'Other',"
            " '[]', '2020-01-01', 'entered_in_error', %s, 'slip')",
            (new_id(), stay, note),
        ),
    )
    open_first(database, nurse)
    mark = only(database, nurse, stay)
    assert (mark.kind, mark.title) == ("progress", "Progress")
    assert mark.sections == said("Slept well. Ate half of breakfast.")


def test_that_nothing_is_changed_or_deleted(admin):
    for change in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(psycopg.Error):
            admin.execute(f"{change} report.nursing_notes")
    with pytest.raises(psycopg.errors.RestrictViolation):
        admin.execute("UPDATE report.nursing_notes SET id = id")


def test_that_the_change_log_keeps_the_note_without_what_is_only_looked_up(
    database, nurse, stay, admin
):
    sign(database, nurse, stay)
    (row,) = admin.execute(
        "SELECT after FROM audit.change_logs WHERE table_name = 'nursing_notes'"
    ).fetchall()
    assert row[0]["title"] == "Progress"
    assert "words" not in row[0]


def test_that_a_signed_note_tells_the_ward(database, nurse, stay, admin_dsn):
    with psycopg.connect(admin_dsn, autocommit=True) as ear:
        ear.execute("LISTEN ward")
        sign(database, nurse, stay)
        told = next(ear.notifies(timeout=PATIENCE_S, stop_after=1))
    assert told.payload == f"{world.id_of('east')}:notes"


def test_that_a_bulk_load_keeps_whom_it_names_and_signs_in_his_name(
    database, nurse, stay, admin_dsn
):
    insert = (
        "INSERT INTO report.nursing_notes (id, admission_id, kind, title, sections, occurred_at,"
        " recorded_at, recorded_by) VALUES (%s, %s, 'progress', 'Loaded',"
        ' \'[{"heading": "", "text": "Slept."}]\', now(), now(), %s)'
    )
    with psycopg.connect(admin_dsn, options="-c role=ward_loader", autocommit=True) as loader:
        loader.execute(insert, (new_id(), stay, world.id_of("dora")))
        loader.execute(insert, (new_id(), stay, None))
    open_first(database, nurse)
    signed = {note.signed_as for note in notes(database, nurse, stay)}
    assert signed == {"Dora Doctor, Doctor", None}


def test_that_a_note_of_a_patient_who_moved_is_read_by_the_new_ward(database, nurse, stay, admin):
    """Access follows the stay, not the ward stamped on the row."""
    database.run(nurse, sign_note, a_note(stay))
    (row,) = admin.execute("SELECT ward_id FROM report.nursing_notes").fetchall()
    assert row[0] == world.id_of("east")
