from datetime import date
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from tests.board.builders import (
    NOW,
    ZONE,
    a_patient,
    a_patient_without_bed,
    a_varied_ward,
    a_withheld_bed,
    an_empty_bed,
)
from ui import theme
from ui.board.badges import score_face
from ui.board.cards import Moment, bed_card
from ui.board.delegate import BedDelegate
from ui.board.rows import Heading
from ui.board.tile_grid import ROOMY, SCROLLED_HEIGHT, tile_grid
from ui.board.tile_layout import TileLayouts, badge_glyph, badge_token
from ui.board.tile_painter import TilePainter, TileState

MOMENT = Moment(NOW, ZoneInfo(ZONE))
EVERY_FLAG = (
    ("isolation", "airborne"),
    ("falls", None),
    ("resuscitation", "DNACPR"),
    ("nil_by_mouth", "from 22:00"),
    ("privacy", None),
)
LONG = {
    "family_name": "Wolfeschlegelsteinhausenbergerdorff",
    "given_name": "Maximiliane Theodora",
    "specialty": "Trauma and orthopaedic surgery",
    "flags": EVERY_FLAG,
    "allergy_status": "present",
    "allergies": ("Penicillin", "Co-trimoxazole", "Radiocontrast media"),
    "alike_name": True,
}
BEDS = (
    a_patient(12),
    a_patient(12, **LONG),
    a_patient(12, **LONG, news2_total=None, news2_at_least=20, news2_risk="high"),
    a_patient(12, bed_label="7E-12A", **LONG),
    a_patient(12, allergy_status="not_recorded", flags=EVERY_FLAG),
    a_patient(12, next_due_at=None, expected_discharge_on=None, born_on=None, arrived_at=None),
    a_patient_without_bed(12),
    a_withheld_bed(12),
    an_empty_bed(12, readiness="awaiting_inspection"),
    an_empty_bed(12, availability="blocked", availability_reason="escalation_bed"),
)
GRIDS = {
    "smallest": tile_grid((6,) * 30, 1_000, 600),
    "small_screen": tile_grid((6,) * 5, 1_006, 678),
    "large_screen": tile_grid((6,) * 5, 1_532, 990),
    "few_beds": tile_grid((4,), 1_532, 990),
}


@pytest.fixture(params=GRIDS)
def grid(request, qapp):
    return GRIDS[request.param]


def card(bed):
    return bed_card(bed, MOMENT)


def boxes(layouts, layout):
    """Every box of a tile's content, from its corner."""
    type_ = layouts.type
    texts = [
        (type_.label, layout.label),
        (type_.name, layout.name),
        (type_.due, layout.due),
        *((type_.text, line) for line in layout.lines),
        *((type_.chip, note) for note in (layout.note,) if note),
    ]
    for face, text in ((face, text) for face, text in texts if text.text):
        top = text.at.y() - face.ascent
        yield text.text, QRectF(text.at.x(), top, face.width(text.text), face.height)
    for chip in layout.chips:
        yield chip.text.text, chip.box
    if layout.badge:
        yield layout.badge.text.text, layout.badge.box


@pytest.mark.parametrize("bed", BEDS)
def test_that_nothing_leaves_its_tile(grid, bed):
    layouts = TileLayouts(grid)
    for text, box in boxes(layouts, layouts.layout(card(bed))):
        inside = layouts.card.adjusted(-0.5, -0.5, 0.5, 0.5)
        assert inside.contains(box), (text, box, layouts.card)


@pytest.mark.parametrize("bed", BEDS)
def test_that_nothing_overlaps(grid, bed):
    layouts = TileLayouts(grid)
    shown = list(boxes(layouts, layouts.layout(card(bed))))
    for (one, box), (other, other_box) in product(shown, shown):
        if one is not other:
            # lines may share their leading, letters may not meet
            assert not box.adjusted(0, 2, 0, -2).intersects(other_box.adjusted(0, 2, 0, -2)), (
                one,
                other,
            )


@pytest.mark.parametrize("bed", BEDS[:6])
def test_that_what_is_known_of_allergies_and_the_loudest_flags_stay(grid, bed):
    layouts = TileLayouts(grid)
    shown = card(bed)
    texts = [chip.text.text for chip in layouts.layout(shown).chips]
    assert texts[0] in (shown.chips[0].words, shown.chips[0].short)
    left_out = int(texts[-1][1:]) if texts[-1].startswith("+") else 0
    told = len(texts) - bool(left_out) + left_out
    # an incomplete set is told among the chips where the head has no room for the word
    assert told in (len(shown.chips), len(shown.chips) + 1)


def test_that_the_loudest_flags_stay_on_the_smallest_tile(qapp):
    layouts = TileLayouts(GRIDS["small_screen"])
    bed = a_patient(9, allergy_status="not_recorded", flags=EVERY_FLAG)
    texts = [chip.text.text for chip in layouts.layout(card(bed)).chips]
    assert texts == ["Allergy?", "Isol", "DNACPR", "+3"]


def test_that_a_long_name_keeps_its_given_name(grid):
    name = TileLayouts(grid).layout(card(a_patient(**LONG))).name.text
    assert name.startswith("≈ WOLFE")
    assert ", Maximi" in name


def test_that_a_date_is_never_cut(qapp):
    layouts = TileLayouts(GRIDS["small_screen"])
    [line] = layouts.layout(card(a_patient(9, specialty="Trauma and orthopaedics"))).lines
    assert line.text.startswith("84 y Female · out 24-Nov")


def test_that_a_date_stays_where_its_verb_does_not_fit(qapp):
    layouts = TileLayouts(GRIDS["small_screen"])
    centenarian = card(a_patient(9, born_on=date(1924, 1, 1), news2_total=None))
    [line] = layouts.layout(centenarian).lines
    assert line.text == "102 y Female · 24-Nov"


@pytest.mark.parametrize("risk", [("low", 3), ("high", 20)])
def test_that_an_incomplete_set_says_so(grid, risk):
    band, points = risk
    bed = a_patient(9, news2_total=None, news2_at_least=points, news2_risk=band)
    layout = TileLayouts(grid).layout(card(bed))
    words = [layout.note.text if layout.note else "", *(chip.text.text for chip in layout.chips)]
    assert "incomplete" in words
    assert f"≥{points}" in layout.badge.text.text


@pytest.mark.parametrize(
    ("points", "risk", "glyph", "token"),
    [
        (0, "low", "○", "risk_none"),
        (4, "low", "●", "risk_low"),
        (3, "low-medium", "△", "risk_medium"),
        (5, "medium", "▲", "risk_medium"),
        (7, "high", "◆", "risk_high"),
    ],
)
def test_that_risk_is_told_by_colour_and_by_shape(points, risk, glyph, token):
    score = score_face(a_patient(news2_total=points, news2_risk=risk))
    assert (badge_glyph(score), badge_token(score)) == (glyph, token)


def test_that_a_number_of_another_score_has_its_name_and_the_colour_of_its_risk(grid):
    bed = a_patient(9, news2_total=1, news2_at_least=1, news2_risk="high", score_pack="mewc")
    badge = TileLayouts(grid).layout(card(bed)).badge
    assert badge.text.text == "◆ MEWC 1"
    assert badge_token(badge.score) == "risk_high"
    assert "MEWC 1, high risk" in badge.score.words
    assert badge.box.left() >= 0


def test_that_a_set_without_a_score_is_no_question_mark(grid):
    bed = a_patient(9, news2_total=None, news2_at_least=None, news2_risk=None, score_pack=None)
    assert score_face(bed).text == "—"
    assert score_face(bed).words.startswith("Not scored")
    assert score_face(bed._replace(observed_at=None)).text == "?"


@pytest.mark.parametrize("scheme", theme.Scheme)
@pytest.mark.parametrize(
    "state", [TileState(), TileState(selected=True), TileState(target=True), TileState(stale=True)]
)
def test_that_every_kind_of_bed_is_painted(qapp, grid, scheme, state):
    theme.apply(qapp, scheme)
    tiles = TilePainter(grid)
    rect = QRect(0, 0, grid.tile_width, grid.tile_height)
    image = QImage(rect.size(), QImage.Format.Format_ARGB32)
    pictures = []
    for bed in BEDS:
        image.fill(0)
        painter = QPainter(image)
        tiles.paint(painter, rect, card(bed), state)
        painter.end()
        pictures.append(image.copy())
    assert all(one != other for one, other in pairwise(pictures))


def test_that_a_stale_tile_has_no_colour_of_risk(qapp):
    theme.apply(qapp, theme.Scheme.LIGHT)
    grid = GRIDS["large_screen"]
    rect = QRect(0, 0, grid.tile_width, grid.tile_height)
    bed = card(a_patient(news2_total=9, news2_at_least=9, next_due_at=NOW.replace(hour=9)))
    seen = {}
    for stale in (False, True):
        image = QImage(rect.size(), QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        TilePainter(grid).paint(painter, rect, bed, TileState(stale=stale))
        painter.end()
        pixels = {image.pixel(x, y) for x in range(rect.width()) for y in range(40)}
        seen[stale] = theme.colour("risk_high").rgb() in pixels
    assert seen == {False: True, True: False}


def shown(tiles, bed, state, *, ratio=1.0):
    """A tile from its picture, and painted itself, on the ground of the board."""
    size = QSize(tiles.grid.tile_width, tiles.grid.tile_height)
    images = []
    for paint in (tiles.show, tiles.paint):
        image = QImage(size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(theme.colour("background"))
        painter = QPainter(image)
        paint(painter, QRect(QPoint(0, 0), size), bed, state)
        painter.end()
        images.append(image)
    return images


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_that_a_tile_from_its_picture_looks_as_it_is_painted(grid, ratio):
    tiles, states = TilePainter(grid), (TileState(), TileState(selected=True, focused=True))
    for bed, state in product(map(card, BEDS), (*states, TileState(stale=True), *states)):
        from_picture, painted = shown(tiles, bed, state, ratio=ratio)
        assert from_picture == painted


def test_that_a_tile_that_is_shown_again_is_not_painted_again(qapp, monkeypatch):
    tiles, bed = TilePainter(GRIDS["large_screen"]), card(a_patient())
    painted, original = [], TilePainter.paint

    def note(self, painter, rect, bed, state):
        painted.append(state)
        original(self, painter, rect, bed, state)

    monkeypatch.setattr(TilePainter, "paint", note)
    image = QImage(400, 400, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    chosen = TileState(selected=True)
    for state in (TileState(), TileState(), chosen, chosen):
        tiles.show(painter, image.rect(), bed, state)
    tiles.take_colours()
    tiles.show(painter, image.rect(), bed, chosen)
    painter.end()
    assert painted == [TileState(), chosen, chosen]


def test_that_headings_are_painted(qapp):
    grid = GRIDS["large_screen"]
    image = QImage(400, grid.heading_height, QImage.Format.Format_ARGB32)
    for heading in (
        Heading(text="Bay A", note="6 beds, 1 free"),
        Heading(text="Ward 7", is_ward=True),
        Heading(text="No bed", loud=True),
    ):
        image.fill(0)
        painter = QPainter(image)
        TilePainter(grid).paint_heading(painter, image.rect(), heading)
        painter.end()
        assert image != QImage(image.size(), image.format())


def test_that_a_tile_is_laid_out_once_however_often_it_is_painted(qapp, monkeypatch):
    grid = GRIDS["large_screen"]
    tiles, bed = TilePainter(grid), card(a_patient())
    image = QImage(grid.tile_width, grid.tile_height, QImage.Format.Format_ARGB32)
    laid_out = []
    original = TileLayouts.layout
    monkeypatch.setattr(
        TileLayouts, "layout", lambda self, card: laid_out.append(card) or original(self, card)
    )
    for _ in range(3):
        painter = QPainter(image)
        tiles.paint(painter, image.rect(), bed, TileState())
        painter.end()
    assert laid_out == [bed]


def test_that_tiles_of_a_size_that_comes_again_are_not_laid_out_again(qapp, monkeypatch):
    theme.apply(qapp, theme.Scheme.LIGHT)
    small, large = GRIDS["small_screen"], GRIDS["large_screen"]
    delegate, bed = BedDelegate(small), card(a_patient())
    laid_out = []
    original = TileLayouts.layout
    monkeypatch.setattr(
        TileLayouts, "layout", lambda self, card: laid_out.append(card) or original(self, card)
    )

    def painted(grid):
        delegate.use(grid, 1_000)
        image = QImage(grid.tile_width, grid.tile_height, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        delegate.paint_card(painter, image.rect(), bed)
        painter.end()
        return image

    light = painted(small)
    painted(large)
    assert painted(small) == light
    theme.apply(qapp, theme.Scheme.DARK)
    delegate.take_colours()
    assert painted(small) != light
    assert len(laid_out) == 2


def test_that_few_sizes_of_tiles_are_kept(qapp):
    delegate, bed = BedDelegate(GRIDS["small_screen"]), card(a_patient())
    image = QImage(10, 10, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    kept = []
    for width in range(900, 1_800, 60):
        delegate.use(tile_grid((6,) * 5, width, 678), width)
        delegate.paint_card(painter, image.rect(), bed)
        kept.append(len(delegate._painters))
    painter.end()
    assert max(kept) == 4


# sizes


@pytest.mark.parametrize(
    ("sizes", "width", "height", "compact"),
    [
        pytest.param((6,) * 5, 1_006, 678, True, id="thirty_beds_on_a_small_screen"),
        pytest.param((6,) * 5, 1_532, 990, False, id="thirty_beds_on_a_large_screen"),
        pytest.param((4,) * 6 + (6,), 1_532, 990, True, id="seven_groups"),
        pytest.param((4,), 1_532, 990, False, id="four_beds"),
    ],
)
def test_that_all_beds_of_a_ward_are_seen_at_once(sizes, width, height, compact):
    grid = tile_grid(sizes, width, height)
    columns = width // grid.tile_width
    rows = sum(-(-size // columns) for size in sizes)
    assert grid.fits
    assert grid.compact is compact
    assert rows * grid.tile_height + len(sizes) * grid.heading_height <= height
    assert grid.scale >= 1


def test_that_a_hospital_scrolls_in_legible_tiles():
    grid = tile_grid((6,) * 170, 1_532, 990)
    assert (grid.fits, grid.scale, grid.tile_height) == (False, 1.0, SCROLLED_HEIGHT)
    assert 1_532 // grid.tile_width == 6


def test_that_tiles_do_not_grow_without_end():
    grid = tile_grid((1,), 3_840, 2_160)
    assert grid.scale == ROOMY.largest_scale
    assert grid.tile_width <= 2 * grid.tile_height


def test_that_a_ward_without_beds_has_a_size_all_the_same():
    assert tile_grid((), 1_000, 600).tile_width > 0


def test_that_the_varied_ward_shows_every_kind_of_bed():
    kinds = {bed_card(bed, MOMENT).face for bed in a_varied_ward().beds}
    assert len(kinds) == 3
