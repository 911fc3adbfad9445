"""The total as it is typed: number, risk, what to do, and why."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.observations.arithmetic import arithmetic
from ui.observations.colours import chart_colours, risk_index, shade_in
from ui.observations.words import POINT_GLYPHS, RISK_WORDS, missing_text, score_number
from ui.plain_text import PlainLabel
from ui.score_words import score_name
from ward_app.observations.pack_choice import PackChoice
from ward_app.observations.rules import CONTINUOUS_RECHART_MINUTES, ScorePack, score_response
from ward_app.observations.service import UNSCORED_INTERVAL
from ward_app.observations.types import Score, VitalSigns

_MINUTES_PER_HOUR = 60
_ACTION_LINES = 4
_UNSCORED_HOURS = UNSCORED_INTERVAL // timedelta(hours=1)


class ScoreBox(QWidget):
    """Badge, headline, response, and the arithmetic behind "Why 7?"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = PackChoice(None, "")
        self.badge = _TotalBadge(self)
        self.headline = PlainLabel(parent=self)
        self.headline.setFont(theme.font(theme.BODY_PX, QFont.Weight.DemiBold))
        self.action = PlainLabel(parent=self)
        self.action.setFont(theme.font(theme.SMALL_PX))
        self.why_button = QPushButton("Why?", self)
        self.why_button.setCheckable(True)
        self.why_button.setProperty("kind", "quiet")
        self.why_button.setToolTip("Show the points of each parameter (Alt+Y)")
        self.why = PlainLabel(parent=self)
        self.why.setFont(theme.font(theme.SMALL_PX))
        self.why.setTextFormat(Qt.TextFormat.RichText)
        self.why.hide()
        self._shown: tuple[VitalSigns, Score] | None = None
        self.why_button.toggled.connect(self._show_why)
        self._lay_out()

    def use(self, choice: PackChoice) -> None:
        """Score by this pack from now on; without one, only say why there is no score."""
        self._choice = choice

    def show_score(self, signs: VitalSigns, score: Score | None) -> None:
        """Show a score of what is typed so far; None = no score fits the patient."""
        self.badge.setVisible(score is not None)
        pack = self._choice.pack
        if score is None or pack is None:
            self._shown = None
            self.headline.setText("Saved without a score")
            self.action.setText(f"Next set within {_UNSCORED_HOURS} h at the latest.")
            self.why_button.hide()
            self.why.hide()
            self.setAccessibleName(f"{self.headline.text()}. {self.action.text()}")
            return
        self.badge.show_score(score)
        self.headline.setText(headline(score))
        self.action.setText(response_text(score, pack))
        self.why_button.setVisible(bool(score.points))
        self.why_button.setText(f"Why {score_number(score)}?")
        # a new text takes the shortcut away
        self.why_button.setShortcut("Alt+Y")
        self._shown = signs, score
        self._show_why(self.why_button.isChecked())
        self.setAccessibleName(f"{headline(score)}. {self.action.text()}")

    def _show_why(self, wanted: bool) -> None:  # noqa: FBT001 - a slot
        if wanted and self._shown is not None:
            self.why.setText(why_html(*self._shown, self._choice.pack))
        self.why.setVisible(wanted and self._shown is not None)

    def _lay_out(self) -> None:
        for label in (self.headline, self.action, self.why):
            label.setWordWrap(True)
        # room for the longest response: what stands below must not move with the score
        self.action.setMinimumHeight(_ACTION_LINES * self.action.fontMetrics().lineSpacing())
        self.action.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QGridLayout()
        words.setVerticalSpacing(2)
        words.addWidget(self.headline, 0, 0)
        words.addWidget(self.why_button, 0, 1, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.action, 1, 0, 1, 2)
        words.setColumnStretch(0, 1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.why)


class _TotalBadge(QWidget):
    """The number in the colour of its risk, with the shape that says the same."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._score: Score | None = None
        self.setFixedSize(QSize(72, 44))

    def show_score(self, score: Score) -> None:
        self._score = score
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._score is None:
            return
        colours, rank = chart_colours(), risk_index(self._score.at_least, self._score.risk)
        filled = rank > 0 and self._score.complete
        ink = QColor(colours.risks[rank])
        style = Qt.PenStyle.SolidLine if self._score.complete else Qt.PenStyle.DashLine
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 2, style))
        painter.setBrush(ink if filled else QColor(colours.paper))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(QColor(colours.on_risk) if filled else ink)
        painter.setFont(theme.font(theme.TITLE_PX, QFont.Weight.Bold))
        glyph = theme.risk_glyph(self._score.at_least, self._score.risk)
        text = f"{glyph} {score_number(self._score)}" if self._score.points else "—"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)


def headline(score: Score) -> str:
    """Return "NEWS2 7, high risk" or "Incomplete, at least 3, low-medium risk"."""
    risk = f", {RISK_WORDS[score.risk]} risk"
    if score.complete:
        return f"{score_name(score.pack)} {score.total}{risk}"
    if not score.points:
        return "No score yet"
    # what is missing may still be the danger: no risk is named for nothing known
    return f"Incomplete, at least {score.at_least}{risk if score.at_least else ''}"


def response_text(score: Score, pack: ScorePack) -> str:
    """Return what the score asks for and when the next set is due."""
    if not score.points:
        return "Nothing is measured yet."
    action = score_response(score, pack).action if score.at_least or score.complete else ""
    return f"{action} {interval_text(score)}".strip()


def interval_text(score: Score) -> str:
    """Return "Next set within 4 h." or "30 min."; while monitoring is continuous, in minutes."""
    if score.interval_minutes == 0:
        return f"Next set within {CONTINUOUS_RECHART_MINUTES} min."
    hours, minutes = divmod(score.interval_minutes, _MINUTES_PER_HOUR)
    return (
        f"Next set within {score.interval_minutes} min."
        if minutes
        else f"Next set within {hours} h."
    )


def why_html(signs: VitalSigns, score: Score, pack: ScorePack | None) -> str:
    """Return the arithmetic as a table: parameter, value, band, points, and the sum.

    `pack` None = the pack of a stored score is not held here.
    """
    colours = chart_colours()
    rows = []
    for part in arithmetic(signs, score, pack):
        shade = shade_in(part.points or 0, score.pack)
        shown = "missing" if part.points is None else f"{POINT_GLYPHS[shade]} {part.points}"
        style = f"color:{colours.points[shade]};font-weight:600"
        cells = (part.name, part.value, part.band)
        rows.append(_why_row(cells, f"<span style='{style}'>{shown}</span>"))
    known = "Sum" if score.complete else "Known so far"
    missing = "" if score.complete else f"missing: {missing_text(score)}"
    rows.append(_why_row((known, missing, ""), f"<b>{score.at_least}</b>"))
    scale = f"SpO₂ scale {signs.spo2_scale}. {escape(pack.acknowledgement if pack else '')}"
    return f"<table width='100%' cellspacing='2'>{''.join(rows)}</table><p>{scale}</p>"


def _why_row(words: tuple[str, str, str], points_html: str) -> str:
    cells = "".join(f"<td style='padding-right:12px'>{escape(each)}</td>" for each in words)
    return f"<tr>{cells}<td align='right'>{points_html}</td></tr>"
