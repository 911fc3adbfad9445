"""The shipped templates, and what is refused of a damaged one."""

from __future__ import annotations

import json

import pytest

from ward_app.core.errors import ConfigurationError
from ward_app.notes import templates
from ward_app.notes.templates import FIELDS, note_templates, read_template, template_of
from ward_app.notes.types import NoteKind


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of templates of this test's own."""
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    note_templates.cache_clear()
    yield tmp_path
    note_templates.cache_clear()


def write(folder, name="one", **changes):
    data = {
        "version": "1",
        "key": "1",
        "kind": "progress",
        "title": "Progress",
        "sections": [{"heading": "", "text": "{score}", "hint": ""}],
    } | changes
    path = folder / f"{name}.json"
    path.write_text(json.dumps(data))
    return path


def test_that_every_kind_of_note_has_a_template_and_every_template_a_key():
    found = note_templates()
    assert {template.kind for template in found} == set(NoteKind)
    assert [template.key for template in found] == ["1", "2", "3", "4", "5", "6"]


def test_that_sbar_asks_for_its_four_parts():
    template = template_of(NoteKind.SBAR)
    headings = [section.heading for section in template.sections]
    assert headings == ["Situation", "Background", "Assessment", "Recommendation"]
    assert template.mark == "sbar 1"


def test_that_a_field_the_chart_does_not_have_is_refused(folder):
    path = write(folder, sections=[{"heading": "", "text": "{weather}", "hint": ""}])
    with pytest.raises(ValueError, match="unknown field"):
        read_template(path)
    assert "weather" not in FIELDS


@pytest.mark.parametrize("changes", [{"sections": []}, {"kind": "poem"}, {"title": None}])
def test_that_a_damaged_template_is_told_in_a_sentence(folder, changes):
    path = write(folder, **changes)
    if changes == {"title": None}:
        path.write_text("{")
    with pytest.raises(ConfigurationError, match="Install the program again"):
        note_templates()


def test_that_no_two_templates_share_a_key_and_none_is_too_few(folder):
    with pytest.raises(ConfigurationError):
        note_templates()
    write(folder)
    note_templates.cache_clear()
    assert len(note_templates()) == 1
    write(folder, "two")
    note_templates.cache_clear()
    with pytest.raises(ConfigurationError):
        note_templates()
