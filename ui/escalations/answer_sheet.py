"""The sheet that records what happened to an escalation: told, answered, planned, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from functools import partial
from typing import Any

from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.call_words import (
    ANSWER_WORDS,
    DECLINE_WORDS,
    OUTCOME_WORDS,
    SEPSIS_QUESTION,
    SEPSIS_SOURCE,
    SEPSIS_WORDS,
    answered_text,
    item_name,
    level_text,
    next_text,
    place_text,
    state_text,
)
from ui.context import Context
from ui.level_words import LEVEL_GLYPHS, LEVEL_TOKENS, ROLE_WORDS
from ui.plain_text import PlainLabel
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Field, Form, Moment, OneOf, Text
from ui.widgets.inputs import Choice
from ui.widgets.sheet import CALL_YOURSELF
from ward_app.escalations.queries import colleagues
from ward_app.escalations.service import answer_all
from ward_app.escalations.types import (
    Answered,
    Colleague,
    EventKind,
    NewAnswer,
    OpenEscalation,
    SepsisAnswer,
    State,
)
from ward_app.staff.types import Permission, SignedIn

TOPIC = "escalations"
_PERMISSIONS = {
    EventKind.INFORMED: Permission.ESCALATION_RAISE,
    EventKind.NOTIFIED: Permission.ESCALATION_RAISE,
    EventKind.ACKNOWLEDGED: Permission.ESCALATION_ANSWER,
    EventKind.ARRIVED: Permission.ESCALATION_ANSWER,
    EventKind.PLANNED: Permission.ESCALATION_ANSWER,
    EventKind.OUTCOME: Permission.ESCALATION_ANSWER,
    EventKind.NOT_ESCALATED: Permission.ESCALATION_DECLINE,
    EventKind.SEPSIS_ANSWERED: Permission.ESCALATION_ANSWER,
}
_WITH_PERSON = {EventKind.NOTIFIED, EventKind.ACKNOWLEDGED, EventKind.ARRIVED}
_WITH_CODE = {EventKind.OUTCOME: "outcome", EventKind.NOT_ESCALATED: "declined"}
_WITH_WORDS = {
    EventKind.NOTIFIED,
    EventKind.PLANNED,
    EventKind.OUTCOME,
    EventKind.NOT_ESCALATED,
}
_NEXT = {
    State.UNANSWERED: EventKind.ACKNOWLEDGED,
    State.ACKNOWLEDGED: EventKind.ARRIVED,
    State.ARRIVED: EventKind.PLANNED,
    State.PLANNED: EventKind.OUTCOME,
}


def kinds_for(signed_in: SignedIn, item: OpenEscalation) -> tuple[EventKind, ...]:
    """Return the answers a person may record of this escalation, in their usual order."""
    return tuple(
        kind
        for kind, permission in _PERMISSIONS.items()
        if signed_in.may(permission)
        and (kind is not EventKind.INFORMED or item.needs_nurse)
        and (kind is not EventKind.SEPSIS_ANSWERED or item.asks_sepsis)
    )


def usual_kind(signed_in: SignedIn, item: OpenEscalation) -> EventKind | None:
    """Return what is most likely to be recorded next; None = the role may record nothing."""
    offered = kinds_for(signed_in, item)
    if item.needs_nurse and not signed_in.may(Permission.ESCALATION_ANSWER):
        return EventKind.INFORMED if EventKind.INFORMED in offered else None
    wanted = _NEXT[item.state]
    return wanted if wanted in offered else next(iter(offered), None)


class AnswerSheet(EntrySheet):
    """One answer to one escalation, and the sepsis question while it is open.

    Raises:
        ValueError: the person's role may record nothing of it.
    """

    without_server = CALL_YOURSELF

    def __init__(
        self,
        context: Context,
        item: OpenEscalation,
        zone: tzinfo,
        *,
        kind: EventKind | None = None,
    ) -> None:
        super().__init__(
            context,
            title="Escalation",
            save_text="Record",
            patient_name=item_name(item),
            draft_key=f"escalation {item.id}",
        )
        self.item, self._zone = item, zone
        self._kinds = kinds_for(context.signed_in, item)
        chosen = kind if kind in self._kinds else usual_kind(context.signed_in, item)
        if chosen is None:
            raise ValueError("this role records nothing of an escalation")
        self._state_head()
        self.form = self.add_form(Form(self._fields(chosen), context.clock, self.page))
        self.form.changed.connect(self._changed)
        self.content.addStretch(1)
        self._show_fields()
        self.form.set_clean()
        self._ask_for_colleagues()

    @property
    def kind(self) -> EventKind:
        """What is recorded."""
        chosen: EventKind = self.form.value("kind")
        return chosen

    @override
    def focus_first(self) -> None:
        first = self._first_field()
        self.form.input(first).setFocus()

    @override
    def save(self) -> None:
        if self.check():
            told = partial(self._told, self.kind)
            self.send(TOPIC, told, answer_all, self.answers())

    def answers(self) -> tuple[NewAnswer, ...]:
        """Return what will be recorded, the sepsis question first, if it was answered."""
        entered = self.form.values()
        found = [self._sepsis(entered)] if entered["sepsis"] else []
        if self.kind is not EventKind.SEPSIS_ANSWERED:
            found.append(self._answer(entered))
        return tuple(found)

    def show_colleagues(self, found: list[Colleague]) -> None:
        """Offer the registered professionals of the ward by name."""
        choices = [Choice(each.id, each.display_name) for each in found]
        self.form.set_choices("nurse_id", choices)

    def _sepsis(self, entered: Mapping[str, Any]) -> NewAnswer:
        return NewAnswer(
            id=self.ids["sepsis"],
            escalation_id=self.item.id,
            kind=EventKind.SEPSIS_ANSWERED,
            occurred_at=self.context.clock(),
            code=entered["sepsis"].value,
            words=entered["sepsis_words"],
        )

    def _answer(self, entered: Mapping[str, Any]) -> NewAnswer:
        code_field = _WITH_CODE.get(self.kind)
        code = entered[code_field] if code_field else None
        return NewAnswer(
            # another kind of answer is another answer
            id=self.ids[f"answer {self.kind}"],
            escalation_id=self.item.id,
            kind=self.kind,
            occurred_at=entered["occurred_at"],
            role=entered["role"],
            person=entered["person"],
            nurse_id=entered["nurse_id"],
            code=code and code.value,
            words=entered["words"],
        )

    def _told(self, kind: EventKind, answered: Answered) -> None:
        self.finish(f"{item_name(self.item)}: {answered_text(kind, answered, self._zone)}")

    def _state_head(self) -> None:
        item, now = self.item, self.context.clock()
        level = PlainLabel(
            f"{LEVEL_GLYPHS[item.level]} {level_text(item.level, item.points)}", self
        )
        level.setFont(theme.font(theme.TITLE_PX, theme.font().Weight.Bold))
        theme.tint(level, LEVEL_TOKENS[item.level])
        self.content.addWidget(level)
        lines = (
            f"{place_text(item)}, {item.ward_name}",
            f"Called: {ROLE_WORDS[item.role]}",
            state_text(item, self._zone),
            next_text(item, now, self._zone),
        )
        self.add_words("\n".join(lines))

    def _fields(self, chosen: EventKind) -> tuple[Field, ...]:
        return (
            Field(name="sepsis", label=SEPSIS_QUESTION, kind=_one_of(SEPSIS_WORDS),
                  hint=SEPSIS_SOURCE),
            Field(name="sepsis_words", label="Why unsure", kind=Text(), required=True),
            Field(name="kind", label="What happened", value=chosen,
                  kind=OneOf(tuple(Choice(k, ANSWER_WORDS[k]) for k in self._kinds), None)),
            Field(name="nurse_id", label="Which registered nurse was informed?",
                  kind=OneOf((), "Choose a name…"), required=True),
            Field(name="role", label="Who, by role", kind=_one_of(ROLE_WORDS, None),
                  value=self.item.role),
            Field(name="person", label="Name", kind=Text("Dr Mensah, bleep 321")),
            Field(name="outcome", label="What came of it", kind=_one_of(OUTCOME_WORDS),
                  required=True),
            Field(name="declined", label="Why is nobody called?", kind=_one_of(DECLINE_WORDS),
                  required=True),
            Field(name="words", label="In words", kind=Text()),
            Field(name="occurred_at", label="When", kind=Moment(self._zone),
                  value=self.context.clock(), required=True),
        )  # fmt: skip

    def _first_field(self) -> str:
        if self.kind is EventKind.INFORMED:
            return "nurse_id"
        if self.kind in _WITH_PERSON:
            return "person"
        return _WITH_CODE.get(self.kind, "words" if self.kind in _WITH_WORDS else "sepsis")

    def _changed(self, name: str) -> None:
        if name in {"kind", "sepsis"}:
            self._show_fields()

    def _show_fields(self) -> None:
        kind, show = self.kind, self.form.set_shown
        may_answer = EventKind.SEPSIS_ANSWERED in self._kinds
        show("sepsis", shown=may_answer)
        unsure = may_answer and self.form.value("sepsis") is SepsisAnswer.UNSURE
        show("sepsis_words", shown=unsure)
        show("nurse_id", shown=kind is EventKind.INFORMED)
        show("role", shown=kind in _WITH_PERSON)
        show("person", shown=kind in _WITH_PERSON)
        for code_kind, field in _WITH_CODE.items():
            show(field, shown=kind is code_kind)
        show("words", shown=kind in _WITH_WORDS)
        show("occurred_at", shown=kind is not EventKind.SEPSIS_ANSWERED)

    @override
    def check(self) -> bool:
        good = super().check()
        if self.kind is EventKind.PLANNED and not self.form.value("words"):
            self.form.set_problem("words", "Say what is planned.")
            return False
        if self.kind is EventKind.SEPSIS_ANSWERED and not self.form.value("sepsis"):
            self.form.set_problem("sepsis", "Choose one.")
            return False
        return good

    def _ask_for_colleagues(self) -> None:
        if EventKind.INFORMED in self._kinds:
            reply = Reply(self.show_colleagues, self.show_problem)
            self.context.work.query(self, reply, colleagues, self.item.admission_id)


def answer_sheet(
    context: Context, item: OpenEscalation, zone: tzinfo, kind: EventKind | None = None
) -> AnswerSheet | None:
    """Return the sheet for an escalation; None when the person's role records nothing of it."""
    if usual_kind(context.signed_in, item) is None:
        return None
    return AnswerSheet(context, item, zone, kind=kind)


def _one_of(words: Mapping[Any, str], empty: str | None = "Choose…") -> OneOf:
    return OneOf(tuple(Choice(each, text) for each, text in words.items()), empty)
