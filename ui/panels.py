"""The panels of the rail, and what joins them: from what the board asks for to who does it."""

from __future__ import annotations

from functools import partial

from ui.admissions.actions import BedActions
from ui.board.panel import BoardPanel
from ui.observations.entry_sheet import ObservationSheet
from ui.observations.subject import subject_of
from ui.program import Arrangement
from ui.workplace import PanelSpec, Workplace
from ward_app.board.types import BoardBed
from ward_app.staff.types import Permission

BOARD = "board"

PANELS = (
    PanelSpec(
        key=BOARD,
        word="Beds",
        icon="beds",
        make=BoardPanel,
        permission=Permission.BOARD_VIEW,
    ),
)


def connect(workplace: Workplace) -> None:
    """Let everything the board asks for be done."""
    if not workplace.offers(BOARD):
        return
    board = workplace.panel_of(BOARD)
    assert isinstance(board, BoardPanel)  # noqa: S101 - made by its spec above
    actions = BedActions(workplace.context, workplace.open_sheet, workplace.notify, workplace)
    actions.serve(board)
    board.observations_asked.connect(partial(_observe, workplace))


def _observe(workplace: Workplace, row: BoardBed) -> None:
    subject = subject_of(row, workplace.place.zone)
    workplace.open_sheet(ObservationSheet(workplace.context, subject))


ARRANGEMENT = Arrangement(PANELS, connect)
