"""Choosing whom a message goes to: a few letters of a role, a ward or a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.background import Reply
from ui.context import Context
from ui.matching import match_rank
from ui.widgets.inputs import Clock, Input
from ui.widgets.option_model import Option
from ui.widgets.pick_input import PickInput
from ui.widgets.type_ahead import TypeAhead
from ward_app.core.errors import WardError
from ward_app.messages.queries import addressees
from ward_app.messages.types import Addressee


@dataclass(frozen=True, slots=True)
class To:
    """A kind of form field: an `Addressee`."""

    context: Context

    def input(self, _clock: Clock) -> Input:
        """Return the input that takes it."""
        return AddresseeInput(self.context)


class AddresseeInput(PickInput):
    """A type-ahead over the roles of every ward and the people of the hospital."""

    def __init__(self, context: Context) -> None:
        super().__init__(TypeAhead())
        self._context = context
        self._known: tuple[Addressee, ...] = ()
        self._problem: str | None = None
        self.field.setPlaceholderText("Role and ward, or a name")
        self.field.asked.connect(self._want)
        self.load()

    def load(self) -> None:
        """Ask for whom one may write to."""
        self._context.work.query(self, Reply(self._show, self._fail), addressees)

    def _show(self, known: Sequence[Addressee]) -> None:
        own = {ward.id for ward in self._context.signed_in.wards}
        self._known = tuple(sorted(known, key=lambda one: one.ward_id not in own))
        self._problem = None
        self._offer_again()

    def _fail(self, error: WardError) -> None:
        self._problem = str(error)
        self._offer_again()

    def _offer_again(self) -> None:
        if self.field.list.isVisible() or self.field.hasFocus():
            self._offer("" if self.field.choice else self.field.text())

    def _want(self, typed: str) -> None:
        if self._problem is not None:
            self.load()
        self._offer(typed)

    def _offer(self, typed: str) -> None:
        if self._problem is not None:
            self.field.set_options([Option("Nobody could be read", "", None, self._problem)])
        else:
            self.field.set_options(fitting(self._known, typed))


def fitting(known: Sequence[Addressee], typed: str) -> list[Option]:
    """Return those whose words or holders fit what is typed, the best first."""
    ranked = [(match_rank(typed, f"{one.words} {one.detail}"), one) for one in known]
    found = sorted(
        ((rank, one) for rank, one in ranked if rank is not None), key=lambda pair: pair[0]
    )
    return [option_of(one) for _rank, one in found]


def option_of(one: Addressee) -> Option:
    """Return the row of somebody to write to."""
    return Option(one.words, one.detail, one)
