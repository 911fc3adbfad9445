"""The one look: colour tokens for light and dark, palette, a little QSS, Inter, icons.

Colour means risk or state and nothing else; whatever a colour says, a glyph and a word or a
number say too. Contrast of every pair is measured in `tests/ui_frame/test_theme.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QWidget

from ui import wardrobe

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
GRID_PX = 8
BODY_PX = 14
SMALL_PX = 12
TITLE_PX = 18
CONTROL_HEIGHT_PX = 32
# of a button, and of one with its word below
BUTTON_ICONS_PX = (16, 24)
WINDOW_ICONS_PX = (16, 24, 32, 48)


class Scheme(StrEnum):
    """Which of the two colour schemes is shown."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Named colours of one scheme, as "#rrggbb".

    Attributes:
        background: behind everything; `card` is what content stands on.
        text / dim: words and lesser words, legible on background, card, hover and selection.
        line: separates, says nothing; `edge` outlines what can be operated (3:1).
        accent: focus, links, primary buttons; `on_accent` is the text on it.
        risk_low / risk_medium / risk_high: by the risk of a score; `on_risk` is the text on
            them; they are legible as text on a card too. `risk_none` outlines a zero.
        wall_*: the same for the wall screen, at AAA.
        problem / caution / success (+ `_ground`): inline notices: text on its ground.
        band_*: full-width bands; `on_band` is the text on each.
    """

    background: str
    card: str
    hover: str
    selection: str
    text: str
    dim: str
    disabled: str
    line: str
    edge: str
    accent: str
    on_accent: str
    risk_none: str
    risk_low: str
    risk_medium: str
    risk_high: str
    on_risk: str
    wall_background: str
    wall_card: str
    wall_text: str
    wall_risk_low: str
    wall_risk_medium: str
    wall_risk_high: str
    wall_on_risk: str
    problem: str
    problem_ground: str
    caution: str
    caution_ground: str
    success: str
    success_ground: str
    band_demo: str
    band_training: str
    band_break_glass: str
    band_offline: str
    band_back: str
    on_band: str


LIGHT = Tokens(
    background="#f3f6f8",
    card="#ffffff",
    hover="#e6edf3",
    selection="#d6e6f5",
    text="#16202a",
    dim="#4a5866",
    disabled="#7d8894",
    line="#d3dae1",
    edge="#7c8996",
    accent="#0b5cad",
    on_accent="#ffffff",
    risk_none="#51606e",
    risk_low="#2a6593",
    risk_medium="#a65400",
    risk_high="#a11a12",
    on_risk="#ffffff",
    wall_background="#e9eef2",
    wall_card="#ffffff",
    wall_text="#0d151c",
    wall_risk_low="#1f5480",
    wall_risk_medium="#7d3f00",
    wall_risk_high="#8f130c",
    wall_on_risk="#ffffff",
    problem="#8f1a12",
    problem_ground="#fbe9e7",
    caution="#7d4300",
    caution_ground="#fdf1df",
    success="#0b4f92",
    success_ground="#e3effa",
    band_demo="#5b2a86",
    band_training="#0b6262",
    band_break_glass="#8f1a12",
    band_offline="#a5001f",
    band_back="#14532d",
    on_band="#ffffff",
)

DARK = Tokens(
    background="#10171e",
    card="#1a232c",
    hover="#243040",
    selection="#1f3f5f",
    text="#e8eef4",
    dim="#a9b6c3",
    disabled="#6d7a87",
    line="#2c3844",
    edge="#7c8b9a",
    accent="#4aa3ff",
    on_accent="#08131d",
    risk_none="#a9b6c3",
    risk_low="#7fbdf0",
    risk_medium="#ffb35c",
    risk_high="#ff9187",
    on_risk="#10171e",
    wall_background="#0b1116",
    wall_card="#151d25",
    wall_text="#f4f8fb",
    wall_risk_low="#9accf5",
    wall_risk_medium="#ffc27d",
    wall_risk_high="#ffaaa2",
    wall_on_risk="#0b1116",
    problem="#ffb3ab",
    problem_ground="#3b1a1a",
    caution="#ffcb8a",
    caution_ground="#38290f",
    success="#a9d3fb",
    success_ground="#15314d",
    band_demo="#5b2a86",
    band_training="#0b6262",
    band_break_glass="#8f1a12",
    band_offline="#a5001f",
    band_back="#14532d",
    on_band="#ffffff",
)

SCHEMES = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}


# What `tint` takes. Every widget is held against the rule of each, so that one too many is paid
# for by all of them, at the start and at a change of scheme.
TONES = (
    "text",
    "dim",
    "accent",
    "risk_none",
    "risk_low",
    "risk_medium",
    "risk_high",
    "on_risk",
    "problem",
    "caution",
    "success",
    "on_band",
)
GROUNDS = (
    "background",
    "card",
    "line",
    "selection",
    "problem_ground",
    "caution_ground",
    "success_ground",
    *(f"band_{band}" for band in ("demo", "training", "break_glass", "offline", "back")),
)
_DRESSED = "dressed"


class _Look:
    """The scheme in force."""

    scheme = Scheme.LIGHT


def scheme() -> Scheme:
    """Return the scheme in force."""
    return _Look.scheme


def tokens() -> Tokens:
    """Return the colours in force; read them when painting, they change with the scheme."""
    return SCHEMES[_Look.scheme]


def colour(name: str) -> QColor:
    """Return one token of the scheme in force as a colour."""
    return QColor(getattr(tokens(), name))


def apply(app: QApplication, wanted: Scheme) -> None:
    """Give the whole program the look: Fusion, Inter, palette and QSS of the scheme."""
    _Look.scheme = wanted
    if not app.property(_DRESSED):
        app.setStyle("Fusion")
        app.setFont(font())
        app.setProperty(_DRESSED, True)  # noqa: FBT003 - Qt's
    dark = wanted is Scheme.DARK
    # before the palette: a later change of scheme would reset it
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    worn = wardrobe.worn(app)
    # the innermost first: what asks to be painted after its window has asked is painted twice
    for widget in reversed(worn):
        widget.update()
    app.setPalette(_palette(tokens()))
    wardrobe.wear(app, worn, _style_sheet(tokens()))


def font(size_px: int = BODY_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return Inter at a size in device-independent pixels, with figures of equal width."""
    # a copy shares what Qt found out about the font; another made alike would find it out anew
    return QFont(_font(size_px, weight))


def icon(
    name: str, *, colour_name: str = "text", sizes_px: tuple[int, ...] = BUTTON_ICONS_PX
) -> QIcon:
    """Return `resources/icons/<name>.svg` drawn in a token's colour of the scheme in force.

    In the sizes given, as the finest screen shows them; what is shown in between is scaled down.
    """
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1)
    return _icon(name, getattr(tokens(), colour_name), tuple(round(px * ratio) for px in sizes_px))


def drawing(name: str, size_px: int, *, colour_name: str = "text") -> QPixmap:
    """Return an icon as a picture of so many pixels."""
    return _drawn(_renderer(name, getattr(tokens(), colour_name)), size_px)


def risk_token(points: int | None, risk: str | None) -> str:
    """Return the token of a score's badge by its risk, never by its number.

    Points of one score are not those of another: only the risk that its pack gives them can be
    compared. Without a set (`points` None), or with nothing at all, there is no risk colour.
    """
    if points is None:
        return "risk_none"
    return _RISKS.get(risk or "", "risk_low" if points else "risk_none")


def risk_glyph(points: int | None, risk: str | None) -> str:
    """Return the shape that says the same as the colour: "○", "●", "▲", "◆"; "—" for None."""
    return "—" if points is None else _GLYPHS[risk_token(points, risk)]


def tint(widget: QWidget, text: str | None = None, ground: str | None = None) -> None:
    """Give one widget a text colour of `TONES` and a ground of `GROUNDS`, in any scheme.

    By a property that the style sheet knows: a palette of its own would be lost when the
    widget gets another parent. Children are tinted on their own.

    Raises:
        ValueError: one of them is not in its list.
    """
    if text not in (None, *TONES) or ground not in (None, *GROUNDS):
        raise ValueError(f"no tint: {text} on {ground}")
    widget.setProperty("tone", text)
    widget.setProperty("ground", ground)
    if ground is not None:
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    restyle(widget)


def restyle(widget: QWidget) -> None:
    """Have the style sheet look at a widget's properties again."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return  # it will look for the first time when the widget is shown
    widget.style().unpolish(widget)
    widget.style().polish(widget)


# values of `observations.types.Risk`; low, and low to medium, are "low" from one point on
_RISKS = {"medium": "risk_medium", "high": "risk_high"}
_GLYPHS = {"risk_none": "○", "risk_low": "●", "risk_medium": "▲", "risk_high": "◆"}


@cache
def _font(size_px: int, weight: QFont.Weight) -> QFont:
    font = QFont(_font_family())
    font.setPixelSize(size_px)
    font.setWeight(weight)
    font.setFeature(QFont.Tag.fromString("tnum"), 1)
    return font


@cache
def _font_family() -> str:
    families: list[str] = []
    for face in ("Regular", "SemiBold", "Bold"):
        number = QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / f"Inter-{face}.otf"))
        families += QFontDatabase.applicationFontFamilies(number)
    return families[0] if families else QApplication.font().family()


@cache
def _icon(name: str, colour_name: str, sizes_px: tuple[int, ...]) -> QIcon:
    renderer, drawn = _renderer(name, colour_name), QIcon()
    for size in sizes_px:
        drawn.addPixmap(_drawn(renderer, size))
    return drawn


def _renderer(name: str, colour_name: str) -> QSvgRenderer:
    svg = (RESOURCES / "icons" / f"{name}.svg").read_bytes()
    return QSvgRenderer(QByteArray(svg.replace(b"currentColor", colour_name.encode())))


def _drawn(renderer: QSvgRenderer, size_px: int) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixmap


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: t.background,
        role.WindowText: t.text,
        role.Base: t.card,
        role.AlternateBase: t.background,
        role.Text: t.text,
        role.Button: t.card,
        role.ButtonText: t.text,
        role.BrightText: t.on_accent,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.Accent: t.accent,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.ToolTipBase: t.card,
        role.ToolTipText: t.text,
        role.PlaceholderText: t.dim,
        role.Light: t.card,
        role.Midlight: t.hover,
        role.Mid: t.line,
        role.Dark: t.edge,
        role.Shadow: t.edge,
    }
    for each, name in pairs.items():
        palette.setColor(each, QColor(name))
    for each in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, each, QColor(t.disabled))
    return palette


def _style_sheet(t: Tokens) -> str:
    """Return the QSS file with colours and icons put in, and a rule per tint."""
    template = (RESOURCES / "style" / "ward.qss").read_text(encoding="utf-8")
    for name in Tokens.__slots__:
        template = template.replace(f"@{name};", f"{getattr(t, name)};")
    tints = [f'*[tone="{each}"] {{ color: {getattr(t, each)}; }}' for each in TONES]
    tints += [
        f'*[ground="{each}"] {{ background-color: {getattr(t, each)}; }}' for each in GROUNDS
    ]
    icons = (RESOURCES / "icons").as_posix()
    return template.replace("@icons", icons).replace("@scheme", scheme()) + "\n".join(tints)
