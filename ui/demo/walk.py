"""Somebody who walks through the program, looks, and checks against the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from ui.board.cards import BedCard
from ui.board.panel import BoardPanel
from ui.board.rows import cards_of
from ui.demo.colleague import Colleague
from ui.demo.hands import PATIENCE_S, POLL_MS, TooLongError
from ui.demo.heartbeat import Heartbeat
from ui.panels import BOARD
from ui.program import Program
from ui.widgets.inputs import Input
from ui.widgets.sheet import Sheet
from ui.widgets.type_ahead import TypeAhead
from ui.workplace import Workplace
from ward_app.board.queries import ward_board
from ward_app.board.types import Board, BoardBed

S = TypeVar("S", bound=Sheet)
_MOST_TABS = 60
_WAYS_OUT = 3
# new buttons appear a turn of the event loop after they were made
_SETTLING_MS = 40
# after this pause the next figure begins another bed number
_NUMBER_PAUSE_MS = 1_050
# in less than this two figures are one number for certain
_ONE_NUMBER_MS = 1_000
_TIMES_TYPED = 3


class StepFailedError(Exception):
    """The program did not do what it should; the text says what was missed."""


class Outage(Protocol):
    """Takes the server away for a while."""

    def begin(self) -> None:
        """Nobody can reach the server any more."""

    def end(self) -> None:
        """Everybody can again."""


class Walk:
    """The program in front, hands on it, a colleague elsewhere, and a folder for pictures.

    Attributes:
        number: of the step that runs; 0 = none, then pictures bear no number.
        notes: what the step wants said about itself.
    """

    def __init__(
        self, program: Program, colleague: Colleague, outage: Outage, folder: Path
    ) -> None:
        self.program, self.colleague, self.outage = program, colleague, outage
        self.folder = folder
        self.hands = colleague.hands
        self.heartbeat = Heartbeat(program)
        self.number = 0
        self.notes: list[str] = []
        self._numbered_at_s = 0.0

    @property
    def workplace(self) -> Workplace:
        """What the person signed in works with."""
        workplace = self.program.window.workplace
        if workplace is None:
            raise StepFailedError("nobody is signed in")
        return workplace

    @property
    def board(self) -> BoardPanel:
        """The bed board."""
        panel = self.workplace.panel_of(BOARD)
        assert isinstance(panel, BoardPanel)  # noqa: S101 - made by its own spec
        return panel

    @property
    def ward_id(self) -> UUID:
        """The ward in view."""
        return self.workplace.place.wards[0].id

    @property
    def told(self) -> str:
        """What the bar at the bottom says."""
        return self.workplace.outcome.notice.text

    @property
    def lamp(self) -> str:
        """What the freshness lamp says."""
        reading = self.workplace.top_line.lamp.freshness
        return reading.words if reading else ""

    def note(self, words: str) -> None:
        """Have something said beside the step's outcome."""
        self.notes.append(words)

    def expect(self, truth: object, otherwise: str) -> None:
        """Go on if something is so.

        Raises:
            StepFailedError: it is not.
        """
        if not truth:
            raise StepFailedError(otherwise)

    def until(
        self, condition: Callable[[], object], otherwise: str, within_s: float = PATIENCE_S
    ) -> None:
        """Wait for something to become so.

        Raises:
            StepFailedError: it did not in time.
        """
        try:
            self.hands.wait(condition, within_s)
        except TooLongError:
            raise StepFailedError(otherwise) from None

    def cards(self) -> list[BedCard]:
        """Return the beds the board shows, in order."""
        return list(cards_of(self.board.beds.model.rows))

    def labels(self) -> list[str]:
        """Return the labels of the beds the board shows, in order; a shared bed's once."""
        return list(dict.fromkeys(card.label for card in self.cards()))

    def card(self, label: str) -> BedCard:
        """Return a bed as the board shows it."""
        for card in self.cards():
            if card.label == label:
                return card
        raise StepFailedError(f"the board shows no bed {label}")

    def tile(self, label: str) -> QModelIndex:
        """Return where a bed's tile is."""
        bed = self.card(label).bed
        return self.board.beds.model.index_of(bed.admission_id, bed.bed_id)

    def stored_board(self) -> Board:
        """Return the board of the ward in view as it is in the database."""
        return self.colleague.ask(ward_board, (self.ward_id,))

    def stored(self, label: str) -> BoardBed:
        """Return a bed of the ward in view as it is in the database."""
        rows = self.stored_board().beds
        return next(row for row in rows if row.bed_label == label)

    def choose(self, label: str) -> BoardBed:
        """Go to a bed by typing its number, and return what the board shows there."""
        for _ in range(_TIMES_TYPED):
            self.hands.rest(self._number_pause_ms())
            began_s = monotonic()
            self.hands.type(label)
            self._numbered_at_s = monotonic()
            # a computer so busy that its figures came as two numbers has it typed again
            if (self._numbered_at_s - began_s) * 1000 < _ONE_NUMBER_MS:
                break
        chosen = self.board.beds.chosen
        self.expect(chosen and chosen.label == label, f"typing {label} did not go to bed {label}")
        return self.card(label).bed

    def sheet(self, kind: type[S]) -> S:
        """Return the open sheet once it is there."""
        self.until(
            lambda: isinstance(self.workplace.sheets.sheet, kind),
            f"no {kind.__name__} opened",
        )
        found = self.workplace.sheets.sheet
        assert isinstance(found, kind)  # noqa: S101 - waited for
        return found

    def go_to(self, widget: QWidget) -> None:
        """Press Tab until a control has the cursor."""
        for _ in range(_MOST_TABS):
            if widget.hasFocus():
                return
            self.hands.press("Tab")
        raise StepFailedError(f"Tab does not lead to {widget.accessibleName() or widget}")

    def type_into(self, entry: Input, text: str) -> None:
        """Go to a field and type."""
        self.go_to(entry.target)
        self.hands.type(text)

    def pick(self, entry: Input, text: str) -> None:
        """Go to a field that offers what fits, type, and take the first."""
        self.go_to(entry.target)
        field = type_ahead(entry)
        self.until(field.options.rowCount, "nothing was offered")
        self.hands.type(text)
        self.until(lambda: field.list.currentIndex().isValid(), f"{text} was not found")
        self.hands.press("Return")
        self.expect(field.choice is not None, f"Enter did not take what fits {text}")

    def save(self, *, answer: str | None = None) -> str:
        """Save the open sheet by keyboard and return what was told.

        Args:
            answer: words of the button that is asked for first, where a question is expected.
        """
        sheet = self.workplace.sheets.sheet
        if sheet is None:
            raise StepFailedError("no sheet is open")
        self.hands.press("Ctrl+Return")
        if answer is not None:
            button = sheet.notice.button
            self.until(lambda: button.isVisible() and button.text() == answer, "nobody asked")
            self.hands.press("Return")
        try:
            self.hands.wait(lambda: self.workplace.sheets.sheet is not sheet)
        except TooLongError:
            raise StepFailedError(f"it was not saved: {sheet.notice.text}") from None
        return self.told

    def picture(self, name: str, widget: QWidget | None = None) -> QPixmap:
        """Take a picture of the window or of another one; the step's number begins its name."""
        with self.heartbeat.paused():
            self.hands.rest(_SETTLING_MS)
            picture = (widget or self.program.window).grab()
            numbered = f"{self.number:02}-{name}" if self.number else name
            picture.save(str(self.folder / f"{numbered}.png"))
        return picture

    def _number_pause_ms(self) -> int:
        """Return how long to wait so that the next figure begins another bed's number."""
        since_ms = int((monotonic() - self._numbered_at_s) * 1000)
        return max(POLL_MS, _NUMBER_PAUSE_MS - since_ms)

    @contextmanager
    def off_the_clock(self) -> Iterator[None]:
        """Do something that is the walk's business and no stall of the program."""
        with self.heartbeat.paused():
            yield

    def tidy(self) -> None:
        """Leave whatever is open, so that the next step begins on the board."""
        window = self.program.window
        window.activateWindow()
        if window.workplace is None or window.is_locked:
            return
        for _ in range(_WAYS_OUT):
            self.hands.press("Esc")
        if self.workplace.offers(BOARD):
            self.workplace.show_panel(BOARD)
            self.hands.press("Esc")


def type_ahead(entry: Input) -> TypeAhead:
    """Return the text field of an input that offers what fits."""
    field = entry.target
    assert isinstance(field, TypeAhead)  # noqa: S101 - what such inputs are made of
    return field
