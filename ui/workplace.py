"""One signed-in person's screen: rail, top line, panels, sheet, outcome bar, palette."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui import theme
from ui.command_palette import CommandPalette
from ui.context import Context, Place
from ui.finding import found_actions, found_places, key_words
from ui.keys_overview import KeyGroup, KeysOverview
from ui.notices import NoticeAction
from ui.plain_text import PlainLabel
from ui.pulse import Pulse
from ui.widgets.outcome_bar import OutcomeBar
from ui.widgets.pages import Pages
from ui.widgets.panel import Count, Found, Panel
from ui.widgets.rail import Rail, RailEntry
from ui.widgets.sheet import Sheet
from ui.widgets.sheet_area import SheetArea
from ui.widgets.top_line import TopLine
from ward_app.core.errors import WardError
from ward_app.staff.types import Permission

EVERYWHERE = "Everywhere"
IN_A_SHEET = KeyGroup(
    "In a sheet",
    (
        ("Enter", "Next field"),
        ("Tab / Shift+Tab", "Next / previous field"),
        ("Ctrl+Enter", "Save"),
        ("Escape", "Leave; what was typed is kept"),
    ),
)

# how many panels Ctrl and a number reach
_BY_CTRL = 9
Undo = Callable[[], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSpec:
    """One panel of the rail; it is made when it is first shown.

    Attributes:
        make: gets the parent last: a widget is made where it belongs.
        permission: who lacks it does not see the panel in the rail; None = everybody.
    """

    key: str
    word: str
    icon: str
    make: Callable[[Context, Place, QWidget], Panel]
    permission: Permission | None = None


class NothingPanel(Panel):
    """What somebody sees whose role has no screen."""

    def __init__(self, context: Context, place: Place, parent: QWidget | None = None) -> None:
        super().__init__(context, place, parent)
        words = PlainLabel(
            "Your role has no screens on this workstation. IT can change that.", self
        )
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.tint(words, "dim")
        self.content.addWidget(words)

    @override
    def load(self) -> None:
        self.read(lambda _nothing: None, _nothing)


def _nothing(_tx: object) -> None:
    return


NOTHING = PanelSpec(key="nothing", word="Start", icon="hospital", make=NothingPanel)


class Workplace(QWidget):
    """Everything a signed-in person sees, for one place at a time.

    Signals:
        place_changed: (Place) another ward was chosen.
        freshness_changed: (Freshness) the lamp says something else.
        panel_made: (Panel) a panel is there for the first time.
        panel_shown: another panel, or the same once more, came into view.
        alerts_changed: (str) "2 alerts on Ward 7 East", empty for none; names nobody.
        alert_sound_changed: (bool) whether alerts are to sound at this workstation.
        lock_asked, sign_out_asked, scheme_asked, password_asked, badge_asked, sign_ins_asked: the
            person asked for it.
    """

    place_changed = Signal(object)
    freshness_changed = Signal(object)
    panel_made = Signal(object)
    panel_shown = Signal()
    alerts_changed = Signal(str)
    alert_sound_changed = Signal(bool)
    lock_asked = Signal()
    sign_out_asked = Signal()
    scheme_asked = Signal()
    password_asked = Signal()
    sign_ins_asked = Signal()
    badge_asked = Signal()

    def __init__(
        self,
        context: Context,
        place: Place,
        specs: Sequence[PanelSpec],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.sheets = SheetArea(self)
        self.context = replace(context, room=self.sheets)
        self.alert_sound = True
        self._place = place
        may = context.signed_in.may
        allowed = [s for s in specs if s.permission is None or may(s.permission)]
        self._specs = {spec.key: spec for spec in allowed or [NOTHING]}
        self._panels: dict[str, Panel] = {}
        self._make_parts()
        self._lay_out()
        self._connect()
        self._add_actions()
        self.top_line.show_ward(place.name)
        self.show_panel(next(iter(self._specs)))
        self.pulse.start()
        self._tick()

    @property
    def place(self) -> Place:
        """The ward or wards shown."""
        return self._place

    @property
    def panel(self) -> Panel:
        """The panel in view."""
        return self._panels[self._shown]

    @property
    def shown_key(self) -> str:
        """The key of the panel in view."""
        return self._shown

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels made so far."""
        return tuple(self._panels.values())

    @property
    def has_unsaved_entry(self) -> bool:
        """Whether a sheet or a panel holds something typed and not saved."""
        in_panels = any(panel.has_unsaved_entry for panel in self._panels.values())
        return self.sheets.is_dirty or in_panels

    def offers(self, key: str) -> bool:
        """Whether the person's role has that panel."""
        return key in self._specs

    def panel_of(self, key: str) -> Panel:
        """Return a panel, making it the first time, without showing it."""
        if key not in self._panels:
            self._panels[key] = self._make_panel(self._specs[key])
            self.panel_made.emit(self._panels[key])
        return self._panels[key]

    def keys_of(self, key: str) -> str:
        """Return the keys that show a panel, by its place: Ctrl+1 to Ctrl+9, then Ctrl+F1."""
        place = list(self._specs).index(key)
        return f"Ctrl+{place + 1}" if place < _BY_CTRL else f"Ctrl+F{place + 1 - _BY_CTRL}"

    def show_panel(self, key: str) -> Panel:
        """Show a panel, making it the first time, and return it."""
        self._shown = key
        panel = self.panel_of(key)
        self._stack.setCurrentWidget(panel)
        self.rail.show_chosen(key)
        self.top_line.show_counts(panel.counts)
        panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._tick()
        self.panel_shown.emit()
        return panel

    def show_place(self, place: Place) -> None:
        """Show another ward in every panel."""
        if place == self._place:
            return
        self._place = place
        self.top_line.show_ward(place.name)
        for panel in self._panels.values():
            panel.show_place(place)
        self._tick()
        self.place_changed.emit(place)

    def add_band(self, band: QWidget) -> None:
        """Put a line above panel and sheet, whichever are in view."""
        self._column.insertWidget(1, band)

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet beside the panel; one that is open keeps its entry as a draft."""
        if not self.sheets.open(sheet):
            self.notify("The open entry is being saved. Try again when it is done.")

    def notify(self, text: str, undo: Undo = None, follow: NoticeAction | None = None) -> None:
        """Tell an outcome at the bottom for 10 s, with its undo, which needs the server."""
        self.outcome.tell(text, None if self.context.work.is_cut_off else undo, follow)

    def _tell_saved(
        self,
        text: str,
        undo: Undo,
        next_step: tuple[str, Callable[[], Sheet]] | None,
    ) -> None:
        """Tell what a sheet saved; its next step is one key away as long as that is shown."""
        follow = None
        if next_step is not None:
            words, make = next_step
            follow = NoticeAction(words, lambda: self.open_sheet(make()))
        self.notify(text, undo, follow)

    def show_problem(self, error: WardError) -> None:
        """Tell a problem at the bottom until it is closed."""
        self.outcome.show_problem(error)

    def refresh(self) -> None:
        """Load the panel in view anew; the others do when they are shown."""
        for panel in self._panels.values():
            panel.refresh()

    def ask_for_ward(self) -> None:
        """Offer the wards by a few letters."""
        self.palette_card.ask(self._found_places, "Which ward?")

    def ask_for_anything(self) -> None:
        """Offer actions, patients, beds and wards by a few letters."""
        self.palette_card.ask(self._found_anything, "Action, patient, bed or ward")

    def switch_alert_sound(self) -> None:
        """Turn the sound of alerts at this workstation on or off; the bell goes on counting."""
        self.alert_sound = not self.alert_sound
        self.alert_sound_changed.emit(self.alert_sound)

    def show_keys(self) -> None:
        """Show all keys."""
        word = self._specs[self._shown].word
        groups = (_group(word, self.panel), _group(EVERYWHERE, self), IN_A_SHEET)
        self.keys_card.show_keys([group for group in groups if group.keys])

    @cached_property
    def palette_card(self) -> CommandPalette:
        """The line that finds anything, made when it is first asked for."""
        return CommandPalette(self)

    @cached_property
    def keys_card(self) -> KeysOverview:
        """The overview of all keys, made when it is first asked for."""
        return KeysOverview(self)

    def _make_parts(self) -> None:
        person = self.context.signed_in
        entries = [
            RailEntry(spec.key, spec.word, spec.icon, self.keys_of(spec.key))
            for spec in self._specs.values()
        ]
        self.rail = Rail(entries, self)
        self.top_line = TopLine(person.display_name, ", ".join(person.role_names), self)
        self.outcome = OutcomeBar(self)
        self.pulse = Pulse(self.context.clock, self)
        self._stack = Pages(self)

    def _lay_out(self) -> None:
        beside = _row()
        beside.addWidget(self._stack, 1)
        beside.addWidget(self.sheets)
        self._column = column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.top_line)
        column.addLayout(beside, 1)
        column.addWidget(self.outcome)
        row = _row(self)
        row.addWidget(self.rail)
        row.addLayout(column, 1)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_panel)
        self.top_line.ward_asked.connect(self.ask_for_ward)
        self.top_line.count_clicked.connect(self._filter)
        self.top_line.lock_asked.connect(self.lock_asked)
        self.top_line.sign_out_asked.connect(self.sign_out_asked)
        self.sheets.saved.connect(self._tell_saved)
        self.sheets.emptied.connect(self._focus_panel)
        self.pulse.ticked.connect(self._tick)
        self.pulse.refresh_due.connect(self.refresh)
        self.pulse.changed.connect(self._take_note)
        self.context.work.committed.connect(self._take_own_note)
        self.context.work.failed.connect(self.show_problem)
        self.context.work.outage_changed.connect(self.pulse.note_outage)

    def _add_actions(self) -> None:
        for spec in self._specs.values():
            self._add_action(spec.word, self.keys_of(spec.key), partial(self.show_panel, spec.key))
        self._add_action("Find anything", "Ctrl+K", self.ask_for_anything)
        self._add_action("Show another ward", "Ctrl+W", self.ask_for_ward)
        self._add_action("Read everything anew", "F5", self.refresh)
        self._add_action("All keys", "F1", self.show_keys)
        self._add_action("Light or dark colours", "Ctrl+Shift+D", self.scheme_asked.emit)
        self._add_action("Sound of alerts on or off", "Ctrl+Shift+S", self.switch_alert_sound)
        self._add_action("Change my password", "Ctrl+Shift+P", self.password_asked.emit)
        self._add_action("My sign-ins", "Ctrl+Shift+I", self.sign_ins_asked.emit)
        self._add_action("My badge and PIN", "Ctrl+Shift+B", self.badge_asked.emit)
        self._add_action("Lock the screen", "Ctrl+L", self.lock_asked.emit)
        self._add_action("Sign out", "Ctrl+Shift+Q", self.sign_out_asked.emit)
        self.rail.add_tool(RailEntry("find", "Find", "search", "Ctrl+K"), self.ask_for_anything)
        colours = RailEntry("scheme", "Colours", "dark", "Ctrl+Shift+D")
        self.rail.add_tool(colours, self.scheme_asked.emit)
        self.rail.add_tool(RailEntry("keys", "Keys", "keys", "F1"), self.show_keys)

    def _add_action(self, text: str, keys: str, run: Callable[[], object]) -> None:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)

    def _make_panel(self, spec: PanelSpec) -> Panel:
        panel = spec.make(self.context, self._place, self._stack)
        # joints know a panel by its key without importing what makes it
        panel.setObjectName(spec.key)
        panel.sheet_requested.connect(self.open_sheet)
        panel.told.connect(self.notify)
        panel.counts_changed.connect(self._show_counts)
        panel.loaded.connect(self.pulse.note_load)
        panel.load_failed.connect(self.pulse.note_failure)
        self._stack.addWidget(panel)
        return panel

    def _tick(self) -> None:
        self.top_line.show_time(self.context.clock(), self._place.zone)
        reading = self.pulse.freshness(self.panel.loaded_at, self._place.zone)
        if reading != self.top_line.lamp.freshness:
            self.top_line.lamp.show_freshness(reading)
            self.freshness_changed.emit(reading)

    def _filter(self, key: str) -> None:
        self.panel.filter_by(key)
        self.top_line.show_counts(self.panel.counts)
        # whoever narrowed the panel by a click goes on in it by keyboard
        self._focus_panel()

    def _show_counts(self, counts: Sequence[Count]) -> None:
        if self.sender() is self.panel:
            self.top_line.show_counts(counts)

    def _take_note(self, ward_id: str, kind: str) -> None:
        if self._place.whole_hospital or ward_id in map(str, self._place.ward_ids):
            self._take_own_note(kind)

    def _take_own_note(self, topic: str) -> None:
        for panel in self._panels.values():
            panel.take_note(topic)

    def _focus_panel(self) -> None:
        self.panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _found_places(self, typed: str) -> Sequence[Found]:
        return found_places(typed, self.context.signed_in, self.context.wards, self.show_place)

    def _found_anything(self, typed: str) -> Sequence[Found]:
        actions = found_actions(typed, (*self.panel.actions(), *self.actions()))
        if not typed.strip():
            return actions
        return (*self.panel.found(typed), *actions, *self._found_places(typed))


def _row(parent: QWidget | None = None) -> QHBoxLayout:
    row = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    return row


def _group(heading: str, widget: QWidget) -> KeyGroup:
    """Return the keys of a widget's actions."""
    keys = tuple(
        (key_words(action), action.text())
        for action in widget.actions()
        if not action.shortcut().isEmpty()
    )
    return KeyGroup(heading, keys)
