"""The arithmetic behind a stored score: each parameter, its value and points, and whose score."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from typing_extensions import override

from ui.context import Context
from ui.observations.score_box import headline, why_html
from ui.observations.subject import Subject
from ui.observations.words import score_number
from ui.plain_text import PlainLabel
from ui.widgets.sheet import Sheet
from ward_app.observations.rules import ScorePack
from ward_app.observations.types import Score, VitalSigns


class WhySheet(Sheet):
    """Reads like the chart's own arithmetic; nothing is saved here, Esc leaves."""

    def __init__(
        self,
        context: Context,
        subject: Subject,
        *,
        at: str,
        signs: VitalSigns,
        score: Score,
        pack: ScorePack,
    ) -> None:
        super().__init__(context, title=f"Why {score_number(score)}?", patient_name=subject.name)
        self.save_button.hide()
        self.words = PlainLabel(f"{at} · {headline(score)}", self)
        self.table = PlainLabel(parent=self)
        self.table.setTextFormat(Qt.TextFormat.RichText)
        self.table.setText(why_html(signs, score, pack))
        self.source = PlainLabel(
            f"Scored with {score.pack}, version {score.version}, {score.pack_hash[:12]}.\n"
            f"{pack.source}",
            self,
        )
        for label in (self.words, self.table, self.source):
            label.setWordWrap(True)
            self.content.addWidget(label)
        self.content.addStretch(1)

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
