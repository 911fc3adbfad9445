"""Writing a message, or answering one."""

from __future__ import annotations

from uuid import UUID

from typing_extensions import override

from ui.context import Context
from ui.messages.addressee_input import To, option_of
from ui.widgets.entry_sheet import EntrySheet
from ui.widgets.form import Check, Field, Form, Note
from ward_app.messages.service import send_message
from ward_app.messages.types import Addressee, Message, NewMessage, Urgency

TOPIC = "messages"
_PASSED_ON = "An urgent message that nobody answers is passed on to who leads the ward."


class MessageSheet(EntrySheet):
    """Sends words to a person, or to whoever holds a role on a ward."""

    def __init__(
        self,
        context: Context,
        *,
        ward_id: UUID,
        about: tuple[UUID, str] | None = None,
        answers: Message | None = None,
    ) -> None:
        """Begin a message.

        Args:
            context: the surroundings of the person who writes.
            ward_id: the ward of whose work it is, when it goes to one person.
            about: the stay it is about and the patient's name; None = about no patient.
            answers: the message it answers.
        """
        patient = about[1] if about else None
        super().__init__(
            context,
            title="Answer" if answers else "Message",
            save_text="Send",
            patient_name=patient,
            draft_key=f"message {answers.id if answers else (about or ('',))[0]}",
        )
        self._ward_id, self._about, self._answers = ward_id, about, answers
        if answers is not None:
            self.add_words(f"{answers.sender}: {answers.body}")
        self.form = self.add_form(Form(self._fields(), context.clock, self.page))
        self.content.addStretch(1)

    @override
    def focus_first(self) -> None:
        if self._answers is None:
            super().focus_first()
        else:
            self.form.input("body").setFocus()

    @override
    def save(self) -> None:
        if not self.check():
            return
        to: Addressee = self.value("to")
        new = NewMessage(
            id=self.ids["message"],
            ward_id=to.ward_id if to.role and to.ward_id else self._ward_id,
            to_user_id=to.user_id,
            to_role=to.role,
            urgency=Urgency.URGENT if self.value("urgent") else Urgency.ROUTINE,
            body=self.value("body"),
            admission_id=self._about[0] if self._about else None,
            reply_to_id=self._answers.id if self._answers else None,
        )
        self.send(TOPIC, self._sent, send_message, new)

    def _fields(self) -> tuple[Field, ...]:
        answers = self._answers
        to = None
        if answers is not None:
            person = Addressee(answers.sender_id, None, None, answers.sender, "")
            to = option_of(person)
        return (
            Field(name="to", label="To", kind=To(self.context), value=to, required=True),
            Field(name="body", label="Message", kind=Note(), required=True),
            Field(
                name="urgent",
                label="",
                kind=Check("Urgent: somebody has to answer now"),
                value=False,
                hint=_PASSED_ON,
            ),
        )

    def _sent(self, _result: object) -> None:
        to: Addressee = self.value("to")
        self.finish(f"Sent to {to.words}. The list of messages says who answers.")
