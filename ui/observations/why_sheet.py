"""The arithmetic behind a score: each parameter, its value, band and points, and whose score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from ui.background import Reply
from ui.context import Context
from ui.formats import date_time_text
from ui.observations.charted import charted_sets, in_force
from ui.observations.score_box import headline, why_html
from ui.observations.subject import Subject
from ui.observations.words import choice_text, score_number
from ui.plain_text import PlainLabel
from ui.widgets.sheet import Sheet
from ward_app.audit.service import open_chart
from ward_app.observations.chart_types import ObservationChart
from ward_app.observations.pack_choice import age_in_months
from ward_app.observations.packs import pack_behind
from ward_app.observations.queries import observation_chart
from ward_app.observations.rules import ScorePack
from ward_app.observations.types import RecordedObservations, Score, VitalSigns

_HASH_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Explained:
    """One scored set: when it was measured, in words; `pack` None = it is not held here."""

    at: str
    signs: VitalSigns
    score: Score
    pack: ScorePack | None


def explained(
    recorded: RecordedObservations, chart: ObservationChart, subject: Subject
) -> Explained | None:
    """Return what a stored set's score comes of; None when it has none."""
    if recorded.score is None:
        return None
    born_on, day = chart.basis.born_on, recorded.occurred_at.astimezone(UTC).date()
    months = None if born_on is None else age_in_months(born_on, day)
    at = date_time_text(recorded.occurred_at, subject.zone)
    pack = pack_behind(recorded.score, months, chart.basis.uses)
    return Explained(at, recorded.vital_signs, recorded.score, pack)


class WhySheet(Sheet):
    """Reads like the chart's own arithmetic; nothing is saved here, Esc leaves.

    Without a set it opens the chart, which is logged, and shows the newest scored set.
    """

    def __init__(self, context: Context, subject: Subject, shown: Explained | None = None) -> None:
        title = f"Why the score is {score_number(shown.score)}" if shown else "Why this score"
        super().__init__(context, title=title, patient_name=subject.name)
        self._subject = subject
        self.save_button.hide()
        self.words = PlainLabel("The newest set is being read…", self)
        self.table = PlainLabel(parent=self)
        self.table.setTextFormat(Qt.TextFormat.RichText)
        self.source = PlainLabel(parent=self)
        for label in (self.words, self.table, self.source):
            label.setWordWrap(True)
            self.content.addWidget(label)
        self.content.addStretch(1)
        if shown is None:
            self._read()
        else:
            self.show_set(shown)

    def show_set(self, shown: Explained) -> None:
        """Show the arithmetic of one set."""
        score, pack = shown.score, shown.pack
        self.words.setText(f"{shown.at} · {headline(score)}")
        self.table.setText(why_html(shown.signs, score, pack))
        whose = pack.source if pack else "This version is not held here: its points alone are."
        used = f"version {score.version}, fingerprint {score.pack_hash[:_HASH_SHOWN]}"
        title = pack.title if pack else score.pack
        self.source.setText(f"Scored with {title}, {used}.\n{whose}")

    @property
    @override
    def is_dirty(self) -> bool:
        return False

    @override
    def focus_first(self) -> None:
        self.leave_button.setFocus()

    @override
    def draft(self) -> Any:
        return None

    @override
    def retype(self, draft: Any) -> None:
        """Keep nothing: there is nothing to type."""

    @override
    def save(self) -> None:
        """Save nothing: there is nothing to save."""

    def _read(self) -> None:
        reply = Reply(self._read_opened, self.show_problem)
        self.context.work.query(self, reply, open_chart, self._subject.patient_id)

    def _read_opened(self, _opened: object) -> None:
        reply = Reply(self._show_newest, self.show_problem)
        self.context.work.query(self, reply, observation_chart, self._subject.admission_id)

    def _show_newest(self, chart: ObservationChart) -> None:
        scored = [one for one in in_force(charted_sets(chart)) if one.score is not None]
        shown = explained(scored[-1], chart, self._subject) if scored else None
        if shown is None:
            self.words.setText(f"No set has a score yet. {choice_text(chart.basis.choice)}")
        else:
            self.show_set(shown)
