"""Signing, adding to, correcting and striking out notes, against a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests import world
from tests.notes.builders import (
    a_note,
    a_symptom,
    history,
    notes,
    only,
    said,
    sign,
    strike,
)
from tests.steps import admit, ago, open_first
from ward_app.core.database import Actor
from ward_app.core.errors import ConflictError, NotPermittedError, RuleBrokenError
from ward_app.core.ids import new_id
from ward_app.notes.rules import body_text
from ward_app.notes.service import sign_note
from ward_app.notes.types import NoteKind, Section, Severity


@pytest.fixture
def stay(database, nurse):
    """A patient of ward East, whose chart Nora has opened."""
    admission_id = admit(database, nurse)
    open_first(database, nurse)
    return admission_id


@pytest.fixture
def doctor(database, signed_in, stay):
    """Dora, who has opened the chart as well."""
    actor = Actor(signed_in("dora").token)
    open_first(database, actor)
    return actor


def test_that_a_signed_note_bears_author_and_time_of_the_database(database, nurse, stay):
    told = database.run(nurse, sign_note, a_note(stay, occurred_at=ago(90)))
    note = only(database, nurse, stay)
    assert note.recorded_by == world.id_of("nora")
    assert note.signed_as == "Nora Nurse, Nurse"
    assert note.recorded_at == told
    assert datetime.now(UTC) - told < timedelta(minutes=1)
    assert told - note.occurred_at > timedelta(minutes=89)


def test_that_the_signature_stays_as_it_was(database, nurse, stay, admin):
    sign(database, nurse, stay)
    admin.execute("UPDATE public.users SET display_name = 'Nora Newname'")
    assert only(database, nurse, stay).signed_as == "Nora Nurse, Nurse"


def test_that_a_profession_stands_in_the_signature_instead_of_the_role(
    database, nurse, stay, admin
):
    admin.execute("UPDATE public.users SET profession = 'Registered nurse'")
    sign(database, nurse, stay)
    assert only(database, nurse, stay).signed_as == "Nora Nurse, Registered nurse"


def test_that_sections_are_kept_apart_and_those_without_words_left_out(database, nurse, stay):
    sections = (Section("Situation", " In pain. "), Section("Background", "  "))
    sign(database, nurse, stay, kind=NoteKind.SBAR, sections=sections)
    assert only(database, nurse, stay).sections == (Section("Situation", "In pain."),)


def test_that_program_and_database_make_the_same_text_of_sections(database, nurse, stay, admin):
    sections = (Section("", "Well."), Section("After", "One.\nTwo."), Section("Ω", "“quoted”"))
    sign(database, nurse, stay, sections=sections)
    (row,) = admin.execute("SELECT body FROM report.nursing_notes").fetchall()
    assert row[0] == body_text(sections)


def test_that_a_reported_symptom_keeps_its_parts(database, nurse, stay):
    """[Y08]"""
    symptom = a_symptom(
        severity=Severity.SEVERE, since_on=date(2026, 11, 19), own_words="Like on a ship."
    )
    sign(database, nurse, stay, kind=NoteKind.SYMPTOM, sections=(), symptom=symptom)
    assert only(database, nurse, stay).symptom == symptom


def test_that_what_was_not_said_of_a_symptom_stays_unsaid(database, nurse, stay):
    symptom = a_symptom(own_words="  ")
    sign(database, nurse, stay, kind=NoteKind.SYMPTOM, sections=(), symptom=symptom)
    read = only(database, nurse, stay).symptom
    assert (read.severity, read.since_on, read.own_words) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": " "}, "title", "title"),
        ({"sections": said(" ")}, "section0", "says nothing"),
        ({"kind": NoteKind.SYMPTOM}, "symptom", "which symptom"),
        ({"kind": NoteKind.SYMPTOM, "symptom": a_symptom(name=" ")}, "symptom", "which symptom"),
        ({"supersedes_id": UUID(int=1)}, "change_reason", "why"),
        ({"supersedes_id": UUID(int=1), "change_reason": " "}, "change_reason", "why"),
    ],
    ids=["no title", "no words", "no symptom", "no name", "no reason", "blank reason"],
)
def test_that_a_note_is_whole_before_it_is_signed(database, nurse, stay, changes, field, words):
    with pytest.raises(RuleBrokenError, match=words) as refused:
        sign(database, nurse, stay, **changes)
    assert refused.value.field == field


def test_that_a_note_does_not_speak_of_the_future(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="future"):
        sign(database, nurse, stay, occurred_at=ago(-30))


def test_that_a_symptom_does_not_begin_in_the_future(database, nurse, stay):
    symptom = a_symptom(since_on=(datetime.now(UTC) + timedelta(days=3)).date())
    with pytest.raises(RuleBrokenError, match="future"):
        sign(database, nurse, stay, kind=NoteKind.SYMPTOM, sections=(), symptom=symptom)


def test_that_a_note_too_long_for_anybody_is_refused(database, nurse, stay):
    with pytest.raises(RuleBrokenError, match="too long"):
        sign(database, nurse, stay, sections=said("word " * 9_000))


def test_that_signing_again_is_the_same_note(database, nurse, stay):
    note = a_note(stay)
    first = database.run(nurse, sign_note, note)
    assert database.run(nurse, sign_note, note) == first
    assert only(database, nurse, stay).id == note.id


def test_that_other_words_under_a_signed_id_are_told_and_not_lost(database, nurse, stay):
    note = sign(database, nurse, stay)
    with pytest.raises(ConflictError, match="signed already"):
        sign(database, nurse, stay, id=note, sections=said("Something else."))


def test_that_somebody_elses_id_is_a_conflict(database, nurse, stay, doctor):
    note = sign(database, nurse, stay)
    with pytest.raises(ConflictError, match="signed already"):
        sign(database, doctor, stay, id=note, sections=said("Something else."))
    assert only(database, nurse, stay).signed_as == "Nora Nurse, Nurse"


def test_that_anybody_adds_to_a_note(database, nurse, stay, doctor):
    note = sign(database, nurse, stay)
    added = sign(
        database, doctor, stay, addendum_to_id=note, title="Added", sections=said("Seen.")
    )
    rows = {row.id: row for row in notes(database, nurse, stay)}
    assert (rows[added].about_id, rows[note].about_id) == (note, None)
    assert rows[added].signed_as == "Dora Doctor, Doctor"


def test_that_an_addition_adds_to_the_note_itself(database, nurse, stay):
    note = sign(database, nurse, stay)
    added = sign(database, nurse, stay, addendum_to_id=note)
    with pytest.raises(RuleBrokenError, match="does not belong"):
        sign(database, nurse, stay, addendum_to_id=added)


def test_that_an_addition_belongs_to_the_same_stay(database, nurse, stay):
    other = admit(database, nurse, "Baker", "Bo", label="2")
    note = sign(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="does not belong"):
        sign(database, nurse, other, addendum_to_id=note)


def test_that_nothing_is_added_to_what_was_struck_out(database, nurse, stay):
    note = sign(database, nurse, stay)
    strike(database, nurse, stay, note)
    with pytest.raises(RuleBrokenError, match="struck out"):
        sign(database, nurse, stay, addendum_to_id=note)


def test_that_an_addition_to_a_symptom_needs_no_symptom(database, nurse, stay):
    note = sign(database, nurse, stay, kind=NoteKind.SYMPTOM, sections=(), symptom=a_symptom())
    added = sign(
        database, nurse, stay, kind=NoteKind.SYMPTOM, sections=said("Better."), addendum_to_id=note
    )
    assert {row.id for row in notes(database, nurse, stay)} == {note, added}


def test_that_a_correction_leaves_the_original_readable(database, nurse, stay):
    note = sign(database, nurse, stay)
    corrected = sign(
        database, nurse, stay, supersedes_id=note, change_reason="Wrong meal",
        sections=said("Ate all of breakfast."),
    )  # fmt: skip
    now = only(database, nurse, stay)
    assert (now.id, now.note_id, now.corrects) == (corrected, note, True)
    newest, original = history(database, nurse, note)
    assert (newest.change_reason, newest.superseded) == ("Wrong meal", False)
    assert original.sections == said("Slept well. Ate half of breakfast.")
    assert original.superseded


def test_that_a_correction_of_an_addition_stays_with_its_note(database, nurse, stay):
    note = sign(database, nurse, stay)
    added = sign(database, nurse, stay, addendum_to_id=note)
    corrected = sign(database, nurse, stay, supersedes_id=added, change_reason="Slip")
    rows = {row.id: row for row in notes(database, nurse, stay)}
    assert rows[corrected].about_id == note


def test_that_an_addition_can_be_corrected_after_its_note_was_struck_out(database, nurse, stay):
    note = sign(database, nurse, stay)
    added = sign(database, nurse, stay, addendum_to_id=note)
    strike(database, nurse, stay, note)
    assert sign(database, nurse, stay, supersedes_id=added, change_reason="Slip")


def test_that_nobody_corrects_what_another_signed(database, nurse, stay, doctor):
    note = sign(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="Only who signed"):
        sign(database, doctor, stay, supersedes_id=note, change_reason="Not so")


def test_that_a_note_is_corrected_once_and_the_second_asks_again(database, nurse, stay):
    note = sign(database, nurse, stay)
    sign(database, nurse, stay, supersedes_id=note, change_reason="Slip")
    with pytest.raises(ConflictError, match="changed this note first"):
        sign(database, nurse, stay, supersedes_id=note, change_reason="Slip again")


def test_that_a_correction_names_a_note_of_the_same_stay(database, nurse, stay):
    other = admit(database, nurse, "Baker", "Bo", label="2")
    note = sign(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="does not belong"):
        sign(database, nurse, other, supersedes_id=note, change_reason="Slip")


def test_that_what_is_struck_out_stays_readable_with_who_and_why(database, nurse, stay, doctor):
    note = sign(database, nurse, stay)
    mark = strike(database, doctor, stay, note)
    now = only(database, nurse, stay)
    assert (now.id, now.struck_out, now.change_reason) == (mark, True, "wrong patient")
    assert (now.signed_as, now.sections) == (
        "Dora Doctor, Doctor",
        said("Slept well. Ate half of breakfast."),
    )
    assert history(database, nurse, note)[1].signed_as == "Nora Nurse, Nurse"


def test_that_striking_out_needs_a_reason(database, nurse, stay):
    note = sign(database, nurse, stay)
    with pytest.raises(RuleBrokenError, match="why") as refused:
        strike(database, nurse, stay, note, " ")
    assert refused.value.field == "reason"


def test_that_striking_out_again_is_the_same_mark_and_another_is_a_conflict(database, nurse, stay):
    note, mark = sign(database, nurse, stay), new_id()
    for _time in range(2):
        strike(database, nurse, stay, note, id=mark)
    with pytest.raises(ConflictError):
        strike(database, nurse, stay, note)


def test_that_an_assistant_writes_but_neither_corrects_nor_strikes_out(
    database, nurse, signed_in, stay
):
    hal = Actor(signed_in("hal").token)
    open_first(database, hal)
    note = sign(database, hal, stay)
    with pytest.raises(NotPermittedError):
        sign(database, hal, stay, supersedes_id=note, change_reason="Slip")
    with pytest.raises(NotPermittedError):
        strike(database, hal, stay, note)
    strike(database, nurse, stay, note)


def test_that_notes_since_a_time_leave_out_the_older_ones(database, nurse, stay):
    sign(database, nurse, stay, occurred_at=ago(50))
    fresh = sign(database, nurse, stay)
    assert [note.id for note in notes(database, nurse, stay, since=ago(30))] == [fresh]


@pytest.mark.parametrize(
    "at", [datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)]
)
def test_that_a_note_of_the_night_the_clock_changes_keeps_its_moment(database, nurse, stay, at):
    sign(database, nurse, stay, occurred_at=at)
    assert only(database, nurse, stay).occurred_at == at
