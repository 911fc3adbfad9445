"""All checklists with their versions; a new version of one, or a new checklist, by one key."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton
from typing_extensions import override

from ui.background import Reply
from ui.context import Context, Place
from ui.formats import moment_text
from ui.plain_text import PlainLabel
from ui.rounding.draft import draft_of
from ui.rounding.editor_sheet import EditorSheet, kept_as
from ui.widgets.rows_table import RowColumn, RowsModel, RowsTable
from ui.widgets.sheet import Sheet
from ward_app.rounding.editing import intervals_text
from ward_app.rounding.queries import checklist_versions
from ward_app.rounding.types import ChecklistVersion


class ChecklistsSheet(Sheet):
    """Enter begins the next version of the chosen checklist, N a new checklist."""

    width_px: ClassVar[int] = 720

    def __init__(self, context: Context, place: Place) -> None:
        super().__init__(context, title="Checklists", save_text="Next version")
        self.model = RowsModel[ChecklistVersion](self._columns(place), self)
        self.table = RowsTable(
            self.model, "Checklists, the newest version of each first", self.page
        )
        self.table.horizontalHeader().setStretchLastSection(True)
        self.words = PlainLabel("Being read…", self)
        self.words.setWordWrap(True)
        self.new_button = QPushButton("New checklist", self)
        self._fill()
        self.table.activated.connect(lambda _index: self.save())
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        shortcut = QShortcut(QKeySequence("N"), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.begin)
        self.new_button.clicked.connect(self.begin)
        reply = Reply(self.show_versions, self.show_problem)
        context.work.query(self, reply, checklist_versions)

    @override
    def focus_first(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def save(self) -> None:
        chosen = self.model.row(self.table.currentIndex())
        if chosen is not None:
            self._edit(chosen.name)

    def begin(self, _checked: object = None) -> None:
        """Begin a new checklist."""
        self._edit(None)

    def show_versions(self, found: tuple[ChecklistVersion, ...]) -> None:
        """Show the versions and choose the first."""
        self.model.show_rows(found)
        self.table.setCurrentIndex(self.model.index(0, 0) if found else QModelIndex())

    def _edit(self, name: str | None) -> None:
        kept = self.context.drafts.kept(kept_as(name or ""))
        draft = kept or draft_of(self.model.rows, name)
        self.sheet_requested.emit(EditorSheet(self.context, draft))

    def _show_chosen(self, _now: QModelIndex, _before: QModelIndex) -> None:
        chosen = self.model.row(self.table.currentIndex())
        labels = [item["label"] for item in chosen.content["items"]] if chosen else []
        self.words.setText(" · ".join(labels))

    def _columns(self, place: Place) -> tuple[RowColumn[ChecklistVersion], ...]:
        now = self.context.clock()

        def colour(one: ChecklistVersion) -> str | None:
            return None if one.is_newest and not one.content.get("retired") else "dim"

        def since(one: ChecklistVersion) -> str:
            by = one.recorded_by or "shipped"
            return f"{by}, {moment_text(one.recorded_at, place.zone, now)}"

        return (
            RowColumn("Checklist", 168, lambda one: one.content["title"], colour=colour),
            RowColumn("Version", 70, lambda one: str(one.version), number=True, colour=colour),
            RowColumn("Due every, min", 204, _due_text, colour=colour),
            RowColumn("Since", 148, since, colour=colour),
            RowColumn("Why", 90, lambda one: one.change_reason or "", colour=colour),
        )

    def _fill(self) -> None:
        self.new_button.setProperty("kind", "quiet")
        self.new_button.setToolTip("Begin a new checklist (N)")
        self.save_button.setToolTip("Begin the next version of the chosen checklist (Enter)")
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.words)
        self.content.addWidget(self.new_button)


def _due_text(one: ChecklistVersion) -> str:
    content: Any = one.content
    if content.get("retired"):
        return "not used any more"
    if content.get("once"):
        return f"once, within {content['once']['minutes']}"
    return intervals_text(content["intervals"]) or "on demand"
