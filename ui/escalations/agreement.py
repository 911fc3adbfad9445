"""G on board, chart and alerts: accept a patient's score until a time, or end that."""

from __future__ import annotations

from functools import partial

from ui.admissions.stay import ward_zone
from ui.background import Reply
from ui.call_words import item_name
from ui.context import Context
from ui.escalations.accept_sheet import About, AcceptSheet, TakeBackScoreSheet
from ui.patients.banner import patient_name
from ui.widgets.panel import Panel
from ui.workplace import Workplace
from ward_app.board.types import BoardBed
from ward_app.escalations.queries import accepted_score
from ward_app.escalations.types import AcceptedScore, OpenEscalation

NOBODY = "Choose a patient first: arrow keys, or type a bed."


def ask_for_agreement(
    workplace: Workplace, panel: Panel, chosen: BoardBed | OpenEscalation | None
) -> None:
    """Open the sheet that accepts the score of who is chosen in a panel, or that ends it."""
    about = _about(workplace.context, chosen)
    if about is None:
        workplace.notify(NOBODY)
        return
    reply = Reply(partial(_open, workplace, about), workplace.show_problem)
    workplace.context.work.query(panel, reply, accepted_score, about.admission_id)


def _open(workplace: Workplace, about: About, accepted: AcceptedScore | None) -> None:
    context = workplace.context
    if accepted is None or accepted.until_at <= context.clock():
        workplace.open_sheet(AcceptSheet(context, about))
    else:
        workplace.open_sheet(TakeBackScoreSheet(context, about, accepted))


def _about(context: Context, chosen: BoardBed | OpenEscalation | None) -> About | None:
    if chosen is None or chosen.admission_id is None:
        return None
    name = item_name(chosen) if isinstance(chosen, OpenEscalation) else patient_name(chosen)
    zone = ward_zone(context, chosen.ward_id)
    return About(admission_id=chosen.admission_id, name=name, zone=zone)
