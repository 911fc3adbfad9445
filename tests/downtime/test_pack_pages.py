import shutil
import subprocess
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.downtime.copies import a_copy, a_note, a_round, a_stay, a_task, free_bed
from tests.handover.builders import a_given, facts
from tests.observations.builders import (
    NOW,
    chart,
    not_taken,
    patient_row,
    recorded,
    replaced,
    strike_mark,
)
from ui.downtime.pack_flow import Block, Section, pages_of
from ui.downtime.pack_pages import PAGES

needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)


def pages(copy, tmp_path, paper="A4"):
    """Return the words of each page of a pack."""
    file = tmp_path / "pack.pdf"
    file.write_bytes(PAGES.pdf(copy, paper))
    command = ["pdftotext", "-raw", str(file), "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return text.removesuffix("\f").split("\f")


def block(height=10.0):
    return Block(height, lambda _painter, _top: None)


def test_that_a_heading_never_stands_alone_at_the_foot_and_again_on_each_page():
    head, rows = block(), [block() for _ in range(6)]
    first, second = pages_of([Section((), [block(80.0)]), Section([head], rows)], 95.0)
    assert len(first) == 1
    assert [top for top, _one in second] == [10.0 * place for place in range(7)]
    assert second[0][1] is head
    first, second = pages_of([Section((), [block(55.0)]), Section([head], rows)], 95.0)
    assert len(first) == 5
    assert second[0][1] is head
    assert [one for _top, one in second[1:]] == rows[3:]


def test_that_nothing_gives_one_page():
    assert pages_of([], 100.0) == ((),)


@needs_poppler
def test_that_every_page_says_of_when_it_is_whose_and_which(qapp, tmp_path):
    many = [recorded(hours) for hours in range(47, -1, -1)]
    stays = [a_stay(sets=many), a_stay(patient_row(bed_label="5", family_name="Smith"))]
    found = pages(a_copy(*stays, environment="demo"), tmp_path)
    for number, page in enumerate(found, 1):
        assert "As of 14:07 20 Nov 2026" in page
        assert "DOWNTIME COPY \N{EN DASH} destroy after use · DEMO: nobody here is real" in page
        assert "Ward 7 East" in page
        assert f"Page {number} of {len(found)}" in page
    assert "Bed 4, Bay A OKAFOR, Ada" in " ".join(found[1].split())
    assert "Bed 4, Bay A OKAFOR, Ada" in " ".join(found[2].split())


@needs_poppler
def test_that_real_patients_are_not_called_made_up(qapp, tmp_path):
    assert "DEMO" not in "".join(pages(a_copy(a_stay()), tmp_path))


@needs_poppler
def test_that_the_board_tells_what_is_known_from_what_is_not(qapp, tmp_path):
    ill = patient_row(
        bed_label="1", family_name="Ill", allergy_status="present", allergies=("Penicillin",),
        flags=(("isolation", "MRSA"),), news2_total=7, news2_at_least=7, news2_risk="high",
        observed_at=NOW - timedelta(hours=1), next_due_at=NOW - timedelta(minutes=30),
    )  # fmt: skip
    new = patient_row(bed_label="2", family_name="New", allergy_status=None)
    board = pages(a_copy(a_stay(ill), a_stay(new), empty=[free_bed("9")]), tmp_path)[0]
    lines = " ".join(board.split())
    for words in (
        "◆ 7", "▲ 13:37", "▲ Allergies: Penicillin", "▲ Isolation: MRSA", "— no set", "none yet",
        "? Allergies not recorded", "Free, clean",
    ):  # fmt: skip
        assert words in lines


@needs_poppler
def test_that_who_is_private_has_initials_and_no_page(qapp, tmp_path):
    private = patient_row(bed_label="5", family_name="Quartermaine", given_name="Ivo")
    found = pages(a_copy(a_stay(), closed=[private]), tmp_path)
    assert "Quartermaine".casefold() not in "".join(found).casefold()
    assert "Q. I." in found[0]
    assert "Marked private: chart not kept for downtime" in " ".join(found[0].split())
    assert len(found) == 2


@needs_poppler
def test_that_a_patients_page_has_what_a_nurse_needs_without_the_program(qapp, tmp_path):
    row = patient_row()
    stay = a_stay(
        row,
        sets=[recorded(3, temperature_celsius=Decimal("39.2"), spo2_percent=None, note="Shivers")],
        notes=(a_note(row, "Fell at night.\nNo injury."), a_note(row, "Gone", struck_out=True)),
        rounds=(a_round(), a_round(title="Wash", ended="struck_out")),
        handover=a_given(own_words="Watch her fluids.", facts=facts()),
    )
    task = a_task(row, "Take blood", due_at=NOW - timedelta(hours=1))
    page = " ".join(pages(a_copy(stay, tasks=[task]), tmp_path)[1].split())
    for words in (
        "born 03-Apr-1948, 78 y", "Patient number 400 123 4567", "No known allergies",
        "▲ overdue: Task: Take blood", "“Watch her fluids.” (Bo Both)",
        "Progress (Nora Nurse, Registered nurse): Fell at night.", "Task: Weigh, done",
        "SpO₂ scale 1", "39.2", "not measured: SpO₂. Shivers", "NEWS2",
    ):  # fmt: skip
        assert words in page
    for words in ("Gone", "Wash", "0/0"):
        assert words not in page


@needs_poppler
def test_that_only_sets_in_force_of_two_days_are_listed(qapp, tmp_path):
    wrong, struck = recorded(5, pulse_per_min=199), recorded(6, pulse_per_min=188)
    right = recorded(5, pulse_per_min=91, supersedes_id=wrong.id)
    mark = strike_mark(struck)
    sets = [
        recorded(50, pulse_per_min=177), replaced(struck, mark), mark, replaced(wrong, right),
        right,
    ]  # fmt: skip
    stay = a_stay(sets=sets)
    page = pages(a_copy(stay), tmp_path)[1].split("Sets of the last 48 hours")[1]
    assert "91" in page
    assert "(corrected)" in page
    for gone in ("199", "188", "177"):
        assert gone not in page


@needs_poppler
def test_that_a_patient_without_a_set_is_said_to_have_none(qapp, tmp_path):
    found = pages(a_copy(a_stay(chart=chart(not_taken=(not_taken(1),)), handover=None)), tmp_path)
    assert "No set of observations in these 48 hours." in found[1]
    assert "None is kept: never given" in found[1]


@needs_poppler
def test_that_a_very_long_name_is_never_cut(qapp, tmp_path):
    family = "Featherstonehaugh" * 6
    found = pages(a_copy(a_stay(patient_row(family_name=family))), tmp_path)
    assert family.upper() in found[1]


@needs_poppler
def test_that_letter_paper_holds_the_same(qapp, tmp_path):
    stay = a_stay(sets=[recorded(hours) for hours in range(40, -1, -1)])
    a4, letter = (pages(a_copy(stay), tmp_path, paper) for paper in ("A4", "Letter"))
    assert "".join(a4).count("120/80") == "".join(letter).count("120/80") >= 41


def test_that_the_files_title_names_no_patient(qapp):
    pdf = PAGES.pdf(a_copy(a_stay()), "A4")
    assert b"Okafor" not in pdf
    assert "OKAFOR".encode("utf-16-be") not in pdf
