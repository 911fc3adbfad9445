"""What follows from notes and templates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.notes.builders import AT, a_symptom, read_note, said
from ward_app.core.ids import new_id
from ward_app.notes.rules import (
    body_text,
    fields_of,
    filled,
    hit_spans,
    hit_words,
    is_in_force,
    may_correct,
    symptom_title,
    threads,
    written,
)
from ward_app.notes.templates import template_of
from ward_app.notes.types import HIT_BEGINS, HIT_ENDS, NoteKind, Section, Severity


def test_that_a_template_is_filled_with_values_and_says_what_is_not_recorded():
    values = {"score": "NEWS2 0 (07:00)", "pain": None}
    told = filled("{score}. Pain: {pain}.", values)
    assert told == "NEWS2 0 (07:00). Pain: not recorded."


def test_that_a_field_the_chart_does_not_have_is_never_passed_over():
    with pytest.raises(KeyError):
        filled("{weather}", {"score": None})


def test_that_the_fields_of_a_template_are_known():
    assert fields_of(template_of(NoteKind.FAMILY)) == {"expected_discharge"}


def test_that_sections_without_words_are_left_out():
    sections = (Section("Situation", " \n"), Section(" Background ", " asthma "))
    assert written(sections) == (Section("Background", "asthma"),)


def test_that_each_heading_stands_on_a_line_of_its_own():
    sections = (Section("", "Well."), Section("After", "Sleeping."))
    assert body_text(sections) == "Well.\n\nAfter\nSleeping."


@pytest.mark.parametrize(
    ("severity", "title"),
    [(None, "Nausea"), (Severity.MILD, "Nausea, mild"), (Severity.SEVERE, "Nausea, severe")],
)
def test_that_a_symptom_is_named_with_its_severity_if_it_was_said(severity, title):
    assert symptom_title(a_symptom(severity=severity)) == title


def minutes(number):
    return AT + timedelta(minutes=number)


def test_that_additions_stand_below_their_note_and_bring_it_up():
    first = read_note(title="first")
    second = read_note(title="second", recorded_at=minutes(10))
    late = read_note(title="late", about_id=first.note_id, recorded_at=minutes(30))
    later = read_note(title="later", about_id=first.note_id, recorded_at=minutes(40))
    found = threads((later, second, late, first))
    assert [(t.note.title, [a.title for a in t.additions]) for t in found] == [
        ("first", ["late", "later"]),
        ("second", []),
    ]
    assert found[0].latest_at == minutes(40)


def test_that_an_addition_whose_note_is_not_there_stands_by_itself():
    alone = read_note(about_id=new_id())
    assert [thread.note for thread in threads((alone,))] == [alone]


def test_that_corrected_rows_are_in_no_list():
    assert threads((read_note(superseded=True),)) == ()


@pytest.mark.parametrize(
    ("changes", "stands"),
    [({}, True), ({"superseded": True}, False), ({"struck_out": True}, False)],
)
def test_that_a_note_is_in_force_until_it_is_corrected_or_struck_out(changes, stands):
    assert is_in_force(read_note(**changes)) is stands


def test_that_only_the_author_may_correct_and_only_what_is_in_force():
    me = new_id()
    assert may_correct(read_note(recorded_by=me), me)
    assert not may_correct(read_note(recorded_by=new_id()), me)
    assert not may_correct(read_note(recorded_by=None), me)
    assert not may_correct(read_note(recorded_by=me, struck_out=True), me)


def test_that_hits_are_found_again_as_whole_words():
    marked = f"He was {HIT_BEGINS}Confused{HIT_ENDS} and {HIT_BEGINS}fell{HIT_ENDS}."
    words = hit_words(marked)
    assert words == {"confused", "fell"}
    assert hit_spans("Fell; fellow; confused", words) == ((0, 4), (14, 22))
    assert hit_spans("Slept.", words) == ()


def test_that_what_is_said_in_one_section_is_the_body():
    assert body_text(said("Slept well.")) == "Slept well."
