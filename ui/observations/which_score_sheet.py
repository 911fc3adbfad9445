"""The sheet about which score applies: automatic with its reason, or by a recorded decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from typing_extensions import override

from ui.context import Context
from ui.formats import date_time_text
from ui.observations.decision_sheets import TOPIC, FormSheet
from ui.observations.subject import Subject
from ui.observations.words import choice_text
from ui.widgets.form import Field, Form, OneOf, Text
from ui.widgets.inputs import Choice
from ward_app.observations.pack_service import decide_pack
from ward_app.observations.pack_types import NewPackDecision, ScoringBasis
from ward_app.observations.rules import PackStatus, ScorePack

AUTOMATIC = ""
_RULE = (
    "The score follows from age and pregnancy. Another one is a clinical decision, recorded with"
    " its reason. It holds from the next set on; sets already recorded keep their score."
)


class WhichScoreSheet(FormSheet):
    """Says which score applies and why, and records a decision on it."""

    def __init__(self, context: Context, subject: Subject, basis: ScoringBasis) -> None:
        super().__init__(
            context,
            title="Which score",
            save_text="Record",
            patient_name=subject.name,
            draft_key=f"which-score:{subject.admission_id}",
        )
        self._subject = subject
        self._basis = basis
        self._today = context.clock().astimezone(UTC).date()
        decided = basis.decision.pack if basis.decision else None
        if decided not in {pack.name for pack in self._fitting()}:
            decided = None  # not in use any more, or not for this age
        fields = (
            Field(
                name="pack",
                label="Score",
                kind=OneOf(self._choices(), None),
                value=decided or AUTOMATIC,
            ),
            Field(name="decided_by", label="Who decided", kind=Text(), required=True,
                  hint="Name and role of the clinical decision maker"),
            Field(name="reason", label="Reason", kind=Text(), required=True),
        )  # fmt: skip
        self.hold(Form(fields, context.clock, self.page), "\n\n".join(self._words()))
        self.form.set_clean()

    @override
    def save(self) -> None:
        if not self.form.check():
            return
        decision = NewPackDecision(
            id=self.ids["decision"],
            admission_id=self._subject.admission_id,
            pack=self.form.value("pack") or None,
            decided_by=self.form.value("decided_by"),
            reason=self.form.value("reason"),
            occurred_at=self.context.clock(),
        )
        self.send(TOPIC, self._saved, decide_pack, decision)

    def _saved(self, _result: object) -> None:
        name = self.form.value("pack")
        if name == AUTOMATIC:
            self.finish(f"Recorded. Automatic again: {self._automatic()}")
            return
        title = next(pack.title for pack in self._fitting() if pack.name == name)
        self.finish(f"Recorded. From the next set on: {title}, by decision.")

    def _choices(self) -> tuple[Choice, ...]:
        packs = [Choice(pack.name, pack.title) for pack in self._fitting()]
        return (Choice(AUTOMATIC, "Automatic"), *packs)

    def _fitting(self) -> list[ScorePack]:
        """Return the packs in use that are made for the patient's age, where that is known."""
        months = self._basis.age_months
        live = [pack for pack in self._basis.uses if pack.status is PackStatus.LIVE]
        return [pack for pack in live if months is None or pack.ages.holds(months)]

    def _automatic(self) -> str:
        return choice_text(replace(self._basis, decision=None).choice_on(self._today))

    def _words(self) -> list[str]:
        words = [f"In force: {choice_text(self._basis.choice)}"]
        decision = self._basis.decision
        if decision is not None:
            at = date_time_text(decision.occurred_at, self._subject.zone)
            what = "back to automatic" if decision.pack is None else "this score"
            words.append(f"Decided on {what} by {decision.decided_by}, {at}: {decision.reason}")
        return [*words, f"Automatic would be: {self._automatic()}", _RULE]
