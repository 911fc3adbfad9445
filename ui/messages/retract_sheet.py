"""Taking one's own message back."""

from __future__ import annotations

from typing_extensions import override

from ui.context import Context
from ui.messages.message_sheet import TOPIC
from ui.messages.words import first_line
from ui.widgets.entry_sheet import EntrySheet
from ward_app.messages.service import retract_message
from ward_app.messages.types import Message

_REASONS = ("Wrong person", "Wrong patient", "Settled otherwise")


class RetractSheet(EntrySheet):
    """Says why a message no longer stands; it stays readable."""

    def __init__(self, context: Context, message: Message) -> None:
        super().__init__(
            context,
            title="Take a message back",
            save_text="Take back",
            draft_key=f"retract {message.id}",
        )
        self._message = message
        told = f"To {message.to_words}: {first_line(message)}"
        self.add_words(f"{told}\n\nIt stays readable, marked as taken back.")
        self.form = self.ask_why(_REASONS, "Why is it taken back?")

    @override
    def save(self) -> None:
        if self.check():
            self.send(
                TOPIC,
                self._saved,
                retract_message,
                self.ids["event"],
                self._message.id,
                reason=self.value("reason"),
            )

    def _saved(self, _result: object) -> None:
        self.finish(f"The message to {self._message.to_words} is taken back.")
