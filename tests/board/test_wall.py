import gc
from datetime import timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QTest

from tests.board.builders import (
    NOW,
    ZONE,
    a_board,
    a_patient,
    a_patient_without_bed,
    a_varied_hospital,
    a_varied_ward,
    a_ward,
    a_withheld_bed,
    an_empty_bed,
    an_id,
)
from tests.sheets import freed
from ui import theme
from ui.board.cards import Face, Moment
from ui.board.wall import WallWindow
from ui.board.wall_cards import wall_card
from ui.board.wall_layout import SMALLEST_FONT_PX, wall_layout
from ui.board.wall_painter import WallPainter, stale_text
from ui.context import Place
from ward_app.rooms.types import Readiness

MOMENT = Moment(NOW, ZoneInfo(ZONE))
WARD_7 = Place(name="Ward 7 East", wards=(a_ward(),))
INITIALS = {an_id(7): "initials"}
HIDDEN = {an_id(7): "hidden"}
AAA = 7.0


@pytest.fixture
def wall(qtbot):
    """Return a wall screen of a size that shows a board."""

    def make(board, size=(1_920, 1_080), place=WARD_7, *, stale=False):
        wall = WallWindow("production")
        wall.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        qtbot.addWidget(wall)
        wall.resize(*size)
        wall.show_board(board, place, MOMENT, stale=stale)
        wall.show()
        return wall

    return make


# privacy


@pytest.mark.parametrize(
    ("bed", "privacy", "name"),
    [
        pytest.param(a_patient(), INITIALS, "O. G.", id="initials"),
        pytest.param(a_patient(), HIDDEN, "Occupied", id="hidden_by_the_ward"),
        pytest.param(a_patient(), {}, "Occupied", id="ward_not_known"),
        pytest.param(a_patient(flags=(("privacy", None),)), INITIALS, "Occupied", id="asked_for"),
        pytest.param(
            a_patient(family_name=None, given_name=None), INITIALS, "Occupied", id="no_name"
        ),
        pytest.param(a_withheld_bed(), INITIALS, "Occupied", id="of_another_ward"),
        pytest.param(a_patient(alike_name=True), INITIALS, "≈ O. G.", id="like_name"),
    ],
)
def test_that_the_wall_shows_no_more_of_a_name_than_allowed(bed, privacy, name):
    assert wall_card(bed, MOMENT, privacy).name == name


def test_that_no_name_and_no_number_of_a_patient_reaches_the_wall():
    beds = a_varied_ward(30).beds
    said = " ".join(repr(wall_card(bed, MOMENT, INITIALS)) for bed in beds)
    for bed in beds:
        for secret in (bed.family_name, bed.given_name, bed.mrn, bed.consultant):
            assert not secret or secret not in said


def test_that_each_wards_own_privacy_holds_in_a_place_of_several(wall):
    place = Place(
        name="Two wards",
        wards=(a_ward(7, wall_privacy="initials"), a_ward(8, wall_privacy="hidden")),
    )
    board = a_board(a_patient(1), a_patient(2, ward_id=an_id(8), ward_name="Ward 8"))
    assert [card.name for card in wall(board, place=place).cards] == ["O. G.", "Occupied"]


# four facts


def test_that_a_card_has_bed_initials_score_and_countdown():
    shown = wall_card(a_patient(12), MOMENT, INITIALS)
    assert (shown.label, shown.name, shown.score.text, shown.line) == (
        "12",
        "O. G.",
        "2",
        "Obs in 42 min",
    )


@pytest.mark.parametrize(
    ("bed", "face", "name", "line"),
    [
        (an_empty_bed(1), Face.EMPTY, "Free", ""),
        (an_empty_bed(1, readiness=None), Face.EMPTY, "Free", ""),
        (an_empty_bed(1, readiness="dirty"), Face.EMPTY, "To clean", ""),
        (an_empty_bed(1, availability="closed"), Face.UNAVAILABLE, "Closed", ""),
        (
            an_empty_bed(1, availability="blocked", availability_until=NOW + timedelta(hours=3)),
            Face.UNAVAILABLE,
            "Blocked",
            "Until 17:07",
        ),
        (a_withheld_bed(1), Face.WITHHELD, "Occupied", ""),
    ],
)
def test_that_a_bed_without_a_patient_says_its_state(bed, face, name, line):
    shown = wall_card(bed, MOMENT, INITIALS)
    assert (shown.face, shown.name, shown.line, shown.score) == (face, name, line, None)


def test_that_every_readiness_has_a_word_for_the_wall():
    for readiness in Readiness:
        assert wall_card(an_empty_bed(readiness=readiness.value), MOMENT, INITIALS).name


def test_that_overdue_sets_and_leave_are_told():
    late = wall_card(a_patient(next_due_at=NOW - timedelta(minutes=25)), MOMENT, INITIALS)
    assert (late.line, late.short, late.overdue) == ("Overdue 25 min", "25 min", True)
    none = wall_card(a_patient(next_due_at=None), MOMENT, INITIALS)
    assert (none.line, none.overdue) == ("On leave", False)
    now = wall_card(a_patient(next_due_at=NOW + timedelta(seconds=40)), MOMENT, INITIALS)
    assert now.line == "Obs now"
    away = {"next_due_at": None, "back_by": NOW + timedelta(days=1)}
    tomorrow = wall_card(a_patient(**away), MOMENT, INITIALS)
    assert tomorrow.line.startswith("Leave to ")
    assert tomorrow.short == tomorrow.line.replace("Leave to", "To")


def test_that_a_patient_without_a_bed_is_on_the_wall_too(wall):
    shown = wall(a_board(a_patient(1), a_patient_without_bed(2)))
    assert [card.label for card in shown.cards] == ["1", "No bed"]
    assert "1 without a bed" in shown.lines.counts


# size


@pytest.mark.parametrize(
    ("sizes", "grouped"),
    [
        ((6,) * 5, True),
        ((4,) * 5 + (6,), True),
        ((4,) * 7 + (6,), False),
        ((6,) * 10, False),
        ((6,) * 16, False),
    ],
)
def test_that_all_beds_fit_in_letters_read_from_afar(sizes, grouped):
    layout = wall_layout(sizes, 1_907, 997)
    shown = sizes if layout.grouped else (sum(sizes),)
    rows = sum(-(-size // layout.columns) for size in shown)
    assert layout.font_px >= SMALLEST_FONT_PX * 997 / 1_080
    assert layout.grouped is grouped
    assert rows * layout.cell_height + layout.heading_height * len(shown) <= 997 + 0.5
    assert layout.columns * layout.cell_width <= 1_907 + 0.5


def test_that_very_many_beds_still_all_fit():
    layout = wall_layout((6,) * 170, 1_907, 997)
    rows = -(-1_020 // layout.columns)
    assert rows * layout.cell_height <= 997 + 0.5
    assert not layout.with_line


def test_that_a_wall_of_few_beds_is_not_blown_up():
    assert wall_layout((1,), 3_840, 2_160).font_px <= 64 * 2
    assert wall_layout((), 1_920, 1_080).columns == 1


@pytest.mark.parametrize("size", [(1_920, 1_080), (1_366, 768), (3_840, 2_160)])
@pytest.mark.parametrize("beds", [30, 60, 1_000])
def test_that_no_card_leaves_the_screen_or_covers_another(wall, size, beds):
    shown = wall(a_varied_ward(beds), size)
    boxes = [box for box, _ in shown._places()]
    assert all(shown._beds_box().adjusted(-1, -1, 1, 1).contains(box) for box in boxes)
    if beds < 100:
        for one, other in product(boxes, boxes):
            assert one is other or not one.adjusted(1, 1, -1, -1).intersects(other)


def test_that_beds_stand_in_the_order_of_the_board(wall):
    board = a_varied_ward(30)
    shown = wall(board)
    assert [card.label for card in shown.cards] == [bed.bed_label for bed in board.beds]


# stale, colours, leaving


def test_that_a_lost_server_greys_the_wall_and_says_since_when(wall):
    board = a_varied_ward(30)
    live, stale = wall(board), wall(board, stale=True)
    assert stale.lines.warning == "Stale since 14:07: may have changed"
    assert [card.name for card in stale.cards] == [card.name for card in live.cards]
    picture = stale.grab().toImage()
    columns, lines = range(0, 1_920, 3), range(80, 1_080, 7)
    colours = {QColor(picture.pixel(x, y)).name() for x in columns for y in lines}
    for token in ("wall_risk_low", "wall_risk_medium", "wall_risk_high"):
        assert getattr(theme.tokens(), token) not in colours


def test_that_the_wall_tells_counts_and_time(wall):
    lines = wall(a_board(a_patient(1), an_empty_bed(2))).lines
    assert (lines.place, lines.clock, lines.warning) == ("Ward 7 East", "14:07", "")
    assert lines.counts == "1 in  ·  1 free  ·  0 in today  ·  0 out  ·  0 overdue"


@pytest.mark.parametrize("scheme", theme.Scheme)
def test_that_every_text_of_the_wall_has_aaa_contrast(scheme):
    t = theme.SCHEMES[scheme]
    pairs = [
        (t.wall_text, t.wall_card),
        (t.wall_text, t.wall_background),
        (stale_text(t).name(), t.wall_card),
        (stale_text(t).name(), t.wall_background),
        (t.on_band, t.band_offline),
        *((t.wall_on_risk, each) for each in _risks(t)),
        *((each, t.wall_card) for each in _risks(t)),
    ]
    poor = [(pair, round(contrast(*pair), 1)) for pair in pairs if contrast(*pair) < AAA]
    assert poor == []


def _risks(t):
    return (t.wall_risk_low, t.wall_risk_medium, t.wall_risk_high)


def contrast(one, other):
    """Return the contrast of two colours (WCAG 2.2, 1.4.6)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(name):
    channels = QColor(name).getRgbF()[:3]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F11])
def test_that_escape_leaves_the_wall(qtbot, wall, key):
    shown = wall(a_varied_ward(30))
    with qtbot.waitSignal(shown.closed):
        QTest.keyClick(shown, key)
    assert not shown.isVisible()


def test_that_other_keys_do_nothing_on_the_wall(qtbot, wall):
    shown = wall(a_varied_ward(30))
    with qtbot.assertNotEmitted(shown.closed):
        QTest.keyClick(shown, Qt.Key.Key_D)
    assert shown.isVisible()


def test_that_a_double_click_leaves_the_wall(qtbot, wall):
    shown = wall(a_varied_ward(30))
    with qtbot.waitSignal(shown.closed):
        QTest.mouseDClick(shown, Qt.MouseButton.LeftButton)


def test_that_the_wall_follows_the_colour_scheme(qapp, wall):
    theme.apply(qapp, theme.Scheme.LIGHT)
    shown = wall(a_varied_ward(30))
    light = shown.grab().toImage()
    theme.apply(qapp, theme.Scheme.DARK)
    dark = shown.grab().toImage()
    theme.apply(qapp, theme.Scheme.LIGHT)
    assert light != dark


def test_that_a_hospital_wall_names_its_wards(wall):
    place = Place(name="Hospital", wards=tuple(a_ward(n) for n in (1, 2)), whole_hospital=True)
    shown = wall(a_varied_hospital(wards=2, beds_per_ward=12), place=place)
    assert [group.heading for group in shown._groups][:1] == ["Ward 1 East · Bay A"]


def test_that_the_wall_is_freed(qtbot):
    wall = WallWindow("production")
    wall.show_board(a_varied_ward(), WARD_7, MOMENT, stale=False)
    gone = freed(qtbot, wall)
    del wall
    gc.collect()
    assert gone() is None


def test_that_the_wall_says_that_its_patients_are_invented(qtbot):
    wall = WallWindow("demo")
    qtbot.addWidget(wall)
    wall.resize(1920, 1080)
    wall.show()
    assert wall.bands.shown == {"demo"}
    assert wall.bands.geometry().top() == 0
    assert wall._lines_box().top() == wall.bands.height() > 0


def called(**changes):
    """Return a patient to whom somebody was called 48 minutes ago, the set 25 min overdue."""
    return a_patient(
        escalation_id=an_id(1),
        escalation_level="high",
        escalation_state="unanswered",
        escalation_role="medical_registrar",
        escalation_opened_at=NOW - timedelta(minutes=48),
        escalation_respond_by=NOW - timedelta(minutes=38),
        next_due_at=NOW - timedelta(minutes=25),
        **changes,
    )


def test_that_an_overdue_set_is_told_beside_an_open_call():
    shown = wall_card(called(), MOMENT, INITIALS)
    assert (shown.line, shown.called, shown.overdue) == ("◆ High 48 min", "risk_high", False)
    assert (shown.aside, shown.aside_short, shown.aside_loud) == (
        "Overdue 25 min",
        "25 min",
        True,
    )


@pytest.mark.parametrize("privacy", ["initials", "hidden"])
@pytest.mark.parametrize("beds", [12, 30])
def test_that_both_are_painted_in_letters_read_from_afar(wall, monkeypatch, privacy, beds):
    place = Place(name="Ward 7 East", wards=(a_ward(wall_privacy=privacy),))
    painted = []
    write = WallPainter._write

    def note(painter, device, box, font, text, colour=None):
        width = QFontMetricsF(font).horizontalAdvance(text)
        painted.append((text, font.pixelSize(), width < box.width()))
        write(painter, device, box, font, text, colour)

    monkeypatch.setattr(WallPainter, "_write", note)
    others = (a_patient(number) for number in range(2, beds + 1))
    shown = wall(a_board(called(), *others), place=place)
    painted.clear()
    shown.grab()
    told = {text: (size, fits) for text, size, fits in painted}
    assert told["◆ High 48 min"][1]
    late = told.get("Overdue 25 min") or told["25 min"]
    assert late[1]
    assert late[0] >= 20


def test_that_a_score_that_is_accepted_is_told_beside_the_name():
    agreed = a_patient(accepted_points=7, accepted_until=NOW + timedelta(hours=2))
    shown = wall_card(agreed, MOMENT, INITIALS)
    assert (shown.line, shown.aside, shown.aside_loud) == ("Obs in 42 min", "≤7 to 16:07", False)
    past = a_patient(accepted_points=7, accepted_until=NOW - timedelta(minutes=5))
    shown = wall_card(past, MOMENT, INITIALS)
    assert (shown.aside, shown.aside_loud) == ("Review due", True)


def test_that_a_score_that_is_not_news2_is_named_and_the_bed_keeps_its_number(qapp):
    bed = a_patient(13, score_pack="mewc", news2_total=1, news2_at_least=1, news2_risk="high")
    written = []

    class Listening(WallPainter):
        def _write(self, painter, box, font, text, colour=None):
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            written.append(shown)
            super()._write(painter, box, font, text, colour)

    layout = wall_layout((30,), 1_366, 700)
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    cell = QRectF(0, 0, layout.cell_width, layout.cell_height)
    Listening(layout, stale=False).paint_card(painter, cell, wall_card(bed, MOMENT, INITIALS))
    painter.end()
    assert "13" in written
    assert "MEWC" in written
