"""What follows a saved set: whether it called somebody, said at once, with the sheet to answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from uuid import UUID

from PySide6.QtCore import QObject

from ui.background import Reply
from ui.call_words import opened_text
from ui.context import Context
from ui.escalations.answer_sheet import AnswerSheet, answer_sheet
from ward_app.core.errors import WardError
from ward_app.escalations.queries import open_escalation
from ward_app.escalations.types import OpenEscalation, State

Show = Callable[[str, AnswerSheet | None], None]


NOBODY_CALLED = "No server, so the program calls nobody: call yourself."


def after_saving(
    owner: QObject, context: Context, admission_id: UUID, zone: tzinfo, show: Show
) -> None:
    """Call `show` with what the set called for and the sheet that answers it.

    The words are empty when nobody is called. When it cannot be read, they say where to look:
    the set is saved, and so is whatever it opened.
    """

    def tell(item: OpenEscalation | None) -> None:
        if item is None:
            show("", None)
            return
        # who is answered already is not asked again after each further set
        unanswered = item.state is State.UNANSWERED
        sheet = answer_sheet(context, item, zone) if unanswered else None
        show(opened_text(item, zone), sheet)

    def fail(_error: WardError) -> None:
        if context.work.shown_from is not None:
            show(NOBODY_CALLED, None)
        else:
            show("Look at the bell: whom it called could not be read.", None)

    context.work.query(owner, Reply(tell, fail), open_escalation, admission_id)
