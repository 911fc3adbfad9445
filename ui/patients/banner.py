"""The fixed banner of every screen about a patient: who, where, what to beware of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.bed_calls import bed_acceptance, bed_call
from ui.formats import age, date_text, day_of_stay, mates_text, mrn_text, person_name, sex_word
from ui.plain_text import PlainLabel
from ward_app.board.types import BoardBed
from ward_app.patients.types import AllergyStatus, FlagKind

# characters; a longer chip would widen a narrow sheet
_LONGEST_CHIP = 30
FLAG_WORDS = {
    FlagKind.ISOLATION: "Isolation",
    FlagKind.FALLS: "Falls risk",
    FlagKind.RESUSCITATION: "Resuscitation",
    FlagKind.NIL_BY_MOUTH: "Nil by mouth",
    FlagKind.PRIVACY: "Privacy",
}


class PatientBanner(QWidget):
    """Bed and bay, name, born and age, sex, identifiers, allergies, alerts, stay, consultant.

    `inset` keeps it off the edges of a panel whose other parts reach them.
    """

    def __init__(self, parent: QWidget | None = None, *, inset: bool = False) -> None:
        super().__init__(parent)
        self._inset_px = theme.GRID_PX + 4 if inset else 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._shown: tuple[BoardBed, datetime, tzinfo] | None = None
        self.place = _label("bannerPlace")
        self.name = _label("bannerName")
        self.facts = _label("bannerFacts")
        self.alerts = _label("bannerAlerts")
        self.name.setFont(theme.font(theme.TITLE_PX, QFont.Weight.Bold))
        self.place.setFont(theme.font(theme.TITLE_PX, QFont.Weight.Bold))
        self.place.setMargin(theme.GRID_PX)
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._lay_out()

    def show_patient(self, row: BoardBed, now: datetime, zone: tzinfo) -> None:
        """Show the patient of a board row.

        Args:
            row: an occupied bed, or a patient without one.
            now: the present, aware; ages and days of stay count up to it.
            zone: of the ward; its midnights begin the days of stay.
        """
        self._shown = row, now, zone
        self.name.setText(escape(patient_name(row)))
        self.facts.setText("&nbsp;· ".join(map(_kept_together, _facts(row, now, zone))))
        self.place.setText(_place_html(row))
        chips = [
            *_call_chips(row, now, zone),
            *_agreed_chips(row, now, zone),
            *_allergy_chips(row),
            *_alert_chips(row),
        ]
        self.alerts.setText(" ".join(_chip_html(text, look) for text, look in chips))
        spoken = (place_text(row), patient_name(row), *_facts(row, now, zone))
        self.setAccessibleName(", ".join((*spoken, *(text for text, _ in chips))))
        loud = row.bed_label is None
        words, ground = ("problem", "problem_ground") if loud else ("text", "selection")
        theme.tint(self.place, words, ground)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self.show_patient(*self._shown)

    def _lay_out(self) -> None:
        self.words = QVBoxLayout()
        self.words.setSpacing(4)
        for label in (self.name, self.facts, self.alerts):
            self.words.addWidget(label)
        self.words.addStretch()
        row = QHBoxLayout(self)
        side = self._inset_px
        row.setContentsMargins(side, theme.GRID_PX if side else 0, side, 0)
        row.setSpacing(12)
        row.addWidget(self.place)
        row.addLayout(self.words, 1)


def patient_name(row: BoardBed) -> str:
    """Return "SURNAME, Given (Title)" of the patient of a board row."""
    return person_name(row.family_name, row.given_name, row.title)


def place_text(row: BoardBed) -> str:
    """Return "Bed 4, Bay A", or "No bed" for a patient who has none."""
    if row.bed_label is None:
        return "No bed"
    return ", ".join(filter(None, (f"Bed {row.bed_label}", row.room_name)))


def allergy_text(row: BoardBed) -> str:
    """Return the allergies in words; "none known" and "not recorded" differ."""
    if row.allergy_status == AllergyStatus.NONE_KNOWN:
        return "No known allergies"
    if row.allergy_status == AllergyStatus.PRESENT:
        return f"Allergies: {', '.join(row.allergies or ('see record',))}"
    return "Allergies not recorded"


def _label(name: str) -> QLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    return label


def _place_html(row: BoardBed) -> str:
    if row.bed_label is None:
        return "⚠&nbsp;No&nbsp;bed"
    bay = escape(row.room_name or "")
    small = f"font-size:{theme.SMALL_PX}px;font-weight:400"
    return f"Bed&nbsp;{escape(row.bed_label)}<br><span style='{small}'>{bay}</span>"


def _kept_together(text: str) -> str:
    return escape(text).replace(" ", "&nbsp;").replace("-", "\N{NON-BREAKING HYPHEN}")


def _facts(row: BoardBed, now: datetime, zone: tzinfo) -> Iterator[str]:
    today = now.astimezone(zone).date()
    born = f"born {date_text(row.born_on)}, {age(row.born_on, today)}" if row.born_on else None
    yield born or "date of birth not known"
    yield sex_word(row.sex)
    yield f"Patient number {mrn_text(row.mrn)}"
    arrived_at = row.arrived_at or row.admitted_at
    if arrived_at is not None:
        yield f"Ward day {day_of_stay(arrived_at, now, zone)}"
    if row.expected_discharge_on is None:
        yield "No expected discharge date"
    else:
        yield f"Expected discharge {date_text(row.expected_discharge_on)}"
    yield row.consultant or "No consultant recorded"


def _call_chips(row: BoardBed, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    call = bed_call(row, now, zone)
    if call is not None:
        yield call.line, "problem" if call.is_loud else "caution"


def _agreed_chips(row: BoardBed, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    accepted = bed_acceptance(row, now, zone)
    if accepted is not None:
        yield accepted.line, "problem" if accepted.is_past else "caution"


def _allergy_chips(row: BoardBed) -> Iterator[tuple[str, str]]:
    tokens = {AllergyStatus.PRESENT: "problem", AllergyStatus.NONE_KNOWN: "dim"}
    marks = {AllergyStatus.PRESENT: "⚠ ", AllergyStatus.NONE_KNOWN: "✓ "}
    status = AllergyStatus(row.allergy_status or AllergyStatus.NOT_RECORDED)
    yield marks.get(status, "? ") + allergy_text(row), tokens.get(status, "caution")


def _alert_chips(row: BoardBed) -> Iterator[tuple[str, str]]:
    if row.mates:
        yield f"⚠ Shares bed with {mates_text(row.mates)}", "caution"
    for kind, detail in row.flags or ():
        words = FLAG_WORDS[FlagKind(kind)]
        yield (f"{words}: {detail}" if detail else words), "caution"
    if row.alike_name:
        yield "⚠ Like name on this ward", "caution"


def _chip_html(text: str, look: str) -> str:
    """Return one alert; short ones are kept on one line, of a long one the glyph and its word."""
    short = len(text) <= _LONGEST_CHIP
    shown = _kept_together(text) if short else escape(text).replace(" ", "&nbsp;", 1)
    words = getattr(theme.tokens(), look)
    if look == "dim":
        return f"<span style='color:{words}'>{shown}</span>"
    ground = getattr(theme.tokens(), f"{look}_ground")
    style = f"color:{words};background-color:{ground};font-weight:600"
    return f"<span style='{style}'>&nbsp;{shown}&nbsp;</span>"
