"""Answers to a handover that need words: a question, a reply, a decline, accepting one's own."""

from __future__ import annotations

from collections.abc import Mapping

from typing_extensions import override

from ui.context import Context
from ui.handover.words import TOPIC, name_text
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Check, Field, Form, Kind, Note
from ui.widgets.reason_input import Reason
from ward_app.handover.rules import open_questions
from ward_app.handover.service import answer
from ward_app.handover.types import AnswerKind, HandoverLine, NewAnswer

_TITLES: Mapping[AnswerKind, tuple[str, str, str]] = {
    AnswerKind.QUESTION: ("Ask", "Ask", "Question"),
    AnswerKind.REPLY: ("Reply", "Reply", "Answer"),
    AnswerKind.DECLINED: ("Decline", "Decline", "Why"),
    AnswerKind.ACCEPTED: ("Accept your own", "Accept", "Why you accept yourself"),
}
_OWN_REASONS = ("Nobody came; I stay on", "Given by mistake", "The colleague was called away")
_DECLINE_REASONS = ("Too many patients already", "Not on this ward", "Not safe to take on now")
_TOLD = {
    AnswerKind.QUESTION: "The question stands with the handover.",
    AnswerKind.REPLY: "The answer stands with the handover.",
    AnswerKind.DECLINED: "Declined. The giver stays responsible.",
    AnswerKind.ACCEPTED: "You are responsible for this patient.",
}


class AnswerSheet(EntrySheet):
    """One answer in words; what was asked stands above."""

    def __init__(
        self, context: Context, line: HandoverLine, kind: AnswerKind, *, read_back: bool = False
    ) -> None:
        title, save_text, label = _TITLES[kind]
        given_id = line.given.id if line.given else None
        super().__init__(
            context,
            title=title,
            save_text=save_text,
            patient_name=name_text(line.facts),
            draft_key=f"handover {kind} {given_id}",
        )
        self.line, self.kind = line, kind
        for asked in open_questions(line.given) if kind is AnswerKind.REPLY else ():
            self.add_words(f"{asked.by} asks: {asked.words}")
        fields = [Field(name="words", label=label, kind=self._kind(), required=True)]
        if kind is AnswerKind.ACCEPTED:
            fields.append(
                Field(name="read_back", label="", kind=Check("Read back"), value=read_back)
            )
        self.form = self.add_form(Form(tuple(fields), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def save(self) -> None:
        if not self.check() or self.line.given is None:
            return
        accepted = self.kind is AnswerKind.ACCEPTED
        new = NewAnswer(
            id=self.ids["answer"],
            handover_id=self.line.given.id,
            kind=self.kind,
            words=self.value("words"),
            read_back=bool(self.value("read_back")) if accepted else None,
            facts_hash=self.line.facts_hash if accepted else None,
        )
        self.send(TOPIC, self._tell, answer, new)

    def _kind(self) -> Kind:
        if self.kind is AnswerKind.ACCEPTED:
            return Reason(_OWN_REASONS)
        return Reason(_DECLINE_REASONS) if self.kind is AnswerKind.DECLINED else Note()

    def _tell(self, _nothing: None) -> None:
        self.finish(f"{name_text(self.line.facts)}: {_TOLD[self.kind]}")
