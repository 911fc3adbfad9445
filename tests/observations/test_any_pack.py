"""What the nurse sees is made from the pack that applies, whichever it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.observations.builders import NOW, WELL, chart, recorded
from tests.observations.drawing import DAY, content, painted
from tests.sheets import press, type_text
from ui.observations.arithmetic import arithmetic, band_text
from ui.observations.chart_cells import points_in
from ui.observations.chart_rows import ROWS
from ui.observations.colours import shade_in, shade_of
from ui.observations.further_fields import further_lines
from ui.observations.score_box import ScoreBox, headline, why_html
from ui.observations.table_model import COLUMNS, ObservationTableModel
from ui.observations.vital_signs_entry import VitalSignsEntry
from ui.observations.words import choice_text, further_text, missing_text, sign_text
from ui.score_words import name_beside, score_name, score_names, with_name
from ward_app.observations import rules
from ward_app.observations.pack_choice import PackChoice
from ward_app.observations.pack_types import basis_on
from ward_app.observations.packs import adult_limits, news2_pack, pack_behind, pack_named
from ward_app.observations.rules import PackStatus, Scoring, at_age
from ward_app.observations.types import OxygenDevice, VitalSigns
from ward_app.patients.types import Sex

NEWS2, MEWC, MEOWS = news2_pack(), pack_named("mewc"), pack_named("meows")
CHILD = at_age(pack_named("paediatric"), 70)
NO = {"agitation": False, "oliguria": False, "pre_eclampsia_symptoms": False}
TABLE = [column.header for column in COLUMNS]


def scored(pack, **changes):
    """Return a recorded set that a pack scored."""
    one = recorded(**changes)
    return replace(one, score=rules.score(one.vital_signs, pack))


@pytest.fixture
def entry(qtbot):
    """An entry scored by the maternal criteria, its cursor in the first line."""
    entry = VitalSignsEntry(MEWC, adult_limits())
    qtbot.addWidget(entry)
    entry.show()
    entry.activateWindow()
    qtbot.waitUntil(entry.isActiveWindow)
    entry.focus_first()
    return entry


def keys(qtbot, text):
    for character in text:
        if character == "⏎":
            press(qtbot, Qt.Key.Key_Return)
        else:
            type_text(qtbot, character)


def test_that_the_signs_of_a_pack_get_lines_from_its_data(entry):
    assert [row.line_of_form.scored for row in entry.rows[-3:]] == list(NO)
    effort, support = (
        line
        for line in further_lines(CHILD)
        if line.scored in ("respiratory_effort", "oxygen_support")
    )
    assert "S Severely increased" in effort.legend
    assert set(support.fields[0].meanings) == {"A", "B", "H"}
    refill = further_lines(CHILD)[0].fields[0]
    assert refill.unit == "s"
    assert refill.reading.signs("4") == {"further": {"capillary_refill_seconds": Decimal(4)}}


def test_that_a_set_with_further_signs_is_typed_in_one_go(qtbot, entry):
    keys(qtbot, "1697A1208075A368NNY")
    assert entry.vital_signs().further == {**NO, "pre_eclampsia_symptoms": True}
    assert (entry.score.total, entry.score.risk) == (1, "high")
    assert entry.row("pre_eclampsia_symptoms").badge.points == 1
    with qtbot.waitSignal(entry.finished):
        keys(qtbot, "⏎")


def test_that_a_sign_not_recorded_is_missing_and_never_no(qtbot, entry):
    keys(qtbot, "1697A1208075A368N")
    assert entry.score.missing == ("oliguria", "pre_eclampsia_symptoms")
    assert missing_text(entry.score).startswith("urine below 35 mL/h")


def test_that_a_diastolic_criterion_shows_in_the_line_it_is_typed_in(qtbot, entry):
    entry.row("systolic_bp_mmhg").take_focus()
    keys(qtbot, "165/105")
    assert entry.row("systolic_bp_mmhg").badge.points == 2


def test_that_another_pack_keeps_what_is_typed_and_takes_its_own_lines_away(qtbot, entry):
    keys(qtbot, "1697A1208075A368NNY")
    before = QApplication.focusWidget()
    entry.use_pack(MEWC)
    assert QApplication.focusWidget() is before
    entry.use_pack(NEWS2)
    assert len(entry.rows) == 7
    assert entry.vital_signs().further == {}
    assert entry.score.total == 0
    entry.use_pack(None)
    assert entry.score is None
    assert all(row.badge.points is None for row in entry.rows)
    entry.use_pack(MEWC)
    assert entry.vital_signs().further == {**NO, "pre_eclampsia_symptoms": True}


def test_that_a_draft_waits_for_the_lines_of_its_pack(qtbot, entry):
    keys(qtbot, "1697A1208075A368NNY")
    draft = entry.typed()
    other = VitalSignsEntry(NEWS2, adult_limits())
    qtbot.addWidget(other)
    other.retype(draft)
    other.use_pack(MEWC)
    assert other.vital_signs() == entry.vital_signs()


def test_that_a_correction_keeps_signs_that_nobody_asks_for_now(qtbot, entry):
    signs = {**NO, "lochia_abnormal": True}
    before = replace(WELL, oxygen_device=OxygenDevice.ROOM_AIR, further=signs)
    entry.fill(before)
    assert entry.vital_signs() == before
    entry.use_pack(NEWS2)
    assert entry.vital_signs() == before


def test_that_why_shows_the_band_of_each_value():
    signs = replace(
        WELL, respiratory_rate_per_min=26, spo2_percent=94, spo2_scale=2, on_oxygen=True
    )
    parts = {part.name: part for part in arithmetic(signs, rules.score(signs, NEWS2), NEWS2)}
    assert (parts["Respirations"].band, parts["Respirations"].points) == ("25 and over", 3)
    assert parts["SpO₂"].band == "93 to 94, on oxygen"
    assert parts["Consciousness"].band == ""
    assert band_text(NEWS2.parameter("spo2_percent"), VitalSigns()) == ""
    assert (
        band_text(NEWS2.parameter("pulse_per_min"), VitalSigns(pulse_per_min=0)) == "40 and below"
    )


def test_that_why_names_every_sign_of_the_pack_and_marks_what_is_missing():
    signs = replace(WELL, further={"agitation": True})
    html = why_html(signs, rules.score(signs, MEWC), MEWC)
    for words in ("Agitated", "Yes", "Urine below 35 mL/h", "missing", MEWC.acknowledgement):
        assert words in html


def test_that_a_score_of_a_pack_not_held_here_shows_its_points_alone():
    score = replace(rules.score(WELL, MEWC), pack_hash="0" * 64, pack="local", points={"x_y": 2})
    assert pack_behind(score, None) is None
    html = why_html(WELL, score, None)
    assert "x y" in html
    assert headline(replace(score, missing=(), total=2)).startswith("local 2")


def test_that_a_pack_by_age_is_found_again_only_at_its_age():
    signs = replace(WELL, further={})
    score = rules.score(signs, CHILD)
    assert pack_behind(score, 70) == CHILD
    assert pack_behind(score, None) is None
    assert pack_behind(score, 200) is None
    own = replace(MEWC, hash="1" * 64)
    assert pack_behind(replace(score, pack_hash="1" * 64), None, (own,)) is own
    assert pack_behind(rules.score(WELL, NEWS2), None) == NEWS2


def test_that_to_explain_a_score_no_other_pack_is_tested(monkeypatch):
    tested = []

    def held(name):
        tested.append(name)
        return pack_named(name)

    monkeypatch.setattr("ward_app.observations.packs.pack_named", held)
    score = rules.score(WELL, MEWC)
    assert pack_behind(score, None) == MEWC
    assert tested == ["mewc"]
    assert pack_behind(score, None, (MEWC,)) is MEWC
    assert tested == ["mewc"]


@pytest.mark.parametrize(
    ("points", "scoring", "shade"),
    [
        (0, Scoring.SUM, 0),
        (3, Scoring.SUM, 3),
        (4, Scoring.SUM, 3),
        (1, Scoring.SINGLE_TRIGGER, 3),
        (0, Scoring.SINGLE_TRIGGER, 0),
        (1, Scoring.RED_YELLOW, 1),
        (2, Scoring.RED_YELLOW, 3),
    ],
)
def test_that_points_are_coloured_as_their_pack_means_them(points, scoring, shade):
    assert shade_of(points, scoring) == shade


def test_that_the_chart_colours_a_stored_set_by_its_own_pack():
    row = next(row for row in ROWS if row.name == "systolic_bp_mmhg")
    assert points_in(row)(scored(MEWC, diastolic_bp_mmhg=105)) == 3
    assert points_in(row)(scored(NEWS2, diastolic_bp_mmhg=105)) == 0
    assert shade_in(1, "of nobody") == 1


def test_that_numbers_that_are_not_news2_carry_their_name():
    assert with_name("4", "news2") == "4"
    assert with_name("4", None) == "4"
    assert with_name("1", "mewc") == "MEWC 1"
    assert name_beside("paediatric") == "Paed"
    assert (score_name(None), score_name("local")) == ("Score", "local")


def test_that_a_row_of_scores_is_named_after_what_stands_in_it():
    assert score_names(()).label == "Score"
    assert score_names(["news2", "news2"]).label == "NEWS2"
    assert score_names(["mewc"]).label == "MEWC"
    mixed = score_names(["mewc", "news2", "meows"])
    assert mixed.label == "NEWS2, M MEOWS, E MEWC"
    assert mixed.marks == {"news2": "", "meows": "M", "mewc": "E"}


def test_that_a_chart_of_several_scores_is_drawn_and_acknowledged():
    basis = basis_on(
        NOW.date(),
        born_on=date(1995, 1, 1),
        sex=Sex.FEMALE,
        uses=(replace(MEWC, status=PackStatus.LIVE),),
    )
    what = content(recorded(5), scored(MEWC, hours_ago=1), basis=basis)
    assert what.score_names.marks["mewc"] == "M"
    assert NEWS2.acknowledgement in what.acknowledgement
    assert MEWC.acknowledgement in what.acknowledgement
    assert what.pack is None  # nobody recorded a pregnancy
    assert painted(what, DAY)[0] is not None


def test_that_the_table_says_score_and_further_signs_in_full(qtbot):
    model = ObservationTableModel()
    one = scored(MEWC, further={**NO, "agitation": True})
    what = content(one)
    model.show_sets(what.sets, what.zone, ())
    texts = [model.index(0, place).data() for place in range(len(TABLE))]
    assert texts[TABLE.index("Score")] == "MEWC 1"
    assert "Agitated Yes" in texts[TABLE.index("Further signs")]


def test_that_further_signs_of_an_unknown_pack_are_still_told():
    assert further_text(replace(WELL, further={"some_sign": "much"}), "local") == "some sign much"
    refill = next(p for p in CHILD.parameters if p.name == "capillary_refill_seconds")
    assert sign_text(refill, replace(WELL, further={refill.name: Decimal(4)})) == "4 s"
    assert sign_text(refill, WELL) == "not measured"


def test_that_the_choice_reads_as_a_sentence():
    assert choice_text(PackChoice(NEWS2, "adult, not pregnant")) == "NEWS2: adult, not pregnant"
    assert choice_text(PackChoice(None, "The date of birth is not known.")).startswith(
        "No score. "
    )
    none = "No score in use here is made for this patient (adult, pregnant)."
    assert choice_text(PackChoice(None, none)) == none


def test_that_the_box_says_what_is_saved_without_a_score(qtbot):
    box = ScoreBox()
    qtbot.addWidget(box)
    box.use(PackChoice(NEWS2, "adult, not pregnant"))
    box.show_score(WELL, rules.score(WELL, NEWS2))
    box.why_button.click()
    assert "Respirations" in box.why.text()
    box.use(PackChoice(None, "No score in use here."))
    box.show_score(WELL, None)
    assert box.headline.text() == "Saved without a score"
    assert not box.why.isVisibleTo(box)


def test_that_bands_of_another_pack_are_drawn_without_the_rows_it_does_not_score():
    basis = replace(chart().basis, choice=PackChoice(MEWC, "by decision"))
    assert painted(content(scored(MEWC, hours_ago=1), basis=basis), DAY)[0] is not None
