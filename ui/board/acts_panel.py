"""What is done with a bed from the board, by key, button, menu or drag; announced only."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from ui.board.actions import ACTIONS, BedAct, bed_words, offered, refusal
from ui.board.cards import BedCard
from ui.context import Context, Place
from ui.widgets.panel import Panel
from ward_app.board import rules
from ward_app.board.types import BoardBed


class BedActsPanel(Panel):
    """Announces what is to be done with the chosen bed, or says why it cannot be.

    Signals:
        patient_opened: (BoardBed) open this patient.
        observations_asked: (BoardBed) record a set for this patient.
        transfer_asked: (BoardBed, BoardBed or None) move this patient, to this free bed.
        swap_asked: (BoardBed, BoardBed or None) exchange beds, with this patient.
        discharge_asked: (BoardBed) this patient leaves.
        escalation_asked: (BoardBed) answer this patient's open escalation.
        concern_asked: (BoardBed) somebody is worried about this patient.
        why_asked: (BoardBed) what the score of this patient comes of.
        flags_asked: (BoardBed) change this patient's flags and allergies.
        undo_asked: (BoardBed) undo the last step of this patient's stay.
        admit_asked: (BoardBed) admit somebody to this free bed.
        readiness_asked: (BoardBed, Readiness) record this next step of the empty bed.
        availability_asked: (BoardBed) block, close or open this empty bed.
    """

    patient_opened = Signal(object)
    observations_asked = Signal(object)
    transfer_asked = Signal(object, object)
    swap_asked = Signal(object, object)
    discharge_asked = Signal(object)
    flags_asked = Signal(object)
    escalation_asked = Signal(object)
    concern_asked = Signal(object)
    why_asked = Signal(object)
    undo_asked = Signal(object)
    admit_asked = Signal(object)
    readiness_asked = Signal(object, object)
    availability_asked = Signal(object)

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        self._signals = {
            BedAct.OPEN: self.patient_opened,
            BedAct.OBSERVE: self.observations_asked,
            BedAct.MEASURE: self.measure_asked,
            BedAct.DISCHARGE: self.discharge_asked,
            BedAct.FLAGS: self.flags_asked,
            BedAct.ESCALATION: self.escalation_asked,
            BedAct.CONCERN: self.concern_asked,
            BedAct.WHY: self.why_asked,
            BedAct.UNDO: self.undo_asked,
            BedAct.ADMIT: self.admit_asked,
            BedAct.AVAILABILITY: self.availability_asked,
        }

    @property
    def chosen_card(self) -> BedCard | None:
        """The bed that keys are about."""
        raise NotImplementedError

    def act(self, act: BedAct) -> None:
        """Do what a key, a button or the menu asks with the chosen bed, or say why not."""
        card = self.chosen_card
        if card is None:
            self.told.emit("Choose a bed first: arrow keys, or type its number.", None)
            return
        action = next(each for each in ACTIONS if each.act is act)
        reason = refusal(action, card.bed, self.context.signed_in)
        if reason is None:
            self._announce(act, card.bed)
        else:
            self.told.emit(reason, None)

    def menu_for(self, card: BedCard) -> QMenu:
        """Return the menu of what can be done with a bed, with its keys."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(f"What to do with {bed_words(card.bed)}")
        for action in offered(card.bed, self.context.signed_in):
            entry = menu.addAction(f"{action.words(card.bed)}\t{action.key_name}")
            entry.triggered.connect(partial(self.act, action.act))
        return menu

    def add_act_commands(self) -> None:
        """Give every act its keys."""
        for action in ACTIONS:
            self.add_command(action.name, action.keys, partial(self.act, action.act))

    def open_menu(self, at: QPoint) -> None:
        """Show what can be done with the chosen bed."""
        if self.chosen_card is not None:
            self.menu_for(self.chosen_card).popup(at)

    def _announce(self, act: BedAct, bed: BoardBed) -> None:
        if act is BedAct.TRANSFER:
            self.transfer_asked.emit(bed, None)
        elif act is BedAct.SWAP:
            self.swap_asked.emit(bed, None)
        elif act is BedAct.READINESS:
            self.readiness_asked.emit(bed, rules.next_readiness(bed))
        else:
            self._signals[act].emit(bed)

    def take_drop(self, patient: BoardBed, target: BoardBed) -> None:
        """Move a patient to the free bed she was dragged to, or swap with who lies there."""
        action = next(each for each in ACTIONS if each.act is BedAct.TRANSFER)
        reason = refusal(action, patient, self.context.signed_in)
        if reason is not None:
            self.told.emit(reason, None)
        elif rules.is_free(target):
            self.transfer_asked.emit(patient, target)
        else:
            self.swap_asked.emit(patient, target)
