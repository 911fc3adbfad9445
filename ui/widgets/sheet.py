"""Base of the forms that open from the right, beside the thing they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.background import Reply
from ui.context import Context
from ui.notices import CAUTION, NoticeAction, NoticeBar
from ui.plain_text import PaddedLabel, PlainLabel, plain_tooltip
from ui.widgets.wrapping_button import WrappingButton
from ward_app.core.errors import WardError

P = ParamSpec("P")
T = TypeVar("T")

SHEET_WIDTH_PX = 432
AWAY = (
    "The server is away, and this cannot be saved without it. What you type stays here and can be "
    "saved when it is back. Write it on paper as well."
)
CALL_YOURSELF = (
    "The server is away: nobody is called from here, and this cannot be saved until it is back. "
    "Call by telephone now."
)
_HEADING_PADDING = (2 * theme.GRID_PX, 12, 2 * theme.GRID_PX, 12)


class Sheet(QWidget):
    """A form beside the board. Subclasses fill `content`, override `save` and the draft.

    Escape leaves, and asks first only when something was typed; what was typed is kept as a
    draft and comes back when the same sheet (`draft_key`) is opened again. Ctrl+Enter saves,
    Enter goes to the next field. A refused save changes nothing that was typed.

    A sheet about a patient is given the name: it stands in the title and on the save button.

    Attributes:
        ids: ids of what is saved, by their use; made once, so that saving again is the same save.
        page: what `content` lies on; a part with many parts of its own is made on it.

    Signals:
        saved: (str) what was saved and what happens next; `undo` may then be set.
        closed: the sheet is done and may be deleted.
        sheet_requested: (Sheet) open this one in its place.
    """

    width_px: ClassVar[int] = SHEET_WIDTH_PX

    # what is said while the server is away, which alone could save it; empty = nothing is
    without_server: str = ""

    # what to do next by one key, once saved: words, and what makes the sheet for it
    next_step: tuple[str, Callable[[], Sheet]] | None = None

    saved = Signal(str)
    closed = Signal()
    sheet_requested = Signal(object)

    def __init__(
        self,
        context: Context,
        *,
        title: str,
        save_text: str = "Save",
        patient_name: str | None = None,
        draft_key: str | None = None,
    ) -> None:
        super().__init__(context.room)
        self.context = context
        self.undo: Callable[[], None] | None = None
        self.title = self._plain_title = title
        self.save_text = self._plain_save_text = save_text
        self.draft_key = draft_key
        self.ids = context.drafts.ids(draft_key)
        self.content = QVBoxLayout()
        self.notice = NoticeBar(self)
        self.heading = PaddedLabel(_HEADING_PADDING, parent=self)
        self.save_button = WrappingButton(parent=self)
        self.leave_button = QPushButton("Leave", self)
        self._saving = False
        self._asked_to_leave = False
        self.setFixedWidth(self.width_px)
        theme.tint(self, ground="background")
        self._lay_out()
        self._connect()
        self.name_patient(patient_name)

    def name_patient(self, patient_name: str | None) -> None:
        """Put the patient's name into the title and on the save button, or take it off."""
        name = patient_name or ""
        self.title = f"{self._plain_title}: {name}" if name else self._plain_title
        self.save_text = f"{self._plain_save_text} for {name}" if name else self._plain_save_text
        self.heading.setText(self.title)
        self.save_button.setToolTip(plain_tooltip(f"{self.save_text} (Ctrl+Enter)"))
        self._set_saving(saving=self._saving)

    @property
    def is_dirty(self) -> bool:
        """Whether something was typed that is not saved."""
        return False

    @property
    def is_saving(self) -> bool:
        """Whether an answer to a save is awaited."""
        return self._saving

    def save(self) -> None:
        """Check the entry and `send` the change."""
        raise NotImplementedError

    def draft(self) -> Any:
        """Return what was typed, for another time; None = nothing worth keeping."""
        return None

    def retype(self, draft: Any) -> None:
        """Put a draft back."""

    def focus_first(self) -> None:
        """Put the cursor where the entry begins."""
        self._go_to_first_control()

    def add_words(self, *paragraphs: str) -> None:
        """Put words below what is there, a label for each paragraph."""
        for text in paragraphs:
            label = PlainLabel(text, self)
            label.setWordWrap(True)
            self.content.addWidget(label)

    def send(
        self,
        topic: str,
        show: Callable[[T], None],
        change: Callable[Concatenate[Any, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run `change(tx, ...)`; `show` its result, or show the problem and keep the entry."""
        self._set_saving(saving=True)
        self.notice.clear()

        def succeed(result: T) -> None:
            self._set_saving(saving=False)
            show(result)

        reply = Reply(succeed, self._refused)
        self.context.work.command(self, topic, reply, change, *args, **kwargs)

    def finish(self, message: str, undo: Callable[[], None] | None = None) -> None:
        """Tell what was saved, forget the draft and close."""
        self.undo = undo
        self.context.drafts.forget(self.draft_key)
        self.saved.emit(message)
        self.closed.emit()

    def show_problem(self, error: WardError) -> None:
        """Show a problem inside the sheet; nothing typed is touched."""
        self.notice.show_problem(error)

    def restore_draft(self) -> None:
        """Put back what was typed the last time, and say so."""
        draft = self.context.drafts.kept(self.draft_key)
        if draft is not None:
            self.retype(draft)
            self.notice.tell(CAUTION, "Your unsaved entry from before is back.")

    def tell_outage(self, is_lost: bool) -> None:  # noqa: FBT001 - a signal's argument
        """Say at once that it cannot be saved without the server, until it is back."""
        words = self.without_server
        if is_lost and words:
            self.notice.tell(CAUTION, words)
        elif words and self.notice.text == words:
            self.notice.clear()

    def leave(self) -> None:
        """Close; when something was typed, ask first and keep it as a draft."""
        if self._saving:
            return
        if self.is_dirty and not self._asked_to_leave:
            self._asked_to_leave = True
            stay = NoticeAction("Stay", self._stay)
            self.notice.tell(
                CAUTION, "Not saved yet. Escape again leaves and keeps it here.", stay
            )
            return
        self.set_aside()

    def set_aside(self) -> None:
        """Close without asking; what was typed is kept as a draft."""
        if self.is_dirty:
            self.context.drafts.keep(self.draft_key, self.draft())
        self.closed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        else:
            self._asked_to_leave = False
            super().keyPressEvent(event)

    def _go_to_first_control(self) -> None:
        widget = self.nextInFocusChain()
        while widget is not None and widget is not self:
            takes_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            inside = self._area.isAncestorOf(widget)
            if takes_tab and inside and widget.isVisibleTo(self) and widget.isEnabled():
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return
            widget = widget.nextInFocusChain()

    def _enter(self) -> None:
        focused = self.focusWidget()
        if isinstance(focused, QPushButton):
            focused.click()
        else:
            self.focusNextChild()

    def _save_if_idle(self) -> None:
        if not self._saving:
            self._asked_to_leave = False
            self.save()

    def _stay(self) -> None:
        self._asked_to_leave = False
        self.notice.clear()

    def _refused(self, error: WardError) -> None:
        self._set_saving(saving=False)
        self.show_problem(error)

    def _set_saving(self, *, saving: bool) -> None:
        self._saving = saving
        self.save_button.setEnabled(not saving)
        words = "Saving…" if saving else self.save_text
        self.save_button.setText(words)
        self.save_button.setAccessibleName(words)

    def _keep_in_view(self, _before: QWidget | None, focused: QWidget | None) -> None:
        if focused is not None and self._area.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused, 0, 4 * theme.GRID_PX)

    def _connect(self) -> None:
        self.save_button.clicked.connect(self._save_if_idle)
        self.context.work.outage_changed.connect(self.tell_outage)
        # Tab scrolls by itself; a cursor sent to a field by program does not
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keep_in_view)
        self.leave_button.clicked.connect(self.leave)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._save_if_idle)

    def _lay_out(self) -> None:
        self.heading.setFont(theme.font(theme.TITLE_PX, QFont.Weight.DemiBold))
        self.heading.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self.notice)
        self._area = self._scrolling()
        column.addWidget(self._area, 1)
        column.addLayout(self._buttons())

    def _scrolling(self) -> QScrollArea:
        self.page = QWidget()
        self.page.setLayout(self.content)
        margin = 2 * theme.GRID_PX
        self.content.setContentsMargins(margin, theme.GRID_PX, margin, margin)
        area = QScrollArea(self)
        # of our own making: to name the type of one that Qt made, PySide makes all its widget
        # classes and their enumerations, 12 ms in the middle of opening the first sheet
        viewport = QWidget(area)
        viewport.setBackgroundRole(QPalette.ColorRole.NoRole)
        area.setViewport(viewport)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.page)
        return area

    def _buttons(self) -> QHBoxLayout:
        self.save_button.setProperty("kind", "primary")
        self.leave_button.setToolTip("Leave without saving; what was typed is kept (Escape)")
        row = QHBoxLayout()
        margin = 2 * theme.GRID_PX
        row.setContentsMargins(margin, theme.GRID_PX + 4, margin, margin)
        row.setSpacing(theme.GRID_PX)
        row.addWidget(self.save_button, 1)
        row.addWidget(self.leave_button)
        return row
