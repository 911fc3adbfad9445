"""Other measurements on the chart: a row a kind, originals in the table, all kinds on paper."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt

from tests.observations.builders import LONDON, NOW, chart, patient_row, recorded
from tests.observations.drawing import DAY, painted
from tests.observations.test_chart_print import poppler
from ui.observations.chart_content import MOST_KINDS, ChartContent
from ui.observations.chart_measured import charted, measured_rows, short_text
from ui.observations.chart_print import PrintJob, pdf_of
from ui.observations.chart_rows import RowKind
from ui.observations.table_model import COLUMNS, ObservationTableModel
from ward_app.measurements.kinds import kinds
from ward_app.measurements.rules import derive, summary
from ward_app.measurements.types import RecordedMeasurement

PAIN = {"score": Decimal(7), "site": "left hip"}
GCS = {"eye": "4", "verbal": "5", "motor": "6"}
COLUMN = {column.header: number for number, column in enumerate(COLUMNS)}


def measured(name, values, hours_ago=0.0, **changes):
    """Return a measurement of a kind, in force."""
    kind, at = kinds()[name], NOW - timedelta(hours=hours_ago)
    facts = {
        "id": uuid4(), "kind": name, "kind_version": kind.version, "kind_hash": kind.hash,
        "values": values, "derived": derive(kind, values), "summary": summary(kind, values),
        "occurred_at": at, "recorded_at": at, "recorded_by": "Nora Nurse", "note": None,
        "source": "manual entry", "supersedes_id": None, "superseded_by": None,
        "struck_out": False, "corrected_by": None, "corrected_at": None, "change_reason": None,
    }  # fmt: skip
    return RecordedMeasurement(**facts | changes)


def mark_of(original):
    """Return a struck-out original and the mark that strikes it out."""
    mark = measured(
        original.kind, {}, supersedes_id=original.id, struck_out=True, change_reason="slip"
    )
    struck = replace(
        original, superseded_by=mark.id, corrected_by="Bo", corrected_at=NOW, change_reason="slip"
    )
    return struck, mark


@pytest.fixture
def everything():
    """Two pains (one struck out), a coma scale, glucose, weight and stool."""
    struck, mark = mark_of(measured("pain", PAIN, 6))
    return (
        struck,
        mark,
        measured("pain", {"score": Decimal(3)}, 4),
        measured("gcs", GCS, 3),
        measured("blood_glucose", {"glucose_mmol_per_l": Decimal("5.4")}, 2),
        measured("body_size", {"weight_kg": Decimal(70)}, 2),
        measured("stool", {"type": "4"}, 1),
    )


def content(everything, **changes):
    return ChartContent(chart(recorded(5), recorded(1)), LONDON, everything, **changes)


def test_that_every_kind_measured_has_a_row_the_telling_ones_first(everything):
    names = [row.name for row in measured_rows(everything, None)]
    assert names == ["gcs", "pain", "blood_glucose", *(
        name for name in kinds() if name in {"body_size", "stool"})]  # fmt: skip
    assert len(measured_rows(everything, MOST_KINDS)) == MOST_KINDS


def test_that_a_kind_of_which_all_is_struck_out_has_no_row():
    struck, mark = mark_of(measured("pain", PAIN, 6))
    assert measured_rows((struck, mark), None) == ()


def test_that_a_row_says_the_first_part_of_each_line(everything):
    assert [short_text(one) for one in everything[2:]] == [
        "3/10", "15", "5.4 mmol/L", "70 kg", "type 4 smooth sausage"
    ]  # fmt: skip


def test_that_a_row_is_drawn_with_ink_and_what_is_struck_out_without(everything):
    with_row, drawing = painted(content(everything))
    row = next(row for row in drawing.layout.rows if row.name == "pain")
    assert row.kind is RowKind.MEASURED
    rect = drawing.layout.rect(row)

    def is_inked(moment):
        x = round(drawing.layout.x(moment))
        ink = [
            with_row.pixelColor(x + across, y).lightness()
            for across in range(-12, 13)
            for y in range(round(rect.top()) + 3, round(rect.bottom()) - 2)
        ]
        return min(ink) < 110

    assert is_inked(everything[2].occurred_at)
    assert not is_inked(everything[0].occurred_at)


def test_that_two_at_one_time_show_one_in_words_and_one_as_a_stroke(everything):
    twins = (measured("pain", PAIN, 4), measured("pain", {"score": Decimal(2)}, 3.99))
    image, _drawing = painted(content(twins))
    alone, _drawing = painted(content(twins[:1]))
    assert image != alone


def test_that_vital_signs_keep_room_beside_the_rows(everything):
    _image, drawing = painted(content(everything))
    heights = [drawing.layout.rect(row).height() for row in drawing.layout.rows if row.share]
    assert min(heights) >= 40


def test_that_the_table_holds_every_measurement_with_its_original(everything, qtmodeltester):
    model = ObservationTableModel()
    what = content(everything)
    model.show_sets(what.sets, LONDON, charted(what.measured))
    qtmodeltester.check(model)
    assert model.rowCount() == 2 + 6  # a mark of a strike-out is no measurement

    def said(row, header):
        return model.index(row, COLUMN[header]).data()

    rows = {said(row, "Further signs"): row for row in range(model.rowCount())}
    struck = rows["Pain: 7/10, left hip"]
    assert said(struck, "State") == "Struck out"
    assert said(struck, "Changed by, when and why").startswith("Bo, ")
    assert model.index(struck, 0).data(Qt.ItemDataRole.ForegroundRole) is not None
    kept = rows["Glasgow Coma Scale: GCS 15, E4 V5 M6"]
    assert (said(kept, "State"), said(kept, "Recorded by")) == ("", "Nora Nurse")
    assert model.row_of(everything[3].id) == kept


def test_that_a_correction_and_its_original_are_told_apart():
    first = measured("pain", PAIN, 6)
    second = measured("pain", {"score": Decimal(2)}, 6, supersedes_id=first.id)
    first = replace(first, superseded_by=second.id)
    assert [one.standing.value for one in charted((first, second))] == ["corrected", "correction"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_that_paper_shows_every_kind(qapp, everything, tmp_path, paper):
    job = PrintJob(
        patient_id=uuid4(),
        content=content(everything, most_kinds=None),
        windows=(DAY,),
        row=patient_row(),
        printed_by="Nora Nurse",
        printed_at=NOW,
    )
    text = poppler("pdftotext", pdf_of(job, paper), tmp_path, "-layout")
    for words in ("Pain", "3/10", "Stool", "type 4", "70 kg", "5.4 mmol/L"):
        assert words in text, words
    assert "7/10" not in text
