import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.theme import SCHEMES, Scheme
from ui.widgets.icon_button import IconButton

AA_TEXT, AA_SHAPE, AAA_TEXT = 4.5, 3.0, 7.0

TEXT_PAIRS = [
    *[(words, ground) for words in ("text", "dim") for ground in ("background", "card", "hover")],
    ("text", "selection"),
    ("dim", "selection"),
    ("accent", "card"),
    ("accent", "background"),
    ("on_accent", "accent"),
    *[(risk, "card") for risk in ("risk_none", "risk_low", "risk_medium", "risk_high")],
    *[("on_risk", risk) for risk in ("risk_low", "risk_medium", "risk_high")],
    *[(kind, f"{kind}_ground") for kind in ("problem", "caution", "success")],
    *[(kind, "card") for kind in ("problem", "caution")],
    *[(kind, "background") for kind in ("problem", "caution")],
    *[("on_band", f"band_{band}") for band in ("demo", "training", "break_glass", "offline")],
]
SHAPE_PAIRS = [("edge", "card"), ("edge", "background"), ("accent", "hover")]
WALL_PAIRS = [
    ("wall_text", "wall_background"),
    ("wall_text", "wall_card"),
    *[("wall_on_risk", f"wall_risk_{risk}") for risk in ("low", "medium", "high")],
    *[(f"wall_risk_{risk}", "wall_card") for risk in ("low", "medium", "high")],
]


def luminance(colour):
    """Relative luminance (WCAG 2.2)."""
    channels = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


def contrast(first, second):
    low, high = sorted(luminance(QColor(name)) for name in (first, second))
    return (high + 0.05) / (low + 0.05)


def of(scheme, *names):
    return [getattr(SCHEMES[scheme], name) for name in names]


def check(scheme, pair, at_least):
    measured = contrast(*of(scheme, *pair))
    assert measured >= at_least, f"{' on '.join(pair)}, {scheme}: {measured:.2f}"


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-".join)
def test_that_every_text_has_the_contrast_of_aa(scheme, pair):
    check(scheme, pair, AA_TEXT)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("pair", SHAPE_PAIRS, ids="-".join)
def test_that_what_can_be_operated_has_a_visible_outline(scheme, pair):
    check(scheme, pair, AA_SHAPE)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("pair", WALL_PAIRS, ids="-".join)
def test_that_the_wall_has_the_contrast_of_aaa(scheme, pair):
    check(scheme, pair, AAA_TEXT)


@pytest.mark.parametrize("scheme", Scheme)
def test_that_the_risks_differ_for_a_person_who_sees_no_green(scheme):
    def seen(name):
        # Machado 2009, deuteranopia
        colour = QColor(name)
        r, g, b = colour.red(), colour.green(), colour.blue()
        return (
            0.367 * r + 0.861 * g - 0.228 * b,
            0.280 * r + 0.673 * g + 0.047 * b,
            -0.012 * r + 0.043 * g + 0.969 * b,
        )

    low, medium, high = (seen(n) for n in of(scheme, "risk_low", "risk_medium", "risk_high"))
    for one, other in ((low, medium), (medium, high), (low, high)):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 25


@pytest.mark.parametrize(
    ("points", "risk", "token", "glyph"),
    [
        (None, None, "risk_none", "—"),
        (0, "low", "risk_none", "○"),
        (1, "low", "risk_low", "●"),
        (3, "low-medium", "risk_low", "●"),
        (5, "medium", "risk_medium", "▲"),
        (7, "high", "risk_high", "◆"),
        (1, "high", "risk_high", "◆"),
        (8, "low", "risk_low", "●"),
    ],
)
def test_that_risk_is_said_by_colour_and_by_shape_whatever_the_number(points, risk, token, glyph):
    assert theme.risk_token(points, risk) == token
    assert theme.risk_glyph(points, risk) == glyph


def test_that_figures_are_equally_wide_in_our_own_font(look):
    metrics = QFontMetrics(theme.font(20))
    assert theme.font().family().startswith("Inter")
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_that_every_icon_can_be_drawn(look):
    names = [file.stem for file in (theme.RESOURCES / "icons").glob("*.svg")]
    assert names
    for name in names:
        image = theme.icon(name).pixmap(24, 24).toImage()
        corners = range(image.width()), range(image.height())
        assert any(image.pixelColor(x, y).alpha() for x in corners[0] for y in corners[1]), name


def test_that_an_icon_is_drawn_in_each_size_that_is_shown(look):
    sizes = {size.width() for size in theme.icon("bell").availableSizes()}
    assert sizes == set(theme.BUTTON_ICONS_PX)
    marks = theme.icon("mark", sizes_px=theme.WINDOW_ICONS_PX).availableSizes()
    assert {size.width() for size in marks} == set(theme.WINDOW_ICONS_PX)
    assert theme.drawing("mark", 48).size().width() == 48


def test_that_a_font_that_is_changed_changes_no_other(look):
    theme.font(15).setStrikeOut(True)
    assert not theme.font(15).strikeOut()


def test_that_a_tint_survives_a_new_parent_and_follows_the_scheme(qtbot, qapp, look):
    label = QLabel("words")
    theme.tint(label, "dim")
    holder = QWidget()
    qtbot.addWidget(holder)
    QVBoxLayout(holder).addWidget(label)
    holder.show()
    assert label.palette().windowText().color() == QColor(SCHEMES[Scheme.LIGHT].dim)
    theme.apply(qapp, Scheme.DARK)
    assert label.palette().windowText().color() == QColor(SCHEMES[Scheme.DARK].dim)


def test_that_a_colour_that_is_no_tint_is_refused(qtbot, look):
    label = QLabel("words")
    qtbot.addWidget(label)
    with pytest.raises(ValueError, match="no tint: wall_text"):
        theme.tint(label, "wall_text")
    with pytest.raises(ValueError, match="on accent"):
        theme.tint(label, "text", "accent")


def test_that_a_change_of_scheme_styles_each_widget_once_however_deep_it_is(qtbot, qapp, look):
    outermost = innermost = QWidget()
    for _ in range(6):
        innermost = QWidget(innermost)
    label = CountingLabel("words", innermost)
    theme.tint(label, "dim")
    qtbot.addWidget(outermost)
    outermost.show()
    before = label.styled
    theme.apply(qapp, Scheme.DARK)
    assert label.styled == before + 1
    assert label.palette().windowText().color() == QColor(SCHEMES[Scheme.DARK].dim)


def test_that_what_is_not_in_view_is_styled_a_little_later_and_once(qtbot, qapp, look):
    pages = QStackedWidget()
    labels = [CountingLabel("words", QWidget(pages)) for _ in range(150)]
    for label in labels:
        theme.tint(label.parentWidget(), ground="selection")
        theme.tint(label, "dim")
        pages.addWidget(label.parentWidget())
    qtbot.addWidget(pages)
    pages.show()
    for number in range(pages.count()):
        pages.setCurrentIndex(number)
        qapp.processEvents()
    labels[5].parentWidget().deleteLater()
    before = [label.styled for label in labels]
    theme.apply(qapp, Scheme.DARK)
    assert labels[-1].styled == before[-1] + 1
    assert labels[0].styled == before[0]
    qtbot.waitUntil(lambda: labels[0].styled > before[0])
    colours = SCHEMES[Scheme.DARK]
    for number in (0, 70, 149):
        label = labels[number]
        assert label.styled == before[number] + 1
        pages.setCurrentWidget(label.parentWidget())
        qapp.processEvents()
        assert label.palette().windowText().color() == QColor(colours.dim)
        shown = pages.grab().toImage().pixelColor(pages.width() - 2, pages.height() - 2)
        assert shown == QColor(colours.selection)


class CountingLabel(QLabel):
    styled = painted = 0

    @override
    def paintEvent(self, event):
        self.painted += 1
        super().paintEvent(event)

    @override
    def changeEvent(self, event):
        self.styled += event.type() == QEvent.Type.StyleChange
        super().changeEvent(event)


def test_that_a_change_of_scheme_paints_each_widget_once(qtbot, qapp, look):
    window = QMainWindow()
    central = QWidget(window)
    label = CountingLabel("words", central)
    QVBoxLayout(central).addWidget(label)
    window.setCentralWidget(central)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(lambda: label.painted > 0)
    qapp.processEvents()
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        before = label.painted
        theme.apply(qapp, scheme)
        qapp.processEvents()
        assert label.painted == before + 1


def test_that_an_icon_on_a_button_follows_the_scheme(qtbot, qapp, look):
    button = IconButton("calendar", "Choose from a calendar")
    qtbot.addWidget(button)
    button.show()

    def drawn():
        image = button.icon().pixmap(16, 16).toImage()
        dots = (image.pixelColor(x, y) for x in range(16) for y in range(16))
        return max(dot.lightness() for dot in dots if dot.alpha() > 100)

    assert drawn() < 128
    theme.apply(qapp, theme.Scheme.DARK)
    assert drawn() > 128


def test_that_the_style_sheet_names_only_known_tokens(look, qapp):
    assert "@" not in qapp.styleSheet()
