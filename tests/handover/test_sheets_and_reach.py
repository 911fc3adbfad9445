"""Drafts and pocket sheets, who may hand over, and what moves responsibility."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests import world
from tests.handover.builders import (
    EAST,
    answered,
    ended,
    given,
    handover,
    line_of,
    printed,
)
from tests.patience import PATIENCE_S
from tests.shifts.builders import took
from tests.steps import admit, move
from ward_app.core.database import Actor
from ward_app.core.errors import NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.handover.queries import ward_handover
from ward_app.handover.rules import state_of
from ward_app.handover.service import answer, give, keep_words
from ward_app.handover.sheet_types import Paper, SheetEnd
from ward_app.handover.types import AnswerKind, NewAnswer, NewHandover, State
from ward_app.shifts.queries import responsible_between
from ward_app.staff.service import sign_in


def test_that_own_words_are_kept_until_they_are_given(database, nurse, stay, bo):
    database.run(nurse, keep_words, stay, "Call the daughter")
    assert line_of(database, nurse, stay).draft == "Call the daughter"
    assert line_of(*bo, stay).draft is None
    given(database, nurse, stay, own_words="Call the daughter")
    assert line_of(database, nurse, stay).draft is None


def test_that_blank_words_throw_the_draft_away(database, nurse, stay):
    database.run(nurse, keep_words, stay, "One")
    database.run(nurse, keep_words, stay, "Two")
    assert line_of(database, nurse, stay).draft == "Two"
    database.run(nurse, keep_words, stay, " ")
    assert line_of(database, nurse, stay).draft is None


def test_that_words_too_long_are_said_to_be(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="2000 letters"):
        given(database, nurse, stay, own_words="x" * 2001)


def test_that_a_pocket_sheet_is_numbered_and_every_print_on_record(database, nurse, stay, admin):
    line = line_of(database, nurse, stay)
    _first, one = printed(database, nurse, line.patient_id)
    _second, two = printed(database, nurse, line.patient_id, paper=Paper.LETTER)
    assert two == one + 1
    sheets = handover(database, nurse).sheets
    assert [(sheet.serial, sheet.printed_by, sheet.patients) for sheet in sheets] == [
        (two, "Nora Nurse", 1),
        (one, "Nora Nurse", 1),
    ]
    printed(database, nurse, line.patient_id, as_file=True)
    logged = admin.execute("SELECT action, reason FROM audit.access_logs WHERE kind = 'print'")
    assert logged.fetchall() == [
        ("PRINT", "pocket sheet, A4"),
        ("PRINT", "pocket sheet, Letter"),
        ("EXPORT", "pocket sheet, PDF, A4"),
    ]


def test_that_a_sheet_sent_once_more_is_the_same(database, nurse, stay):
    line = line_of(database, nurse, stay)
    sheet_id, one = printed(database, nurse, line.patient_id)
    assert printed(database, nurse, line.patient_id, id=sheet_id) == (sheet_id, one)


@pytest.mark.parametrize("hours", [-1, 25], ids=["past", "too long"])
def test_that_a_sheet_is_good_for_a_day_at_most(database, nurse, stay, hours):
    line = line_of(database, nurse, stay)
    until = datetime.now(UTC) + timedelta(hours=hours)
    with pytest.raises(RuleBrokenError, match="24 hours at most"):
        printed(database, nurse, line.patient_id, expires_at=until)


def test_that_a_sheet_names_somebody_whose_chart_is_open(database, nurse, signed_in, stay):
    with pytest.raises(RuleBrokenError, match="Nobody is on this sheet"):
        printed(database, nurse)
    patient = line_of(database, nurse, stay).patient_id
    fresh = Actor(signed_in("both").token)
    with pytest.raises(RuleBrokenError, match="not open to you"):
        printed(database, fresh, patient)


def test_that_a_sheet_is_ticked_off_once(database, nurse, stay, bo):
    line = line_of(database, nurse, stay)
    sheet_id, _serial = printed(database, nurse, line.patient_id)
    ended(*bo, sheet_id, SheetEnd.SHREDDED)
    (sheet,) = handover(database, nurse).sheets
    assert (sheet.ended, sheet.ended_by) == (SheetEnd.SHREDDED, "Bo Both")
    with pytest.raises(RuleBrokenError, match="Bo Both ticked this sheet already"):
        ended(database, nurse, sheet_id)


def test_that_a_tick_sent_once_more_is_the_same(database, nurse, stay):
    line = line_of(database, nurse, stay)
    sheet_id, _serial = printed(database, nurse, line.patient_id)
    tick = new_id()
    for _again in range(2):
        ended(database, nurse, sheet_id, id=tick)


def test_that_a_lost_sheet_is_explained(database, nurse, stay):
    line = line_of(database, nurse, stay)
    sheet_id, _serial = printed(database, nurse, line.patient_id)
    with pytest.raises(RuleBrokenError, match="where it was last"):
        ended(database, nurse, sheet_id, SheetEnd.LOST)
    ended(database, nurse, sheet_id, SheetEnd.LOST, words="Canteen; manager told")


GIVERS = ["nora", "both"]
READERS = ["hal", "dora"]
OTHERS = ["col", "wall", "ivan", "ada", "audrey"]


@pytest.mark.parametrize("login", GIVERS)
def test_that_nurses_give_and_accept(database, nurse, signed_in, stay, login):
    actor = Actor(signed_in(login).token)
    given(database, actor, stay)
    answered(database, actor, stay, words="Alone on the ward")


@pytest.mark.parametrize("login", READERS)
def test_that_assistants_and_doctors_read_but_do_not_move_responsibility(
    database, nurse, signed_in, stay, login
):
    given(database, nurse, stay)
    actor = Actor(signed_in(login).token)
    assert state_of(line_of(database, actor, stay)) is State.GIVEN
    with pytest.raises(NotPermittedError):
        answered(database, actor, stay)
    with pytest.raises(NotPermittedError):
        given(database, actor, stay)
    with pytest.raises(NotPermittedError):
        database.run(actor, keep_words, stay, "mine")


@pytest.mark.parametrize("login", OTHERS)
def test_that_others_do_not_read_handovers(database, nurse, signed_in, stay, login):
    given(database, nurse, stay)
    actor = Actor(signed_in(login).token)
    with pytest.raises(NotPermittedError):
        database.run(actor, lambda tx: tx.tuples(
            "SELECT * FROM report.handover_list(%s)", (EAST,)))  # fmt: skip
    for table in ("handovers", "handover_answers", "handover_drafts", "pocket_sheets"):
        count = f"SELECT count(*) FROM report.{table}"
        assert database.run(actor, lambda tx, sql=count: tx.value(sql)) == 0


def test_that_another_ward_s_patients_are_neither_read_given_nor_accepted(
    database, nurse, stay, connect
):
    line = given(database, nurse, stay)
    station = connect("ws_beta")
    wes = Actor(station.run(None, sign_in, "wes", world.PASSWORD).token)
    assert station.run(wes, lambda tx: tx.tuples(
        "SELECT * FROM report.handover_list(%s)", (EAST,))) == []  # fmt: skip
    with pytest.raises(NotPermittedError):
        station.run(wes, give, NewHandover(
            id=new_id(), admission_id=stay, facts_hash=line.facts_hash))  # fmt: skip
    with pytest.raises(NotPermittedError):
        station.run(wes, answer, NewAnswer(
            id=new_id(), handover_id=line.given.id, kind=AnswerKind.ACCEPTED, read_back=True,
            facts_hash=line.facts_hash))  # fmt: skip
    with pytest.raises(NotPermittedError):
        printed(station, wes, line.patient_id)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("handovers", "recorded_by", "dora"),
        ("handovers", "facts", "{}"),
        ("handovers", "occurred_at", "2020-01-01"),
        ("handover_answers", "recorded_by", "dora"),
        ("handover_answers", "patient_id", "dora"),
        ("handover_answers", "facts", "{}"),
        ("pocket_sheets", "recorded_by", "dora"),
        ("pocket_sheets", "ward_id", "east"),
        ("pocket_sheet_ends", "recorded_by", "dora"),
        ("pocket_sheet_ends", "ward_id", "east"),
    ],
)
def test_that_a_tampered_program_forges_nobody_and_nothing(database, nurse, table, column, value):
    given_value = world.id_of(value) if value in {"dora", "east"} else value
    with pytest.raises(NotPermittedError):
        database.run(
            nurse,
            lambda tx: tx.execute(
                f"INSERT INTO report.{table} (id, {column}) VALUES (%s, %s)",
                (new_id(), given_value),
            ),
        )


@pytest.mark.parametrize(
    "table",
    ["handovers", "handover_answers", "pocket_sheets", "pocket_sheet_ends"],
)
def test_that_nothing_is_changed_or_deleted(admin, table):
    for change in (f"UPDATE report.{table} SET id = id", f"DELETE FROM report.{table}"):
        with pytest.raises(psycopg.errors.RestrictViolation):
            admin.execute(change)


def test_that_a_draft_is_written_by_nobody_but_the_function(database, nurse, stay):
    with pytest.raises(NotPermittedError):
        database.run(nurse, lambda tx: tx.execute(
            "INSERT INTO report.handover_drafts VALUES (%s, %s, 'x', now())",
            (world.id_of("dora"), stay)))  # fmt: skip


def test_that_giving_and_ticking_tell_the_ward(database, nurse, stay, admin_dsn):
    line = line_of(database, nurse, stay)
    with psycopg.connect(admin_dsn, autocommit=True) as ear:
        ear.execute("LISTEN ward")
        given(database, nurse, stay)
        told = next(ear.notifies(timeout=PATIENCE_S, stop_after=1))
        assert told.payload == f"{EAST}:handover"
        printed(database, nurse, line.patient_id)
        told = next(ear.notifies(timeout=PATIENCE_S, stop_after=1))
        assert told.payload == f"{EAST}:handover"


def test_that_the_log_of_changes_names_the_giver_and_keeps_the_hash(database, nurse, stay, admin):
    line = given(database, nurse, stay)
    ((who, after),) = admin.execute(
        "SELECT user_id, after FROM audit.change_logs WHERE table_name = 'handovers'"
    ).fetchall()
    assert who == world.id_of("nora")
    assert after["facts_hash"] == line.facts_hash
    assert "facts" not in after


def test_that_responsibility_moves_with_the_acceptance_and_not_before(database, nurse, stay, bo):
    took(database, nurse, "1")
    given(database, nurse, stay)
    assert holder(database, nurse) == "Nora Nurse"
    line = answered(*bo, stay)
    assert holder(database, nurse) == "Bo Both"
    assert bo[0].run(bo[1], ward_handover, EAST).mine == {world.bed("east", "1")}
    events = database.run(
        nurse, responsible_between, EAST, line.given.at - timedelta(hours=1), datetime.now(UTC)
    )
    assert [(one.user_name, one.how) for one in events if one.bed_label == "1"] == [
        (None, None),
        ("Nora Nurse", "taken"),
        ("Bo Both", "handed_over"),
    ]


@pytest.mark.parametrize("kind", [AnswerKind.DECLINED, AnswerKind.QUESTION])
def test_that_nothing_but_an_acceptance_moves_responsibility(database, nurse, stay, bo, kind):
    took(database, nurse, "1")
    given(database, nurse, stay)
    answered(*bo, stay, kind, words="No")
    assert holder(database, nurse) == "Nora Nurse"


def test_that_the_bed_where_the_patient_lies_now_is_taken(database, nurse, stay, bo):
    given(database, nurse, stay)
    move(database, nurse, stay, "2")
    answered(*bo, stay)
    assert holder(database, nurse, "2") == "Bo Both"
    assert holder(database, nurse, "1") is None


def test_that_a_patient_without_a_bed_is_accepted_all_the_same(database, nurse, bo):
    stay = admit(database, nurse, label=None)
    given(database, nurse, stay)
    assert state_of(answered(*bo, stay)) is State.ACCEPTED


def test_that_the_handover_tells_who_holds_each_bed_and_when_the_shift_ends(database, nurse, stay):
    took(database, nurse, "1")
    found = handover(database, nurse)
    assert found.holders[world.bed("east", "1")].name == "Nora Nurse"
    assert found.holders[world.bed("east", "2")].name is None
    assert found.shift_until > found.read_at


def holder(database, actor, label="1"):
    return handover(database, actor).holders[world.bed("east", label)].name
