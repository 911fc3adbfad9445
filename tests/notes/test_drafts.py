"""What is being written is kept for its author alone, and goes when it is signed."""

from __future__ import annotations

import pytest

from tests import world
from tests.notes.builders import (
    drafts,
    drop,
    keep,
    notes,
    sign,
    strike,
)
from tests.steps import admit, leave, open_first
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.notes.service import keep_draft
from ward_app.staff.service import sign_in


@pytest.fixture
def stay(database, nurse):
    admission_id = admit(database, nurse)
    open_first(database, nurse)
    return admission_id


@pytest.fixture
def doctor(database, signed_in):
    """Dora, signed in at the same station as Nora."""
    return Actor(signed_in("dora").token)


def test_that_a_draft_comes_back_as_it_was_typed_last(database, nurse, stay):
    draft = keep(database, nurse, stay, text="Slept")
    keep(database, nurse, stay, draft, text="Slept well")
    assert drafts(database, nurse) == {draft: {"text": "Slept well"}}


def test_that_another_session_of_the_same_person_finds_the_draft(database, nurse, stay, signed_in):
    """The program died, or she goes on at another station."""
    draft = keep(database, nurse, stay, text="Slept")
    assert set(drafts(database, Actor(signed_in("nora").token))) == {draft}


def test_that_nobody_else_sees_a_draft_at_the_same_station(database, nurse, stay, doctor):
    keep(database, nurse, stay, text="Slept")
    open_first(database, doctor)
    assert drafts(database, doctor) == {}
    assert drafts(database, None) == {}


def test_that_nobody_else_overwrites_or_throws_away_a_draft(database, nurse, stay, doctor):
    draft = keep(database, nurse, stay, text="Slept")
    with pytest.raises(RuleBrokenError, match="could not be kept"):
        keep(database, doctor, stay, draft, text="Mine now")
    assert drop(database, doctor, draft) is False
    assert drafts(database, nurse) == {draft: {"text": "Slept"}}


def test_that_a_draft_does_not_move_to_another_patient(database, nurse, stay):
    other = admit(database, nurse, "Baker", "Bo", label="2")
    draft = keep(database, nurse, stay, text="Slept")
    with pytest.raises(RuleBrokenError):
        keep(database, nurse, other, draft, text="Slept")


def test_that_signing_takes_the_draft_away(database, nurse, stay):
    draft = keep(database, nurse, stay, text="Slept")
    other = keep(database, nurse, stay, text="Another")
    sign(database, nurse, stay, id=draft)
    assert set(drafts(database, nurse)) == {other}


def test_that_a_refused_signature_leaves_the_draft(database, nurse, stay):
    draft = keep(database, nurse, stay, text="Slept")
    note = sign(database, nurse, stay)
    strike(database, nurse, stay, note)
    with pytest.raises(RuleBrokenError):
        sign(database, nurse, stay, id=draft, addendum_to_id=note)
    assert set(drafts(database, nurse)) == {draft}


def test_that_nothing_is_kept_of_what_is_signed_already(database, nurse, stay):
    note = sign(database, nurse, stay)
    assert database.run(nurse, keep_draft, note, stay, {"text": "late"}) is None
    assert drafts(database, nurse) == {}


def test_that_a_draft_is_thrown_away_once(database, nurse, stay):
    draft = keep(database, nurse, stay, text="Slept")
    assert drop(database, nurse, draft) is True
    assert drop(database, nurse, draft) is False


def test_that_a_draft_too_long_is_told(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="too long"):
        keep(database, nurse, stay, text="word " * 20_000)


def test_that_who_may_not_write_keeps_no_draft(database, signed_in, stay):
    for login in ("col", "ivan"):
        with pytest.raises(NotPermittedError):
            keep(database, Actor(signed_in(login).token), stay, text="x")


def test_that_a_stranger_keeps_no_draft_of_a_patient(connect, stay):
    station = connect("ws_beta")
    wes = Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)
    with pytest.raises(NotPermittedError):
        keep(station, wes, stay, text="x")


def test_that_a_draft_of_who_is_out_of_reach_is_not_shown(database, nurse, stay, admin):
    keep(database, nurse, stay, text="Slept")
    admin.execute("ALTER TABLE public.user_wards DISABLE TRIGGER ALL")
    admin.execute("DELETE FROM public.user_wards WHERE user_id = %s", (world.id_of("nora"),))
    assert drafts(database, nurse) == {}


def test_that_a_draft_outlives_the_discharge_for_a_day(database, nurse, stay):
    draft = keep(database, nurse, stay, text="Slept")
    leave(database, nurse, stay)
    assert set(drafts(database, nurse)) == {draft}
    sign(database, nurse, stay, id=draft)
    assert [note.id for note in notes(database, nurse, stay)] == [draft]


def test_that_the_change_log_does_not_keep_what_was_drafted(database, nurse, stay, admin):
    draft = keep(database, nurse, stay, text="Secretly")
    drop(database, nurse, draft)
    rows = admin.execute(
        "SELECT action, coalesce(after, before)::text FROM audit.change_logs"
        " WHERE table_name = 'note_drafts' ORDER BY id"
    ).fetchall()
    assert [action for action, _row in rows] == ["CREATE", "DELETE"]
    assert not any("Secretly" in row for _action, row in rows)


def test_that_no_client_writes_the_table_itself(database, nurse, stay):
    for attack in (
        "INSERT INTO report.note_drafts VALUES (%(id)s, %(id)s, %(id)s, '{}', now())",
        "UPDATE report.note_drafts SET content = '{}'",
        "DELETE FROM report.note_drafts",
    ):
        with pytest.raises(NotPermittedError):
            database.run(nurse, lambda tx, attack=attack: tx.execute(attack, {"id": new_id()}))
